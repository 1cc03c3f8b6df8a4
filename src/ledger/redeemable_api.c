/*
 * redeemable_api.c: is_redeemable, a dry run of redeem_points.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "common/points_limit.h"
#include "customer/member.h"
#include "ledger/redemption.h"
#include "ledger/redemption_arguments.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_is_redeemable);

/* The answer's columns. */
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

typedef struct DryRun
{
	Operation operation; /* that is never locked */
	RedemptionWish wish;
	const char *unmet; /* a condition that is no number: "card", "status", "enrolled"; NULL: met */
	RedemptionJudgement judgement;
	int64 points; /* that would be redeemed */
	int64 available;
	int64 value; /* -1: unknown */
} DryRun;

/* The customer as it is now: nothing is locked. */
static void
read_customer(DryRun *run)
{
	Operation *operation = &run->operation;
	int64 customer_id = loyalty_operation_followed(operation, operation->customer_id);
	LoyaltyCustomer *customer = &operation->posting.customer;
	int sqlstate = 0;

	if (!loyalty_customer_read(operation->call.org->org_id, customer_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	loyalty_customer_require_root(customer);
	(void) loyalty_status_verdict(&operation->call, customer, GUARD_REDEEM, &sqlstate);
	if (operation->card != NULL && !operation->card_is_usable)
		run->unmet = "card";
	else if (sqlstate != 0)
		run->unmet = "status";
	else if (!customer->loyalty)
		run->unmet = "enrolled";
}

/* What is asked for, read and refused as redeem_points does it. */
static void
read_wish(DryRun *run, FunctionCallInfo fcinfo)
{
	Operation *operation = &run->operation;
	RedemptionWish *wish = &run->wish;

	loyalty_operation_locate(operation);
	wish->snapshot = wish->unposted = true;
	wish->up_to = loyalty_arg_bool(fcinfo, ARG_UP_TO, "up_to");
	wish->program = loyalty_operation_programs(operation, ARG_PROGRAM);
	wish->points = loyalty_operation_points(operation, ARG_POINTS,
											wish->program ? wish->program
														  : loyalty_org_finest_program(operation->call.org));
	(void) loyalty_operation_transaction(operation, ARG_TRANSACTION_NUMBER);
	(void) loyalty_arg_text_or_null(fcinfo, ARG_IDEMPOTENCY_KEY, "idempotency_key", LOYALTY_MAX_NAME);
}

/* Nothing is opened and nothing expires: what is due pays nothing anyway. */
static void
read_accounts(DryRun *run, FunctionCallInfo fcinfo)
{
	Posting *posting = &run->operation.posting;
	int32 org_id = run->operation.call.org->org_id;
	int64 customer_id = posting->customer.customer_id;

	if (run->wish.program)
		posting->account_count =
			loyalty_accounts_of_program(org_id, customer_id, run->wish.program->program_id, CATEGORY_REGULAR,
										&posting->accounts);
	else
		posting->account_count = loyalty_accounts_regular(org_id, customer_id, &posting->accounts);
	loyalty_posting_at(posting,
					   loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", run->operation.call.now),
					   AT_JUDGED);
}

/* What the redemption is worth, if each program that pays says so. */
static int64
value_of(const DryRun *run, const LotWalk *walk)
{
	int64 value = 0;
	int i;

	if (run->wish.program)
		return loyalty_redemption_value(&run->wish.program->redemption, run->points);
	for (i = 0; i < walk->account_count; i++)
	{
		const WalkedAccount *walked = &walk->accounts[i];
		const LoyaltyProgram *program =
			loyalty_org_program_by_id(run->operation.call.org, walked->account->account.program_id);
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

	run->points = loyalty_redemption_draw(&run->operation.posting, &run->wish, &walk, &run->judgement);
	if (run->judgement.verdict.condition == CONDITION_NONE &&
		!loyalty_redemption_fits(&run->operation.posting, &walk))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW),
						errmsg("a balance or counter of the account would be too large"),
						errdetail(POINTS_LIMIT_DETAIL)));
	run->value = value_of(run, &walk);
	all.points = POINTS_LIMIT - 1;
	loyalty_walk_lots(&run->operation.posting, all.program ? all.program->program_id : 0, all.points,
					  MOVEMENT_REDEEMED, &walk);
	run->available = all.points - walk.missing;
}

static Datum
answer_dry_run(DryRun *run, FunctionCallInfo fcinfo)
{
	const RedemptionVerdict *verdict = &run->judgement.verdict;
	const char *condition = run->unmet ? run->unmet : loyalty_condition_names[verdict->condition];
	bool numbers = run->unmet == NULL && condition != NULL;
	Datum values[COLUMN_COUNT] = { 0 };
	bool nulls[COLUMN_COUNT] = {
		[COLUMN_CONDITION] = condition == NULL, [COLUMN_PROGRAM] = !numbers || run->judgement.program == NULL,
		[COLUMN_REQUIRED] = !numbers,			[COLUMN_ACTUAL] = !numbers,
		[COLUMN_VALUE] = run->value < 0,
	};

	values[COLUMN_REDEEMABLE] = BoolGetDatum(condition == NULL);
	values[COLUMN_POINTS] = loyalty_numeric(condition == NULL ? run->points : 0);
	if (condition != NULL)
		values[COLUMN_CONDITION] = CStringGetTextDatum(condition);
	if (!nulls[COLUMN_PROGRAM])
		values[COLUMN_PROGRAM] = CStringGetTextDatum(run->judgement.program->program);
	values[COLUMN_REQUIRED] = loyalty_numeric(verdict->required);
	values[COLUMN_ACTUAL] = loyalty_numeric(verdict->actual);
	values[COLUMN_AVAILABLE] = loyalty_numeric(run->available);
	values[COLUMN_VALUE] = loyalty_numeric(run->value);
	return loyalty_call_answer(&run->operation.call, fcinfo, values, nulls);
}

Datum
loyalty_is_redeemable(PG_FUNCTION_ARGS)
{
	DryRun run = { .value = -1 };

	loyalty_operation_open(&run.operation, fcinfo, &redeem_arguments);
	run.operation.posting.call = &run.operation.call;
	read_customer(&run);
	read_wish(&run, fcinfo);
	if (run.unmet == NULL)
	{
		read_accounts(&run, fcinfo);
		run_dry(&run);
	}
	return answer_dry_run(&run, fcinfo);
}
