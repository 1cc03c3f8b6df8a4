/*
 * customer_merge_store.c: the statements of merges on identifiers, profiles, fields and registration. What is final is
 * decided elsewhere; a statement takes what it is told.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/channel_store.h"
#include "customer/customer_merge_store.h"
#include "customer/identity.h"

#define OF_CUSTOMER(alias) " WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2"

/* The columns of IdentityValue. An INSTORE profile shows the customer's identifiers, which have items of their own. */
static LoyaltyQuery values_of_customer = LOYALTY_STATEMENT(
	"SELECT 'i'::\"char\" AS part, i.identifier_type::text AS item,"
	" i.identifier_value::text AS value, 0 AS id, NULL::text AS detail FROM"
	" loyalty_data.customer_identifier i" OF_CUSTOMER(
		"i") " AND i.held_until IS NULL AND i.identifier_type <> 'cuid' UNION ALL SELECT"
			 " x.part, x.item, x.value, 0, NULL FROM loyalty_data.customer c JOIN loyalty_data.source s ON s.source_id"
			 " = c.registered_source_id LEFT JOIN loyalty_data.till t ON t.org_id"
			 " = c.org_id AND t.till_id = c.registered_till_id LEFT"
			 " JOIN loyalty_data.store st ON st.org_id = c.org_id AND st.store_id"
			 " = t.store_id LEFT JOIN loyalty_data.till b ON b.org_id ="
			 " c.org_id AND b.till_id = c.base_till_id CROSS JOIN LATERAL (VALUES"
			 " ('r'::\"char\", 'registered_on', to_char(c.registered_on AT TIME ZONE 'UTC',"
			 " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')), ('r', 'registered_till', t.till), ('r', 'registered_store',"
			 " st.store), ('r', 'base_till', b.till), ('r', 'registered_source', s.source), ('l', 'loyalty_type',"
			 " CASE c.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END), ('t', 'test_control', CASE"
			 " c.test_control WHEN 't' THEN 'test' WHEN 'c' THEN 'control' END)) AS x (part, item, value)" OF_CUSTOMER(
				 "c") " UNION ALL SELECT"
					  " 's', 'subscriptions', count(*)::text, 0, NULL FROM loyalty_data.subscription u" OF_CUSTOMER(
						  "u") " UNION ALL SELECT 'p', rtrim(concat_ws(' ', 'profile', s.source,"
							   " p.account_id)), jsonb_strip_nulls(jsonb_build_object('first_name',"
							   " p.first_name, 'last_name', p.last_name, 'cuid', p.cuid, 'mobile', CASE WHEN p.source_id"
							   " <> 1 THEN p.mobile END, 'email', CASE WHEN p.source_id"
							   " <> 1 THEN p.email END, 'external_id', CASE WHEN p.source_id"
							   " <> 1 THEN p.external_id END))::text, p.source_id,"
							   " p.account_id::text FROM loyalty_data.profile p JOIN loyalty_data.source s ON s.source_id"
							   " = p.source_id" OF_CUSTOMER(
								   "p") " UNION ALL SELECT 'f', concat(f.kind, '_field ', f.name),"
										" v.field_value::text, v.field_id, f.kind::text FROM loyalty_data.customer_field v"
										" JOIN loyalty_data.field f ON f.org_id = v.org_id AND f.field_id"
										" = v.field_id" OF_CUSTOMER("v"),
	INT4OID, INT8OID);

static LoyaltyQuery key_follow =
	LOYALTY_STATEMENT("UPDATE loyalty_data.identifier k SET customer_id = $4 WHERE k.org_id = $1"
					  " AND k.identifier_type = $2 AND k.identifier_value = $3 AND k.customer_id = $5",
					  INT4OID, TEXTOID, TEXTOID, INT8OID, INT8OID);

static LoyaltyQuery identifier_leave = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.customer_identifier h SET held_until = $5, reason = 'merge'" OF_CUSTOMER(
		"h") " AND h.identifier_type = $3 AND h.identifier_value = $4 AND h.held_until IS NULL",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

static LoyaltyQuery identifier_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value, held_from)"
	" VALUES ($1, $2, $3, $4, $5)"
	" ON CONFLICT (org_id, customer_id, identifier_type, identifier_value, held_from)"
	" DO UPDATE SET held_until = NULL, reason = NULL",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

#define OF_PROFILE(alias) OF_CUSTOMER(alias) " AND " alias ".source_id = $3 AND " alias ".account_id = $4"

static LoyaltyQuery profile_read = LOYALTY_STATEMENT(
	"SELECT p.first_name, p.last_name, p.mobile, p.email, p.external_id, p.cuid, lower(p.email)"
	" FROM loyalty_data.profile p" OF_PROFILE("p"),
	INT4OID, INT8OID, INT2OID, TEXTOID);

static LoyaltyQuery profile_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.profile (org_id, customer_id, source_id, account_id, first_name, last_name, mobile,"
	" email, external_id, updated_at, cuid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID);

static LoyaltyQuery channels_of_profile = LOYALTY_STATEMENT(
	"SELECT h.channel::text, h.address::text, h.is_verified, h.is_primary FROM loyalty_data.channel h" OF_PROFILE(
		"h"),
	INT4OID, INT8OID, INT2OID, TEXTOID);

static LoyaltyQuery channel_primary =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.channel o" OF_CUSTOMER(
						  "o") " AND o.channel = $3 AND o.is_primary LIMIT 1",
					  INT4OID, INT8OID, TEXTOID);

static LoyaltyQuery channel_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.channel (org_id, customer_id, source_id, account_id, channel, address, is_verified,"
	" is_primary, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	" ON CONFLICT (org_id, customer_id, channel, address) DO NOTHING",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, BOOLOID, BOOLOID, TIMESTAMPTZOID);

/* E-mails are shown as typed, which the key is the lower case of. */
static LoyaltyQuery email_as_typed =
	LOYALTY_STATEMENT("SELECT v.email FROM loyalty_data.profile v" OF_CUSTOMER(
						  "v") " AND v.source_id = 1 AND lower(v.email) = $3 LIMIT 1",
					  INT4OID, INT8OID, TEXTOID);

static LoyaltyQuery instore_fill = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.profile p SET mobile = COALESCE(p.mobile, $3), email = COALESCE(p.email, $4),"
	" external_id = COALESCE(p.external_id, $5), updated_at = $6" OF_CUSTOMER(
		"p") " AND p.source_id = 1 AND (p.mobile IS NULL OR p.email IS NULL OR p.external_id IS NULL)",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

static LoyaltyQuery field_read = LOYALTY_STATEMENT(
	"SELECT v.field_value::text, v.number_value FROM loyalty_data.customer_field v" OF_CUSTOMER(
		"v") " AND v.field_id = $3",
	INT4OID, INT8OID, INT4OID);

static LoyaltyQuery field_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_field (org_id, customer_id, field_id, field_value, number_value, updated_at)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, customer_id, field_id) DO UPDATE SET"
	" field_value = EXCLUDED.field_value, number_value = EXCLUDED.number_value, updated_at = EXCLUDED.updated_at",
	INT4OID, INT8OID, INT4OID, TEXTOID, NUMERICOID, TIMESTAMPTZOID);

static LoyaltyQuery registration_read = LOYALTY_STATEMENT(
	"SELECT v.registered_on, v.registered_till_id, v.registered_source_id, v.base_till_id FROM loyalty_data.customer v" OF_CUSTOMER(
		"v"),
	INT4OID, INT8OID);

static LoyaltyQuery registration_take =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET registered_on = $3, registered_till_id = $4,"
					  " registered_source_id = $5, base_till_id = $6" OF_CUSTOMER("c"),
					  INT4OID, INT8OID, TIMESTAMPTZOID, INT4OID, INT2OID, INT4OID);

static LoyaltyQuery survivor_group =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET merged_ids = $3" OF_CUSTOMER("c"), INT4OID, INT8OID,
					  INT8ARRAYOID);

static LoyaltyQuery victim_root =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET merged_into = $3" OF_CUSTOMER("c"), INT4OID,
					  INT8OID, INT8OID);

static int
compare_values(const void *left, const void *right)
{
	return loyalty_identity_compare(left, right);
}

int
loyalty_identity_compare(const IdentityValue *left, const IdentityValue *right)
{
	if (left->part != right->part)
		return left->part < right->part ? -1 : 1;
	return strcmp(left->item, right->item);
}

/* What the do-not-call register says of the mobile among values, where there is one. Room for it is there. */
static int
add_ndnc(int32 org_id, bool seen, IdentityValue *values, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (values[i].part == PART_IDENTIFIER &&
			strcmp(values[i].item, loyalty_identifier_type_names[IDENTIFIER_MOBILE]) == 0)
		{
			values[count] = (IdentityValue){
				.part = PART_NDNC,
				.item = "ndnc_status",
				.value = loyalty_ndnc_read(org_id, values[i].value, seen),
			};
			return count + 1;
		}
	return count;
}

int
loyalty_identity_values(int32 org_id, int64 customer_id, bool seen, IdentityValue **values)
{
	LoyaltyRows *rows;
	int count;
	int i;
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id));

	rows =
		seen ? loyalty_query_seen(&values_of_customer, &params) : loyalty_query(&values_of_customer, &params);
	count = (int) rows->count;
	*values = palloc(sizeof(IdentityValue) * (count + 1));
	for (i = 0; i < count; i++)
		(*values)[i] = (IdentityValue){
			.part = loyalty_row_char(rows, i, 1),
			.item = loyalty_row_text(rows, i, 2),
			.value = loyalty_row_text_or_null(rows, i, 3),
			.id = loyalty_row_int4(rows, i, 4),
			.detail = loyalty_row_text_or_null(rows, i, 5),
		};
	count = add_ndnc(org_id, seen, *values, count);
	qsort(*values, count, sizeof(IdentityValue), compare_values);
	return count;
}

static void
follow_keys(const MergePair *pair, int64 member)
{
	LoyaltyHeld *held;
	int count = loyalty_identifiers_held(pair->org_id, member, false, &held);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyParams params = { 0 };

		if (loyalty_identifier_type_find(held[i].type) == IDENTIFIER_TYPE_COUNT)
			continue;
		loyalty_param(&params, loyalty_int4(pair->org_id));
		loyalty_param(&params, loyalty_text(held[i].type));
		loyalty_param(&params, loyalty_text(held[i].value));
		loyalty_param(&params, loyalty_int8(pair->survivor_id));
		loyalty_param(&params, loyalty_int8(pair->victim_id));
		loyalty_execute(&key_follow, &params);
	}
}

void
loyalty_keys_follow(const MergePair *pair, const LoyaltyCustomer *victim)
{
	int64 *ids;
	int count = loyalty_customer_group(victim, &ids);
	int i;

	for (i = 0; i < count; i++)
		follow_keys(pair, ids[i]);
}

/* One identifier becomes the survivor's; it ends on the victim's record. */
static void
take_identifier(const MergePair *pair, const LoyaltyHeld *held, TimestampTz now)
{
	LoyaltyQuery *queries[] = { &identifier_leave, &identifier_take };
	int64 customers[] = { pair->victim_id, pair->survivor_id };
	int i;

	for (i = 0; i < lengthof(queries); i++)
	{
		LOYALTY_EXECUTE(queries[i], loyalty_int4(pair->org_id), loyalty_int8(customers[i]),
						loyalty_text(held->type), loyalty_text(held->value), loyalty_time(now));
	}
}

void
loyalty_identifiers_take(const MergePair *pair, const char *type, const char *prefix, TimestampTz now)
{
	LoyaltyHeld *held;
	int count = loyalty_identifiers_held(pair->org_id, pair->victim_id, false, &held);
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(held[i].type, type) == 0 && strncmp(held[i].value, prefix, strlen(prefix)) == 0)
			take_identifier(pair, &held[i], now);
}

static void
param_profile(LoyaltyParams *params, int32 org_id, int64 customer_id, const LoyaltyProfile *profile)
{
	loyalty_param_customer(params, org_id, customer_id);
	loyalty_param(params, loyalty_int2(profile->source_id));
	loyalty_param(params, loyalty_text(profile->account_id));
}

static const char *
either(const char *preferred, const char *other)
{
	return preferred ? preferred : other;
}

/* Reads what the victim's profile says. An INSTORE one shows what its customer has, which is the survivor's. */
static void
read_profile(const MergePair *pair, LoyaltyProfile *profile)
{
	LoyaltyParams params = { 0 };
	LoyaltyIdentifiers held;
	const char *email;
	const char *lower;
	LoyaltyRows *rows;

	param_profile(&params, pair->org_id, pair->victim_id, profile);
	rows = loyalty_query(&profile_read, &params);
	if (rows->count != 1)
		elog(ERROR, "a profile of customer " INT64_FORMAT " has vanished", pair->victim_id);
	profile->first_name = loyalty_row_text_or_null(rows, 0, 1);
	profile->last_name = loyalty_row_text_or_null(rows, 0, 2);
	profile->mobile = loyalty_row_text_or_null(rows, 0, 3);
	profile->email = loyalty_row_text_or_null(rows, 0, 4);
	profile->external_id = loyalty_row_text_or_null(rows, 0, 5);
	profile->cuid = loyalty_row_text_or_null(rows, 0, 6);
	if (profile->source_id != SOURCE_INSTORE)
		return;
	lower = loyalty_row_text_or_null(rows, 0, 7);
	loyalty_identifiers_read(pair->org_id, pair->survivor_id, &held);
	email = held.values[IDENTIFIER_EMAIL];
	profile->mobile = either(held.values[IDENTIFIER_MOBILE], profile->mobile);
	profile->external_id = either(held.values[IDENTIFIER_EXTERNAL_ID], profile->external_id);
	if (email != NULL && (lower == NULL || strcmp(lower, email) != 0))
		profile->email = email;
}

static bool
has_primary(const MergePair *pair, const char *channel)
{
	return LOYALTY_EXECUTE(&channel_primary, LOYALTY_CUSTOMER(pair->org_id, pair->survivor_id),
						   loyalty_text(channel)) > 0;
}

static void
take_channels(const MergePair *pair, const LoyaltyProfile *profile, TimestampTz now)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;
	uint64 i;

	param_profile(&params, pair->org_id, pair->victim_id, profile);
	rows = loyalty_query(&channels_of_profile, &params);
	for (i = 0; i < rows->count; i++)
	{
		const char *channel = loyalty_row_text(rows, i, 1);
		LoyaltyParams taken = { 0 };

		param_profile(&taken, pair->org_id, pair->survivor_id, profile);
		loyalty_param(&taken, loyalty_text(channel));
		loyalty_param(&taken, loyalty_text(loyalty_row_text(rows, i, 2)));
		loyalty_param(&taken, loyalty_bool(loyalty_row_bool(rows, i, 3)));
		loyalty_param(&taken, loyalty_bool(loyalty_row_bool(rows, i, 4) && !has_primary(pair, channel)));
		loyalty_param(&taken, loyalty_time(now));
		loyalty_execute(&channel_take, &taken);
	}
}

/* CUIDs and channels hang on the profiles of their sources. */
void
loyalty_profile_take(const MergePair *pair, int16 source_id, const char *account_id, TimestampTz now)
{
	LoyaltyProfile profile = { .source_id = source_id, .account_id = account_id };
	LoyaltyParams params = { 0 };

	read_profile(pair, &profile);
	param_profile(&params, pair->org_id, pair->survivor_id, &profile);
	loyalty_param(&params, loyalty_text(profile.first_name));
	loyalty_param(&params, loyalty_text(profile.last_name));
	loyalty_param(&params, loyalty_text(profile.mobile));
	loyalty_param(&params, loyalty_text(profile.email));
	loyalty_param(&params, loyalty_text(profile.external_id));
	loyalty_param(&params, loyalty_time(now));
	loyalty_param(&params, loyalty_text(profile.cuid));
	loyalty_execute(&profile_insert, &params);
	take_channels(pair, &profile, now);
	loyalty_identifiers_take(pair, "cuid", loyalty_cuid_prefix(&profile), now);
}

static const char *
read_email_as_typed(const MergePair *pair, const char *email)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&email_as_typed, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id), loyalty_text(email));

	return rows->count > 0 ? loyalty_row_text(rows, 0, 1) : email;
}

void
loyalty_instore_fill(const MergePair *pair, TimestampTz now)
{
	LoyaltyIdentifiers held;
	const char *email;

	loyalty_identifiers_read(pair->org_id, pair->survivor_id, &held);
	email = held.values[IDENTIFIER_EMAIL];
	LOYALTY_EXECUTE(&instore_fill, LOYALTY_CUSTOMER(pair->org_id, pair->survivor_id),
					loyalty_text(held.values[IDENTIFIER_MOBILE]),
					loyalty_text(email ? read_email_as_typed(pair, email) : NULL),
					loyalty_text(held.values[IDENTIFIER_EXTERNAL_ID]), loyalty_time(now));
}

/* Hands a column of a row on as a parameter. */
static void
param_column(LoyaltyParams *params, LoyaltyRows *rows, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, 0, column, &isnull);

	loyalty_param(params, loyalty_datum(value, isnull));
}

void
loyalty_field_take(const MergePair *pair, int32 field_id, TimestampTz now)
{
	LoyaltyParams taken = { 0 };
	LoyaltyRows *rows =
		LOYALTY_QUERY(&field_read, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id), loyalty_int4(field_id));

	if (rows->count != 1)
		elog(ERROR, "a field of customer " INT64_FORMAT " has vanished", pair->victim_id);
	loyalty_param_customer(&taken, pair->org_id, pair->survivor_id);
	loyalty_param(&taken, loyalty_int4(field_id));
	param_column(&taken, rows, 1);
	param_column(&taken, rows, 2);
	loyalty_param(&taken, loyalty_time(now));
	loyalty_execute(&field_take, &taken);
}

void
loyalty_registration_take(const MergePair *pair)
{
	LoyaltyParams taken = { 0 };
	int column;
	LoyaltyRows *rows = LOYALTY_QUERY(&registration_read, LOYALTY_CUSTOMER(pair->org_id, pair->victim_id));

	if (rows->count != 1)
		elog(ERROR, "customer " INT64_FORMAT " has vanished", pair->victim_id);
	loyalty_param_customer(&taken, pair->org_id, pair->survivor_id);
	for (column = 1; column <= 4; column++)
		param_column(&taken, rows, column);
	loyalty_execute(&registration_take, &taken);
}

/* Both lists ascend, and nobody is in both. */
static int64 *
joined_ids(const LoyaltyCustomer *survivor, const int64 *victims, int count)
{
	int64 *joined = palloc(sizeof(int64) * (survivor->merged_count + count));
	int s = 0;
	int v = 0;
	int i;

	for (i = 0; i < survivor->merged_count + count; i++)
	{
		bool mine = v == count || (s < survivor->merged_count && survivor->merged_ids[s] < victims[v]);

		joined[i] = mine ? survivor->merged_ids[s++] : victims[v++];
	}
	return joined;
}

void
loyalty_groups_join(int32 org_id, LoyaltyCustomer *survivor, const LoyaltyCustomer *victim)
{
	LoyaltyCustomer victim_alone = { .customer_id = 0, .merged_ids = &(int64){ victim->customer_id } };
	LoyaltyParams group = { 0 };
	int64 *victims;
	int count;
	int i;

	victim_alone.merged_count = 1;
	victims = joined_ids(&victim_alone, victim->merged_ids, victim->merged_count);
	count = victim->merged_count + 1;
	survivor->merged_ids = joined_ids(survivor, victims, count);
	survivor->merged_count += count;
	loyalty_param(&group, loyalty_int4(org_id));
	loyalty_param(&group, loyalty_int8(survivor->customer_id));
	loyalty_param(&group, loyalty_int8s(survivor->merged_ids, survivor->merged_count));
	loyalty_execute(&survivor_group, &group);
	for (i = 0; i < count; i++)
	{
		LOYALTY_EXECUTE(&victim_root, loyalty_int4(org_id), loyalty_int8(victims[i]),
						loyalty_int8(survivor->customer_id));
	}
}
