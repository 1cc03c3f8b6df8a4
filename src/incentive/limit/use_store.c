/*
 * use_store.c: the statements on uses and on their returns.
 *
 * A use stands under who used it, perhaps under a customer who was merged since: what a group did is asked member by member. A use
 * and its return are written once and never touched again, which guards see to. The caller holds the customer's lock; a use of
 * nobody is kept apart by the lock of its coupon or code.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "common/array.h"
#include "incentive/limit/use_store.h"

#define USE(name, type, member) LOYALTY_COLUMN(name, type, IncentiveUse, member)
#define USE_RETURN(name, type, member) LOYALTY_COLUMN(name, type, UseReturn, member)

static const LoyaltyColumn use_columns[] = {
	USE("customer_id", INT8, customer_id),
	USE("use_id", INT8, use_id),
	USE("event_time", TIME, event_time),
	USE("recorded_at", TIME, recorded_at),
	USE("coupon_id", INT8_OR_0, coupon_id),
	USE("transaction_id", INT8_OR_0, transaction_id),
	USE("coupon_customer_id", INT8_OR_0, coupon_customer_id),
	USE("org_id", INT4, org_id),
	USE("promotion_id", INT4, promotion_id),
	USE("version", INT4, version),
	USE("series_id", INT4_OR_0, series_id),
	USE("till_id", INT4_OR_0, till_id),
	USE("store_id", INT4_OR_0, store_id),
	USE("source_id", INT2, source_id),
	USE("kind", CODE, kind),
	LOYALTY_COLUMN_IF("bill_amount", POINTS, IncentiveUse, bill_amount, has_bill_amount),
	USE("discount", POINTS, discount),
	USE("code", TEXT, code),
	USE("transaction_number", TEXT, transaction_number),
};

static const LoyaltyColumn return_columns[] = {
	USE_RETURN("customer_id", INT8, customer_id), USE_RETURN("use_id", INT8, use_id),
	USE_RETURN("return_id", INT8, return_id),	  USE_RETURN("event_time", TIME, event_time),
	USE_RETURN("recorded_at", TIME, recorded_at), USE_RETURN("org_id", INT4, org_id),
	USE_RETURN("till_id", INT4_OR_0, till_id),	  USE_RETURN("source_id", INT2, source_id),
};

static const LoyaltyLayout use_layout = LOYALTY_LAYOUT("incentive_use", IncentiveUse, use_columns);
static const LoyaltyLayout return_layout = LOYALTY_LAYOUT("use_return", UseReturn, return_columns);

static LoyaltyQuery use_insert = LOYALTY_INSERT(use_layout);
static LoyaltyQuery return_insert = LOYALTY_INSERT(return_layout);
static LoyaltyQuery use_of_id = LOYALTY_FIND(use_layout, "org_id, customer_id, use_id");
static LoyaltyQuery return_of_use = LOYALTY_FIND(return_layout, "org_id, customer_id, use_id");
static LoyaltyQuery uses_of_number =
	LOYALTY_FIND(use_layout, "org_id, customer_id, transaction_number", .order = "use_id");

/* Holds of a use "u" that was not given back. */
#define NOT_GIVEN_BACK \
	" NOT EXISTS (SELECT FROM loyalty_data.use_return r WHERE r.org_id = $1 AND r.customer_id = $2" \
	" AND r.use_id = u.use_id)"

/* Uses of a series before a time, and behind it, nearest first: by the index of a customer's times. */
static LoyaltyQuery use_before = LOYALTY_STATEMENT(
	"SELECT u.event_time FROM loyalty_data.incentive_use u WHERE u.org_id = $1 AND u.customer_id = $2"
	" AND u.event_time <= $4 AND u.series_id = $3 AND" NOT_GIVEN_BACK
	" ORDER BY u.event_time DESC, u.use_id DESC LIMIT 1",
	INT4OID, INT8OID, INT4OID, TIMESTAMPTZOID);
static LoyaltyQuery use_behind = LOYALTY_STATEMENT(
	"SELECT u.event_time FROM loyalty_data.incentive_use u WHERE u.org_id = $1 AND u.customer_id = $2"
	" AND u.event_time >= $4 AND u.series_id = $3 AND" NOT_GIVEN_BACK
	" ORDER BY u.event_time, u.use_id LIMIT 1",
	INT4OID, INT8OID, INT4OID, TIMESTAMPTZOID);

/* Writes a use. */
void
loyalty_use_insert(const IncentiveUse *use)
{
	loyalty_write(&use_insert, use, 1);
}

/* Writes a return; the primary key holds it to one for each use. */
void
loyalty_use_return_insert(const UseReturn *back)
{
	loyalty_write(&return_insert, back, 1);
}

/* Reads by the whole key. */
bool
loyalty_use_read(int32 org_id, int64 customer_id, int64 use_id, IncentiveUse *use)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&use_of_id, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(use_id));

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &use_layout, use);
	return true;
}

/* Reads by the whole key. */
bool
loyalty_use_return_read(int32 org_id, int64 customer_id, int64 use_id, UseReturn *back)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&return_of_use, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(use_id));

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &return_layout, back);
	return true;
}

/* Asks member by member; the id is unique, so the first that has it is the one. */
bool
loyalty_use_find(int32 org_id, const LoyaltyCustomer *customer, int64 use_id, IncentiveUse *use)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
		if (loyalty_use_read(org_id, ids[i], use_id, use))
			return true;
	return false;
}

/* Asks member by member. A number has few uses, each of which is asked whether it came back. */
int
loyalty_uses_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number, IncentiveUse **uses)
{
	LOYALTY_ARRAY(IncentiveUse) found = { 0 };
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyRows *rows =
			LOYALTY_QUERY(&uses_of_number, LOYALTY_CUSTOMER(org_id, ids[i]), loyalty_text(number));
		uint64 row;

		for (row = 0; row < rows->count; row++)
		{
			IncentiveUse use;
			UseReturn back;

			loyalty_row_read(rows, row, &use_layout, &use);
			if (!loyalty_use_return_read(org_id, use.customer_id, use.use_id, &back))
				LOYALTY_APPEND(found, use);
		}
	}
	*uses = found.items;
	return found.n;
}

/* Asks both ways for each member: late events come behind those that are recorded already. */
void
loyalty_uses_around(int32 org_id, const LoyaltyCustomer *customer, int32 series_id, TimestampTz at,
					TimestampTz *before, TimestampTz *behind)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	*before = DT_NOBEGIN;
	*behind = DT_NOEND;
	for (i = 0; i < count; i++)
	{
		LoyaltyParams params =
			LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, ids[i]), loyalty_int4(series_id), loyalty_time(at));
		LoyaltyRows *rows = loyalty_query(&use_before, &params);

		if (rows->count > 0)
			*before = Max(*before, DatumGetTimestampTz(loyalty_row_value(rows, 0, 1)));
		rows = loyalty_query(&use_behind, &params);
		if (rows->count > 0)
			*behind = Min(*behind, DatumGetTimestampTz(loyalty_row_value(rows, 0, 1)));
	}
}
