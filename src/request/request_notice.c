/*
 * request_notice.c: who is told of a request. Subscribers are told that there is one, and what became of it: ids and words alone, as
 * what it says goes with the person, and events stay. Messages (notices.c) go to contacts as one comes that waits for somebody, and
 * to customers as soon as the change is made.
 */
#include "postgres.h"

#include "event/notify.h"
#include "request/request.h"
#include "request/request_participant.h"

/* Tells whether the merge that was asked for has been made: all is told of its survivor then. */
static bool
is_merged(const RequestWork *work, RequestEvent event)
{
	return work->request.type == REQUEST_ACCOUNT_MERGE && event == REQUEST_IS_APPROVED;
}

/* Returns the customer whom the request is about by now, who is locked: a merge names its victim by an id that may be old. */
static int64
subject_of(const RequestWork *work, RequestEvent event)
{
	const LoyaltyCustomer *customer = &work->member.customer;

	if (is_merged(work, event))
		return work->target.customer_id;
	return customer->merged_into != 0 ? customer->merged_into : customer->customer_id;
}

/* Tells subscribers, of the customer whom the request is about by now. */
static void
tell_subscribers(RequestWork *work, RequestEvent event)
{
	LoyaltyNotice notice = { .customer_id = subject_of(work, event),
							 .event_name = "request_change",
							 .event_time = work->member.call.now };

	if (!loyalty_notice_wanted(&work->member.call, notice.event_name))
		return;
	notice.details = psprintf("\"request_id\":" INT64_FORMAT ",\"request_type\":\"%s\",\"change\":\"%s\"",
							  work->request.request_id, loyalty_request_type_name(work->request.type),
							  loyalty_request_event_name(event));
	loyalty_notify(&work->member.call, &notice);
}

/* Fills in what messages say; a merge that was made is told under its survivor. */
static void
fill_news(RequestWork *work, RequestEvent event)
{
	LoyaltyRequestNews *news = &work->news;

	news->request_id = work->request.request_id;
	news->type = work->request.type;
	news->requested_at = work->request.requested_at;
	news->customer = is_merged(work, event) ? &work->target : &work->member.customer;
	news->old_value = work->content.old_value;
	news->new_value = work->content.new_value;
}

/* Says nothing to contacts of what was done in one step: nobody has to decide. */
void
loyalty_request_told(RequestWork *work, RequestEvent event)
{
	tell_subscribers(work, event);
	fill_news(work, event);
	if (event == REQUEST_SUBMITTED && !work->request.one_step)
		(void) loyalty_request_tell_arrival(&work->member.call, &work->news);
	else if (event == REQUEST_IS_APPROVED)
		(void) loyalty_request_tell_change(&work->member.call, &work->news);
}

/* Has nothing to say but that there is one. */
void
loyalty_request_deletion_told(LoyaltyCall *call, const LoyaltyCustomer *customer, int64 request_id)
{
	const LoyaltyRequestNews news = { .request_id = request_id,
									  .type = REQUEST_DELETE_ACCOUNT,
									  .requested_at = call->now,
									  .customer = customer };

	(void) loyalty_request_tell_arrival(call, &news);
}
