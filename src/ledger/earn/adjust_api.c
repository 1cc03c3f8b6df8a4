/*
 * adjust_api.c: adjust_points, import_points.
 *
 * Both do the same with other words: a word says whether points come or go, against which house account and
 * under which event. The order is that of every writing call: customer's lock, repeat, status, what the
 * request says, accounts, time and what is due, then an award or a debit. Errors are raised where they are
 * found; one that comes after the expiry of what is due takes that back with the transaction. No batch comes
 * here.
 *
 * The customer is locked by loyalty_operation_begin and stays so until the transaction ends. An event may be
 * told of late; it then takes effect with the account's last entry. Neither corrections nor imports roll
 * expiries: they are no activity.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "common/word_rules.h"
#include "ledger/earn/debit.h"
#include "ledger/posting/operation.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_adjust_points);
LOYALTY_FUNCTION(loyalty_import_points);

/* Arguments of both functions, besides those of every call; the kind is a word that says what is posted. */
enum AdjustArgument
{
	ARG_POINTS = 2,
	ARG_KIND,
	ARG_CATEGORY,
	ARG_EXPIRES_AT,
};

/* Meaning of a word: a credit, or the debit that it is. */
typedef struct Kind
{
	const char *word;
	EventCode event_code;
	bool is_debit;
	HouseAccount house;		  /* the points come from it or go to it */
	MovementType type;		  /* type of the draws; none for a credit */
	GuardedOperation guarded; /* operation that the customer's status must permit */
} Kind;

static const Kind adjustments[] = {
	{ "credit", EVENT_MANUAL_ADJUSTMENT, false, HOUSE_ADJUSTED, 0, GUARD_ADJUST_CREDIT },
	{ "debit", EVENT_MANUAL_ADJUSTMENT, true, HOUSE_ADJUSTED, MOVEMENT_ADJUSTED, GUARD_ADJUST_DEBIT },
};

/* Imports of redemptions and expiries move the same counters as the real ones: history goes on from another system. */
static const Kind imports[] = {
	{ "points_import", EVENT_IMPORT, false, HOUSE_IMPORTED, 0, GUARD_IMPORT },
	{ "redemption_import", EVENT_REDEMPTION_IMPORT, true, HOUSE_REDEEMED, MOVEMENT_REDEEMED, GUARD_IMPORT },
	{ "expiry_import", EVENT_EXPIRY_IMPORT, true, HOUSE_EXPIRED, MOVEMENT_EXPIRED, GUARD_IMPORT },
};

/*
 * Returns the first result of a repeat. The event knows its points signed; both functions return them
 * positive.
 */
static Datum
earlier_result(Operation *operation, FunctionCallInfo fcinfo, const EarlierEvent *earlier)
{
	PostingResult result = { .event_id = earlier->event_id, .points = llabs(earlier->net_points) };

	result.current_points = loyalty_operation_balance_then(operation, earlier);
	return loyalty_operation_result(operation, fcinfo, &result);
}

/* Finds what a word stands for; LY003 with the allowed ones otherwise. */
static const Kind *
read_kind(FunctionCallInfo fcinfo, const char *name, const Kind *kinds, int count, const char *words)
{
	const char *word = loyalty_arg_text(fcinfo, ARG_KIND, name, LOYALTY_MAX_CODE);
	int i;

	for (i = 0; i < count; i++)
		if (loyalty_same_word(word, kinds[i].word))
			return &kinds[i];
	loyalty_raise_not_allowed(name, words);
}

/* Reads everything but the points, which need the program to be judged. */
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
		.origin = operation->origin,
	};
	if (award->category == 0)
		loyalty_raise_not_allowed("category", loyalty_code_set_words("category"));
}

/*
 * Posts the credit or the debit. Accounts are loaded before the time is fixed, since they lift it, and what is
 * due expires before a debit looks for lots.
 */
static void
post(Operation *operation, const Kind *kind, Award *award, PostingResult *result)
{
	Posting *posting = &operation->posting;
	Debit debit = {
		.program = award->program,
		.category = award->category,
		.points = award->points,
		.event_code = kind->event_code,
		.house = kind->house,
		.type = kind->type,
		.origin = award->origin,
	};

	if (kind->is_debit && award->expires_at != AT_ONCE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("points that are taken have no expiry"), errhint("Leave out expires_at.")));
	award->event_code = kind->event_code;
	award->house = kind->house;
	loyalty_posting_load(posting, (AccountChoice){ .program = award->program, .category = award->category });
	loyalty_operation_expire_at(operation, AT_ONCE);
	if (kind->is_debit)
		loyalty_debit(posting, &debit, result);
	else
		loyalty_award(posting, award, result);
}

/*
 * Corrects or imports, as one of the kinds that an argument names. The word comes first: it says by which
 * operation the customer's status is judged. A correction without a reason is refused, as nobody could tell
 * later why it was made.
 */
static Datum
correct(FunctionCallInfo fcinfo, const char *argument, const Kind *kinds, int count, const char *words,
		bool needs_reason)
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	EarlierEvent earlier;
	const Kind *kind;
	Award award;
	PostingResult result = { 0 };

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	if (loyalty_operation_begin(&operation, &call, &request, &earlier))
		return earlier_result(&operation, fcinfo, &earlier);
	kind = read_kind(fcinfo, argument, kinds, count, words);
	(void) loyalty_status_guard(&call, &operation.posting.customer, kind->guarded);
	(void) loyalty_operation_locate(&operation, LOYALTY_RAISES);
	if (needs_reason && operation.reason == NULL)
		loyalty_raise_missing("reason");
	read_award(&operation, fcinfo, &award);
	(void) loyalty_read_program_points(&fcinfo->args[ARG_POINTS], award.program, &award.points,
									   LOYALTY_RAISES);
	post(&operation, kind, &award, &result);
	loyalty_operation_end(&operation, result.event_id);
	result.current_points = loyalty_posting_current_points(&operation.posting);
	return loyalty_operation_result(&operation, fcinfo, &result);
}

/*
 * Adds points to a customer, or takes them, against the house account "adjusted"; a debit beyond what is there
 * is refused.
 */
Datum
loyalty_adjust_points(PG_FUNCTION_ARGS)
{
	return correct(fcinfo, "entry_type", adjustments, lengthof(adjustments), "credit, debit", true);
}

/*
 * Takes over points, redemptions or expiries of another system, one event at a time; against the house
 * accounts that the real ones have.
 */
Datum
loyalty_import_points(PG_FUNCTION_ARGS)
{
	return correct(fcinfo, "event_name", imports, lengthof(imports),
				   "points_import, redemption_import, expiry_import", false);
}
