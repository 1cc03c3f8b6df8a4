/*
 * cancel_api.c: cancel_message, and finish_messages, a procedure that commits.
 *
 * A cancellation locks the customer as a sending does, and then the message's place in the queue: it comes before a worker or
 * after it, and one that comes after finds the message leased and is refused. The procedure ends messages whose end has come
 * though no worker does: the text of a code must not outlive the code. It leaves out what others have locked, and waits for
 * nobody.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/job.h"
#include "customer/member.h"
#include "message/outbox/settle.h"
#include "message/outbox/take.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_cancel_message);
LOYALTY_FUNCTION(loyalty_finish_messages);

/* Cancels a message that is queued. One of the org itself has no customer to lock. */
Datum
loyalty_cancel_message(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	int64 customer_id;
	int64 message_id;

	loyalty_call_begin(&call, fcinfo);
	customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");
	message_id = loyalty_arg_int8(fcinfo, 2, "message_id");
	if (customer_id != 0 && !loyalty_customer_lock(call.org->org_id, customer_id, &customer))
		loyalty_raise_customer_unknown(customer_id);
	if (customer_id != 0)
		(void) loyalty_status_guard(&call, &customer, GUARD_CANCEL_MESSAGE);
	if (!loyalty_message_cancel_for(&call, customer_id, message_id, "canceled",
									loyalty_arg_text_or_null(fcinfo, 3, "reason", LOYALTY_MAX_TEXT)))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_MESSAGE_NOT_QUEUED),
						errmsg("message " INT64_FORMAT " is not queued any more", message_id)));
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Ends a batch. Rows that workers have locked are theirs to end. */
static int
finish_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	return loyalty_messages_finish(call, job->as_of, job->batch_size);
}

/* The procedure, batch by batch with a commit after each (customer/job.c). */
Datum
loyalty_finish_messages(PG_FUNCTION_ARGS)
{
	LoyaltyJob job = { .fcinfo = fcinfo, .procedure = "finish_messages", .batch = finish_batch };

	loyalty_job_run(&job);
	PG_RETURN_VOID();
}
