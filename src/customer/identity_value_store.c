/*
 * identity_value_store.c: the statement that reads everything known of a customer's identity.
 *
 * A merge reads both sides with it, walks the two lists side by side, and reads the survivor's once more when all is
 * written: one list for the preview, the merge and the check, so none of them can overlook what another one sees. A
 * column or table that comes to hold something of a person's identity needs a branch here, or merges lose it. Values
 * are texts, as previews and records show them. Nothing is locked here: a merge holds both customers' rows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/customer_store.h"
#include "customer/identity_value_store.h"
#include "customer/ndnc_store.h"

#define OF_CUSTOMER(alias) " WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2"

/*
 * Columns of IdentityValue, a branch for each part. Keys of sources belong to profiles and come with them. An INSTORE profile
 * shows the customer's identifiers, which have items of their own, so these are left out of it. Times are in UTC, to
 * the microsecond: as the session writes them, two sessions would not agree. Only the number of subscriptions is
 * read: they never move, so the number alone shows that none got lost.
 */
static LoyaltyQuery values_of_customer = LOYALTY_STATEMENT(
	"SELECT 'i'::\"char\" AS part, i.identifier_type::text AS item,"
	" i.identifier_value::text AS value, 0 AS id, NULL::text AS detail FROM"
	" loyalty_data.customer_identifier i" OF_CUSTOMER(
		"i") " AND i.held_until IS NULL AND i.identifier_type = ANY ('{mobile,email,external_id}') UNION ALL SELECT"
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

/* Gives qsort() the comparison that the merge walks by. */
static int
compare_values(const void *left, const void *right)
{
	return loyalty_identity_compare(left, right);
}

/* Compares items byte by byte, whatever the collation: the lists of both sides must be in one order. */
int
loyalty_identity_compare(const IdentityValue *left, const IdentityValue *right)
{
	if (left->part != right->part)
		return left->part < right->part ? -1 : 1;
	return strcmp(left->item, right->item);
}

/*
 * Adds what the do-not-call register says of the mobile among the values, where there is one. The register is keyed
 * by the mobile and not by the customer, so the statement above cannot have it. The caller left room for one more.
 */
static int
add_ndnc(int32 org_id, bool seen, IdentityValue *values, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (values[i].part == PART_IDENTIFIER &&
			strcmp(values[i].item, loyalty_identifier_type_names[IDENTIFIER_MOBILE]) == 0)
		{
			LoyaltyNdnc ndnc;
			bool known = loyalty_ndnc_read(org_id, values[i].value, seen, &ndnc);

			values[count] = (IdentityValue){ .part = PART_NDNC,
											 .item = NDNC_ITEM,
											 .value = known ? ndnc.status : NULL,
											 .at = known ? ndnc.updated_at : DT_NOBEGIN };
			return count + 1;
		}
	return count;
}

/* Sorts in memory: the register's value comes in late, and ORDER BY would sort by the server's collation. */
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
