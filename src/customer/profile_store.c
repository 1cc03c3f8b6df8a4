/*
 * profile_store.c: the statements on what each source says of a customer.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/profile_store.h"

#define INSERT_PROFILE \
	"INSERT INTO loyalty_data.profile AS p (org_id, customer_id, source_id, account_id, first_name," \
	" last_name, mobile, email, external_id, updated_at, cuid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9," \
	" $10, $11) ON CONFLICT (org_id, customer_id, source_id, account_id) DO UPDATE SET"

/* Arrays take nulls for equal. A profile that stays as it is is not written again. */
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

static LoyaltyQuery profile_replace = LOYALTY_STATEMENT(
	INSERT_PROFILE
	" first_name = COALESCE(EXCLUDED.first_name, p.first_name),"
	" last_name = COALESCE(EXCLUDED.last_name, p.last_name),"
	" mobile = COALESCE(EXCLUDED.mobile, p.mobile), email = COALESCE(EXCLUDED.email, p.email),"
	" external_id = COALESCE(EXCLUDED.external_id, p.external_id), updated_at = EXCLUDED.updated_at,"
	" cuid = COALESCE(EXCLUDED.cuid, p.cuid)",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

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

static LoyaltyQuery profile_exists =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.profile p WHERE p.org_id = $1"
					  " AND p.customer_id = $2 AND p.source_id = $3 LIMIT 1",
					  INT4OID, INT8OID, INT2OID);

static void
param_customer(LoyaltyParams *params, int32 org_id, int64 customer_id)
{
	loyalty_param_int4(params, org_id);
	loyalty_param_int8(params, customer_id);
}

static void
write_profile(LoyaltyQuery *query, int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
			  TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int2(&params, profile->source_id);
	loyalty_param_text(&params, profile->account_id);
	loyalty_param_text(&params, profile->first_name);
	loyalty_param_text(&params, profile->last_name);
	loyalty_param_text(&params, profile->mobile);
	loyalty_param_text(&params, profile->email);
	loyalty_param_text(&params, profile->external_id);
	loyalty_param_time(&params, now);
	loyalty_param_text(&params, profile->cuid);
	loyalty_execute(query, &params);
}

void
loyalty_profile_store(int32 org_id, int64 customer_id, const LoyaltyProfile *profile, TimestampTz now)
{
	write_profile(&profile_store, org_id, customer_id, profile, now);
}

void
loyalty_profile_replace(int32 org_id, int64 customer_id, const LoyaltyProfile *profile, TimestampTz now)
{
	write_profile(&profile_replace, org_id, customer_id, profile, now);
}

void
loyalty_profile_identifier(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
						   IdentifierType type, const char *shown, bool all, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int2(&params, profile ? profile->source_id : SOURCE_INSTORE);
	loyalty_param_text(&params, profile ? profile->account_id : "");
	loyalty_param_text(&params, loyalty_identifier_type_names[type]);
	loyalty_param_text(&params, shown);
	loyalty_param_bool(&params, all);
	loyalty_param_time(&params, now);
	loyalty_execute(&profile_identifier, &params);
}

bool
loyalty_profile_exists(int32 org_id, int64 customer_id, int16 source_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int2(&params, source_id);
	return loyalty_execute(&profile_exists, &params) > 0;
}
