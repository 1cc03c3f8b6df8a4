/*
 * request_erasure.c: change requests of a customer who is deleted for good: what is pending is declined, and what any of them
 * says goes. That there were requests, of which types, when, and what became of them stays under the bare id. The group is
 * locked. Claims go before the content that they are made of.
 */
#include "postgres.h"

#include "request/request.h"
#include "request/request_holdings.h"
#include "status/status_change.h"

/* Declines one, which nobody had decided about. */
static void
decline(LoyaltyCall *call, ChangeRequest *request)
{
	ChangeRequestContent content;

	loyalty_change_request_content(request, &content);
	loyalty_request_unclaim(request, &content);
	request->status = loyalty_request_next(request->status, REQUEST_ERASED);
	request->decided_at = call->now;
	request->decided_by = loyalty_status_role(call);
	loyalty_change_request_update(request);
	loyalty_change_request_log(request, REQUEST_ERASED, 0, call->now, request->decided_by, NULL);
}

/*
 * Goes through the group, then through the list. Requests of others that name this customer as the second one stay, without what
 * they called it: an approval finds that it is not there any more.
 */
void
loyalty_requests_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	ChangeRequest *requests;
	int count = loyalty_change_requests_pending(call->org->org_id, root, &requests);
	int i;

	for (i = 0; i < count; i++)
		decline(call, &requests[i]);
	loyalty_holdings_erase(&loyalty_request_holdings, call->org->org_id, root);
	loyalty_change_requests_forget_target(call->org->org_id, root);
}
