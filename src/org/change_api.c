/*
 * change_api.c: update_org, update_program, update_store, update_till: what may change of what an org is made of.
 *
 * NULL leaves a thing as it is. Codes never change, since systems outside know them, nor what a program keeps of points and
 * how it rounds: earlier awards, and what comes back of them, were judged by it. Everything is written under the org's lock,
 * after the org was read anew, and counts for calls that begin, or look the org up again, after the commit. Nothing that is
 * posted changes: lots keep their expiry, entries their day and their store. An org that moves to a zone further west may
 * see a day again that is closed; what is posted then goes to the first open day, as whatever comes late does.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "org/call.h"
#include "org/program_reading.h"

LOYALTY_FUNCTION(loyalty_update_org);
LOYALTY_FUNCTION(loyalty_update_program);
LOYALTY_FUNCTION(loyalty_update_store);
LOYALTY_FUNCTION(loyalty_update_till);

enum ProgramArgument
{
	ARG_NAME = 2,
	ARG_IS_DEFAULT,
	ARG_RATE,
	ARG_DECIMALS,
	ARG_ROUNDING,
	ARG_EXPIRY_UNIT,
	ARG_EXPIRY_VALUE,
	ARG_EXPIRY_DATE,
	ARG_EXPIRY_TYPE,
	ARG_ALLOW_NEGATIVE,
};

/* Changes the name or the time zone of an org. */
Datum
loyalty_update_org(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *name;
	const char *time_zone;

	loyalty_call_begin(&call, fcinfo);
	name = loyalty_arg_text_or_null(fcinfo, 1, "name", LOYALTY_MAX_NAME);
	time_zone = loyalty_arg_text_or_null(fcinfo, 2, "time_zone", LOYALTY_MAX_CODE);
	if (time_zone != NULL)
		time_zone = loyalty_org_time_zone(time_zone);
	loyalty_call_lock_org(&call);
	loyalty_org_update(call.org->org_id, name, time_zone);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Changes the name of a store. */
Datum
loyalty_update_store(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *store;
	const char *name;

	loyalty_call_begin(&call, fcinfo);
	store = loyalty_arg_text(fcinfo, 1, "store", LOYALTY_MAX_CODE);
	name = loyalty_arg_text(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	loyalty_call_lock_org(&call);
	loyalty_store_update(call.org->org_id, loyalty_org_store(call.org, store)->store_id, name);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Moves a till to another store, or gives it another program or none. What was posted there keeps its store. */
Datum
loyalty_update_till(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyTill till;
	const char *code;
	const char *store;
	const char *program;
	bool clear_program;

	loyalty_call_begin(&call, fcinfo);
	code = loyalty_arg_text(fcinfo, 1, "till", LOYALTY_MAX_CODE);
	clear_program = loyalty_arg_bool(fcinfo, 2, "clear_program");
	program = loyalty_arg_text_or_null(fcinfo, 3, "program", LOYALTY_MAX_CODE);
	store = loyalty_arg_text_or_null(fcinfo, 4, "store", LOYALTY_MAX_CODE);
	if (clear_program && program != NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("a till cannot lose its program and get one"),
						errhint("Leave out either program or clear_program.")));
	loyalty_call_lock_org(&call);
	till = *loyalty_org_till(call.org, code);
	if (store != NULL)
		till.store_id = loyalty_org_store(call.org, store)->store_id;
	if (clear_program || program != NULL)
		till.program_id = program ? loyalty_org_program(call.org, program)->program_id : 0;
	loyalty_till_update(call.org->org_id, &till);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Refuses another number of decimals or another rounding: LY021. */
static void
check_kept(FunctionCallInfo fcinfo, const ProgramRules *rules)
{
	if (!PG_ARGISNULL(ARG_DECIMALS) && PG_GETARG_INT32(ARG_DECIMALS) != rules->decimals)
		loyalty_raise_program_invalid("decimals never change: points that exist have them");
	if (loyalty_arg_text_or_null(fcinfo, ARG_ROUNDING, "rounding", LOYALTY_MAX_CODE) != NULL &&
		loyalty_arg_word(fcinfo, ARG_ROUNDING, "rounding", loyalty_rounding_names, ROUNDING_COUNT) !=
			rules->rounding)
		loyalty_raise_program_invalid("rounding never changes: returns of earlier bills go by it");
}

/*
 * Reads the expiry. A unit that is given comes with its value or date and takes the place of all three; without it the value
 * or the date is that of the unit there is.
 */
static void
read_expiry(FunctionCallInfo fcinfo, ProgramRules *rules, bool *has_value, bool *has_date)
{
	bool has_unit =
		loyalty_arg_text_or_null(fcinfo, ARG_EXPIRY_UNIT, "expiry_unit", LOYALTY_MAX_CODE) != NULL;

	*has_value = !has_unit && (rules->expiry_unit == EXPIRY_DAYS || rules->expiry_unit == EXPIRY_MONTHS);
	*has_date = !has_unit && rules->expiry_unit == EXPIRY_FIXED_DATE;
	if (has_unit)
	{
		rules->expiry_unit = loyalty_arg_word(fcinfo, ARG_EXPIRY_UNIT, "expiry_unit",
											  loyalty_expiry_unit_names, EXPIRY_UNIT_COUNT);
		rules->expiry_value = rules->expiry_date = 0;
	}
	if (!PG_ARGISNULL(ARG_EXPIRY_VALUE))
	{
		rules->expiry_value = PG_GETARG_INT32(ARG_EXPIRY_VALUE);
		*has_value = true;
	}
	if (!PG_ARGISNULL(ARG_EXPIRY_DATE))
	{
		rules->expiry_date = loyalty_program_date(&fcinfo->args[ARG_EXPIRY_DATE], "expiry_date");
		*has_date = true;
	}
	if (loyalty_arg_text_or_null(fcinfo, ARG_EXPIRY_TYPE, "expiry_type", LOYALTY_MAX_CODE) != NULL)
		rules->expiry_type = loyalty_arg_word(fcinfo, ARG_EXPIRY_TYPE, "expiry_type",
											  loyalty_expiry_type_names, EXPIRY_TYPE_COUNT);
}

/* Reads whether the program is the default one from now on. That one gives its place up to another, never to none. */
static void
read_default(FunctionCallInfo fcinfo, LoyaltyProgram *program)
{
	if (PG_ARGISNULL(ARG_IS_DEFAULT))
		return;
	if (program->is_default && !PG_GETARG_BOOL(ARG_IS_DEFAULT))
		loyalty_raise_program_invalid("the default program gives its place up to another one alone");
	program->is_default = PG_GETARG_BOOL(ARG_IS_DEFAULT);
}

/*
 * Changes a program: awards and conversions to come go by it, also those of earlier times that are told of late. The rules
 * are judged together, those that stay among them.
 */
Datum
loyalty_update_program(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyProgram program;
	const char *code;
	const char *name;
	const char *problem;
	bool has_value;
	bool has_date;

	loyalty_call_begin(&call, fcinfo);
	code = loyalty_arg_text_or_null(fcinfo, 1, "program", LOYALTY_MAX_CODE);
	name = loyalty_arg_text_or_null(fcinfo, ARG_NAME, "name", LOYALTY_MAX_NAME);
	loyalty_call_lock_org(&call);
	program = *loyalty_org_program(call.org, code);
	read_default(fcinfo, &program);
	if (!PG_ARGISNULL(ARG_RATE))
		program.rules.points_per_unit = loyalty_program_rate(PG_GETARG_DATUM(ARG_RATE));
	check_kept(fcinfo, &program.rules);
	read_expiry(fcinfo, &program.rules, &has_value, &has_date);
	if (!PG_ARGISNULL(ARG_ALLOW_NEGATIVE))
		program.rules.allow_negative_on_return = PG_GETARG_BOOL(ARG_ALLOW_NEGATIVE);
	problem = loyalty_program_problem(&program.rules, has_value, has_date);
	if (problem != NULL)
		loyalty_raise_program_invalid(problem);
	if (program.is_default)
		loyalty_program_clear_default(call.org->org_id);
	loyalty_program_update(call.org->org_id, &program, name, has_value, has_date);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
