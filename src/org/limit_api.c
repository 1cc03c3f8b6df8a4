/*
 * limit_api.c: set_redemption_rules, set_transfer_rules. Each writes all rules of its kind: an argument that is
 * left out is no such rule. The org is locked against rivals before the rules are judged, since they depend on
 * the decimals that the program keeps. They count for calls that begin, or look the org up again, after the
 * commit.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "org/call.h"
#include "org/limit_store.h"

LOYALTY_FUNCTION(loyalty_set_redemption_rules);
LOYALTY_FUNCTION(loyalty_set_transfer_rules);

/* Raises what rules contradict; NULL: nothing. */
static void
refuse_rules(const char *problem)
{
	if (problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PROGRAM_INVALID), errmsg("a program cannot have these rules"),
						errdetail("The reason: %s.", problem)));
}

/* Reads points that are more than zero, or 0 where the rule is left out. */
static int64
rule_points(FunctionCallInfo fcinfo, int n, const char *name)
{
	int64 points;

	if (PG_ARGISNULL(n))
		return 0;
	points = loyalty_arg_thousandths(fcinfo, n, name, ERRCODE_LOYALTY_POINTS_TOO_PRECISE);
	if (points <= 0)
		refuse_rules(psprintf("%s is not more than 0", name));
	return points;
}

/* Reads a count that is more than zero, or 0 where the rule is left out. */
static int32
rule_count(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		return 0;
	if (PG_GETARG_INT32(n) <= 0)
		refuse_rules(psprintf("%s is not more than 0", name));
	return PG_GETARG_INT32(n);
}

/*
 * Opens the call and returns the program of argument 1, the default one where it is NULL; the org is locked
 * against rivals.
 */
static const LoyaltyProgram *
open_program(LoyaltyCall *call, FunctionCallInfo fcinfo)
{
	loyalty_call_begin(call, fcinfo);
	loyalty_call_lock_org(call);
	return loyalty_org_program(call->org, loyalty_arg_text_or_null(fcinfo, 1, "program", LOYALTY_MAX_CODE));
}

/* Sets what a program asks of redemptions. */
Datum
loyalty_set_redemption_rules(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const LoyaltyProgram *program = open_program(&call, fcinfo);
	RedemptionRules rules = {
		.points_per_currency_unit = rule_points(fcinfo, 2, "points_per_currency_unit"),
		.minimum = rule_points(fcinfo, 3, "minimum"),
		.maximum = rule_points(fcinfo, 4, "maximum"),
		.multiple = rule_points(fcinfo, 5, "multiple"),
		.balance = rule_points(fcinfo, 6, "balance_required"),
		.lifetime = rule_points(fcinfo, 7, "lifetime_points_required"),
		.caps = { [PERIOD_DAY] = rule_points(fcinfo, 8, "per_day"),
				  [PERIOD_WEEK] = rule_points(fcinfo, 9, "per_week"),
				  [PERIOD_MONTH] = rule_points(fcinfo, 10, "per_month") },
	};

	refuse_rules(loyalty_redemption_rules_problem(&rules, loyalty_program_step(&program->rules)));
	loyalty_redemption_rules_store(call.org->org_id, program->program_id, &rules);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Sets what a program asks of transfers. */
Datum
loyalty_set_transfer_rules(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const LoyaltyProgram *program = open_program(&call, fcinfo);
	TransferRules rules = {
		.points = { rule_points(fcinfo, 2, "points_per_day"), rule_points(fcinfo, 3, "points_per_7_days"),
					rule_points(fcinfo, 4, "points_per_30_days") },
		.count = { rule_count(fcinfo, 5, "transfers_per_day"), rule_count(fcinfo, 6, "transfers_per_7_days"),
				   rule_count(fcinfo, 7, "transfers_per_30_days") },
		.renews_expiry = loyalty_arg_bool(fcinfo, 8, "renew_expiry"),
		.gives_registration = !loyalty_arg_bool(fcinfo, 9, "exclude_registration_awards"),
	};

	refuse_rules(loyalty_transfer_rules_problem(&rules, loyalty_program_step(&program->rules)));
	loyalty_transfer_rules_store(call.org->org_id, program->program_id, &rules);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
