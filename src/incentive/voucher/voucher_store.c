/*
 * voucher_store.c: the statements on gift vouchers.
 *
 * A voucher is keyed by its id, and a code by its digest, in a table of its own: so a code can be replaced, and nobody who has
 * read the one table knows the other. Movements are numbered by the voucher's own row, under its lock, and never touched again.
 *
 * Keys of calls are looked for where their effect is: of a call about a voucher among its movements, under the voucher's lock; of a
 * call that issues vouchers in a table of the org's keys, whose unique index lets the second of two calls wait for the first.
 *
 * What people wrote of a movement stands apart, since movements cannot be changed and a deletion must reach it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "incentive/voucher/voucher_store.h"

#define VOUCHER(name, type, member) LOYALTY_COLUMN(name, type, VoucherRow, member)

static const LoyaltyColumn voucher_columns[] = {
	VOUCHER("org_id", INT4, org_id),
	VOUCHER("last_movement", INT4, last_movement),
	VOUCHER("voucher_id", INT8, voucher_id),
	VOUCHER("customer_id", INT8_OR_0, customer_id),
	VOUCHER("issued_at", TIME, issued_at),
	VOUCHER("expires_at", TIME_OR_END, expires_at),
	VOUCHER("revoked_at", TIME_OR_END, revoked_at),
	VOUCHER("key_id", INT2, key_id),
	VOUCHER("balance", POINTS, balance),
	VOUCHER("code_digest", UUID, code_digest),
	VOUCHER("last_four", TEXT, last_four),
};

static const LoyaltyLayout voucher_layout = LOYALTY_LAYOUT("gift_voucher", VoucherRow, voucher_columns);

#define MOVEMENT(name, type, member) LOYALTY_COLUMN(name, type, VoucherMovement, member)

static const LoyaltyColumn movement_columns[] = {
	MOVEMENT("org_id", INT4, org_id),
	MOVEMENT("movement_no", INT4, movement_no),
	MOVEMENT("voucher_id", INT8, voucher_id),
	MOVEMENT("movement_id", INT8, movement_id),
	MOVEMENT("event_time", TIME, event_time),
	MOVEMENT("recorded_at", TIME, recorded_at),
	LOYALTY_COLUMN_IF("request_digest", INT8, VoucherMovement, request_digest, has_key),
	MOVEMENT("event_id", INT8_OR_0, event_id),
	MOVEMENT("reversed_no", INT4_OR_0, reversed_no),
	MOVEMENT("till_id", INT4_OR_0, till_id),
	MOVEMENT("store_id", INT4_OR_0, store_id),
	MOVEMENT("source_id", INT2, source_id),
	MOVEMENT("movement", CODE, kind),
	MOVEMENT("amount", POINTS, amount),
	MOVEMENT("balance_after", POINTS, balance_after),
	LOYALTY_COLUMN_IF("idempotency_digest", UUID, VoucherMovement, key, has_key),
	MOVEMENT("transaction_number", TEXT, transaction_number),
};

static const LoyaltyLayout voucher_movement_layout =
	LOYALTY_LAYOUT("voucher_movement", VoucherMovement, movement_columns);

static LoyaltyQuery voucher_find = LOYALTY_FIND(voucher_layout, "org_id, voucher_id");
static LoyaltyQuery voucher_find_seen = LOYALTY_FIND_SEEN(voucher_layout, "org_id, voucher_id");
static LoyaltyQuery voucher_lock = LOYALTY_LOCK(voucher_layout, "org_id, voucher_id");
static LoyaltyQuery voucher_insert = LOYALTY_INSERT(voucher_layout);
static LoyaltyQuery voucher_update = LOYALTY_UPDATE(voucher_layout, "org_id, voucher_id");
static LoyaltyQuery movement_insert = LOYALTY_INSERT(voucher_movement_layout);

/* Finds a key among the voucher's own; the index has movements with a key alone. */
static LoyaltyQuery movement_by_key =
	LOYALTY_FIND(voucher_movement_layout, "org_id, voucher_id, idempotency_digest",
				 .where = "idempotency_digest IS NOT NULL");

#define CODE_FIND \
	"SELECT c.voucher_id FROM loyalty_data.voucher_code c WHERE c.org_id = $1 AND c.code_digest = $2"

static LoyaltyQuery code_find = LOYALTY_STATEMENT(CODE_FIND, INT4OID, UUIDOID);
static LoyaltyQuery code_find_seen = LOYALTY_STATEMENT_SEEN(CODE_FIND, INT4OID, UUIDOID);

static LoyaltyQuery code_claim =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.voucher_code (org_id, voucher_id, code_digest)"
					  " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
					  INT4OID, INT8OID, UUIDOID);

static LoyaltyQuery code_release =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.voucher_code WHERE org_id = $1 AND code_digest = $2", INT4OID,
					  UUIDOID);

static LoyaltyQuery note_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.voucher_note (org_id, voucher_id, movement_no, reason, actor)"
					  " VALUES ($1, $2, $3, $4, $5)",
					  INT4OID, INT8OID, INT4OID, TEXTOID, TEXTOID);

static LoyaltyQuery issued_amount =
	LOYALTY_STATEMENT("SELECT m.amount FROM loyalty_data.voucher_movement m WHERE m.org_id = $1"
					  " AND m.voucher_id = $2 AND m.movement_no = 1",
					  INT4OID, INT8OID);

/* Movements of one voucher are few. */
static LoyaltyQuery redemption_find = LOYALTY_STATEMENT(
	"SELECT r.movement_no, -r.amount, COALESCE((SELECT sum(v.amount) FROM loyalty_data.voucher_movement v"
	" WHERE v.org_id = $1 AND v.voucher_id = $2 AND v.reversed_no = r.movement_no), 0)::numeric(18,3)"
	" FROM loyalty_data.voucher_movement r WHERE r.org_id = $1 AND r.voucher_id = $2 AND r.movement_id = $3"
	" AND r.movement = 'r'",
	INT4OID, INT8OID, INT8OID);

static LoyaltyQuery request_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.voucher_request (org_id, idempotency_digest, request_digest, voucher_ids)"
	" VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
	INT4OID, UUIDOID, INT8OID, INT8ARRAYOID);

static LoyaltyQuery request_find =
	LOYALTY_STATEMENT("SELECT r.request_digest, r.voucher_ids FROM loyalty_data.voucher_request r"
					  " WHERE r.org_id = $1 AND r.idempotency_digest = $2",
					  INT4OID, UUIDOID);

static LoyaltyQuery vouchers_due = LOYALTY_STATEMENT(
	"SELECT v.voucher_id FROM loyalty_data.gift_voucher v WHERE v.org_id = $1"
	" AND v.expires_at <= $2 AND v.balance > 0 ORDER BY v.expires_at, v.voucher_id LIMIT $3",
	INT4OID, TIMESTAMPTZOID, INT8OID);

/* Reads by the whole key. */
int64
loyalty_voucher_of_digest(int32 org_id, const pg_uuid_t *code_digest, bool seen)
{
	LoyaltyRows *rows = LOYALTY_QUERY(seen ? &code_find_seen : &code_find, loyalty_int4(org_id),
									  loyalty_datum(UUIDPGetDatum(code_digest), false));

	return rows->count == 0 ? 0 : loyalty_row_int8(rows, 0, 1);
}

/* Takes the one row apart, if there is one. */
static bool
read_voucher(LoyaltyRows *rows, VoucherRow *voucher)
{
	if (rows->count == 0)
		return false;
	*voucher = (VoucherRow){ 0 };
	loyalty_row_read(rows, 0, &voucher_layout, voucher);
	return true;
}

/* Locks nothing. */
bool
loyalty_voucher_read(int32 org_id, int64 voucher_id, bool seen, VoucherRow *voucher)
{
	return read_voucher(LOYALTY_QUERY(seen ? &voucher_find_seen : &voucher_find, loyalty_int4(org_id),
									  loyalty_int8(voucher_id)),
						voucher);
}

/* Waits for whoever holds the row, and reads what that one left. */
bool
loyalty_voucher_lock(int32 org_id, int64 voucher_id, VoucherRow *voucher)
{
	return read_voucher(LOYALTY_QUERY(&voucher_lock, loyalty_int4(org_id), loyalty_int8(voucher_id)),
						voucher);
}

/* Lets the unique index decide. */
bool
loyalty_voucher_code_claim(const VoucherRow *voucher)
{
	return LOYALTY_EXECUTE(&code_claim, loyalty_int4(voucher->org_id), loyalty_int8(voucher->voucher_id),
						   loyalty_datum(UUIDPGetDatum(&voucher->code_digest), false)) == 1;
}

/* Names the code by the digest that the voucher has. */
void
loyalty_voucher_code_release(const VoucherRow *voucher)
{
	LOYALTY_EXECUTE(&code_release, loyalty_int4(voucher->org_id),
					loyalty_datum(UUIDPGetDatum(&voucher->code_digest), false));
}

/* Writes the row whole. */
void
loyalty_voucher_insert(const VoucherRow *voucher)
{
	(void) loyalty_write(&voucher_insert, voucher, 1);
}

/* Replaces the row, which is locked. */
void
loyalty_voucher_update(const VoucherRow *voucher)
{
	if (loyalty_write(&voucher_update, voucher, 1) != 1)
		elog(ERROR, "a voucher has vanished");
}

/* Keeps the note apart, where an erasure reaches it. */
void
loyalty_voucher_movement_insert(const VoucherMovement *movement, const char *reason, const char *actor)
{
	(void) loyalty_write(&movement_insert, movement, 1);
	if (reason != NULL || actor != NULL)
		LOYALTY_EXECUTE(&note_insert, loyalty_int4(movement->org_id), loyalty_int8(movement->voucher_id),
						loyalty_int4(movement->movement_no), loyalty_text(reason), loyalty_text(actor));
}

/* Reads by the key of the index. */
bool
loyalty_voucher_movement_by_key(int32 org_id, int64 voucher_id, const pg_uuid_t *key,
								VoucherMovement *movement)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&movement_by_key, loyalty_int4(org_id), loyalty_int8(voucher_id),
									  loyalty_datum(UUIDPGetDatum(key), false));

	if (rows->count == 0)
		return false;
	*movement = (VoucherMovement){ 0 };
	loyalty_row_read(rows, 0, &voucher_movement_layout, movement);
	return true;
}

/* Reads the first movement. */
int64
loyalty_voucher_issued_amount(int32 org_id, int64 voucher_id)
{
	return loyalty_row_points(LOYALTY_QUERY(&issued_amount, loyalty_int4(org_id), loyalty_int8(voucher_id)),
							  0, 1);
}

/* Sums what came back over the movements that name it. */
bool
loyalty_voucher_redemption_find(int32 org_id, int64 voucher_id, int64 movement_id,
								VoucherRedemption *redemption)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&redemption_find, loyalty_int4(org_id), loyalty_int8(voucher_id),
									  loyalty_int8(movement_id));

	if (rows->count == 0)
		return false;
	*redemption = (VoucherRedemption){ .movement_no = loyalty_row_int4(rows, 0, 1),
									   .redeemed = loyalty_row_points(rows, 0, 2),
									   .reversed = loyalty_row_points(rows, 0, 3) };
	return true;
}

/* Lets the unique index decide. */
bool
loyalty_voucher_request_claim(int32 org_id, const VoucherRequest *request)
{
	return LOYALTY_EXECUTE(&request_claim, loyalty_int4(org_id),
						   loyalty_datum(UUIDPGetDatum(&request->key), false),
						   loyalty_int8(request->request_digest),
						   loyalty_int8s(request->voucher_ids, request->count)) == 1;
}

/* Reads the array as it was written: no element of it is null. */
bool
loyalty_voucher_request_find(int32 org_id, VoucherRequest *request)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&request_find, loyalty_int4(org_id),
									  loyalty_datum(UUIDPGetDatum(&request->key), false));
	ArrayType *ids;

	if (rows->count == 0)
		return false;
	request->request_digest = loyalty_row_int8(rows, 0, 1);
	ids = loyalty_row_varlena_or_null(rows, 0, 2);
	request->count = ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids));
	request->voucher_ids = (int64 *) ARR_DATA_PTR(ids);
	return true;
}

/* Reads the oldest ones first: what a run leaves undone is the youngest. */
int
loyalty_vouchers_due(int32 org_id, TimestampTz as_of, int limit, int64 *voucher_ids)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&vouchers_due, loyalty_int4(org_id), loyalty_time(as_of), loyalty_int8(limit));
	uint64 i;

	for (i = 0; i < rows->count; i++)
		voucher_ids[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}
