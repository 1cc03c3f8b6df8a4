/*
 * customer_store.c: the statements on rows of customers, and on the requests that registered them.
 *
 * The row of a customer is the lock of all that is about it: whoever writes to a customer locks the row first, FOR NO
 * KEY UPDATE, by a statement of its own, and reads what the lock guards by later statements, which see what the last
 * holder committed. The row says who belongs to its merge group, so no statement looks for the group.
 *
 * Most calls of a till begin with this lock, so it is said in words and runs without the executor where it can.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "customer/customer_store.h"

/* Row of the table, whole, as rows are read by a key. Callers get the first member. */
typedef struct CustomerRow
{
	LoyaltyCustomer customer;
	char loyalty_type; /* 'l': loyalty, 'n': non_loyalty */
	LoyaltyIds merged; /* becomes merged_ids */
	int32 org_id;
	TimestampTz recorded_at;
	int32 registered_till_id;
	int16 registered_source_id;
	int32 base_till_id;
	char test_control;
	TimestampTz erased_at;
} CustomerRow;

#define COLUMN(name, type, member) LOYALTY_COLUMN(name, type, CustomerRow, member)

static const LoyaltyColumn customer_columns[] = {
	COLUMN("customer_id", INT8, customer.customer_id),
	COLUMN("registered_on", TIME, customer.registered_on),
	COLUMN("recorded_at", TIME, recorded_at),
	COLUMN("org_id", INT4, org_id),
	COLUMN("registered_till_id", INT4_OR_0, registered_till_id),
	COLUMN("registered_source_id", INT2, registered_source_id),
	COLUMN("loyalty_type", CHAR, loyalty_type),
	COLUMN("merged_into", INT8_OR_0, customer.merged_into),
	COLUMN("base_till_id", INT4_OR_0, base_till_id),
	COLUMN("test_control", CHAR_OR_0, test_control),
	COLUMN("merged_ids", IDS_OR_NONE, merged),
	COLUMN("fraud_status", CHAR_OR_0, customer.fraud_status),
	COLUMN("status_label_id", INT4_OR_0, customer.status_label_id),
	LOYALTY_COLUMN_IF("erased_at", TIME, CustomerRow, erased_at, customer.erased),
};

static const LoyaltyLayout customer_layout = LOYALTY_LAYOUT("customer", CustomerRow, customer_columns);

/* Ways to read a row: to write, under the caller's snapshot, and as committed. */
static LoyaltyQuery customer_locked = LOYALTY_LOCK(customer_layout, "org_id, customer_id");
static LoyaltyQuery customer_seen = LOYALTY_FIND_SEEN(customer_layout, "org_id, customer_id");
static LoyaltyQuery customer_now = LOYALTY_FIND(customer_layout, "org_id, customer_id");

static LoyaltyQuery customer_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer (org_id, customer_id, registered_on, recorded_at, registered_till_id,"
	" registered_source_id, loyalty_type, base_till_id, status_label_id)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	INT4OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT2OID, CHAROID, INT4OID, INT4OID);

/*
 * Changes of single columns. None of them stands in an index, so the row is updated in place where its page has room.
 */
static LoyaltyQuery customer_enrol = LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET loyalty_type = 'l'"
													   " WHERE org_id = $1 AND customer_id = $2",
													   INT4OID, INT8OID);

static LoyaltyQuery base_till_set = LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET base_till_id = $3"
													  " WHERE org_id = $1 AND customer_id = $2",
													  INT4OID, INT8OID, INT4OID);

static LoyaltyQuery test_control_set = LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET test_control = $3"
														 " WHERE org_id = $1 AND customer_id = $2",
														 INT4OID, INT8OID, CHAROID);

/*
 * Tells by its count whether the key is new. It waits for a transaction that inserted the same key and has not ended.
 */
static LoyaltyQuery request_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.registration_request (org_id, idempotency_digest, request_digest, customer_id,"
	" outcome, warnings) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	INT4OID, UUIDOID, INT8OID, INT8OID, TEXTOID, TEXTARRAYOID);

static LoyaltyQuery request_by_key = LOYALTY_STATEMENT(
	"SELECT r.request_digest, r.customer_id, r.outcome, r.warnings FROM loyalty_data.registration_request r"
	" WHERE r.org_id = $1 AND r.idempotency_digest = $2",
	INT4OID, UUIDOID);

static LoyaltyQuery request_result = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.registration_request SET customer_id = $3, outcome = $4, warnings = $5"
	" WHERE org_id = $1 AND idempotency_digest = $2",
	INT4OID, UUIDOID, INT8OID, TEXTOID, TEXTARRAYOID);

/* Keeps the order org, customer: $1 and $2 of every statement about one customer. */
void
loyalty_param_customer(LoyaltyParams *params, int32 org_id, int64 customer_id)
{
	loyalty_param(params, loyalty_int4(org_id));
	loyalty_param(params, loyalty_int8(customer_id));
}

/* Reads a row by one of the three statements; false where there is none. */
static bool
customer_by(LoyaltyQuery *query, int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	CustomerRow row = { 0 };
	bool found;
	LoyaltyRows *rows = LOYALTY_QUERY(query, LOYALTY_CUSTOMER(org_id, customer_id));

	found = rows->count > 0;
	if (found)
	{
		loyalty_row_read(rows, 0, &customer_layout, &row);
		*customer = row.customer;
		customer->loyalty = row.loyalty_type == 'l';
		customer->merged_count = row.merged.count;
		customer->merged_ids = row.merged.items;
	}
	loyalty_rows_free(rows); /* a batch locks thousands */
	return found;
}

/* Waits for whoever holds the row, then reads it as that one left it. */
bool
loyalty_customer_lock(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	return customer_by(&customer_locked, org_id, customer_id, customer);
}

/* Sees what a lock that was just taken waited for, and what this transaction wrote. */
bool
loyalty_customer_read_now(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	return customer_by(&customer_now, org_id, customer_id, customer);
}

/* Sees the caller's snapshot, as all of a call that only reads does. */
bool
loyalty_customer_read(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	return customer_by(&customer_seen, org_id, customer_id, customer);
}

/* Copies the ids to the current context, since the struct's own list may be replaced by a merge. */
int
loyalty_customer_group(const LoyaltyCustomer *customer, int64 **ids)
{
	int count = customer->merged_count;

	*ids = palloc(sizeof(int64) * (count + 1));
	(*ids)[0] = customer->customer_id;
	if (count > 0)
		memcpy(*ids + 1, customer->merged_ids, sizeof(int64) * count);
	return count + 1;
}

/* Frees the list again: the parameter has a copy. */
void
loyalty_param_group(LoyaltyParams *params, const LoyaltyCustomer *customer)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);

	loyalty_param(params, loyalty_int8s(ids, count));
	pfree(ids);
}

/* Runs the statement member by member. Groups are small: nobody is merged often. */
void
loyalty_execute_of_group(LoyaltyQuery *query, int32 org_id, const LoyaltyCustomer *customer,
						 const LoyaltyParams *more)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;
	int n;

	for (i = 0; i < count; i++)
	{
		LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, ids[i]));

		for (n = 0; more != NULL && n < more->n; n++)
			loyalty_param(&params, loyalty_datum(more->values[n], more->nulls[n]));
		loyalty_execute(query, &params);
	}
	pfree(ids);
}

/*
 * Writes the columns that a registration knows. The others stay NULL: not merged, no group by hand, no fraud status.
 */
void
loyalty_customer_insert(int32 org_id, const LoyaltyCustomer *customer, TimestampTz recorded_at,
						int16 source_id, int32 till_id, int32 base_till_id)
{
	LOYALTY_EXECUTE(&customer_insert, LOYALTY_CUSTOMER(org_id, customer->customer_id),
					loyalty_time(customer->registered_on), loyalty_time(recorded_at),
					loyalty_int4_or_null(till_id), loyalty_int2(source_id),
					loyalty_char(customer->loyalty ? 'l' : 'n'), loyalty_int4_or_null(base_till_id),
					loyalty_int4_or_null(customer->status_label_id));
}

/* Writes the base till alone: a registration of somebody known changes no other column of it. */
void
loyalty_customer_base_till(int32 org_id, int64 customer_id, int32 base_till_id)
{
	LOYALTY_EXECUTE(&base_till_set, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(base_till_id));
}

/* Writes NULL for none: then the org's percentage says in which group the customer is. */
void
loyalty_customer_test_control(int32 org_id, int64 customer_id, char group)
{
	LOYALTY_EXECUTE(&test_control_set, LOYALTY_CUSTOMER(org_id, customer_id),
					loyalty_datum(CharGetDatum(group), group == 0));
}

/* Changes the loyalty type one way only: nobody becomes a non_loyalty customer again. */
void
loyalty_customer_enrol(int32 org_id, int64 customer_id)
{
	LOYALTY_EXECUTE(&customer_enrol, LOYALTY_CUSTOMER(org_id, customer_id));
}

/* Adds org and digest of the key: the primary key of requests. */
static void
param_request(LoyaltyParams *params, int32 org_id, const LoyaltyRegistrationRequest *request)
{
	loyalty_param(params, loyalty_int4(org_id));
	loyalty_param(params, loyalty_datum(UUIDPGetDatum(&request->idempotency_digest), false));
}

/* Adds the three columns of the result. */
static void
param_result(LoyaltyParams *params, const LoyaltyRegistrationRequest *request)
{
	loyalty_param(params, loyalty_int8(request->customer_id));
	loyalty_param(params, loyalty_text(request->outcome));
	loyalty_param(params, loyalty_datum(request->warnings, false));
}

/* Writes the request with its likeliest result. */
bool
loyalty_request_insert(int32 org_id, const LoyaltyRegistrationRequest *request)
{
	LoyaltyParams params = { 0 };

	param_request(&params, org_id, request);
	loyalty_param(&params, loyalty_int8(request->request_digest));
	param_result(&params, request);
	return loyalty_execute(&request_insert, &params) == 1;
}

/*
 * Reads what the first call returned. Under an old snapshot the row could be missing, but the insert that met it
 * fails there with a serialization error before.
 */
void
loyalty_request_read(int32 org_id, LoyaltyRegistrationRequest *request)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	param_request(&params, org_id, request);
	rows = loyalty_query(&request_by_key, &params);
	if (rows->count == 0)
		elog(ERROR, "the request of an idempotency key has vanished");
	request->request_digest = loyalty_row_int8(rows, 0, 1);
	request->customer_id = loyalty_row_int8(rows, 0, 2);
	request->outcome = loyalty_row_text(rows, 0, 3);
	request->warnings = loyalty_row_value(rows, 0, 4);
}

/* Replaces the result; the digests stay. */
void
loyalty_request_result(int32 org_id, const LoyaltyRegistrationRequest *request)
{
	LoyaltyParams params = { 0 };

	param_request(&params, org_id, request);
	param_result(&params, request);
	loyalty_execute(&request_result, &params);
}
