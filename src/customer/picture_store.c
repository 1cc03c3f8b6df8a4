/*
 * picture_store.c: the statement that reads what is there of what somebody wants to change of a customer: names, the base till
 * and fields. The customer is locked, so an approval finds what it compares with.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/customer_update.h"

/* A name of the INSTORE profile, where the document has it. */
#define OLD_NAME(column) \
	"'" column "', CASE WHEN jsonb_exists($4, '" column "') THEN (SELECT p." column \
	" FROM loyalty_data.profile p" \
	" WHERE p.org_id = $1 AND p.customer_id = $2 AND p.source_id = $3 AND p.account_id = '') END"

/* Fields come with their kind in front, since a name is one within its kind. One without a value is left out. */
static LoyaltyQuery picture = LOYALTY_STATEMENT(
	"SELECT jsonb_build_object(" OLD_NAME("first_name") ", " OLD_NAME(
		"last_name") ", 'base_till', CASE WHEN jsonb_exists($4, 'base_till') THEN (SELECT t.till::text FROM loyalty_data.customer c"
					 " JOIN loyalty_data.till t ON t.org_id = $1 AND t.till_id = c.base_till_id"
					 " WHERE c.org_id = $1 AND c.customer_id = $2) END,"
					 " 'fields', (SELECT jsonb_object_agg(f.kind || '.' || f.name, v.field_value)"
					 " FROM loyalty_data.field f JOIN loyalty_data.customer_field v ON v.org_id = $1"
					 " AND v.customer_id = $2 AND v.field_id = f.field_id WHERE f.org_id = $1 AND f.entity = 'customer' AND jsonb_exists($4 -> CASE f.kind"
					 " WHEN 'standard' THEN 'fields' ELSE f.kind || '_fields' END, f.name)))",
	INT4OID, INT8OID, INT2OID, JSONBOID);

/* Copies the document out of the row. */
Jsonb *
loyalty_customer_picture(int32 org_id, int64 customer_id, const Jsonb *changes)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&picture, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int2(SOURCE_INSTORE),
					  loyalty_datum(JsonbPGetDatum(changes), false));

	return DatumGetJsonbPCopy(loyalty_row_value(rows, 0, 1));
}
