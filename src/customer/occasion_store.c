/*
 * occasion_store.c: the statements on days that customers have every year, and on their names. Dates stand in ISO 8601, whose end is
 * the day of a year: an index has it, of the two standard fields alone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/name_store.h"
#include "customer/occasion_store.h"

/* The condition of the index is in it as the index has it. */
static LoyaltyQuery customers_of_day = LOYALTY_STATEMENT(
	"SELECT v.customer_id FROM loyalty_data.customer_field v JOIN loyalty_data.customer c ON c.org_id = v.org_id"
	" AND c.customer_id = v.customer_id WHERE v.org_id = $1 AND v.field_id = $2 AND v.field_id IN (-1, -3)"
	" AND right(v.field_value, 5) IN ($3, $4) AND v.customer_id > $5 AND c.merged_into IS NULL"
	" ORDER BY v.customer_id LIMIT $6",
	INT4OID, INT4OID, TEXTOID, TEXTOID, INT8OID, INT4OID);

static LoyaltyQuery date_of_field =
	LOYALTY_STATEMENT("SELECT v.field_value::text FROM loyalty_data.customer_field v WHERE v.org_id = $1"
					  " AND v.customer_id = $2 AND v.field_id = $3",
					  INT4OID, INT8OID, INT4OID);

static LoyaltyQuery names_of_customer =
	LOYALTY_STATEMENT("SELECT " LOYALTY_NAME("first_name") ", " LOYALTY_NAME("last_name"), INT4OID, INT8OID);

/* Reads without locks: each customer is locked later, and judged then. */
int
loyalty_customers_of_day(int32 org_id, int32 field_id, const char *day, const char *other_day, int64 after,
						 int limit, int64 *customers)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&customers_of_day, loyalty_int4(org_id), loyalty_int4(field_id), loyalty_text(day),
					  loyalty_text(other_day), loyalty_int8(after), loyalty_int4(limit));
	uint64 i;

	for (i = 0; i < rows->count; i++)
		customers[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}

/* Reads one row at most. */
const char *
loyalty_date_of_field(int32 org_id, int64 customer_id, int32 field_id)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&date_of_field, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(field_id));

	return rows->count > 0 ? loyalty_row_text(rows, 0, 1) : NULL;
}

/* Reads both names, of which one is asked for. */
const char *
loyalty_name_of_customer(int32 org_id, int64 customer_id, bool first)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&names_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));

	return loyalty_row_text_or_null(rows, 0, first ? 1 : 2);
}
