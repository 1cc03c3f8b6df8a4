/*
 * deletion_api.c: request_deletion, approve_deletion, decline_deletion: deleting a customer for good, one role asks and another
 * one approves. What each step does, and under which locks, is in deletion.c, which requests for changes share.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "status/deletion.h"

LOYALTY_FUNCTION(loyalty_request_deletion);
LOYALTY_FUNCTION(loyalty_approve_deletion);
LOYALTY_FUNCTION(loyalty_decline_deletion);

/* Asks for the deletion of a customer; returns the request's id. */
Datum
loyalty_request_deletion(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	DeletionAsked asked = { 0 };
	int64 customer_id;
	int64 request_id;

	loyalty_call_begin(&call, fcinfo);
	customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");
	asked.reason = loyalty_arg_text_or_null(fcinfo, 2, "reason", LOYALTY_MAX_TEXT);
	request_id = loyalty_deletion_ask(&call, customer_id, &asked);
	loyalty_call_end(&call);
	PG_RETURN_INT64(request_id);
}

/* Approves the open request, by another role than the one that made it, and erases. */
Datum
loyalty_approve_deletion(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;

	loyalty_call_begin(&call, fcinfo);
	(void) loyalty_deletion_approve(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"), 0);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Declines the open request: the customer gets its former label back, with an entry in the history. */
Datum
loyalty_decline_deletion(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *reason;

	loyalty_call_begin(&call, fcinfo);
	reason = loyalty_arg_text_or_null(fcinfo, 2, "reason", LOYALTY_MAX_TEXT);
	(void) loyalty_deletion_decline(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"), 0, reason);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
