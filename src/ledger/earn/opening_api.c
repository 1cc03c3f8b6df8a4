/*
 * opening_api.c: import_opening_balance.
 *
 * The order is that of every writing call: customer's lock, repeat, status, what the request says. Then the
 * balance opens the accounts of the program, or, where they are open, comes as a credit or a debit of its own.
 * The customer is locked by loyalty_operation_begin. An event may be late; it then takes effect with the
 * account's last entry.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/earn/debit.h"
#include "ledger/earn/opening.h"
#include "ledger/posting/operation.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_import_opening_balance);

/* Arguments besides those of every call. */
enum OpeningArgument
{
	ARG_POINTS = 2,
	ARG_CATEGORY,
	ARG_EXPIRES_AT,
};

/* Returns the first result of a repeat; the points keep their sign. */
static Datum
earlier_result(Operation *operation, FunctionCallInfo fcinfo, const EarlierEvent *earlier)
{
	PostingResult result = { .event_id = earlier->event_id, .points = earlier->net_points };

	result.current_points = loyalty_operation_balance_then(operation, earlier);
	return loyalty_operation_result(operation, fcinfo, &result);
}

/*
 * Reads a balance above or below zero, in the decimals of its program. Zero is refused: there would be nothing
 * to post.
 */
static int64
read_balance(FunctionCallInfo fcinfo, const LoyaltyProgram *program)
{
	int64 balance = loyalty_arg_thousandths(fcinfo, ARG_POINTS, "points", ERRCODE_LOYALTY_POINTS_TOO_PRECISE);

	if (balance == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_NOT_POSITIVE), errmsg("the balance is zero")));
	(void) loyalty_program_judge_kept(program, balance, LOYALTY_RAISES);
	return balance;
}

/*
 * Reads the award that the balance would be. It is no activity (its house account gives it), so nothing rolls;
 * arrears have no expiry, so a date with them is an error of the caller's.
 */
static void
read_award(Operation *operation, FunctionCallInfo fcinfo, Award *award)
{
	const char *category = loyalty_arg_text(fcinfo, ARG_CATEGORY, "category", LOYALTY_MAX_CODE);
	const LoyaltyProgram *program;

	(void) loyalty_operation_program(operation, &program, LOYALTY_RAISES);
	*award = (Award){
		.program = program,
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
	award->points = read_balance(fcinfo, award->program);
	if (award->points < 0 && award->expires_at != AT_ONCE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("a balance below zero has no expiry"), errhint("Leave out expires_at.")));
}

/* Posts the balance to an account that is open already: a credit, or a debit that may leave arrears. */
static void
post(Posting *posting, const Award *award, TimestampTz event_time, PostingResult *result)
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
	loyalty_posting_at(posting, event_time, AT_EXPIRES);
	if (award->points > 0)
		loyalty_award(posting, award, result);
	else
		loyalty_debit(posting, &debit, result);
	result->points = award->points;
}

/*
 * Takes over a balance of another system, above or below zero. Opening is tried first: it says itself whether
 * the accounts were there.
 */
Datum
loyalty_import_opening_balance(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	EarlierEvent earlier;
	Award award;
	PostingResult result = { 0 };
	TimestampTz event_time;

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	if (loyalty_operation_begin(&operation, &call, &request, &earlier))
		return earlier_result(&operation, fcinfo, &earlier);
	(void) loyalty_status_guard(&call, &operation.posting.customer, GUARD_IMPORT);
	(void) loyalty_operation_locate(&operation, LOYALTY_RAISES);
	read_award(&operation, fcinfo, &award);
	(void) (loyalty_posting_judge_loyalty(&operation.posting, LOYALTY_RAISES) &&
			loyalty_operation_event_time(&operation, operation.posting.customer.registered_on,
										 operation.posting.customer.registered_on, &event_time,
										 LOYALTY_RAISES));
	if (!loyalty_open_with_balance(&operation.posting, &award, event_time, &result))
		post(&operation.posting, &award, event_time, &result);
	loyalty_operation_end(&operation, result.event_id);
	result.current_points = loyalty_posting_current_points(&operation.posting);
	return loyalty_operation_result(&operation, fcinfo, &result);
}
