/*
 * redeemable_api.c: is_redeemable, a dry run of redeem_points.
 *
 * It finds the customer and reads the request as redeem_points does, with the same refusals; then it draws and
 * judges by the same code. What would refuse the redemption is told in a row, where it is a matter of the
 * card, the status, the enrolment or a condition of the program. Nobody is locked and nothing is written, so
 * the result may be late the moment it is given: the redemption itself judges anew. Expiries that are due are
 * counted as if they were posted.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/member.h"
#include "ledger/spend/redemption.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_is_redeemable);

/* Columns of the result. */
enum RedeemableColumn
{
	COLUMN_REDEEMABLE,
	COLUMN_POINTS,
	COLUMN_CONDITION,
	COLUMN_PROGRAM,
	COLUMN_REQUIRED,
	COLUMN_ACTUAL,
	COLUMN_AVAILABLE,
	COLUMN_VALUE,
	COLUMN_COUNT
};

/* State of one call. */
typedef struct DryRun
{
	LoyaltyCall call;
	RedeemRequest request;
	Operation operation; /* without a lock on its customer */
	Redemption redemption;
	const char *unmet; /* a condition that is no number: "card", "status", "enrolled"; NULL: met */
	int64 value;	   /* -1: unknown */
} DryRun;

/*
 * Reads the customer under the caller's snapshot and finds out what stands against it but numbers: card,
 * status, enrolment, in the order of redeem_points. A merged customer is followed as there, but not by a card:
 * the one that a merge left behind is of no use.
 */
static void
read_customer(DryRun *run)
{
	Operation *operation = &run->operation;
	OperationSubject *subject = &operation->subject;
	int64 customer_id = subject->customer_id;
	LoyaltyCustomer *customer = &operation->posting.customer;
	int sqlstate = 0;

	/* A card that a merge left behind is of no use. */
	if (subject->card == NULL)
		customer_id = loyalty_operation_followed(operation, customer_id);
	if (!loyalty_customer_read(run->call.org->org_id, customer_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	loyalty_customer_require_root(customer);
	(void) loyalty_status_verdict(&run->call, customer, GUARD_REDEEM, &sqlstate);
	if (subject->card != NULL && !subject->card_is_usable)
		run->unmet = "card";
	else if (sqlstate != 0)
		run->unmet = "status";
	else if (!customer->loyalty)
		run->unmet = "enrolled";
}

/*
 * Reads what is asked for, refused as redeem_points does it. The key is read for its length alone, and not
 * looked for.
 */
static void
read_request(DryRun *run)
{
	Operation *operation = &run->operation;

	run->redemption.is_dry = true;
	(void) (loyalty_redemption_read(operation, &run->redemption, LOYALTY_RAISES) &&
			loyalty_redemption_bill(operation, LOYALTY_RAISES) &&
			loyalty_operation_key(operation->request, &operation->subject, LOYALTY_RAISES));
}

/*
 * Returns what the redemption is worth, if each program that pays says so; -1 otherwise. A dry run of one
 * program has a value even where it would not go through.
 */
static int64
value_of(const DryRun *run)
{
	const Redemption *redemption = &run->redemption;
	const LotWalk *walk = &redemption->walk;
	int64 value = 0;
	int i;

	if (redemption->program)
		return loyalty_redemption_value(&redemption->program->redemption, redemption->points);
	for (i = 0; i < walk->account_count; i++)
	{
		const WalkedAccount *walked = &walk->accounts[i];
		const LoyaltyProgram *program =
			loyalty_org_program_by_id(run->call.org, walked->account->account.program_id);
		int64 part = loyalty_redemption_value(&program->redemption, walked->drawn);

		if (walked->drawn == 0)
			continue;
		if (part < 0)
			return -1;
		loyalty_add_points(&value, part);
	}
	return value;
}

/*
 * Opens nothing and expires nothing: what is due pays nothing anyway. Counters are judged only where the
 * conditions are met, as in redeem_points.
 */
static void
run_dry(DryRun *run)
{
	Redemption *redemption = &run->redemption;

	(void) loyalty_redemption_weigh(&run->operation, redemption, LOYALTY_RAISES);
	if (redemption->judgement.verdict.condition == CONDITION_NONE)
		(void) loyalty_redemption_fits(&run->operation, redemption, LOYALTY_RAISES);
	run->value = value_of(run);
}

/*
 * Makes the row. A condition that is no number has none to show; points are those that would be spent, 0 where
 * none would.
 */
static Datum
dry_run_result(DryRun *run, FunctionCallInfo fcinfo)
{
	const RedemptionJudgement *judgement = &run->redemption.judgement;
	const RedemptionVerdict *verdict = &judgement->verdict;
	const char *condition = run->unmet ? run->unmet : loyalty_condition_names[verdict->condition];
	bool met_by_numbers = verdict->condition != CONDITION_PARTICIPATION;
	bool numbers = run->unmet == NULL && condition != NULL && met_by_numbers;
	Datum values[COLUMN_COUNT] = { 0 };
	bool nulls[COLUMN_COUNT] = {
		[COLUMN_CONDITION] = condition == NULL,
		[COLUMN_PROGRAM] = run->unmet != NULL || condition == NULL || judgement->program == NULL,
		[COLUMN_REQUIRED] = !numbers,
		[COLUMN_ACTUAL] = !numbers,
		[COLUMN_VALUE] = run->value < 0,
	};

	values[COLUMN_REDEEMABLE] = BoolGetDatum(condition == NULL);
	values[COLUMN_POINTS] = loyalty_numeric(condition == NULL ? run->redemption.points : 0);
	if (condition != NULL)
		values[COLUMN_CONDITION] = CStringGetTextDatum(condition);
	if (!nulls[COLUMN_PROGRAM])
		values[COLUMN_PROGRAM] = CStringGetTextDatum(judgement->program->program);
	values[COLUMN_REQUIRED] = loyalty_numeric(verdict->required);
	values[COLUMN_ACTUAL] = loyalty_numeric(verdict->actual);
	values[COLUMN_AVAILABLE] = loyalty_numeric(run->redemption.walk.available);
	values[COLUMN_VALUE] = loyalty_numeric(run->value);
	return loyalty_call_result(&run->call, fcinfo, values, nulls);
}

/*
 * Tells whether redeem_points, with the same arguments, would go through now, and if not, why. The draw comes
 * last, and is left out where card, status or enrolment have decided already.
 */
Datum
loyalty_is_redeemable(PG_FUNCTION_ARGS)
{
	DryRun run = { .value = -1 };

	loyalty_operation_call(&run.call, fcinfo, &loyalty_redeem_kind, &run.request.operation);
	loyalty_operation_open(&run.operation, &run.call, &run.request.operation);
	run.operation.posting.call = &run.call;
	read_customer(&run);
	read_request(&run);
	if (run.unmet == NULL)
		run_dry(&run);
	return dry_run_result(&run, fcinfo);
}
