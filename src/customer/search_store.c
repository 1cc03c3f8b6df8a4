/*
 * search_store.c: the statements of the search for customers.
 *
 * Names are kept by source and under the customer they were written for, so a person has several: of the profiles of all who
 * were merged into it, each in both orders. Two indexes have the keys (loyalty_data.name_key); each is read from the place of the
 * page on for as many rows as are wanted, which no plan can turn into reading all. A person is shown at the first of its keys that
 * matches and left out at the others, which takes no memory of the pages before. All is read under the caller's snapshot.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "customer/identity.h"
#include "customer/name_store.h"
#include "customer/search_store.h"

/* Keys of a profile, as the indexes have them. */
#define KEY(p, first, second) "loyalty_data.name_key(" p "." first ", " p "." second ") COLLATE \"C\""
#define FIRST_LAST(p) KEY(p, "first_name", "last_name")
#define LAST_FIRST(p) KEY(p, "last_name", "first_name")

/* Says that a key has words that begin with those of $4, each behind its first one. */
#define HAS_OTHERS(key) \
	"($4 = '' OR NOT EXISTS (SELECT FROM string_to_table($4, ' ') w (word) WHERE strpos(' ' || " key \
	", ' ' || w.word) = 0))"

/*
 * Entries of one of the two indexes, behind the place $5, $6, which begins with the first word: a second lower bound would have the
 * index read from the lesser of both.
 */
#define FROM_INDEX(key) \
	"(SELECT " key " AS name_key, p.customer_id FROM loyalty_data.profile p WHERE p.org_id = $1 AND " key \
	" < $3 AND (" key ", p.customer_id) > ($5, $6) AND " HAS_OTHERS(key) " ORDER BY " key \
																		 ", p.customer_id LIMIT $7)"

/* Keys that match of the profiles of a customer's group, under the names k and q; OFFSET 0 has each made once. */
#define KEYS_OF_GROUP(root) \
	"loyalty_data.customer m JOIN loyalty_data.profile q ON q.org_id = m.org_id AND q.customer_id = m.customer_id" \
	" CROSS JOIN LATERAL (SELECT v.name_key FROM (VALUES (" FIRST_LAST("q") "), (" LAST_FIRST( \
		"q") ")) v (name_key) OFFSET 0) k WHERE m.org_id = $1 AND COALESCE(m.merged_into, m.customer_id) = " root \
			 " AND k.name_key >= $2 AND k.name_key < $3 AND " HAS_OTHERS("k.name_key")

#define ROOT "COALESCE(c.merged_into, c.customer_id)"

static LoyaltyQuery names = LOYALTY_STATEMENT_SEEN(
	"SELECT " ROOT
	", e.name_key, e.customer_id, NOT EXISTS (SELECT FROM " KEYS_OF_GROUP(ROOT) " AND (k.name_key, q.customer_id) < (e.name_key, e.customer_id)) FROM (" FROM_INDEX(
		FIRST_LAST(
			"p")) " UNION ALL " FROM_INDEX(LAST_FIRST("p")) " ORDER BY name_key, customer_id LIMIT $7) e JOIN loyalty_data.customer c ON c.org_id = $1"
															" AND c.customer_id = e.customer_id ORDER BY e.name_key, e.customer_id",
	INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT8OID, INT4OID);

static LoyaltyQuery among = LOYALTY_STATEMENT_SEEN(
	"SELECT c.customer_id FROM loyalty_data.customer c WHERE c.org_id = $1 AND c.customer_id = ANY ($5) AND c.customer_id > $6"
	" AND ($2 IS NULL OR EXISTS (SELECT FROM " KEYS_OF_GROUP(
		"c.customer_id") ")) ORDER BY c.customer_id LIMIT $7",
	INT4OID, TEXTOID, TEXTOID, TEXTOID, INT8ARRAYOID, INT8OID, INT4OID);

/* A customer holds one identifier of each type at most. */
#define HELD(type) "max(i.identifier_value) FILTER (WHERE i.identifier_type = '" type "')::text AS " type

static LoyaltyQuery shown = LOYALTY_STATEMENT_SEEN(
	"SELECT c.customer_id, " LOYALTY_NAME_OF("first_name", "c.customer_id") ", " LOYALTY_NAME_OF(
		"last_name",
		"c.customer_id") ", h.mobile, h.email, h.external_id, CASE c.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END, c.registered_on,"
						 " ($3)[array_position($2, c.customer_id)] FROM loyalty_data.customer c CROSS JOIN LATERAL (SELECT " HELD(
							 "mobile") ", " HELD("email") ", " HELD("external_id") " FROM loyalty_data.customer_identifier i WHERE i.org_id = $1"
																				   " AND i.customer_id = c.customer_id AND i.held_until IS NULL) h WHERE c.org_id = $1 AND c.customer_id = ANY ($2)"
																				   " ORDER BY array_position($2, c.customer_id)",
	INT4OID, INT8ARRAYOID, TEXTARRAYOID);

/* Victims hold what they held; it is the survivor who is found by it. */
static LoyaltyQuery holders = LOYALTY_STATEMENT_SEEN(
	"SELECT DISTINCT " ROOT
	" AS customer_id FROM loyalty_data.customer_identifier i JOIN loyalty_data.customer c ON c.org_id = $1"
	" AND c.customer_id = i.customer_id WHERE i.org_id = $1 AND i.identifier_type = $2 AND i.identifier_value = $3"
	" AND i.held_until IS NULL ORDER BY 1",
	INT4OID, TEXTOID, TEXTOID);

/* Needs no lock: who holds something may change at once. */
LoyaltyRows *
loyalty_holders_read(int32 org_id, IdentifierType type, const char *value)
{
	return LOYALTY_QUERY(&holders, loyalty_int4(org_id), loyalty_text(loyalty_identifier_type_names[type]),
						 loyalty_text(value));
}

/* Begins at the least key that matches where no page went before. */
LoyaltyRows *
loyalty_name_search_read(int32 org_id, const NameSearch *name, const FoundCustomer *after, int limit)
{
	return LOYALTY_QUERY(&names, loyalty_int4(org_id), loyalty_text(name->from), loyalty_text(name->below),
						 loyalty_text(name->others),
						 loyalty_text(after->named_id ? after->name_key : name->from),
						 loyalty_int8(after->named_id), loyalty_int4(limit));
}

/* Looks at no name where none is searched for. */
LoyaltyRows *
loyalty_found_read(int32 org_id, const int64 *customers, int count, const NameSearch *name, int64 after,
				   int limit)
{
	return LOYALTY_QUERY(&among, loyalty_int4(org_id), loyalty_text(name->from), loyalty_text(name->below),
						 loyalty_text(name->others), loyalty_int8s(customers, count), loyalty_int8(after),
						 loyalty_int4(limit));
}

/* Makes the keys of pages here, where their form is nobody else's. */
LoyaltyRows *
loyalty_found_shown(int32 org_id, const FoundCustomer *found, int count)
{
	int64 *customers = palloc(sizeof(int64) * Max(count, 1));
	Datum *keys = palloc(sizeof(Datum) * Max(count, 1));
	ArrayType *page_keys;
	int i;

	for (i = 0; i < count; i++)
	{
		customers[i] = found[i].customer_id;
		keys[i] = CStringGetTextDatum(psprintf(INT64_FORMAT ":%s", found[i].named_id, found[i].name_key));
	}
	page_keys = construct_array(keys, count, TEXTOID, -1, false, TYPALIGN_INT);
	return LOYALTY_QUERY(&shown, loyalty_int4(org_id), loyalty_int8s(customers, count),
						 loyalty_datum(PointerGetDatum(page_keys), false));
}
