/*
 * request_notice.c: what subscribers are told of a request: that there is one, and what became of it. Ids and words alone: what
 * it says goes with the person, and events stay.
 */
#include "postgres.h"

#include "event/notify.h"
#include "request/request.h"

/* Tells it of the customer whom the request is about by now. */
void
loyalty_request_told(RequestWork *work, RequestEvent event)
{
	LoyaltyNotice notice = { .customer_id = work->member.customer.customer_id,
							 .event_name = "request_change",
							 .event_time = work->member.call.now };

	if (!loyalty_notice_wanted(&work->member.call, notice.event_name))
		return;
	notice.details = psprintf("\"request_id\":" INT64_FORMAT ",\"request_type\":\"%s\",\"change\":\"%s\"",
							  work->request.request_id, loyalty_request_type_name(work->request.type),
							  loyalty_request_event_name(event));
	loyalty_notify(&work->member.call, &notice);
}
