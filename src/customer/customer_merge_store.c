/*
 * customer_merge_store.c: the statements of merges on identifiers, profiles, fields and registration. What is final is
 * decided elsewhere; a statement takes what it is told.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "customer/customer_merge_store.h"

#define OF_CUSTOMER(alias) " WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2"
#define OF_VICTIM(alias) " WHERE " alias ".org_id = $1 AND " alias ".customer_id = $3"

#define HELD_VALUE(type) \
	"(SELECT h.identifier_value FROM loyalty_data.customer_identifier h" OF_CUSTOMER( \
		"h") " AND h.identifier_type = '" type "' AND h.held_until IS NULL LIMIT 1)"

/* The profiles that are taken, as the rows of two arrays. */
#define TAKEN_PROFILES " FROM ROWS FROM (unnest($4), unnest($5)) AS w (source_id, account_id)"

/* The columns of IdentityValue. An INSTORE profile shows the customer's identifiers, which have items of their own. */
static LoyaltyQuery values_of_pair = LOYALTY_STATEMENT(
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
				 "c") " UNION ALL SELECT 'n', 'ndnc_status', m.status, 0, NULL FROM loyalty_data.customer_identifier i LEFT"
					  " JOIN loyalty_data.mobile_ndnc m ON m.org_id = i.org_id AND m.mobile"
					  " = i.identifier_value" OF_CUSTOMER(
						  "i") " AND i.identifier_type = 'mobile' AND i.held_until IS NULL UNION ALL SELECT"
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

static LoyaltyQuery keys_follow = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.identifier k SET customer_id = $2 FROM loyalty_data.customer_identifier h"
	" WHERE h.org_id = $1 AND h.customer_id = ANY ($4)"
	" AND h.held_until IS NULL AND k.org_id = $1"
	" AND k.identifier_type = h.identifier_type"
	" AND k.identifier_value = h.identifier_value"
	" AND k.customer_id = $3",
	INT4OID, INT8OID, INT8OID, INT8ARRAYOID);

static LoyaltyQuery identifiers_take = LOYALTY_STATEMENT(
	"WITH taken AS (UPDATE loyalty_data.customer_identifier h SET held_until = $5, reason = 'merge'" OF_VICTIM(
		"h") " AND h.identifier_type = ANY ($4) AND h.held_until IS NULL"
			 " RETURNING h.identifier_type, h.identifier_value)"
			 " INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value, held_from)"
			 " SELECT $1, $2, t.identifier_type, t.identifier_value, $5 FROM taken t"
			 " ON CONFLICT (org_id, customer_id, identifier_type, identifier_value, held_from)"
			 " DO UPDATE SET held_until = NULL, reason = NULL",
	INT4OID, INT8OID, INT8OID, TEXTARRAYOID, TIMESTAMPTZOID);

/* An INSTORE profile shows what its customer has. E-mails are shown as typed, which the key is the lower case of. */
static LoyaltyQuery profiles_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.profile (org_id, customer_id, source_id, account_id, first_name, last_name, mobile,"
	" email, external_id, updated_at, cuid) SELECT $1, $2, p.source_id, p.account_id, p.first_name, p.last_name,"
	" CASE WHEN p.source_id = 1 THEN COALESCE(" HELD_VALUE(
		"mobile") ", p.mobile)"
				  " ELSE p.mobile END,"
				  " CASE WHEN p.source_id = 1 AND NOT COALESCE(lower(p.email)"
				  " = " HELD_VALUE("email") ", false) THEN COALESCE(" HELD_VALUE(
					  "email") ", p.email)"
							   " ELSE p.email END,"
							   " CASE WHEN p.source_id = 1 THEN COALESCE(" HELD_VALUE(
								   "external_id") ", p.external_id)"
												  " ELSE p.external_id END, $6, p.cuid" TAKEN_PROFILES
												  " JOIN loyalty_data.profile p ON p.org_id = $1 AND p.customer_id = $3"
												  " AND p.source_id = w.source_id AND p.account_id = w.account_id",
	INT4OID, INT8OID, INT8OID, INT2ARRAYOID, TEXTARRAYOID, TIMESTAMPTZOID);

static LoyaltyQuery channels_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.channel (org_id, customer_id, channel, address, source_id, account_id, is_verified,"
	" is_primary, updated_at) SELECT $1, $2, c.channel, c.address, c.source_id, c.account_id, c.is_verified,"
	" c.is_primary AND NOT EXISTS (SELECT FROM loyalty_data.channel o" OF_CUSTOMER(
		"o") " AND o.channel = c.channel AND o.is_primary), $6" TAKEN_PROFILES
			 " JOIN loyalty_data.channel c ON c.org_id = $1 AND c.customer_id = $3"
			 " AND c.source_id = w.source_id AND c.account_id = w.account_id"
			 " ON CONFLICT (org_id, customer_id, channel, address) DO NOTHING",
	INT4OID, INT8OID, INT8OID, INT2ARRAYOID, TEXTARRAYOID, TIMESTAMPTZOID);

static LoyaltyQuery cuids_take = LOYALTY_STATEMENT(
	"WITH taken AS (UPDATE loyalty_data.customer_identifier h SET held_until = $6, reason = 'merge'" TAKEN_PROFILES
	" JOIN loyalty_data.source s ON s.source_id = w.source_id" OF_VICTIM(
		"h") " AND h.identifier_type = 'cuid' AND h.held_until IS NULL"
			 " AND starts_with(h.identifier_value, concat(s.source, '/', replace("
			 "replace(w.account_id, '%', '%25'), '/', '%2F'), '/'))"
			 " RETURNING h.identifier_type, h.identifier_value)"
			 " INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value, held_from)"
			 " SELECT $1, $2, t.identifier_type, t.identifier_value, $6 FROM taken t"
			 " ON CONFLICT (org_id, customer_id, identifier_type, identifier_value, held_from)"
			 " DO UPDATE SET held_until = NULL, reason = NULL",
	INT4OID, INT8OID, INT8OID, INT2ARRAYOID, TEXTARRAYOID, TIMESTAMPTZOID);

static LoyaltyQuery instore_fill = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.profile p SET mobile = COALESCE(p.mobile, " HELD_VALUE(
		"mobile") "),"
				  " email = COALESCE(p.email, (SELECT v.email FROM loyalty_data.profile v" OF_VICTIM("v") " AND v.source_id = 1 AND lower(v.email) = " HELD_VALUE(
					  "email") " LIMIT 1), " HELD_VALUE("email") "),"
																 " external_id = COALESCE(p.external_id, " HELD_VALUE(
																	 "external_id") "), updated_at = $4" OF_CUSTOMER("p") " AND p.source_id = 1"
																														  " AND (p.mobile IS NULL OR p.email IS NULL OR p.external_id IS NULL)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID);

static LoyaltyQuery fields_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_field (org_id, customer_id, field_id, field_value, number_value, updated_at)"
	" SELECT $1, $2, v.field_id, v.field_value, v.number_value, $5 FROM loyalty_data.customer_field v" OF_VICTIM(
		"v") " AND v.field_id = ANY ($4) ON CONFLICT (org_id, customer_id, field_id) DO UPDATE SET"
			 " field_value = EXCLUDED.field_value, number_value = EXCLUDED.number_value, updated_at = EXCLUDED.updated_at",
	INT4OID, INT8OID, INT8OID, INT4ARRAYOID, TIMESTAMPTZOID);

static LoyaltyQuery registration_take = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.customer c SET registered_on = v.registered_on, registered_till_id = v.registered_till_id,"
	" registered_source_id = v.registered_source_id, base_till_id = v.base_till_id FROM loyalty_data.customer v" OF_CUSTOMER(
		"c") " AND v.org_id = $1 AND v.customer_id = $3",
	INT4OID, INT8OID, INT8OID);

static LoyaltyQuery survivor_group =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET merged_ids = $3" OF_CUSTOMER("c"), INT4OID, INT8OID,
					  INT8ARRAYOID);

static LoyaltyQuery victims_root =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer c SET merged_into = $2 WHERE c.org_id = $1"
					  " AND c.customer_id = ANY ($3)",
					  INT4OID, INT8OID, INT8ARRAYOID);

static void
param_pair(LoyaltyParams *params, const MergePair *pair)
{
	loyalty_param_int4(params, pair->org_id);
	loyalty_param_int8(params, pair->survivor_id);
	loyalty_param_int8(params, pair->victim_id);
}

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

int
loyalty_identity_values(int32 org_id, int64 customer_id, bool seen, IdentityValue **values)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	rows = seen ? loyalty_query_seen(&values_of_pair, &params) : loyalty_query(&values_of_pair, &params);
	*values = palloc(sizeof(IdentityValue) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*values)[i] = (IdentityValue){
			.part = loyalty_row_char(rows, i, 1),
			.item = loyalty_row_text(rows, i, 2),
			.value = loyalty_row_text_or_null(rows, i, 3),
			.id = loyalty_row_int4(rows, i, 4),
			.detail = loyalty_row_text_or_null(rows, i, 5),
		};
	qsort(*values, rows->count, sizeof(IdentityValue), compare_values);
	return (int) rows->count;
}

void
loyalty_keys_follow(const MergePair *pair, const LoyaltyCustomer *victim)
{
	LoyaltyParams params = { 0 };

	param_pair(&params, pair);
	loyalty_param_group(&params, victim);
	loyalty_execute(&keys_follow, &params);
}

void
loyalty_identifiers_take(const MergePair *pair, Datum types, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_pair(&params, pair);
	loyalty_param(&params, types, false);
	loyalty_param_time(&params, now);
	loyalty_execute(&identifiers_take, &params);
}

/* CUIDs and channels hang on the profiles of their sources. */
void
loyalty_profiles_take(const MergePair *pair, Datum source_ids, Datum account_ids, TimestampTz now)
{
	static LoyaltyQuery *const parts[] = { &profiles_take, &channels_take, &cuids_take };
	int i;

	for (i = 0; i < lengthof(parts); i++)
	{
		LoyaltyParams params = { 0 };

		param_pair(&params, pair);
		loyalty_param(&params, source_ids, false);
		loyalty_param(&params, account_ids, false);
		loyalty_param_time(&params, now);
		loyalty_execute(parts[i], &params);
	}
}

void
loyalty_instore_fill(const MergePair *pair, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_pair(&params, pair);
	loyalty_param_time(&params, now);
	loyalty_execute(&instore_fill, &params);
}

void
loyalty_fields_take(const MergePair *pair, Datum field_ids, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_pair(&params, pair);
	loyalty_param(&params, field_ids, false);
	loyalty_param_time(&params, now);
	loyalty_execute(&fields_take, &params);
}

void
loyalty_registration_take(const MergePair *pair)
{
	LoyaltyParams params = { 0 };

	param_pair(&params, pair);
	loyalty_execute(&registration_take, &params);
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
	LoyaltyParams root = { 0 };
	int64 *victims;
	int count;

	victim_alone.merged_count = 1;
	victims = joined_ids(&victim_alone, victim->merged_ids, victim->merged_count);
	count = victim->merged_count + 1;
	survivor->merged_ids = joined_ids(survivor, victims, count);
	survivor->merged_count += count;
	loyalty_param_int4(&group, org_id);
	loyalty_param_int8(&group, survivor->customer_id);
	loyalty_param_int8_array(&group, survivor->merged_ids, survivor->merged_count);
	loyalty_execute(&survivor_group, &group);
	loyalty_param_int4(&root, org_id);
	loyalty_param_int8(&root, survivor->customer_id);
	loyalty_param_int8_array(&root, victims, count);
	loyalty_execute(&victims_root, &root);
}
