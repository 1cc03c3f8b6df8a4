/*
 * identifier_store.c: the statements on identifiers: who owns them, and who holds which.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "customer/customer_store.h"

/* identifier.customer_id is the owner now (the root of its merge group), so finding it takes one probe. */

/* Numbers are those of IdentifierType. A probe for each type: a join with a list would be planned as a scan while
 * the table is small, and a kept plan outlives that. */
#define OWNERS_SQL \
	"SELECT 0, i.customer_id FROM loyalty_data.identifier i WHERE i.org_id = $1" \
	" AND i.identifier_type = 'mobile' AND i.identifier_value = $2" \
	" UNION ALL " \
	"SELECT 1, i.customer_id FROM loyalty_data.identifier i WHERE i.org_id = $1" \
	" AND i.identifier_type = 'email' AND i.identifier_value = $3" \
	" UNION ALL " \
	"SELECT 2, i.customer_id FROM loyalty_data.identifier i WHERE i.org_id = $1" \
	" AND i.identifier_type = 'external_id'" \
	" AND i.identifier_value = $4"

#define HELD_SQL \
	"SELECT i.identifier_type::text, i.identifier_value::text" \
	" FROM loyalty_data.customer_identifier i WHERE i.org_id = $1" \
	" AND i.customer_id = $2 AND i.held_until IS NULL"

StaticAssertDecl(IDENTIFIER_MOBILE == 0 && IDENTIFIER_EMAIL == 1 && IDENTIFIER_EXTERNAL_ID == 2 &&
					 IDENTIFIER_TYPE_COUNT == 3,
				 "&owners_now is out of step with IdentifierType");

static LoyaltyQuery owners_now = LOYALTY_STATEMENT(OWNERS_SQL, INT4OID, TEXTOID, TEXTOID, TEXTOID);

static LoyaltyQuery owners_seen = LOYALTY_STATEMENT_SEEN(OWNERS_SQL, INT4OID, TEXTOID, TEXTOID, TEXTOID);

static LoyaltyQuery identifiers_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.identifier (org_id, customer_id, identifier_type, identifier_value)"
	" SELECT $1, $2, w.t, w.v FROM ROWS FROM (unnest($3), unnest($4)) w(t, v)"
	" ORDER BY w.t COLLATE \"C\", w.v COLLATE \"C\" ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, TEXTARRAYOID, TEXTARRAYOID);

static LoyaltyQuery owner_of_key =
	LOYALTY_STATEMENT_SEEN("SELECT i.customer_id FROM loyalty_data.identifier i WHERE i.org_id = $1"
						   " AND i.identifier_type = $2 AND i.identifier_value = $3",
						   INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery holders_of_contact = LOYALTY_STATEMENT_SEEN(
	"SELECT DISTINCT COALESCE(c.merged_into, c.customer_id) FROM loyalty_data.customer_identifier i"
	" JOIN loyalty_data.customer c ON c.org_id = i.org_id"
	" AND c.customer_id = i.customer_id"
	" WHERE i.org_id = $1 AND i.identifier_type = $2"
	" AND i.identifier_value = $3 AND i.held_until IS NULL LIMIT 2",
	INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery identifiers_held = LOYALTY_STATEMENT(HELD_SQL, INT4OID, INT8OID);

static LoyaltyQuery identifiers_held_seen = LOYALTY_STATEMENT_SEEN(HELD_SQL, INT4OID, INT8OID);

/* On the records of those who were merged into it, too: nobody is found by what was given up. */
static LoyaltyQuery identifier_close =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer_identifier SET held_until = $5, reason = $6, actor = $7"
					  " WHERE org_id = $1 AND customer_id = ANY ((SELECT"
					  " array_append(c.merged_ids, c.customer_id) FROM loyalty_data.customer c"
					  " WHERE c.org_id = $1 AND c.customer_id = $2)::int8[])"
					  " AND identifier_type = $3 AND identifier_value = $4"
					  " AND held_until IS NULL",
					  INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID);

static LoyaltyQuery key_give_up = LOYALTY_STATEMENT("DELETE FROM loyalty_data.identifier WHERE org_id = $1"
													" AND customer_id = $2 AND identifier_type = $3"
													" AND identifier_value = $4",
													INT4OID, INT8OID, TEXTOID, TEXTOID);

static LoyaltyQuery identifier_of_scope =
	LOYALTY_STATEMENT("SELECT i.identifier_value::text FROM loyalty_data.customer_identifier i"
					  " WHERE i.org_id = $1 AND i.customer_id = $2"
					  " AND i.identifier_type = $3 AND i.held_until IS NULL"
					  " AND starts_with(i.identifier_value, $4)",
					  INT4OID, INT8OID, TEXTOID, TEXTOID);

static LoyaltyQuery identifiers_hold = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value,"
	" held_from, actor) SELECT $1, $2, w.t, w.v, $5, $6"
	" FROM ROWS FROM (unnest($3), unnest($4)) w(t, v)"
	" ON CONFLICT (org_id, customer_id, identifier_type, identifier_value, held_from)"
	" DO UPDATE SET held_until = NULL, reason = NULL, actor = excluded.actor",
	INT4OID, INT8OID, TEXTARRAYOID, TEXTARRAYOID, TIMESTAMPTZOID, TEXTOID);

static void
owners_by(LoyaltyQuery *query, int32 org_id, const LoyaltyIdentifiers *keys, int64 *owners)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;
	uint64 i;
	int type;

	loyalty_param_int4(&params, org_id);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		loyalty_param_text(&params, keys->values[type]);
		owners[type] = 0;
	}
	rows = loyalty_query(query, &params);
	for (i = 0; i < rows->count; i++)
		owners[loyalty_row_int4(rows, i, 1)] = loyalty_row_int8(rows, i, 2);
}

void
loyalty_identifier_owners(int32 org_id, const LoyaltyIdentifiers *keys, int64 owners[IDENTIFIER_TYPE_COUNT])
{
	owners_by(&owners_now, org_id, keys, owners);
}

void
loyalty_identifier_owners_seen(int32 org_id, const LoyaltyIdentifiers *keys,
							   int64 owners[IDENTIFIER_TYPE_COUNT])
{
	owners_by(&owners_seen, org_id, keys, owners);
}

/* Two parameters: the types and the values of identifiers, as arrays. Answers how many there are. */
static int
param_identifiers(LoyaltyParams *params, const LoyaltyIdentifiers *identifiers)
{
	Datum types[IDENTIFIER_TYPE_COUNT];
	Datum values[IDENTIFIER_TYPE_COUNT];
	int count = 0;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (identifiers->values[type] == NULL)
			continue;
		types[count] = CStringGetTextDatum(loyalty_identifier_type_names[type]);
		values[count++] = CStringGetTextDatum(identifiers->values[type]);
	}
	loyalty_param(params, PointerGetDatum(construct_array(types, count, TEXTOID, -1, false, TYPALIGN_INT)),
				  false);
	loyalty_param(params, PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT)),
				  false);
	return count;
}

int
loyalty_identifier_claim(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *keys)
{
	LoyaltyParams params = { 0 };

	loyalty_param_customer(&params, org_id, customer_id);
	if (param_identifiers(&params, keys) == 0)
		return 0;
	return (int) loyalty_execute(&identifiers_claim, &params);
}

/* 0: there is none, or more than one. */
static int64
find_by_value(LoyaltyQuery *query, int32 org_id, IdentifierType type, const char *value)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, loyalty_identifier_type_names[type]);
	loyalty_param_text(&params, value);
	rows = loyalty_query(query, &params);
	return rows->count == 1 ? loyalty_row_int8(rows, 0, 1) : 0;
}

int64
loyalty_identifier_find(int32 org_id, IdentifierType type, const char *value)
{
	return find_by_value(&owner_of_key, org_id, type, value);
}

int64
loyalty_contact_find(int32 org_id, IdentifierType type, const char *value)
{
	return find_by_value(&holders_of_contact, org_id, type, value);
}

static void
held_by(LoyaltyQuery *query, int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;
	uint64 i;

	memset(held, 0, sizeof(*held));
	loyalty_param_customer(&params, org_id, customer_id);
	rows = loyalty_query(query, &params);
	for (i = 0; i < rows->count; i++)
	{
		IdentifierType type = loyalty_identifier_type_find(loyalty_row_text(rows, i, 1));

		if (type < IDENTIFIER_TYPE_COUNT)
			held->values[type] = loyalty_row_text(rows, i, 2);
	}
}

void
loyalty_identifiers_read(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	held_by(&identifiers_held, org_id, customer_id, held);
}

void
loyalty_identifiers_seen(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	held_by(&identifiers_held_seen, org_id, customer_id, held);
}

/* The parameters of every statement about one identifier of a customer begin with these. */
static void
param_identifier(LoyaltyParams *params, int32 org_id, int64 customer_id, const char *type, const char *value)
{
	loyalty_param_customer(params, org_id, customer_id);
	loyalty_param_text(params, type);
	loyalty_param_text(params, value);
}

void
loyalty_identifier_close(int32 org_id, int64 customer_id, const char *type, const char *value,
						 TimestampTz held_until, const char *reason, const char *actor)
{
	LoyaltyParams params = { 0 };
	LoyaltyParams key = { 0 };

	param_identifier(&params, org_id, customer_id, type, value);
	loyalty_param_time(&params, held_until);
	loyalty_param_text(&params, reason);
	loyalty_param_text(&params, actor);
	loyalty_execute(&identifier_close, &params);
	param_identifier(&key, org_id, customer_id, type, value);
	loyalty_execute(&key_give_up, &key);
}

const char *
loyalty_identifier_scoped(int32 org_id, int64 customer_id, const char *type, const char *prefix)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	param_identifier(&params, org_id, customer_id, type, prefix);
	rows = loyalty_query(&identifier_of_scope, &params);
	return rows->count == 0 ? NULL : loyalty_row_text(rows, 0, 1);
}

void
loyalty_identifier_add(int32 org_id, int64 customer_id, const char *type, const char *value,
					   TimestampTz held_from, const char *actor)
{
	LoyaltyParams params = { 0 };
	Datum types = CStringGetTextDatum(type);
	Datum values = CStringGetTextDatum(value);

	loyalty_param_customer(&params, org_id, customer_id);
	loyalty_param(&params, PointerGetDatum(construct_array(&types, 1, TEXTOID, -1, false, TYPALIGN_INT)),
				  false);
	loyalty_param(&params, PointerGetDatum(construct_array(&values, 1, TEXTOID, -1, false, TYPALIGN_INT)),
				  false);
	loyalty_param_time(&params, held_from);
	loyalty_param_text(&params, actor);
	loyalty_execute(&identifiers_hold, &params);
}

void
loyalty_identifiers_insert(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *added,
						   TimestampTz held_from, const char *actor)
{
	LoyaltyParams params = { 0 };

	loyalty_param_customer(&params, org_id, customer_id);
	if (param_identifiers(&params, added) == 0)
		return;
	loyalty_param_time(&params, held_from);
	loyalty_param_text(&params, actor);
	loyalty_execute(&identifiers_hold, &params);
}
