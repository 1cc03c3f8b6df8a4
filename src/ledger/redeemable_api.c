/*
 * redeemable_api.c: is_redeemable, a dry run of redeem_points.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/member.h"
#include "ledger/operation.h"
#include "ledger/redemption.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_is_redeemable);

enum RedeemableArgument
{
	ARG_CUSTOMER_ID = 1,
	ARG_POINTS,
	ARG_PROGRAM,
	ARG_EVENT_TIME,
};

/* The answer's columns. */
enum RedeemableColumn
{
	COLUMN_REDEEMABLE,
	COLUMN_CONDITION,
	COLUMN_PROGRAM,
	COLUMN_REQUIRED,
	COLUMN_ACTUAL,
	COLUMN_AVAILABLE,
	COLUMN_VALUE,
	COLUMN_COUNT
};

typedef struct DryRun
{
	LoyaltyCall call;
	Posting posting;
	RedemptionWish wish;
	const char *status; /* a condition that is no number: "status", "enrolled"; NULL: met */
	RedemptionJudgement judgement;
	int64 available;
	int64 value; /* -1: unknown */
} DryRun;

/* The customer as it is now: nothing is locked. */
static void
read_customer(DryRun *run, FunctionCallInfo fcinfo)
{
	int64 customer_id = loyalty_arg_int8(fcinfo, ARG_CUSTOMER_ID, "customer_id");
	LoyaltyCustomer *customer = &run->posting.customer;
	int sqlstate = 0;

	if (!loyalty_customer_read(run->call.org->org_id, customer_id, customer))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_UNKNOWN),
						errmsg("customer " INT64_FORMAT " does not exist in this org", customer_id)));
	loyalty_customer_require_root(customer);
	(void) loyalty_status_verdict(&run->call, customer, GUARD_REDEEM, &sqlstate);
	if (sqlstate != 0)
		run->status = "status";
	else if (!customer->loyalty)
		run->status = "enrolled";
}

/* The points asked for, which every program that may pay keeps or not: as in redeem_points. */
static void
read_wish(DryRun *run, FunctionCallInfo fcinfo)
{
	const char *program = loyalty_arg_text_or_null(fcinfo, ARG_PROGRAM, "program", LOYALTY_MAX_CODE);
	const LoyaltyProgram *finest;

	run->wish.snapshot = run->wish.unposted = true;
	run->wish.program = program ? loyalty_org_program(run->call.org, program) : NULL;
	finest = run->wish.program ? run->wish.program : loyalty_org_finest_program(run->call.org);
	run->wish.points = loyalty_arg_program_points(fcinfo, ARG_POINTS, finest);
}

/* Nothing is opened and nothing expires: what is due pays nothing anyway. */
static void
read_accounts(DryRun *run, FunctionCallInfo fcinfo)
{
	Posting *posting = &run->posting;
	int32 org_id = run->call.org->org_id;
	int64 customer_id = posting->customer.customer_id;

	if (run->wish.program)
		posting->account_count =
			loyalty_accounts_of_program(org_id, customer_id, run->wish.program->program_id, CATEGORY_REGULAR,
										&posting->accounts);
	else
		posting->account_count = loyalty_accounts_regular(org_id, customer_id, &posting->accounts);
	loyalty_posting_fix_time(posting,
							 loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", run->call.now));
}

/* What the redemption is worth, if each program that pays says so. */
static int64
value_of(const DryRun *run, const LotWalk *walk)
{
	int64 value = 0;
	int i;

	if (run->wish.program)
		return loyalty_redemption_value(&run->wish.program->redemption, run->wish.points);
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

static void
run_dry(DryRun *run)
{
	LotWalk walk;
	RedemptionWish all = run->wish;

	(void) loyalty_redemption_draw(&run->posting, &run->wish, &walk, &run->judgement);
	if (run->judgement.verdict.condition == CONDITION_NONE && !loyalty_redemption_fits(&run->posting, &walk))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW),
						errmsg("a balance or counter of the account would be too large"),
						errdetail("Points are kept below 1000000000000000.")));
	run->value = value_of(run, &walk);
	all.points = POINTS_LIMIT - 1;
	loyalty_walk_lots(&run->posting, all.program ? all.program->program_id : 0, all.points, MOVEMENT_REDEEMED,
					  &walk);
	run->available = all.points - walk.missing;
}

static Datum
answer_dry_run(DryRun *run, FunctionCallInfo fcinfo)
{
	const RedemptionVerdict *verdict = &run->judgement.verdict;
	const char *condition = run->status ? run->status : loyalty_condition_names[verdict->condition];
	bool numbers = run->status == NULL && condition != NULL;
	Datum values[COLUMN_COUNT] = { 0 };
	bool nulls[COLUMN_COUNT] = {
		[COLUMN_CONDITION] = condition == NULL, [COLUMN_PROGRAM] = !numbers || run->judgement.program == NULL,
		[COLUMN_REQUIRED] = !numbers,			[COLUMN_ACTUAL] = !numbers,
		[COLUMN_VALUE] = run->value < 0,
	};

	values[COLUMN_REDEEMABLE] = BoolGetDatum(condition == NULL);
	if (condition != NULL)
		values[COLUMN_CONDITION] = CStringGetTextDatum(condition);
	if (!nulls[COLUMN_PROGRAM])
		values[COLUMN_PROGRAM] = CStringGetTextDatum(run->judgement.program->program);
	values[COLUMN_REQUIRED] = loyalty_numeric(verdict->required);
	values[COLUMN_ACTUAL] = loyalty_numeric(verdict->actual);
	values[COLUMN_AVAILABLE] = loyalty_numeric(run->available);
	values[COLUMN_VALUE] = loyalty_numeric(run->value);
	return loyalty_call_answer(&run->call, fcinfo, values, nulls);
}

Datum
loyalty_is_redeemable(PG_FUNCTION_ARGS)
{
	DryRun run = { .value = -1 };

	loyalty_call_begin(&run.call, fcinfo);
	run.posting.call = &run.call;
	read_customer(&run, fcinfo);
	read_wish(&run, fcinfo);
	if (run.status == NULL)
	{
		read_accounts(&run, fcinfo);
		run_dry(&run);
	}
	return answer_dry_run(&run, fcinfo);
}
