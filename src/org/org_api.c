/*
 * org_api.c: create_org, create_source, set_countries, create_store, create_till, create_program.
 *
 * Arguments are read before anything is locked or written. What replaces something that others may replace
 * (countries, the default program) is written under the org's lock, after the org was read anew; what only adds
 * a code meets rivals at the unique index. All of it counts for calls that begin, or look the org up again,
 * after the commit. Nothing of it is ever removed, for rows of the ledger name it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/formatting.h"
#include "utils/numeric.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/function.h"
#include "common/ids.h"
#include "common/nodes.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "common/word_rules.h"
#include "org/call.h"
#include "org/program_reading.h"
#include "org/zone_rules.h"

#define COUNTRY_LENGTH 2
#define MAX_COUNTRIES 100
#define MAX_SYMBOL 10
#define RATE_LIMIT INT64CONST(1000000000000) /* points per unit lie below: numeric(18,6) */

LOYALTY_FUNCTION(loyalty_create_org);
LOYALTY_FUNCTION(loyalty_create_source);
LOYALTY_FUNCTION(loyalty_set_countries);
LOYALTY_FUNCTION(loyalty_create_store);
LOYALTY_FUNCTION(loyalty_create_till);
LOYALTY_FUNCTION(loyalty_create_program);

static const char *arg_country(FunctionCallInfo fcinfo, int n);
static Datum arg_countries(FunctionCallInfo fcinfo, int n);
static const char *arg_config(FunctionCallInfo fcinfo, int n, const char *name, ConfigKey key, int error);
static void arg_program_rules(FunctionCallInfo fcinfo, ProgramRules *rules);

/*
 * Makes an org, and opens it to the caller's role, who could not act in it otherwise; returns its id. The
 * configuration that comes with it is written as set_config would.
 */
Datum
loyalty_create_org(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *org;
	const char *name;
	const char *time_zone;
	const char *country;
	const char *currency;
	const char *symbol;
	int32 org_id;

	loyalty_function_defaults(fcinfo);
	org = loyalty_arg_key(fcinfo, 0, "org");
	name = loyalty_arg_text(fcinfo, 1, "name", LOYALTY_MAX_NAME);
	time_zone = loyalty_org_time_zone(loyalty_arg_text(fcinfo, 2, "time_zone", LOYALTY_MAX_CODE));
	country = arg_country(fcinfo, 3);
	currency = arg_config(fcinfo, 4, "currency_code", CONFIG_CURRENCY_CODE, ERRCODE_LOYALTY_CURRENCY_INVALID);
	symbol = arg_config(fcinfo, 5, "currency_symbol", CONFIG_CURRENCY_SYMBOL, ERRCODE_LOYALTY_CONFIG_INVALID);
	loyalty_call_begin_without_org(&call);
	loyalty_nodes_require_one();
	org_id = loyalty_next_reference_id();
	if (!loyalty_org_insert(org_id, org, name, time_zone, country, call.now))
		loyalty_raise_duplicate("org", org);
	if (currency != NULL)
		loyalty_config_store(org_id, loyalty_config_entries[CONFIG_CURRENCY_CODE].key, currency);
	if (symbol != NULL)
		loyalty_config_store(org_id, loyalty_config_entries[CONFIG_CURRENCY_SYMBOL].key, symbol);
	loyalty_org_hooks.after_create(org_id);
	loyalty_access_store(org_id, GetUserNameFromId(call.owner.caller, false));
	loyalty_call_end(&call);
	PG_RETURN_INT32(org_id);
}

/* Reads the word of a new source, in the spelling that the first ones have: capitals, and underscores between them. */
static const char *
arg_new_source(FunctionCallInfo fcinfo, int n)
{
	const char *given = loyalty_arg_key(fcinfo, n, "source");
	char *source = asc_toupper(given, strlen(given));
	char *at;

	for (at = source; (at = strpbrk(at, " -")) != NULL;)
		*at = '_';
	if (loyalty_same_word(source, LOYALTY_ALL_PROGRAMS) || !loyalty_can_be_word(source))
		loyalty_raise_not_allowed(
			"source", "words of letters and digits with blanks, hyphens and underscores, but not ALL, "
					  "which stands for all sources");
	return source;
}

/*
 * Adds a source, which all orgs share as they share the words of events; returns its id. What depends on the spelling of
 * a word would make two sources of one, so the word is what must be new.
 */
Datum
loyalty_create_source(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *source;
	bool needs_account;
	int16 source_id;

	loyalty_function_defaults(fcinfo);
	source = arg_new_source(fcinfo, 0);
	needs_account = loyalty_arg_bool(fcinfo, 1, "needs_account");
	loyalty_call_begin_without_org(&call);
	if (loyalty_source_find(source) != 0)
		loyalty_raise_duplicate("source", source);
	source_id = loyalty_next_source_id();
	if (!loyalty_source_insert(source_id, source, needs_account))
		loyalty_raise_duplicate("source", source);
	loyalty_call_end(&call);
	PG_RETURN_INT32(source_id);
}

/* Replaces the countries that telephone numbers of the org are read by: the base one and the supported ones. */
Datum
loyalty_set_countries(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *base;
	Datum supported;

	loyalty_call_begin(&call, fcinfo);
	base = arg_country(fcinfo, 1);
	supported = arg_countries(fcinfo, 2);
	loyalty_call_lock_org(&call);
	loyalty_org_store_countries(call.org->org_id, base, supported);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Makes a store; returns its id. */
Datum
loyalty_create_store(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *store;
	const char *name;
	int32 store_id;

	loyalty_call_begin(&call, fcinfo);
	store = loyalty_arg_key(fcinfo, 1, "store");
	name = loyalty_arg_text(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	store_id = loyalty_next_reference_id();
	if (!loyalty_store_insert(call.org->org_id, store_id, store, name))
		loyalty_raise_duplicate("store", store);
	loyalty_call_end(&call);
	PG_RETURN_INT32(store_id);
}

/* Makes a till in a store, with a program perhaps; returns its id. */
Datum
loyalty_create_till(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *till;
	const char *program;
	const LoyaltyStore *store;
	int32 program_id = 0;
	int32 till_id;

	loyalty_call_begin(&call, fcinfo);
	till = loyalty_arg_key(fcinfo, 1, "till");
	store = loyalty_org_store(call.org, loyalty_arg_text(fcinfo, 2, "store", LOYALTY_MAX_CODE));
	program = loyalty_arg_text_or_null(fcinfo, 3, "program", LOYALTY_MAX_CODE);
	if (program != NULL)
		program_id = loyalty_org_program(call.org, program)->program_id;
	till_id = loyalty_next_reference_id();
	if (!loyalty_till_insert(call.org->org_id, till_id, till, store->store_id, program_id))
		loyalty_raise_duplicate("till", till);
	loyalty_call_end(&call);
	PG_RETURN_INT32(till_id);
}

/*
 * Makes a program; returns its id. The org is locked while it is decided which program is the default one:
 * rivals wait, and see it then. The first program of an org is the default one in any case. "ALL" is no code,
 * in any spelling: it stands for all programs.
 */
Datum
loyalty_create_program(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyProgram program = { 0 };
	const char *code;
	const char *name;

	loyalty_call_begin(&call, fcinfo);
	code = loyalty_arg_key(fcinfo, 1, "program");
	if (loyalty_same_word(code, LOYALTY_ALL_PROGRAMS))
		loyalty_raise_not_allowed("program", "every code but ALL, which stands for all programs");
	name = loyalty_arg_text(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	program.program = pstrdup(code);
	program.is_default = loyalty_arg_bool(fcinfo, 3, "is_default");
	arg_program_rules(fcinfo, &program.rules);
	loyalty_call_lock_org(&call);
	if (program.is_default)
		loyalty_program_clear_default(call.org->org_id);
	else
		program.is_default = call.org->program_count == 0;
	program.program_id = loyalty_next_reference_id();
	if (!loyalty_program_insert(call.org->org_id, &program, name, !PG_ARGISNULL(8), !PG_ARGISNULL(9)))
		loyalty_raise_duplicate("program", code);
	loyalty_call_end(&call);
	PG_RETURN_INT32(program.program_id);
}

/*
 * Tells whether a name is one of the zones that the server has files for. It goes through all files, so only
 * suspicious names are looked for.
 */
static bool
zone_is_listed(const char *name)
{
	pg_tzenum *zones = pg_tzenumerate_start();
	bool found = false;
	pg_tz *zone;

	while (!found && (zone = pg_tzenumerate_next(zones)) != NULL)
		found = strcmp(pg_get_timezone_name(zone), name) == 0;
	pg_tzenumerate_end(zones);
	return found;
}

/*
 * Tells whether SQL means the same zone by a name, in winter and in summer. AT TIME ZONE, by which views tell
 * dates, looks for abbreviations first: CET is one hour ahead there, all year round.
 */
static bool
is_read_alike(const char *name, pg_tz *zone)
{
	const TimestampTz in_winter = INT64CONST(24 * 365 + 6) * USECS_PER_DAY; /* the first day of 2024 */
	const TimestampTz times[] = { in_winter, in_winter + 182 * USECS_PER_DAY };
	size_t i;

	for (i = 0; i < lengthof(times); i++)
	{
		Datum local =
			DirectFunctionCall2(timestamptz_zone, CStringGetTextDatum(name), TimestampTzGetDatum(times[i]));

		if (DatumGetTimestamp(local) != loyalty_local_time(times[i], zone))
			return false;
	}
	return true;
}

/*
 * Reads a time zone by its name in the tz database, in that spelling. The server also takes POSIX rules such as
 * UTC+8, which means the opposite of what it seems to; they all hold digits, and so do few names.
 */
const char *
loyalty_org_time_zone(const char *given)
{
	pg_tz *zone = pg_tzset(given);
	const char *name = zone != NULL && pg_tz_acceptable(zone) ? pg_get_timezone_name(zone) : NULL;

	if (name != NULL && strpbrk(name, "0123456789") != NULL && !zone_is_listed(name))
		name = NULL;
	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID), errmsg("time zone \"%s\" does not exist", given),
				 errhint("pg_catalog.pg_timezone_names lists the time zones.")));
	if (!loyalty_zone_is_place(name))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID),
				 errmsg("time zone \"%s\" is that of no place", given),
				 errdetail("An org's days are those of a place; fixed offsets and abbreviations have none."),
				 errhint("Name a place, such as Europe/Brussels, or UTC.")));
	if (!is_read_alike(name, zone))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID),
				 errmsg("time zone \"%s\" has the name of an abbreviation", given),
				 errdetail("AT TIME ZONE takes it for an offset that is the same in summer and winter."),
				 errhint("Name a place instead, such as Europe/Brussels.")));
	return name;
}

/* Returns a country that telephone numbers know, in capitals. */
static char *
checked_country(const char *given)
{
	char *country = asc_toupper(given, strlen(given));

	if (strlen(country) != COUNTRY_LENGTH ||
		strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != COUNTRY_LENGTH ||
		!loyalty_phone_region_known(country))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_COUNTRY_INVALID), errmsg("country \"%s\" does not exist", given),
				 errhint("Countries are two letters of ISO 3166, as in SG.")));
	return country;
}

/* Reads the base country; NULL where none is given. */
static const char *
arg_country(FunctionCallInfo fcinfo, int n)
{
	const char *given = loyalty_arg_text_or_null(fcinfo, n, "base_country", LOYALTY_MAX_CODE);

	return given == NULL ? NULL : checked_country(given);
}

/* Reads the supported countries as an array of texts, in the order given. */
static Datum
arg_countries(FunctionCallInfo fcinfo, int n)
{
	Datum *given;
	bool *nulls;
	int count;
	int i;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing("supported_countries");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &given, &nulls, &count);
	if (count > MAX_COUNTRIES)
		loyalty_raise_not_allowed("supported_countries", psprintf("at most %d countries", MAX_COUNTRIES));
	for (i = 0; i < count; i++)
	{
		if (nulls[i])
			loyalty_raise_missing("supported_countries");
		given[i] = CStringGetTextDatum(
			checked_country(loyalty_checked_text(given[i], "supported_countries", LOYALTY_MAX_CODE)));
	}
	return PointerGetDatum(construct_array(given, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Reads the first value of a configuration key, in its canonical spelling; NULL where none is given. */
static const char *
arg_config(FunctionCallInfo fcinfo, int n, const char *name, ConfigKey key, int error)
{
	const char *given = loyalty_arg_text_or_null(fcinfo, n, name, MAX_SYMBOL);
	char *canonical = palloc(CONFIG_VALUE_MAX + 1);

	if (given == NULL)
		return NULL;
	if (!loyalty_config_accepts(key, given, canonical))
		ereport(ERROR, (errcode(error), errmsg("argument \"%s\" is not an allowed value", name),
						errhint("Allowed are: %s.", loyalty_config_entries[key].allowed)));
	return canonical;
}

/* Raises what rules of a program contradict; "problem" is a sentence without its full stop. */
void
loyalty_raise_program_invalid(const char *problem)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_PROGRAM_INVALID), errmsg("a program cannot have these rules"),
					errdetail("The reason: %s.", problem)));
}

/*
 * Reads points per unit in millionths. The magnitude is judged first: a numeric may have 131072 digits, and
 * multiplying those takes long. The result is compared with what was given, so that no decimal is lost silently.
 */
int64
loyalty_program_rate(Datum rate)
{
	Datum scaled;
	Datum whole;

	if (numeric_is_nan(DatumGetNumeric(rate)) || numeric_is_inf(DatumGetNumeric(rate)))
		loyalty_raise_program_invalid("points_per_unit is not a finite number");
	if (DatumGetBool(DirectFunctionCall2(numeric_ge, DirectFunctionCall1(numeric_abs, rate),
										 NumericGetDatum(int64_to_numeric(RATE_LIMIT)))))
		loyalty_raise_program_invalid("points_per_unit is not below 1000000000000");
	scaled = DirectFunctionCall2(numeric_mul, rate, NumericGetDatum(int64_to_numeric(RATE_SCALE)));
	whole = DirectFunctionCall1(numeric_int8, scaled);
	if (!DatumGetBool(
			DirectFunctionCall2(numeric_eq, scaled, NumericGetDatum(int64_to_numeric(DatumGetInt64(whole))))))
		loyalty_raise_program_invalid("points_per_unit has more than six decimals");
	return DatumGetInt64(whole);
}

/* Reads a date of the years that times may lie in, too; 0 where none is given. */
DateADT
loyalty_program_date(const NullableDatum *given, const char *name)
{
	DateADT date;

	if (given->isnull)
		return 0;
	date = DatumGetDateADT(given->value);
	if (date < date2j(1900, 1, 1) - POSTGRES_EPOCH_JDATE ||
		date > date2j(9999, 12, 31) - POSTGRES_EPOCH_JDATE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_INVALID),
						errmsg("argument \"%s\" is not a supported date", name),
						errdetail("Dates lie between the years 1900 and 9999.")));
	return date;
}

/* Reads arguments 4 to 11 of create_program, then lets the rules judge them together. */
static void
arg_program_rules(FunctionCallInfo fcinfo, ProgramRules *rules)
{
	const char *problem;

	if (PG_ARGISNULL(4))
		loyalty_raise_missing("points_per_unit");
	rules->points_per_unit = loyalty_program_rate(PG_GETARG_DATUM(4));
	rules->decimals = loyalty_arg_int4(fcinfo, 5, "decimals");
	rules->rounding = loyalty_arg_word(fcinfo, 6, "rounding", loyalty_rounding_names, ROUNDING_COUNT);
	rules->expiry_unit =
		loyalty_arg_word(fcinfo, 7, "expiry_unit", loyalty_expiry_unit_names, EXPIRY_UNIT_COUNT);
	rules->expiry_value = PG_ARGISNULL(8) ? 0 : PG_GETARG_INT32(8);
	rules->expiry_date = loyalty_program_date(&fcinfo->args[9], "expiry_date");
	rules->expiry_type =
		loyalty_arg_word(fcinfo, 10, "expiry_type", loyalty_expiry_type_names, EXPIRY_TYPE_COUNT);
	rules->allow_negative_on_return = loyalty_arg_bool(fcinfo, 11, "allow_negative_on_return");
	problem = loyalty_program_problem(rules, !PG_ARGISNULL(8), !PG_ARGISNULL(9));
	if (problem != NULL)
		loyalty_raise_program_invalid(problem);
}
