/*
 * delivery_api.c: record_delivery: what a provider reports of a message.
 *
 * The report is judged by the catalogue before anything is looked up; a status that it lacks is refused, so that whoever
 * wrote the worker hears of it, while a report of a message that nobody knows is answered with a word, since reports may
 * come before their acknowledgement. Only codes are kept. A provider's clock may go ahead: a report did not happen later
 * than it came. Locks are those of delivery.c.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "message/delivery/delivery.h"
#include "message/sender/sender_store.h"

LOYALTY_FUNCTION(loyalty_record_delivery);

/* Positions of the arguments, from 0, which is the org. */
enum Argument
{
	ARG_BSP_ACCOUNT = 1,
	ARG_PROVIDER_MESSAGE_ID,
	ARG_PROVIDER_STATUS,
	ARG_ERROR_CODE,
	ARG_OCCURRED_AT,
};

/* Finds the account by which the message went, and returns who keeps it; without one, those of account 0. */
static const char *
find_account(const LoyaltyCall *call, const char *bsp_account, int32 *bsp_account_id)
{
	BspAccountRow account;

	*bsp_account_id = 0;
	if (bsp_account == NULL)
		return NULL;
	if (!loyalty_bsp_account_read(call->org->org_id, bsp_account, &account))
		loyalty_bsp_account_raise_unknown(bsp_account);
	*bsp_account_id = account.bsp_account_id;
	return account.bsp;
}

/* Records a report; the answer is what became of it. */
Datum
loyalty_record_delivery(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	ProviderMessage message = { 0 };
	DeliveryReport report = { 0 };
	DeliveryCode *codes;
	const char *bsp;
	const char *status;
	int count;
	ReportOutcome outcome;

	loyalty_call_begin(&call, fcinfo);
	message.org_id = call.org->org_id;
	bsp = find_account(&call,
					   loyalty_arg_text_or_null(fcinfo, ARG_BSP_ACCOUNT, "bsp_account", LOYALTY_MAX_CODE),
					   &message.bsp_account_id);
	message.provider_message_id =
		loyalty_arg_text(fcinfo, ARG_PROVIDER_MESSAGE_ID, "provider_message_id", LOYALTY_MAX_NAME);
	status = loyalty_arg_text(fcinfo, ARG_PROVIDER_STATUS, "provider_status", LOYALTY_MAX_NAME);
	count = loyalty_delivery_codes(message.org_id, &codes);
	if (!loyalty_delivery_judge(codes, count, bsp, status,
								loyalty_arg_text_or_null(fcinfo, ARG_ERROR_CODE, "error_code",
														 LOYALTY_MAX_NAME),
								&report.verdict))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PROVIDER_STATUS_UNKNOWN),
						errmsg("the catalogue of delivery codes has no such provider_status"),
						errhint("loyalty.delivery_codes lists those that it has.")));
	report.recorded_at = call.now;
	report.occurred_at = Min(loyalty_arg_time_or(fcinfo, ARG_OCCURRED_AT, "occurred_at", call.now), call.now);
	outcome = loyalty_delivery_report(&call, &message, &report);
	loyalty_call_end(&call);
	PG_RETURN_TEXT_P(cstring_to_text(loyalty_report_outcomes[outcome]));
}
