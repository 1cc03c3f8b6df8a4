/*
 * profile_store.c: the statements on profiles. A profile belongs to a customer's record and to a source and account;
 * the customer is locked, or new, so an INSERT meets no other one's row.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/profile_store.h"

/* Begins both forms of writing; each ends with what it does to a profile that is there. */
#define INSERT_PROFILE \
	"INSERT INTO loyalty_data.profile AS p (org_id, customer_id, source_id, account_id, first_name," \
	" last_name, mobile, email, external_id, updated_at, cuid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9," \
	" $10, $11) ON CONFLICT (org_id, customer_id, source_id, account_id) DO UPDATE SET"

/*
 * Takes names that are given, and identifiers where the profile has none. Arrays take nulls for equal. A profile
 * that stays as it is is not written again, which spares a repeated registration a row version.
 */
static LoyaltyQuery profile_store = LOYALTY_STATEMENT(
	INSERT_PROFILE
	" first_name = COALESCE(EXCLUDED.first_name, p.first_name),"
	" last_name = COALESCE(EXCLUDED.last_name, p.last_name),"
	" mobile = COALESCE(p.mobile, EXCLUDED.mobile), email = COALESCE(p.email, EXCLUDED.email),"
	" external_id = COALESCE(p.external_id, EXCLUDED.external_id), updated_at = EXCLUDED.updated_at,"
	" cuid = COALESCE(p.cuid, EXCLUDED.cuid)"
	" WHERE ARRAY[p.first_name, p.last_name, p.mobile, p.email, p.external_id, p.cuid]"
	" <> ARRAY[COALESCE(EXCLUDED.first_name, p.first_name),"
	" COALESCE(EXCLUDED.last_name, p.last_name), COALESCE(p.mobile, EXCLUDED.mobile),"
	" COALESCE(p.email, EXCLUDED.email), COALESCE(p.external_id, EXCLUDED.external_id),"
	" COALESCE(p.cuid, EXCLUDED.cuid)]",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

/* Replaces what is given. A row is always written, even where nothing differs. */
static LoyaltyQuery profile_replace = LOYALTY_STATEMENT(
	INSERT_PROFILE
	" first_name = COALESCE(EXCLUDED.first_name, p.first_name),"
	" last_name = COALESCE(EXCLUDED.last_name, p.last_name),"
	" mobile = COALESCE(EXCLUDED.mobile, p.mobile), email = COALESCE(EXCLUDED.email, p.email),"
	" external_id = COALESCE(EXCLUDED.external_id, p.external_id), updated_at = EXCLUDED.updated_at,"
	" cuid = COALESCE(EXCLUDED.cuid, p.cuid)",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

/* Changes one of three columns. Source 1 is INSTORE. */
static LoyaltyQuery profile_identifier = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.profile SET updated_at = $8,"
	" mobile = CASE WHEN $5 = 'mobile' THEN $6 ELSE mobile END,"
	" email = CASE WHEN $5 = 'email' THEN $6 ELSE email END,"
	" external_id = CASE WHEN $5 = 'external_id' THEN $6 ELSE external_id END"
	" WHERE org_id = $1 AND customer_id = $2"
	" AND (source_id = 1"
	" OR (source_id = $3 AND account_id = $4)"
	" OR ($7 AND CASE WHEN $5 = 'mobile' THEN mobile WHEN $5 = 'email' THEN email ELSE external_id END IS NOT NULL))",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, BOOLOID, TIMESTAMPTZOID);

static LoyaltyQuery profile_forget_cuid = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.profile SET cuid = NULL, updated_at = $5 WHERE org_id = $1 AND customer_id = $2"
	" AND source_id = $3 AND account_id = $4",
	INT4OID, INT8OID, INT2OID, TEXTOID, TIMESTAMPTZOID);

static LoyaltyQuery profile_exists =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.profile p WHERE p.org_id = $1"
					  " AND p.customer_id = $2 AND p.source_id = $3 LIMIT 1",
					  INT4OID, INT8OID, INT2OID);

/* Adds org and customer; this file does not know the store of customers. */
static void
param_customer(LoyaltyParams *params, int32 org_id, int64 customer_id)
{
	loyalty_param(params, loyalty_int4(org_id));
	loyalty_param(params, loyalty_int8(customer_id));
}

/* Runs one of the two statements, which have the same parameters. */
static void
write_profile(LoyaltyQuery *query, int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
			  TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param(&params, loyalty_int2(profile->source_id));
	loyalty_param(&params, loyalty_text(profile->account_id));
	loyalty_param(&params, loyalty_text(profile->first_name));
	loyalty_param(&params, loyalty_text(profile->last_name));
	loyalty_param(&params, loyalty_text(profile->mobile));
	loyalty_param(&params, loyalty_text(profile->email));
	loyalty_param(&params, loyalty_text(profile->external_id));
	loyalty_param(&params, loyalty_time(now));
	loyalty_param(&params, loyalty_text(profile->keys[SOURCE_KEY_CUID]));
	loyalty_execute(query, &params);
}

/* Serves registrations: names that are given are news, identifiers of a profile change by calls of their own. */
void
loyalty_profile_store(int32 org_id, int64 customer_id, const LoyaltyProfile *profile, TimestampTz now)
{
	write_profile(&profile_store, org_id, customer_id, profile, now);
}

/* Serves update_customer and upsert_profile. */
void
loyalty_profile_replace(int32 org_id, int64 customer_id, const LoyaltyProfile *profile, TimestampTz now)
{
	write_profile(&profile_replace, org_id, customer_id, profile, now);
}

/* Passes the INSTORE profile for none: it is written in any case. */
void
loyalty_profile_identifier(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
						   IdentifierType type, const char *shown, bool all, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param(&params, loyalty_int2(profile ? profile->source_id : SOURCE_INSTORE));
	loyalty_param(&params, loyalty_text(profile ? profile->account_id : ""));
	loyalty_param(&params, loyalty_text(loyalty_identifier_type_names[type]));
	loyalty_param(&params, loyalty_text(shown));
	loyalty_param(&params, loyalty_bool(all));
	loyalty_param(&params, loyalty_time(now));
	loyalty_execute(&profile_identifier, &params);
}

/* Writes nothing where there is no such profile. */
void
loyalty_profile_forget_cuid(int32 org_id, int64 customer_id, const LoyaltyProfile *profile, TimestampTz now)
{
	LOYALTY_EXECUTE(&profile_forget_cuid, LOYALTY_CUSTOMER(org_id, customer_id),
					loyalty_int2(profile->source_id), loyalty_text(profile->account_id), loyalty_time(now));
}

/* Stops at the first row. */
bool
loyalty_profile_exists(int32 org_id, int64 customer_id, int16 source_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param(&params, loyalty_int2(source_id));
	return loyalty_execute(&profile_exists, &params) > 0;
}
