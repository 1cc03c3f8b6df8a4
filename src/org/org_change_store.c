/*
 * org_change_store.c: the statements that make and change orgs and their reference data.
 *
 * Nothing is removed here but settings and grants: rows of the ledger name stores, tills and programs for good.
 * A statement trigger on each of the tables tells all backends, once the change commits; this one hears of it
 * at its next command. Codes are made unique by indexes: an insert that writes nothing says that the code is
 * taken, without an error.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "org/org_store.h"

/* An update, so that at higher isolation levels a rival's change is a serialization failure. */
static LoyaltyQuery org_lock =
	LOYALTY_STATEMENT("UPDATE loyalty_data.org SET name = name WHERE org_id = $1", INT4OID);

/* The id is drawn before; a conflict is with the code. */
static LoyaltyQuery org_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.org (org_id, org, name, time_zone, base_country, created_at)"
					  " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
					  INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

static LoyaltyQuery org_countries =
	LOYALTY_STATEMENT("UPDATE loyalty_data.org SET base_country = $2, supported_countries = $3"
					  " WHERE org_id = $1",
					  INT4OID, TEXTOID, TEXTARRAYOID);

/* Meets a rival at the index of words. */
static LoyaltyQuery source_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.source (source_id, source, needs_account) VALUES ($1, $2, $3)"
					  " ON CONFLICT DO NOTHING",
					  INT2OID, TEXTOID, BOOLOID);

static LoyaltyQuery store_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.store (org_id, store_id, store, name) VALUES ($1, $2, $3, $4)"
					  " ON CONFLICT DO NOTHING",
					  INT4OID, INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery till_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.till (org_id, till_id, till, store_id, program_id) VALUES ($1, $2, $3, $4, $5)"
	" ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, INT4OID, INT4OID);

/*
 * The rate comes in millionths. The conflict is named: only a taken code is passed over. A second default program
 * is an error, and the caller has cleared the first.
 */
static LoyaltyQuery program_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.program (org_id, program_id, program, name, is_default, points_per_unit, decimals,"
	" rounding, expiry_unit, expiry_value, expiry_date, expiry_type, allow_negative_on_return)"
	" VALUES ($1, $2, $3, $4, $5, $6::numeric / 1000000, $7, $8, $9, $10, $11,"
	" $12, $13) ON CONFLICT (org_id, program) DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, BOOLOID, INT8OID, INT4OID, TEXTOID, TEXTOID, INT4OID, DATEOID,
	TEXTOID, BOOLOID);

/* Decimals and rounding stay as they are, the code too. */
static LoyaltyQuery program_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.program SET name = COALESCE($3, name), is_default = $4, points_per_unit = $5::numeric / 1000000,"
	" expiry_unit = $6, expiry_value = $7, expiry_date = $8, expiry_type = $9, allow_negative_on_return = $10"
	" WHERE org_id = $1 AND program_id = $2",
	INT4OID, INT4OID, TEXTOID, BOOLOID, INT8OID, TEXTOID, INT4OID, DATEOID, TEXTOID, BOOLOID);

static LoyaltyQuery org_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.org SET name = COALESCE($2, name), time_zone = COALESCE($3, time_zone)"
	" WHERE org_id = $1",
	INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery store_update =
	LOYALTY_STATEMENT("UPDATE loyalty_data.store SET name = $3 WHERE org_id = $1 AND store_id = $2", INT4OID,
					  INT4OID, TEXTOID);

static LoyaltyQuery till_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.till SET store_id = $3, program_id = $4 WHERE org_id = $1 AND till_id = $2", INT4OID,
	INT4OID, INT4OID, INT4OID);

/* Goes before the insert of a new default one: a unique index checks each row as it is written. */
static LoyaltyQuery program_clear_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.program SET is_default = false"
					  " WHERE org_id = $1 AND is_default",
					  INT4OID);

static LoyaltyQuery config_store =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.config (org_id, config_key, config_value) VALUES ($1, $2, $3)"
					  " ON CONFLICT (org_id, config_key) DO UPDATE SET config_value = EXCLUDED.config_value",
					  INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery config_clear = LOYALTY_STATEMENT("DELETE FROM loyalty_data.config WHERE org_id = $1"
													 " AND config_key = $2",
													 INT4OID, TEXTOID);

static LoyaltyQuery access_store =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.org_access (org_id, role_name) VALUES ($1, $2::name)"
					  " ON CONFLICT DO NOTHING",
					  INT4OID, TEXTOID);

static LoyaltyQuery access_clear = LOYALTY_STATEMENT("DELETE FROM loyalty_data.org_access WHERE org_id = $1"
													 " AND role_name = $2::name",
													 INT4OID, TEXTOID);

/* Updates the row to itself. */
void
loyalty_org_lock(int32 org_id)
{
	LOYALTY_EXECUTE(&org_lock, loyalty_int4(org_id));
}

/* Makes an org that nobody was granted yet: the caller grants it to its own role. */
bool
loyalty_org_insert(int32 org_id, const char *org, const char *name, const char *time_zone,
				   const char *base_country, TimestampTz now)
{
	return LOYALTY_EXECUTE(&org_insert, loyalty_int4(org_id), loyalty_text(org), loyalty_text(name),
						   loyalty_text(time_zone), loyalty_text(base_country), loyalty_time(now)) == 1;
}

/* Replaces both; "supported" is a text array. */
void
loyalty_org_store_countries(int32 org_id, const char *base_country, Datum supported)
{
	LOYALTY_EXECUTE(&org_countries, loyalty_int4(org_id), loyalty_text(base_country),
					loyalty_datum(supported, false));
}

/* Needs no lock: whoever adds the same word at once waits at the index, and nobody else does. */
bool
loyalty_source_insert(int16 source_id, const char *source, bool needs_account)
{
	return LOYALTY_EXECUTE(&source_insert, loyalty_int2(source_id), loyalty_text(source),
						   loyalty_bool(needs_account)) == 1;
}

/* Needs no lock: a store replaces nothing. */
bool
loyalty_store_insert(int32 org_id, int32 store_id, const char *store, const char *name)
{
	return LOYALTY_EXECUTE(&store_insert, loyalty_int4(org_id), loyalty_int4(store_id), loyalty_text(store),
						   loyalty_text(name)) == 1;
}

/* Needs no lock; the store and the program are never removed. */
bool
loyalty_till_insert(int32 org_id, int32 till_id, const char *till, int32 store_id, int32 program_id)
{
	return LOYALTY_EXECUTE(&till_insert, loyalty_int4(org_id), loyalty_int4(till_id), loyalty_text(till),
						   loyalty_int4(store_id), loyalty_int4_or_null(program_id)) == 1;
}

/* Writes NULL for an expiry value or date that was not given: 0 would be a value there. */
bool
loyalty_program_insert(int32 org_id, const LoyaltyProgram *program, const char *name, bool has_value,
					   bool has_date)
{
	const ProgramRules *rules = &program->rules;

	return LOYALTY_EXECUTE(&program_insert, loyalty_int4(org_id), loyalty_int4(program->program_id),
						   loyalty_text(program->program), loyalty_text(name),
						   loyalty_bool(program->is_default), loyalty_int8(rules->points_per_unit),
						   loyalty_int4(rules->decimals),
						   loyalty_text(loyalty_rounding_names[rules->rounding]),
						   loyalty_text(loyalty_expiry_unit_names[rules->expiry_unit]),
						   loyalty_datum(Int32GetDatum(rules->expiry_value), !has_value),
						   loyalty_datum(DateADTGetDatum(rules->expiry_date), !has_date),
						   loyalty_text(loyalty_expiry_type_names[rules->expiry_type]),
						   loyalty_bool(rules->allow_negative_on_return)) == 1;
}

/* Leaves what is NULL. */
void
loyalty_org_update(int32 org_id, const char *name, const char *time_zone)
{
	LOYALTY_EXECUTE(&org_update, loyalty_int4(org_id), loyalty_text(name), loyalty_text(time_zone));
}

/* Writes the name. */
void
loyalty_store_update(int32 org_id, int32 store_id, const char *name)
{
	LOYALTY_EXECUTE(&store_update, loyalty_int4(org_id), loyalty_int4(store_id), loyalty_text(name));
}

/* Writes the store and the program; 0: none. */
void
loyalty_till_update(int32 org_id, const LoyaltyTill *till)
{
	LOYALTY_EXECUTE(&till_update, loyalty_int4(org_id), loyalty_int4(till->till_id),
					loyalty_int4(till->store_id), loyalty_int4_or_null(till->program_id));
}

/* Writes the rules that may change as a whole, and the name where one is given. */
void
loyalty_program_update(int32 org_id, const LoyaltyProgram *program, const char *name, bool has_value,
					   bool has_date)
{
	const ProgramRules *rules = &program->rules;

	LOYALTY_EXECUTE(&program_update, loyalty_int4(org_id), loyalty_int4(program->program_id),
					loyalty_text(name), loyalty_bool(program->is_default),
					loyalty_int8(rules->points_per_unit),
					loyalty_text(loyalty_expiry_unit_names[rules->expiry_unit]),
					loyalty_datum(Int32GetDatum(rules->expiry_value), !has_value),
					loyalty_datum(DateADTGetDatum(rules->expiry_date), !has_date),
					loyalty_text(loyalty_expiry_type_names[rules->expiry_type]),
					loyalty_bool(rules->allow_negative_on_return));
}

/* Clears whichever program is the default. */
void
loyalty_program_clear_default(int32 org_id)
{
	LOYALTY_EXECUTE(&program_clear_default, loyalty_int4(org_id));
}

/* Runs a statement about an org and a text; returns how many rows there were. */
static uint64
run_pair(LoyaltyQuery *query, int32 org_id, const char *text)
{
	return LOYALTY_EXECUTE(query, loyalty_int4(org_id), loyalty_text(text));
}

/* Writes a value in its canonical spelling. */
void
loyalty_config_store(int32 org_id, const char *key, const char *value)
{
	LOYALTY_EXECUTE(&config_store, loyalty_int4(org_id), loyalty_text(key), loyalty_text(value));
}

/* Removes a value, so that the default is in force, that of a later version too. */
void
loyalty_config_clear(int32 org_id, const char *key)
{
	run_pair(&config_clear, org_id, key);
}

/* Grants once: a second grant writes nothing. */
void
loyalty_access_store(int32 org_id, const char *role)
{
	run_pair(&access_store, org_id, role);
}

/* Returns whether there was a grant. */
bool
loyalty_access_clear(int32 org_id, const char *role)
{
	return run_pair(&access_clear, org_id, role) == 1;
}
