/*
 * contact_notice_api.c: notify_contacts.
 *
 * Reads its arguments and hands them to the frame (contact_notice.c), which capabilities call as well where something passes a
 * threshold. Locks nothing but the notice itself.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "message/outbox/contact_notice.h"

LOYALTY_FUNCTION(loyalty_notify_contacts);

/* Tells contacts of a topic; returns how many. */
Datum
loyalty_notify_contacts(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyContactNotice notice = { 0 };
	int count;

	loyalty_call_begin(&call, fcinfo);
	notice.topic = loyalty_arg_text(fcinfo, 1, "topic", LOYALTY_MAX_CODE);
	notice.template_name = loyalty_arg_text(fcinfo, 2, "template", LOYALTY_MAX_CODE);
	if (!PG_ARGISNULL(3))
		notice.variables = PG_GETARG_JSONB_P(3);
	notice.dedupe_key = loyalty_arg_text(fcinfo, 4, "dedupe_key", LOYALTY_MAX_NAME);
	notice.has_amount = !PG_ARGISNULL(5);
	if (notice.has_amount)
		notice.amount = loyalty_arg_thousandths(fcinfo, 5, "amount", ERRCODE_LOYALTY_AMOUNT_INVALID);
	count = loyalty_contacts_notify(&call, &notice);
	loyalty_call_end(&call);
	PG_RETURN_INT32(count);
}
