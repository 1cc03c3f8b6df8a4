/*
 * operation_reading.c: reading what the request of an operation says.
 *
 * Values stand in a request as they were given. Whoever judges reads them one after the other, so that the
 * first one that is wrong refuses: each function takes those that belong together, in the order in which they
 * are judged. The order is part of what callers see: a request with two faults is refused for the first of
 * them, in a call and in a batch alike.
 *
 * Codes are looked up in the backend's cache of the org, which was read anew after the customer's lock. No
 * table is read but for the number of a bill. Nothing is written.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/points.h"
#include "common/word_rules.h"
#include "ledger/posting/operation.h"
#include "ledger/tables/bill_hooks.h"

/* Reads the till: it says the store, too. */
static bool
read_till(Operation *operation, const char *till, LoyaltyRefusal *refusal)
{
	if (till == NULL)
		return true;
	if (!loyalty_org_named_till(operation->call->org, till, &operation->till, refusal))
		return false;
	operation->origin.till_id = operation->till->till_id;
	operation->origin.store_id = operation->till->store_id;
	return true;
}

/* Reads the store. A till stands in a store; a store named beside it must be that one. */
static bool
read_store(Operation *operation, const char *till, const char *store, LoyaltyRefusal *refusal)
{
	const LoyaltyStore *named;

	if (store == NULL)
		return true;
	if (!loyalty_org_named_store(operation->call->org, store, &named, refusal))
		return false;
	if (operation->till && operation->till->store_id != named->store_id)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_ARGUMENT_INVALID,
					   errmsg("till \"%s\" does not stand in store \"%s\"", till, store),
					   errhint("Leave out the store: the till says it."));
	operation->origin.store_id = named->store_id;
	return true;
}

/* Reads reason and actor. An item that names no actor has that of the batch's call. */
static bool
read_notes(Operation *operation, LoyaltyRefusal *refusal)
{
	const OperationRequest *request = operation->request;

	if (!loyalty_read_text_or_null(&request->reason, "reason", LOYALTY_MAX_TEXT, &operation->reason,
								   refusal) ||
		!loyalty_read_text_or_null(&request->actor, "actor", LOYALTY_MAX_NAME, &operation->actor, refusal))
		return false;
	if (operation->actor == NULL)
		operation->actor = operation->call->actor;
	return true;
}

/*
 * Reads all three texts before any code is looked up: a text that is too long refuses before a code that is
 * unknown.
 */
bool
loyalty_operation_locate(Operation *operation, LoyaltyRefusal *refusal)
{
	const OperationRequest *request = operation->request;
	const char *source;
	const char *till;
	const char *store;

	return loyalty_read_text_or_null(&request->source, "source", LOYALTY_MAX_CODE, &source, refusal) &&
		   loyalty_read_text_or_null(&request->till, "till", LOYALTY_MAX_CODE, &till, refusal) &&
		   loyalty_read_text_or_null(&request->store, "store", LOYALTY_MAX_CODE, &store, refusal) &&
		   read_till(operation, till, refusal) && read_store(operation, till, store, refusal) &&
		   (source == NULL ||
			loyalty_org_named_source(operation->call->org, source, &operation->origin.source_id, refusal)) &&
		   read_notes(operation, refusal);
}

/*
 * Finds the program of a request that names none. The card's comes before the till's: the card is the
 * customer's choice.
 */
static bool
usual_program(const Operation *operation, const LoyaltyProgram **program, LoyaltyRefusal *refusal)
{
	const LoyaltyOrg *org = operation->call->org;
	int32 program_id = operation->subject.card_program_id;

	if (program_id == 0 && operation->till)
		program_id = operation->till->program_id;
	if (program_id == 0)
		return loyalty_org_named_program(org, NULL, program, refusal);
	*program = loyalty_org_program_by_id(org, program_id);
	return true;
}

/* Finds the program by its code, or as usual. */
static bool
named_program(const Operation *operation, const char *named, const LoyaltyProgram **program,
			  LoyaltyRefusal *refusal)
{
	return named ? loyalty_org_named_program(operation->call->org, named, program, refusal)
				 : usual_program(operation, program, refusal);
}

/* A code that names all programs is unknown here: no program may be called so. */
bool
loyalty_operation_program(const Operation *operation, const LoyaltyProgram **program, LoyaltyRefusal *refusal)
{
	const char *named;

	return loyalty_read_text_or_null(&operation->request->program, "program", LOYALTY_MAX_CODE, &named,
									 refusal) &&
		   named_program(operation, named, program, refusal);
}

/* Leaves NULL in an org without programs, whose tills and cards have none either: a sale needs no program. */
bool
loyalty_operation_program_if_any(const Operation *operation, const LoyaltyProgram **program,
								 LoyaltyRefusal *refusal)
{
	const char *named;

	*program = NULL;
	if (!loyalty_read_text_or_null(&operation->request->program, "program", LOYALTY_MAX_CODE, &named,
								   refusal))
		return false;
	return (named == NULL && operation->call->org->program_count == 0) ||
		   named_program(operation, named, program, refusal);
}

/* Tells whether a code stands for all programs. */
static bool
is_all(const char *program)
{
	return program != NULL && loyalty_same_word(program, LOYALTY_ALL_PROGRAMS);
}

/* Leaves NULL for all of them; a program that is not named is the usual one here as well. */
bool
loyalty_operation_programs(const Operation *operation, const LoyaltyProgram **program,
						   LoyaltyRefusal *refusal)
{
	const char *named;

	*program = NULL;
	return loyalty_read_text_or_null(&operation->request->program, "program", LOYALTY_MAX_CODE, &named,
									 refusal) &&
		   (is_all(named) || named_program(operation, named, program, refusal));
}

/* Serves the repeat of a request, which was read without a fault the first time. */
bool
loyalty_request_all_programs(const OperationRequest *request)
{
	return !request->program.isnull && is_all(loyalty_text_within(request->program.value, LOYALTY_MAX_CODE));
}

/* The clock is the call's: all items of a batch without a time have the same one. */
bool
loyalty_operation_event_time(const Operation *operation, TimestampTz registered_on, TimestampTz refers_to,
							 TimestampTz *event_time, LoyaltyRefusal *refusal)
{
	const NullableDatum *given = &operation->request->event_time;

	return loyalty_read_time_or(given, "event_time", loyalty_usual_event_time(operation->call, refers_to),
								event_time, refusal) &&
		   (given->isnull || loyalty_judge_event_time(operation->call, *event_time, registered_on, refusal));
}

/*
 * Writes nothing: the judgement goes on by the effective time, and what is due expires once nothing refuses the
 * operation.
 */
bool
loyalty_operation_time(Operation *operation, LoyaltyRefusal *refusal)
{
	Posting *posting = &operation->posting;
	TimestampTz registered_on = posting->customer.registered_on;
	TimestampTz event_time;

	if (!loyalty_operation_event_time(operation, registered_on, registered_on, &event_time, refusal))
		return false;
	loyalty_posting_at(posting, event_time, AT_WRITES_NOTHING);
	return true;
}

/* Tells whether a time that is given lies before the registration by no more than clocks may differ. */
static bool
in_tolerance(const Operation *operation, TimestampTz registered_on)
{
	const NullableDatum *given = &operation->request->event_time;

	return !given->isnull &&
		   DatumGetTimestampTz(given->value) >= registered_on - loyalty_time_tolerance(operation->call);
}

/*
 * Takes a bill that the till rang up while its customer registered beside it: its points take effect with the
 * registration.
 */
bool
loyalty_operation_bill_time(Operation *operation, bool any_age, LoyaltyRefusal *refusal)
{
	TimestampTz registered_on = operation->posting.customer.registered_on;
	TimestampTz earliest = any_age || in_tolerance(operation, registered_on) ? AT_ONCE : registered_on;
	TimestampTz event_time;

	if (!loyalty_operation_event_time(operation, earliest, registered_on, &event_time, refusal))
		return false;
	loyalty_posting_at(&operation->posting, event_time, AT_WRITES_NOTHING);
	return true;
}

/* Raises where it stands: these calls keep no refusal. */
void
loyalty_operation_expire_at(Operation *operation, TimestampTz refers_to)
{
	TimestampTz registered_on = operation->posting.customer.registered_on;
	TimestampTz event_time;

	(void) loyalty_operation_event_time(operation, registered_on, Max(registered_on, refers_to), &event_time,
										LOYALTY_RAISES);
	loyalty_posting_at(&operation->posting, event_time, AT_EXPIRES);
}

/* Refuses instead of rounding: what a till asks for must be what is booked. */
bool
loyalty_program_judge_kept(const LoyaltyProgram *program, int64 points, LoyaltyRefusal *refusal)
{
	if (!loyalty_program_keeps(&program->rules, points))
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_TOO_PRECISE, errmsg("points have too many decimals"),
					   errdetail("Asked for are %s; program \"%s\" keeps %d decimals.",
								 loyalty_points_text(points), program->program, program->rules.decimals));
	return true;
}

/*
 * Reads in thousandths (LY402 to LY404 are about what they cannot hold), then judges the sign, then the
 * decimals.
 */
bool
loyalty_read_program_points(const NullableDatum *given, const LoyaltyProgram *program, int64 *points,
							LoyaltyRefusal *refusal)
{
	if (!loyalty_read_thousandths(given, "points", ERRCODE_LOYALTY_POINTS_TOO_PRECISE, points, refusal))
		return false;
	if (*points <= 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_NOT_POSITIVE, errmsg("points must be positive"),
					   errdetail("Asked for are %s.", loyalty_points_text(*points)));
	return loyalty_program_judge_kept(program, *points, refusal);
}

/* Begins with the default program, which is also what refuses in an org that has none. */
bool
loyalty_org_finest_program(const LoyaltyOrg *org, const LoyaltyProgram **finest, LoyaltyRefusal *refusal)
{
	int i;

	if (!loyalty_org_named_program(org, NULL, finest, refusal))
		return false;
	for (i = 0; i < org->program_count; i++)
		if (org->programs[i].rules.decimals > (*finest)->rules.decimals)
			*finest = &org->programs[i];
	return true;
}

/* Shows the number as it was given: it is the caller's own text. */
bool
loyalty_refuse_bill(int64 customer_id, const char *number, int count, LoyaltyRefusal *refusal)
{
	if (count == 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TRANSACTION_UNKNOWN,
					   errmsg("customer " INT64_FORMAT " has no such bill \"%s\"", customer_id, number));
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TRANSACTION_AMBIGUOUS,
				   errmsg("customer " INT64_FORMAT " has several bills \"%s\"", customer_id, number),
				   errhint("Name the till of the bill: transaction_till."));
}

/*
 * Bills stand above the ledger, which asks for them by a hook. The till of a bill is looked up even where no
 * number is given, so that a wrong one is always refused. What names a bill that is back as a whole could never go back
 * with it.
 */
bool
loyalty_operation_transaction(const Operation *operation, const NullableDatum *number,
							  const NullableDatum *till, int64 *transaction_id, LoyaltyRefusal *refusal)
{
	const LoyaltyOrg *org = operation->call->org;
	int64 customer_id = operation->posting.customer.customer_id;
	const LoyaltyTill *at = NULL;
	const char *bill;
	const char *code;
	bool is_returned;
	int count;

	*transaction_id = 0;
	if (!loyalty_read_text_or_null(number, "transaction_number", LOYALTY_MAX_CODE, &bill, refusal) ||
		!loyalty_read_text_or_null(till, "transaction_till", LOYALTY_MAX_CODE, &code, refusal) ||
		(code != NULL && !loyalty_org_named_till(org, code, &at, refusal)))
		return false;
	if (bill == NULL)
		return true;
	count = loyalty_bill_hooks.find(org->org_id, at, bill, customer_id, transaction_id, &is_returned);
	if (count != 1)
		return loyalty_refuse_bill(customer_id, bill, count, refusal);
	if (is_returned)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TRANSACTION_RETURNED,
					   errmsg("bill \"%s\" was returned, and nothing of it is left", bill));
	return true;
}
