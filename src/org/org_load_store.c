/*
 * org_load_store.c: reading an org into the cache.
 *
 * Every statement runs under a snapshot taken now, whatever the isolation level of the caller: an org that is
 * read from an old snapshot would stay in the cache for good, since the change that it misses was announced
 * before. What changes between two of the statements is announced too, and the next call reads again. Nothing
 * is locked: a call that must not meet a change locks the org first (loyalty_call_lock_org), which drops what
 * is cached.
 *
 * All is allocated in the context of the cache's generation and goes with it. That context lives long, so rows
 * are freed at once.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/errors.h"
#include "org/limit_store.h"
#include "org/org_load_store.h"

static LoyaltyQuery config_of_org =
	LOYALTY_STATEMENT("SELECT c.config_key::text, c.config_value FROM loyalty_data.config c"
					  " WHERE c.org_id = $1",
					  INT4OID);

/* The rate comes in millionths: rules count in whole numbers. */
static LoyaltyQuery programs_of_org = LOYALTY_STATEMENT(
	"SELECT p.program_id, p.program, p.is_default,"
	" (p.points_per_unit * 1000000)::int8, p.decimals, p.rounding,"
	" p.expiry_unit, p.expiry_value, p.expiry_date, p.expiry_type, p.allow_negative_on_return,"
	" p.promised_days, p.promised_expiry_from_award"
	" FROM loyalty_data.program p WHERE p.org_id = $1 ORDER BY p.program_id",
	INT4OID);

/* Sorted by bytes (the columns have collation C), as they are searched. The same holds for tills. */
static LoyaltyQuery stores_of_org = LOYALTY_STATEMENT("SELECT s.store_id, s.store FROM loyalty_data.store s"
													  " WHERE s.org_id = $1 ORDER BY s.store",
													  INT4OID);

static LoyaltyQuery tills_of_org =
	LOYALTY_STATEMENT("SELECT t.till_id, t.store_id, t.program_id, t.till FROM loyalty_data.till t"
					  " WHERE t.org_id = $1 ORDER BY t.till",
					  INT4OID);

static LoyaltyQuery roles_of_org = LOYALTY_STATEMENT("SELECT a.role_name::text FROM loyalty_data.org_access a"
													 " WHERE a.org_id = $1",
													 INT4OID);

LoyaltyOrgHooks loyalty_org_hooks;

/* Reads the countries of the row that was fetched: the base country first, which telephone numbers are read by. */
static void
load_countries(LoyaltyOrg *org, LoyaltyRows *rows)
{
	char *base = loyalty_row_text_or_null(rows, 0, 3);
	Datum *supported;
	int count;
	int i;

	deconstruct_array(DatumGetArrayTypeP(loyalty_row_value(rows, 0, 4)), TEXTOID, -1, false, TYPALIGN_INT,
					  &supported, NULL, &count);
	org->countries = palloc(sizeof(char *) * (count + 1));
	if (base != NULL)
		org->countries[org->country_count++] = base;
	for (i = 0; i < count; i++)
		org->countries[org->country_count++] = TextDatumGetCString(supported[i]);
}

/* Runs a statement about the org under a snapshot taken now. */
static LoyaltyRows *
run_for(LoyaltyQuery *query, const LoyaltyOrg *org)
{
	return loyalty_query_latest(query, LOYALTY_GIVEN(loyalty_int4(org->org_id)));
}

/*
 * Puts defaults in first, then what is set. A key that this version does not know is left alone: an older
 * library may run on newer tables for a while.
 */
static void
load_config(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&config_of_org, org);
	int key;
	uint64 i;

	for (key = 0; key < CONFIG_COUNT; key++)
		if (loyalty_config_entries[key].fallback != NULL)
			org->config[key] = pstrdup(loyalty_config_entries[key].fallback);
	for (i = 0; i < rows->count; i++)
	{
		ConfigKey found = loyalty_config_find(loyalty_row_text(rows, i, 1));

		if (found < CONFIG_COUNT)
			org->config[found] = loyalty_row_text(rows, i, 2);
	}
	loyalty_rows_free(rows);
	for (key = 0; key < CONFIG_COUNT; key++)
		if (org->config[key] != NULL)
			org->config_number[key] = loyalty_config_number(key, org->config[key]);
}

/* Returns the position of a word in the list of names that its writer took it from. */
static int
word_index(const char *word, const char *const *names, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(word, names[i]) == 0)
			return i;
	elog(ERROR, "unknown word \"%s\" in reference data", word);
}

/* Reads a row of programs_of_org, column by column. */
static void
program_from_row(LoyaltyProgram *program, LoyaltyRows *rows, uint64 row)
{
	ProgramRules *rules = &program->rules;

	program->program_id = loyalty_row_int4(rows, row, 1);
	program->program = loyalty_row_text(rows, row, 2);
	program->is_default = loyalty_row_bool(rows, row, 3);
	rules->points_per_unit = loyalty_row_int8(rows, row, 4);
	rules->decimals = loyalty_row_int4(rows, row, 5);
	rules->rounding = word_index(loyalty_row_text(rows, row, 6), loyalty_rounding_names, ROUNDING_COUNT);
	rules->expiry_unit =
		word_index(loyalty_row_text(rows, row, 7), loyalty_expiry_unit_names, EXPIRY_UNIT_COUNT);
	rules->expiry_value = loyalty_row_int4_or(rows, row, 8, 0);
	rules->expiry_date = loyalty_row_int4_or(rows, row, 9, 0);
	rules->expiry_type =
		word_index(loyalty_row_text(rows, row, 10), loyalty_expiry_type_names, EXPIRY_TYPE_COUNT);
	rules->allow_negative_on_return = loyalty_row_bool(rows, row, 11);
	rules->promised_days = loyalty_row_int4(rows, row, 12);
	rules->promised_expiry_from_award = loyalty_row_bool(rows, row, 13);
}

/* Reads the programs in the order of their ids. */
static void
load_programs(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&programs_of_org, org);
	int i;

	org->program_count = (int) rows->count;
	org->programs = palloc0(sizeof(LoyaltyProgram) * Max(org->program_count, 1));
	for (i = 0; i < org->program_count; i++)
		program_from_row(&org->programs[i], rows, i);
	loyalty_rows_free(rows);
}

/* Reads the stores in the order of their codes. */
static void
load_stores(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&stores_of_org, org);
	int i;

	org->store_count = (int) rows->count;
	org->stores = palloc0(sizeof(LoyaltyStore) * Max(org->store_count, 1));
	for (i = 0; i < org->store_count; i++)
	{
		org->stores[i].store_id = loyalty_row_int4(rows, i, 1);
		org->stores[i].store = loyalty_row_text(rows, i, 2);
	}
	loyalty_rows_free(rows);
}

/* Reads the tills in the order of their codes; a till of no program has 0. */
static void
load_tills(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&tills_of_org, org);
	int i;

	org->till_count = (int) rows->count;
	org->tills = palloc0(sizeof(LoyaltyTill) * Max(org->till_count, 1));
	for (i = 0; i < org->till_count; i++)
	{
		org->tills[i].till_id = loyalty_row_int4(rows, i, 1);
		org->tills[i].store_id = loyalty_row_int4(rows, i, 2);
		org->tills[i].program_id = loyalty_row_int4_or(rows, i, 3, 0);
		org->tills[i].till = loyalty_row_text(rows, i, 4);
	}
	loyalty_rows_free(rows);
}

/* Reads the names of roles that were granted the org. What they mean is asked when a caller is judged. */
static void
load_roles(LoyaltyOrg *org)
{
	LoyaltyRows *rows = run_for(&roles_of_org, org);
	int i;

	org->role_count = (int) rows->count;
	org->roles = palloc0(sizeof(char *) * Max(org->role_count, 1));
	for (i = 0; i < org->role_count; i++)
		org->roles[i] = loyalty_row_text(rows, i, 1);
	loyalty_rows_free(rows);
}

/*
 * Reads part by part. Limits come behind the programs that they belong to; statuses are another capability's,
 * which fills the hook.
 */
LoyaltyOrg *
loyalty_org_load(const char *code, LoyaltyRows *rows)
{
	LoyaltyOrg *org;

	org = palloc0(sizeof(LoyaltyOrg));
	org->org = pstrdup(code);
	org->org_id = loyalty_row_int4(rows, 0, 1);
	org->zone = pg_tzset(loyalty_row_text(rows, 0, 2));
	if (org->zone == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID),
						errmsg("time zone of org \"%s\" does not exist", code)));
	load_countries(org, rows);
	load_config(org);
	load_programs(org);
	loyalty_limits_load(org);
	load_stores(org);
	load_tills(org);
	load_roles(org);
	if (loyalty_org_hooks.load_status != NULL)
		org->status_labels = loyalty_org_hooks.load_status(org->org_id);
	if (loyalty_org_hooks.load_subscribers != NULL)
		org->subscribers = loyalty_org_hooks.load_subscribers(org->org_id);
	if (loyalty_org_hooks.load_participation != NULL)
		org->participation = loyalty_org_hooks.load_participation(org);
	if (loyalty_org_hooks.load_verification != NULL)
		org->verification_rules = loyalty_org_hooks.load_verification(org->org_id);
	return org;
}
