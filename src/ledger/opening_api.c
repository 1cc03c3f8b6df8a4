/*
 * opening_api.c: import_opening_balance.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/debit.h"
#include "ledger/opening.h"
#include "ledger/operation.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_import_opening_balance);

enum OpeningArgument
{
	ARG_POINTS = 2,
	ARG_CATEGORY,
	ARG_EXPIRES_AT,
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
answer_opening(Operation *operation, const PostingResult *answer)
{
	Datum values[3];
	bool nulls[3] = { false };

	values[0] = Int64GetDatum(answer->event_id);
	values[1] = loyalty_numeric(answer->points);
	values[2] = loyalty_numeric(answer->current_points);
	return loyalty_call_answer(&operation->call, operation->fcinfo, values, nulls);
}

static Datum
answer_again(Operation *operation, const EarlierEvent *earlier)
{
	PostingResult answer = { .event_id = earlier->event_id, .points = earlier->net_points };

	loyalty_operation_locate(operation);
	answer.current_points =
		loyalty_balance_of_event(operation->call.org->org_id, operation->posting.customer.customer_id,
								 loyalty_operation_program(operation, ARG_PROGRAM)->program_id,
								 earlier->event_id);
	return answer_opening(operation, &answer);
}

/* A balance above or below zero, in the decimals of its program. */
static int64
read_balance(const Operation *operation, const LoyaltyProgram *program)
{
	int64 balance =
		loyalty_arg_thousandths(operation->fcinfo, ARG_POINTS, "points", ERRCODE_LOYALTY_POINTS_TOO_PRECISE);

	if (balance == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_NOT_POSITIVE), errmsg("the balance is zero")));
	loyalty_operation_check_kept(program, balance);
	return balance;
}

static void
read_award(Operation *operation, Award *award)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	const char *category = loyalty_arg_text(fcinfo, ARG_CATEGORY, "category", LOYALTY_MAX_CODE);

	*award = (Award){
		.program = loyalty_operation_program(operation, ARG_PROGRAM),
		.category = loyalty_word_code("category", category),
		.type = AWARD_DIRECT,
		.expires_at = loyalty_arg_time_or(fcinfo, ARG_EXPIRES_AT, "expires_at", AT_ONCE),
		.redeemable_from = AT_ONCE,
		.event_code = EVENT_BULK_JOB,
		.house = HOUSE_IMPORTED,
		.origin = operation->origin,
	};
	if (award->category == 0)
		loyalty_raise_not_allowed("category", loyalty_code_set_words("category"));
	award->points = read_balance(operation, award->program);
	if (award->points < 0 && award->expires_at != AT_ONCE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("a balance below zero has no expiry"), errhint("Leave out expires_at.")));
}

/* A balance of an account that is open already: a credit, or a debit that may leave arrears. */
static void
post(Posting *posting, const Award *award, TimestampTz event_time, PostingResult *answer)
{
	Debit debit = {
		.program = award->program,
		.category = award->category,
		.points = -award->points,
		.event_code = EVENT_BULK_JOB,
		.house = HOUSE_IMPORTED,
		.type = MOVEMENT_ADJUSTED,
		.may_owe = true,
		.origin = award->origin,
	};

	loyalty_posting_load(posting, (AccountChoice){ .program = award->program, .category = award->category });
	loyalty_posting_at(posting, event_time, AT_JUDGED | AT_EXPIRES);
	if (award->points > 0)
		loyalty_award(posting, award, answer);
	else
		loyalty_debit(posting, &debit, answer);
	answer->points = award->points;
}

Datum
loyalty_import_opening_balance(PG_FUNCTION_ARGS)
{
	Operation operation;
	EarlierEvent earlier;
	Award award;
	PostingResult answer = { 0 };
	TimestampTz event_time;

	if (loyalty_operation_begin(&operation, fcinfo, &arguments, &earlier))
		return answer_again(&operation, &earlier);
	(void) loyalty_status_guard(&operation.call, &operation.posting.customer, GUARD_IMPORT);
	loyalty_operation_locate(&operation);
	read_award(&operation, &award);
	event_time = loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", operation.call.now);
	if (!loyalty_open_with_balance(&operation.posting, &award, event_time, &answer))
		post(&operation.posting, &award, event_time, &answer);
	loyalty_operation_end(&operation, answer.event_id);
	answer.current_points = loyalty_posting_current_points(&operation.posting);
	return answer_opening(&operation, &answer);
}
