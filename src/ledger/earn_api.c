/*
 * earn_api.c: earn_points.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/award.h"
#include "ledger/operation.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_earn_points);

enum EarnArgument
{
	ARG_POINTS = 2,
	ARG_CATEGORY,
	ARG_EVENT_NAME,
	ARG_EXPIRES_AT,
	ARG_REDEEMABLE_FROM,
	ARG_PROGRAM,
	ARG_EVENT_TIME,
	ARG_TILL,
	ARG_REASON,
	ARG_SOURCE,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
	ARG_CARD_NUMBER,
	ARG_CARD_EXTERNAL_ID,
};

static const OperationArguments arguments = {
	.till = ARG_TILL,
	.store = -1,
	.source = ARG_SOURCE,
	.reason = ARG_REASON,
	.actor = ARG_ACTOR,
	.idempotency_key = ARG_IDEMPOTENCY_KEY,
	.card_number = ARG_CARD_NUMBER,
};

static Datum
answer_earn(Operation *operation, const PostingResult *answer)
{
	Datum values[5];
	bool nulls[5] = { false };

	values[0] = Int64GetDatum(answer->event_id);
	values[1] = Int64GetDatum(answer->event_id);
	values[2] = loyalty_numeric(answer->points);
	values[3] = loyalty_numeric(answer->current_points);
	values[4] = TimestampTzGetDatum(answer->expires_at);
	nulls[4] = answer->expires_at == NEVER;
	return loyalty_call_answer(&operation->call, operation->fcinfo, values, nulls);
}

/* The lot of the earlier event knows the program, and when its points were to expire. */
static Datum
answer_again(Operation *operation, const EarlierEvent *earlier)
{
	int32 org_id = operation->call.org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	PostingResult answer = { .event_id = earlier->event_id, .points = earlier->net_points };
	int32 program_id;

	if (!loyalty_lot_of_event(org_id, customer_id, earlier->event_id, &program_id, &answer.expires_at))
		elog(ERROR, "event " INT64_FORMAT " has no lot", earlier->event_id);
	answer.current_points = loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id);
	return answer_earn(operation, &answer);
}

/* LY415 for a name that is no award's. */
static EventCode
read_event(FunctionCallInfo fcinfo)
{
	EventCode event_code =
		loyalty_award_event(loyalty_arg_text(fcinfo, ARG_EVENT_NAME, "event_name", LOYALTY_MAX_CODE));

	if (event_code == EVENT_NONE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_EVENT_NAME_UNKNOWN), errmsg("event name is not an award's"),
						errhint("Allowed are: %s.", loyalty_award_event_names())));
	return event_code;
}

static void
read_award(Operation *operation, Award *award)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	const char *category = loyalty_arg_text(fcinfo, ARG_CATEGORY, "category", LOYALTY_MAX_CODE);

	award->program = loyalty_operation_program(operation, ARG_PROGRAM);
	award->category = loyalty_word_code("category", category);
	if (award->category == 0)
		loyalty_raise_not_allowed("category", loyalty_code_set_words("category"));
	award->type = award->event_code == EVENT_REGISTRATION_AWARD ? AWARD_REGISTRATION : AWARD_DIRECT;
	award->points = loyalty_operation_points(operation, ARG_POINTS, award->program);
	award->expires_at = loyalty_arg_time_or(fcinfo, ARG_EXPIRES_AT, "expires_at", AT_ONCE);
	award->redeemable_from = loyalty_arg_time_or(fcinfo, ARG_REDEEMABLE_FROM, "redeemable_from", AT_ONCE);
	award->origin = operation->origin;
}

Datum
loyalty_earn_points(PG_FUNCTION_ARGS)
{
	Operation operation;
	EarlierEvent earlier;
	Award award = { 0 };
	PostingResult answer = { 0 };

	if (loyalty_operation_begin(&operation, fcinfo, &arguments, &earlier))
		return answer_again(&operation, &earlier);
	award.event_code = read_event(fcinfo);
	(void) loyalty_status_guard(&operation.call, &operation.posting.customer,
								loyalty_award_guard(award.event_code));
	loyalty_operation_locate(&operation);
	read_award(&operation, &award);
	loyalty_posting_load(&operation.posting,
						 (AccountChoice){ .program = award.program, .category = award.category });
	loyalty_posting_at(&operation.posting,
					   loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", operation.call.now),
					   AT_JUDGED | AT_EXPIRES);
	loyalty_award(&operation.posting, &award, &answer);
	loyalty_operation_end(&operation, answer.event_id);
	answer.current_points = loyalty_posting_current_points(&operation.posting);
	return answer_earn(&operation, &answer);
}
