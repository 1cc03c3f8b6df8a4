/*
 * customer_store.c: the statements on customers and their identifiers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "customer/customer_store.h"

typedef enum CustomerQueryId
{
	Q_LOCK,
	Q_READ,
	Q_READ_NOW,
	Q_INSERT,
	Q_ENROL,
	Q_BASE_TILL,
	Q_TEST_CONTROL,
	Q_OWNERS,
	Q_OWNERS_SEEN,
	Q_CLAIM,
	Q_FIND_KEY,
	Q_FIND_CONTACT,
	Q_HELD,
	Q_HELD_SEEN,
	Q_HELD_CLOSE,
	Q_KEY_GIVE_UP,
	Q_HELD_SCOPED,
	Q_HELD_INSERT,
	Q_REQUEST_INSERT,
	Q_REQUEST_READ,
	Q_REQUEST_ANSWER,
	Q_COUNT
} CustomerQueryId;

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

#define READ_CUSTOMER \
	"SELECT c FROM loyalty_data.customer c WHERE c.org_id = $1" \
	" AND c.customer_id = $2"

#define HELD_SQL \
	"SELECT i.identifier_type::text, i.identifier_value::text" \
	" FROM loyalty_data.customer_identifier i WHERE i.org_id = $1" \
	" AND i.customer_id = $2 AND i.held_until IS NULL"

static const LoyaltyQuery queries[] = {
	[Q_LOCK] = {
		.sql = READ_CUSTOMER " FOR NO KEY UPDATE",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_LOCK_ROWS, .row_table = "customer", .row_index = "customer_pkey",
	},
	[Q_READ] = {
		.sql = READ_CUSTOMER,
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT, .read_only = true,
		.access = LOYALTY_FIND_ROWS, .row_table = "customer", .row_index = "customer_pkey",
	},
	[Q_READ_NOW] = {
		.sql = READ_CUSTOMER, .nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS, .row_table = "customer", .row_index = "customer_pkey",
	},
	[Q_INSERT] = {
		.sql = "INSERT INTO loyalty_data.customer (org_id, customer_id, registered_on, recorded_at, registered_till_id,"
		" registered_source_id, loyalty_type, base_till_id, status_label_id)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		.nargs = 9, .argtypes = { INT4OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, INT2OID, CHAROID,
								  INT4OID, INT4OID },
		.expect = SPI_OK_INSERT,
	},
	[Q_ENROL] = {
		.sql = "UPDATE loyalty_data.customer SET loyalty_type = 'l'"
		" WHERE org_id = $1 AND customer_id = $2",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_BASE_TILL] = {
		.sql = "UPDATE loyalty_data.customer SET base_till_id = $3"
		" WHERE org_id = $1 AND customer_id = $2",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_TEST_CONTROL] = {
		.sql = "UPDATE loyalty_data.customer SET test_control = $3"
		" WHERE org_id = $1 AND customer_id = $2",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, CHAROID }, .expect = SPI_OK_UPDATE,
	},
	[Q_OWNERS] = {
		.sql = OWNERS_SQL,
		.nargs = 4, .argtypes = { INT4OID, TEXTOID, TEXTOID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_OWNERS_SEEN] = {
		.sql = OWNERS_SQL,
		.nargs = 4, .argtypes = { INT4OID, TEXTOID, TEXTOID, TEXTOID }, .expect = SPI_OK_SELECT,
		.read_only = true,
	},
	[Q_CLAIM] = {
		.sql = "INSERT INTO loyalty_data.identifier (org_id, customer_id, identifier_type, identifier_value)"
		" SELECT $1, $2, w.t, w.v FROM ROWS FROM (unnest($3), unnest($4)) w(t, v)"
		" ORDER BY w.t COLLATE \"C\", w.v COLLATE \"C\" ON CONFLICT DO NOTHING",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, TEXTARRAYOID, TEXTARRAYOID }, .expect = SPI_OK_INSERT,
	},
	[Q_FIND_KEY] = {
		.sql = "SELECT i.customer_id FROM loyalty_data.identifier i WHERE i.org_id = $1"
		" AND i.identifier_type = $2 AND i.identifier_value = $3",
		.nargs = 3, .argtypes = { INT4OID, TEXTOID, TEXTOID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_FIND_CONTACT] = {
		.sql = "SELECT DISTINCT COALESCE(c.merged_into, c.customer_id) FROM loyalty_data.customer_identifier i"
		" JOIN loyalty_data.customer c ON c.org_id = i.org_id"
		" AND c.customer_id = i.customer_id"
		" WHERE i.org_id = $1 AND i.identifier_type = $2"
		" AND i.identifier_value = $3 AND i.held_until IS NULL LIMIT 2",
		.nargs = 3, .argtypes = { INT4OID, TEXTOID, TEXTOID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_HELD] = {
		.sql = HELD_SQL,
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_HELD_SEEN] = {
		.sql = HELD_SQL,
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	/* On the records of those who were merged into it, too: nobody is found by what was given up. */
	[Q_HELD_CLOSE] = {
		.sql = "UPDATE loyalty_data.customer_identifier SET held_until = $5, reason = $6, actor = $7"
		" WHERE org_id = $1 AND customer_id = ANY ((SELECT"
		" array_append(c.merged_ids, c.customer_id) FROM loyalty_data.customer c"
		" WHERE c.org_id = $1 AND c.customer_id = $2)::int8[])"
		" AND identifier_type = $3 AND identifier_value = $4"
		" AND held_until IS NULL",
		.nargs = 7, .argtypes = { INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID, TEXTOID },
		.expect = SPI_OK_UPDATE,
	},
	[Q_KEY_GIVE_UP] = {
		.sql = "DELETE FROM loyalty_data.identifier WHERE org_id = $1"
		" AND customer_id = $2 AND identifier_type = $3"
		" AND identifier_value = $4",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, TEXTOID, TEXTOID }, .expect = SPI_OK_DELETE,
	},
	[Q_HELD_SCOPED] = {
		.sql = "SELECT i.identifier_value::text FROM loyalty_data.customer_identifier i"
		" WHERE i.org_id = $1 AND i.customer_id = $2"
		" AND i.identifier_type = $3 AND i.held_until IS NULL"
		" AND starts_with(i.identifier_value, $4)",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, TEXTOID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_HELD_INSERT] = {
		.sql = "INSERT INTO loyalty_data.customer_identifier (org_id, customer_id, identifier_type, identifier_value,"
		" held_from, actor) SELECT $1, $2, w.t, w.v, $5, $6"
		" FROM ROWS FROM (unnest($3), unnest($4)) w(t, v)"
		" ON CONFLICT (org_id, customer_id, identifier_type, identifier_value, held_from)"
		" DO UPDATE SET held_until = NULL, reason = NULL, actor = excluded.actor",
		.nargs = 6, .argtypes = { INT4OID, INT8OID, TEXTARRAYOID, TEXTARRAYOID, TIMESTAMPTZOID, TEXTOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_REQUEST_INSERT] = {
		.sql = "INSERT INTO loyalty_data.registration_request (org_id, idempotency_digest, request_digest, customer_id,"
		" outcome, warnings) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
		.nargs = 6, .argtypes = { INT4OID, UUIDOID, INT8OID, INT8OID, TEXTOID, TEXTARRAYOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_REQUEST_READ] = {
		.sql = "SELECT r.request_digest, r.customer_id, r.outcome, r.warnings FROM loyalty_data.registration_request r"
		" WHERE r.org_id = $1 AND r.idempotency_digest = $2",
		.nargs = 2, .argtypes = { INT4OID, UUIDOID }, .expect = SPI_OK_SELECT,
	},
	[Q_REQUEST_ANSWER] = {
		.sql = "UPDATE loyalty_data.registration_request SET customer_id = $3, outcome = $4, warnings = $5"
		" WHERE org_id = $1 AND idempotency_digest = $2",
		.nargs = 5, .argtypes = { INT4OID, UUIDOID, INT8OID, TEXTOID, TEXTARRAYOID }, .expect = SPI_OK_UPDATE,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with CustomerQueryId");
StaticAssertDecl(IDENTIFIER_MOBILE == 0 && IDENTIFIER_EMAIL == 1 && IDENTIFIER_EXTERNAL_ID == 2 &&
					 IDENTIFIER_TYPE_COUNT == 3,
				 "Q_OWNERS is out of step with IdentifierType");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(CustomerQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

/* The parameters of every statement about one customer begin with its key. */
static void
param_customer(LoyaltyParams *params, int32 org_id, int64 customer_id)
{
	loyalty_param_int4(params, org_id);
	loyalty_param_int8(params, customer_id);
}

/* The columns of the table by their place in it. */
enum CustomerColumn
{
	COLUMN_CUSTOMER_ID = 1,
	COLUMN_REGISTERED_ON = 2,
	COLUMN_LOYALTY_TYPE = 7,
	COLUMN_MERGED_INTO = 8,
	COLUMN_MERGED_IDS = 11,
	COLUMN_FRAUD_STATUS = 12,
	COLUMN_STATUS_LABEL_ID = 13,
	COLUMN_ERASED_AT = 14,
};

/* From row 0, a customer that was selected whole. */
static void
customer_from_row(LoyaltyCustomer *customer)
{
	customer->customer_id = loyalty_row_int8(0, COLUMN_CUSTOMER_ID);
	customer->registered_on = loyalty_row_int8(0, COLUMN_REGISTERED_ON);
	customer->loyalty = loyalty_row_char(0, COLUMN_LOYALTY_TYPE) == 'l';
	customer->merged_into = loyalty_row_int8_or(0, COLUMN_MERGED_INTO, 0);
	customer->merged_count = loyalty_row_int8_array(0, COLUMN_MERGED_IDS, &customer->merged_ids);
	customer->fraud_status =
		loyalty_row_isnull(0, COLUMN_FRAUD_STATUS) ? 0 : loyalty_row_char(0, COLUMN_FRAUD_STATUS);
	customer->status_label_id = loyalty_row_int4_or(0, COLUMN_STATUS_LABEL_ID, 0);
	customer->erased = !loyalty_row_isnull(0, COLUMN_ERASED_AT);
}

static bool
customer_by(CustomerQueryId id, int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	LoyaltyParams params = { 0 };
	SPITupleTable *result;

	param_customer(&params, org_id, customer_id);
	if (run(id, &params) == 0)
		return false;
	result = SPI_tuptable;
	loyalty_row_open(result, 0, 1);
	customer_from_row(customer);
	loyalty_rows_free(result); /* a batch locks thousands */
	return true;
}

bool
loyalty_customer_lock(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	return customer_by(Q_LOCK, org_id, customer_id, customer);
}

bool
loyalty_customer_read_now(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	return customer_by(Q_READ_NOW, org_id, customer_id, customer);
}

bool
loyalty_customer_read(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	return customer_by(Q_READ, org_id, customer_id, customer);
}

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

void
loyalty_param_group(LoyaltyParams *params, const LoyaltyCustomer *customer)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);

	loyalty_param_int8_array(params, ids, count);
	pfree(ids);
}

void
loyalty_customer_insert(int32 org_id, const LoyaltyCustomer *customer, TimestampTz recorded_at,
						int16 source_id, int32 till_id, int32 base_till_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer->customer_id);
	loyalty_param_time(&params, customer->registered_on);
	loyalty_param_time(&params, recorded_at);
	loyalty_param_int4_or_null(&params, till_id);
	loyalty_param_int2(&params, source_id);
	loyalty_param_char(&params, customer->loyalty ? 'l' : 'n');
	loyalty_param_int4_or_null(&params, base_till_id);
	loyalty_param_int4_or_null(&params, customer->status_label_id);
	run(Q_INSERT, &params);
}

void
loyalty_customer_base_till(int32 org_id, int64 customer_id, int32 base_till_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int4(&params, base_till_id);
	run(Q_BASE_TILL, &params);
}

void
loyalty_customer_test_control(int32 org_id, int64 customer_id, char group)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param(&params, CharGetDatum(group), group == 0);
	run(Q_TEST_CONTROL, &params);
}

void
loyalty_customer_enrol(int32 org_id, int64 customer_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	run(Q_ENROL, &params);
}

static void
owners_by(CustomerQueryId id, int32 org_id, const LoyaltyIdentifiers *keys, int64 *owners)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;
	int type;

	loyalty_param_int4(&params, org_id);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		loyalty_param_text(&params, keys->values[type]);
		owners[type] = 0;
	}
	rows = run(id, &params);
	for (i = 0; i < rows; i++)
		owners[loyalty_row_int4(i, 1)] = loyalty_row_int8(i, 2);
}

void
loyalty_identifier_owners(int32 org_id, const LoyaltyIdentifiers *keys, int64 owners[IDENTIFIER_TYPE_COUNT])
{
	owners_by(Q_OWNERS, org_id, keys, owners);
}

void
loyalty_identifier_owners_seen(int32 org_id, const LoyaltyIdentifiers *keys,
							   int64 owners[IDENTIFIER_TYPE_COUNT])
{
	owners_by(Q_OWNERS_SEEN, org_id, keys, owners);
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

	param_customer(&params, org_id, customer_id);
	if (param_identifiers(&params, keys) == 0)
		return 0;
	return (int) run(Q_CLAIM, &params);
}

static uint64
find_by_value(CustomerQueryId id, int32 org_id, IdentifierType type, const char *value)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, loyalty_identifier_type_names[type]);
	loyalty_param_text(&params, value);
	return run(id, &params);
}

int64
loyalty_identifier_find(int32 org_id, IdentifierType type, const char *value)
{
	return find_by_value(Q_FIND_KEY, org_id, type, value) == 1 ? loyalty_row_int8(0, 1) : 0;
}

int64
loyalty_contact_find(int32 org_id, IdentifierType type, const char *value)
{
	return find_by_value(Q_FIND_CONTACT, org_id, type, value) == 1 ? loyalty_row_int8(0, 1) : 0;
}

static void
held_by(CustomerQueryId id, int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	memset(held, 0, sizeof(*held));
	param_customer(&params, org_id, customer_id);
	rows = run(id, &params);
	for (i = 0; i < rows; i++)
	{
		IdentifierType type = loyalty_identifier_type_find(loyalty_row_text(i, 1));

		if (type < IDENTIFIER_TYPE_COUNT)
			held->values[type] = loyalty_row_text(i, 2);
	}
}

void
loyalty_identifiers_read(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	held_by(Q_HELD, org_id, customer_id, held);
}

void
loyalty_identifiers_seen(int32 org_id, int64 customer_id, LoyaltyIdentifiers *held)
{
	held_by(Q_HELD_SEEN, org_id, customer_id, held);
}

/* The parameters of every statement about one identifier of a customer begin with these. */
static void
param_identifier(LoyaltyParams *params, int32 org_id, int64 customer_id, const char *type, const char *value)
{
	param_customer(params, org_id, customer_id);
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
	run(Q_HELD_CLOSE, &params);
	param_identifier(&key, org_id, customer_id, type, value);
	run(Q_KEY_GIVE_UP, &key);
}

const char *
loyalty_identifier_scoped(int32 org_id, int64 customer_id, const char *type, const char *prefix)
{
	LoyaltyParams params = { 0 };

	param_identifier(&params, org_id, customer_id, type, prefix);
	return run(Q_HELD_SCOPED, &params) == 0 ? NULL : loyalty_row_text(0, 1);
}

void
loyalty_identifier_add(int32 org_id, int64 customer_id, const char *type, const char *value,
					   TimestampTz held_from, const char *actor)
{
	LoyaltyParams params = { 0 };
	Datum types = CStringGetTextDatum(type);
	Datum values = CStringGetTextDatum(value);

	param_customer(&params, org_id, customer_id);
	loyalty_param(&params, PointerGetDatum(construct_array(&types, 1, TEXTOID, -1, false, TYPALIGN_INT)),
				  false);
	loyalty_param(&params, PointerGetDatum(construct_array(&values, 1, TEXTOID, -1, false, TYPALIGN_INT)),
				  false);
	loyalty_param_time(&params, held_from);
	loyalty_param_text(&params, actor);
	run(Q_HELD_INSERT, &params);
}

void
loyalty_identifiers_insert(int32 org_id, int64 customer_id, const LoyaltyIdentifiers *added,
						   TimestampTz held_from, const char *actor)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	if (param_identifiers(&params, added) == 0)
		return;
	loyalty_param_time(&params, held_from);
	loyalty_param_text(&params, actor);
	run(Q_HELD_INSERT, &params);
}

static void
param_request(LoyaltyParams *params, int32 org_id, const LoyaltyRegistrationRequest *request)
{
	loyalty_param_int4(params, org_id);
	loyalty_param(params, UUIDPGetDatum(&request->idempotency_digest), false);
}

static void
param_answer(LoyaltyParams *params, const LoyaltyRegistrationRequest *request)
{
	loyalty_param_int8(params, request->customer_id);
	loyalty_param_text(params, request->outcome);
	loyalty_param(params, request->warnings, false);
}

bool
loyalty_request_insert(int32 org_id, const LoyaltyRegistrationRequest *request)
{
	LoyaltyParams params = { 0 };

	param_request(&params, org_id, request);
	loyalty_param_int8(&params, request->request_digest);
	param_answer(&params, request);
	return run(Q_REQUEST_INSERT, &params) == 1;
}

void
loyalty_request_read(int32 org_id, LoyaltyRegistrationRequest *request)
{
	LoyaltyParams params = { 0 };
	bool isnull;

	param_request(&params, org_id, request);
	if (run(Q_REQUEST_READ, &params) == 0)
		elog(ERROR, "the request of an idempotency key has vanished");
	request->request_digest = loyalty_row_int8(0, 1);
	request->customer_id = loyalty_row_int8(0, 2);
	request->outcome = loyalty_row_text(0, 3);
	request->warnings = loyalty_row_datum(0, 4, &isnull);
	Assert(!isnull);
}

void
loyalty_request_answer(int32 org_id, const LoyaltyRegistrationRequest *request)
{
	LoyaltyParams params = { 0 };

	param_request(&params, org_id, request);
	param_answer(&params, request);
	run(Q_REQUEST_ANSWER, &params);
}
