/*
 * ledger_store.c: the statements on accounts, events and entries. Lots and their movements are in lot_store.c, bills in
 * transaction_store.c, readers in read_store.c, the verifier's streams in verify_store.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/guard.h"
#include "ledger/ledger_store.h"
#include "ledger/write_batch.h"

typedef enum LedgerQueryId
{
	Q_ACCOUNTS_OF_PROGRAM,
	Q_ACCOUNT,
	Q_ACCOUNTS_EVERY,
	Q_ACCOUNTS_OF_PROGRAM_SEEN,
	Q_ACCOUNTS_SEEN,
	Q_ACCOUNTS_DUE,
	Q_ACCOUNTS_LOCK,
	Q_ACCOUNTS_INSERT,
	Q_ACCOUNTS_UPDATE,
	Q_EVENTS_INSERT,
	Q_NOTES_INSERT,
	Q_ENTRIES_INSERT,
	Q_EVENT_BY_KEY,
	Q_EVENT_BY_KEY_OF_GROUP,
	Q_EVENTS_BY_KEYS,
	Q_LOT_OF_EVENT,
	Q_BALANCE_AFTER_EVENT,
	Q_BALANCE_OF_EVENT,
	Q_REDEMPTION_EXISTS,
	Q_CUSTOMERS_DUE,
	Q_COUNT
} LedgerQueryId;

#define ACCOUNT_ROWS \
	"SELECT a FROM loyalty_data.ledger_account a" \
	" WHERE a.org_id = $1 AND a.customer_id = $2"

static const LoyaltyQuery queries[] = {
	[Q_ACCOUNT] = {
		.sql = ACCOUNT_ROWS " AND a.program_id = $3 AND a.category = $4",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, INT4OID, CHAROID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS_TO_WRITE, .row_table = "ledger_account", .row_index = "ledger_account_pkey",
	},
	[Q_ACCOUNTS_OF_PROGRAM] = {
		.sql = ACCOUNT_ROWS " AND a.program_id = $3 ORDER BY a.category",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS_TO_WRITE, .row_table = "ledger_account", .row_index = "ledger_account_pkey",
	},
	[Q_ACCOUNTS_EVERY] = {
		.sql = ACCOUNT_ROWS " ORDER BY a.program_id, a.category",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS_TO_WRITE, .row_table = "ledger_account", .row_index = "ledger_account_pkey",
	},
	[Q_ACCOUNTS_OF_PROGRAM_SEEN] = {
		.sql = ACCOUNT_ROWS " AND a.program_id = $3 ORDER BY a.category",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT, .read_only = true,
		.access = LOYALTY_FIND_ROWS, .row_table = "ledger_account", .row_index = "ledger_account_pkey",
	},
	[Q_ACCOUNTS_SEEN] = {
		.sql = ACCOUNT_ROWS " ORDER BY a.program_id, a.category",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT, .read_only = true,
		.access = LOYALTY_FIND_ROWS, .row_table = "ledger_account", .row_index = "ledger_account_pkey",
	},
	[Q_ACCOUNTS_DUE] = {
		.sql = "SELECT x.a FROM unnest($2) c (customer_id) CROSS JOIN LATERAL"
		" (SELECT a FROM loyalty_data.ledger_account a WHERE a.org_id = $1"
		" AND a.customer_id = c.customer_id AND a.next_expiry_at <= $3"
		" ORDER BY a.program_id, a.category OFFSET 0) x",
		.nargs = 3, .argtypes = { INT4OID, INT8ARRAYOID, TIMESTAMPTZOID }, .expect = SPI_OK_SELECT,
	},
	[Q_ACCOUNTS_LOCK] = {
		.sql = "SELECT a.category FROM loyalty_data.ledger_account a WHERE a.org_id = $1"
		" AND a.customer_id = $2 FOR NO KEY UPDATE",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_ACCOUNTS_INSERT] = {
		.sql = "INSERT INTO loyalty_data.ledger_account (customer_id, last_effective_at, last_recorded_at, org_id,"
		" program_id, last_entry_no, category, balance, arrears, lifetime_points, redeemed_points,"
		" expired_points, returned_points, last_hash, next_expiry_at) SELECT r.customer_id,"
		" r.last_effective_at, r.last_recorded_at, r.org_id, r.program_id, r.last_entry_no, r.category,"
		" r.balance, r.arrears, r.lifetime_points, r.redeemed_points, r.expired_points, r.returned_points,"
		" r.last_hash, r.next_expiry_at FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "ledger_account",
	},
	[Q_ACCOUNTS_UPDATE] = {
		.sql = "UPDATE loyalty_data.ledger_account a SET last_effective_at = r.last_effective_at,"
		" last_recorded_at = r.last_recorded_at, last_entry_no = r.last_entry_no, balance = r.balance,"
		" arrears = r.arrears, lifetime_points = r.lifetime_points, redeemed_points = r.redeemed_points,"
		" expired_points = r.expired_points, returned_points = r.returned_points, last_hash = r.last_hash,"
		" next_expiry_at = r.next_expiry_at FROM unnest($1) r"
		" WHERE a.org_id = r.org_id AND a.customer_id = r.customer_id"
		" AND a.program_id = r.program_id AND a.category = r.category",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_UPDATE,
		.access = LOYALTY_UPDATE_ROWS, .row_table = "ledger_account", .row_index = "ledger_account_pkey",
	},
	[Q_EVENTS_INSERT] = {
		.sql = "INSERT INTO loyalty_data.ledger_event (customer_id, event_id, event_time, recorded_at, org_id,"
		" event_code, source_id, till_id, store_id, transaction_id, reverses_event_id, pair_id,"
		" request_digest, idempotency_digest, redemption_id, net_points) SELECT r.customer_id, r.event_id,"
		" r.event_time, r.recorded_at, r.org_id, r.event_code, r.source_id, r.till_id, r.store_id,"
		" r.transaction_id, r.reverses_event_id, r.pair_id, r.request_digest, r.idempotency_digest,"
		" r.redemption_id, r.net_points FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "ledger_event",
	},
	[Q_NOTES_INSERT] = {
		.sql = "INSERT INTO loyalty_data.event_note (org_id, customer_id, event_id, reason, actor) SELECT r.org_id,"
		" r.customer_id, r.event_id, r.reason, r.actor FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "event_note",
	},
	[Q_ENTRIES_INSERT] = {
		.sql = "INSERT INTO loyalty_data.ledger_entry (customer_id, event_id, effective_at, event_time,"
		" recorded_at, org_id, program_id, entry_no, posting_day, till_id, store_id, key_id, event_code,"
		" source_id, category, entry_type, house_account, points, balance_after, entry_hash) SELECT"
		" r.customer_id, r.event_id, r.effective_at, r.event_time, r.recorded_at, r.org_id, r.program_id,"
		" r.entry_no, r.posting_day, r.till_id, r.store_id, r.key_id, r.event_code, r.source_id, r.category,"
		" r.entry_type, r.house_account, r.points, r.balance_after, r.entry_hash FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .expect = SPI_OK_INSERT,
		.access = LOYALTY_INSERT_ROWS, .row_table = "ledger_entry",
	},
	[Q_EVENT_BY_KEY] = {
		.sql = "SELECT e FROM loyalty_data.ledger_event e WHERE e.org_id = $1"
		" AND e.customer_id = $2 AND e.idempotency_digest = $3",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, UUIDOID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS_TO_WRITE, .row_table = "ledger_event", .row_index = "ledger_event_idempotency",
	},
	/* Two of a group may have used the same key before they met: of the others the very same request counts alone. */
	[Q_EVENT_BY_KEY_OF_GROUP] = {
		.sql = "SELECT e FROM loyalty_data.ledger_event e WHERE e.org_id = $1"
		" AND e.customer_id = ANY ($4) AND e.idempotency_digest = $3"
		" AND (e.customer_id = $2 OR e.request_digest = $5)"
		" ORDER BY e.request_digest = $5 DESC LIMIT 1",
		.nargs = 5, .argtypes = { INT4OID, INT8OID, UUIDOID, INT8ARRAYOID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_EVENTS_BY_KEYS] = {
		.sql = "SELECT e.e, k.n"
		" FROM ROWS FROM (unnest($2), unnest($3)) WITH ORDINALITY k (customer_id, digest, n)"
		" CROSS JOIN LATERAL (SELECT x AS e FROM loyalty_data.ledger_event x WHERE x.org_id = $1"
		" AND x.customer_id = k.customer_id"
		" AND x.idempotency_digest = k.digest OFFSET 0) e",
		.nargs = 3, .argtypes = { INT4OID, INT8ARRAYOID, UUIDARRAYOID }, .expect = SPI_OK_SELECT,
	},
	/* The lot's expiry of the award: a later change keeps the old one. */
	[Q_LOT_OF_EVENT] = {
		.sql = "SELECT l.program_id, CASE WHEN c.lot_id IS NULL THEN l.expires_at ELSE c.old_expires_at END"
		" FROM loyalty_data.points_lot l LEFT JOIN LATERAL (SELECT x.lot_id, x.old_expires_at FROM loyalty_data.lot_expiry_change x"
		"  WHERE x.org_id = $1 AND x.customer_id = $2"
		"  AND x.lot_id = $3 ORDER BY x.entry_no LIMIT 1) c ON true"
		" WHERE l.org_id = $1"
		" AND l.customer_id = $2 AND l.lot_id = $3",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_BALANCE_AFTER_EVENT] = {
		.sql = "SELECT (COALESCE(sum(x.balance_after), 0) * 1000)::int8"
		" FROM loyalty_data.ledger_account a"
		" CROSS JOIN LATERAL (SELECT e.balance_after FROM loyalty_data.ledger_entry e"
		" WHERE e.org_id = $1 AND e.customer_id = $2"
		" AND e.program_id = a.program_id AND e.category = 'r'"
		" AND e.event_id <= $4 ORDER BY e.entry_no DESC LIMIT 1) x"
		" WHERE a.org_id = $1 AND a.customer_id = $2"
		" AND a.category = 'r'"
		" AND (a.program_id = $3 OR $3 = 0)",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	/* Of the program that the event has an entry in, which may have been the default one then and not now. */
	[Q_BALANCE_OF_EVENT] = {
		.sql = "SELECT (x.balance_after * 1000)::int8 FROM loyalty_data.ledger_account a"
		" CROSS JOIN LATERAL (SELECT e.event_id, e.balance_after FROM loyalty_data.ledger_entry e"
		" WHERE e.org_id = $1 AND e.customer_id = $2"
		" AND e.program_id = a.program_id AND e.category = 'r'"
		" AND e.event_id <= $4 ORDER BY e.entry_no DESC LIMIT 1) x"
		" WHERE a.org_id = $1 AND a.customer_id = $2"
		" AND a.category = 'r'"
		" AND (x.event_id = $4 OR a.program_id = $3)"
		" ORDER BY x.event_id = $4 DESC LIMIT 1",
		.nargs = 4, .argtypes = { INT4OID, INT8OID, INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_REDEMPTION_EXISTS] = {
		.sql = "SELECT e FROM loyalty_data.ledger_event e WHERE e.org_id = $1"
		" AND e.customer_id = $2 AND e.redemption_id = $3",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, TEXTOID }, .expect = SPI_OK_SELECT,
		.access = LOYALTY_FIND_ROWS_TO_WRITE, .row_table = "ledger_event", .row_index = "ledger_event_redemption",
	},
	[Q_CUSTOMERS_DUE] = {
		.sql = "SELECT DISTINCT d.customer_id FROM (SELECT a.customer_id FROM loyalty_data.ledger_account a"
		" WHERE a.org_id = $1 AND a.next_expiry_at <= $2"
		" AND a.customer_id <> ALL ($4)"
		" ORDER BY a.next_expiry_at LIMIT $3) d ORDER BY d.customer_id",
		.nargs = 4, .argtypes = { INT4OID, TIMESTAMPTZOID, INT4OID, INT8ARRAYOID }, .expect = SPI_OK_SELECT,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with LedgerQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(LedgerQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

static void
param_hash(LoyaltyParams *params, const unsigned char *hash)
{
	bytea *value = palloc(VARHDRSZ + ENTRY_HASH_BYTES);

	SET_VARSIZE(value, VARHDRSZ + ENTRY_HASH_BYTES);
	memcpy(VARDATA(value), hash, ENTRY_HASH_BYTES);
	loyalty_param(params, PointerGetDatum(value), false);
}

static void
param_customer(LoyaltyParams *params, int32 org_id, int64 customer_id)
{
	loyalty_param_int4(params, org_id);
	loyalty_param_int8(params, customer_id);
}

/* The columns of the table by their place in it. */
enum AccountColumn
{
	COLUMN_CUSTOMER_ID = 1,
	COLUMN_LAST_EFFECTIVE_AT,
	COLUMN_LAST_RECORDED_AT = 3,
	COLUMN_PROGRAM_ID = 5,
	COLUMN_LAST_ENTRY_NO = 6,
	COLUMN_CATEGORY = 7,
	COLUMN_BALANCE = 8,
	COLUMN_ARREARS = 9,
	COLUMN_LIFETIME_POINTS = 10,
	COLUMN_REDEEMED_POINTS = 11,
	COLUMN_EXPIRED_POINTS = 12,
	COLUMN_RETURNED_POINTS = 13,
	COLUMN_LAST_HASH = 14,
	COLUMN_NEXT_EXPIRY_AT = 15,
};

static void
account_from_row(Account *account)
{
	const bytea *hash = loyalty_row_bytes(0, COLUMN_LAST_HASH);

	account->program_id = loyalty_row_int4(0, COLUMN_PROGRAM_ID);
	account->category = loyalty_row_char(0, COLUMN_CATEGORY);
	account->last_entry_no = loyalty_row_int4(0, COLUMN_LAST_ENTRY_NO);
	account->balance = loyalty_row_points(0, COLUMN_BALANCE);
	account->arrears = loyalty_row_points(0, COLUMN_ARREARS);
	account->lifetime = loyalty_row_points(0, COLUMN_LIFETIME_POINTS);
	account->redeemed = loyalty_row_points(0, COLUMN_REDEEMED_POINTS);
	account->expired = loyalty_row_points(0, COLUMN_EXPIRED_POINTS);
	account->returned = loyalty_row_points(0, COLUMN_RETURNED_POINTS);
	account->last_effective_at = loyalty_row_int8(0, COLUMN_LAST_EFFECTIVE_AT);
	account->last_recorded_at = loyalty_row_int8(0, COLUMN_LAST_RECORDED_AT);
	account->next_expiry_at = loyalty_row_int8_or(0, COLUMN_NEXT_EXPIRY_AT, NEVER);
	if (VARSIZE_ANY_EXHDR(hash) != ENTRY_HASH_BYTES)
		elog(ERROR, "an account's last hash does not have %d bytes", ENTRY_HASH_BYTES);
	memcpy(account->last_hash, VARDATA_ANY(hash), ENTRY_HASH_BYTES);
	account->place = loyalty_row_place();
}

static int
accounts_from_rows(uint64 rows, PostedAccount **accounts)
{
	SPITupleTable *result = SPI_tuptable;
	uint64 i;

	*accounts = palloc0(sizeof(PostedAccount) * Max(rows, 1));
	for (i = 0; i < rows; i++)
	{
		loyalty_row_open(result, i, 1);
		account_from_row(&(*accounts)[i].account);
	}
	return (int) rows;
}

/* Those of a category and the regular ones stay. */
static int
keep_category(PostedAccount *accounts, int count, char category)
{
	int kept = 0;
	int i;

	for (i = 0; i < count; i++)
		if (accounts[i].account.category == CATEGORY_REGULAR ||
			(char) accounts[i].account.category == category)
			accounts[kept++] = accounts[i];
	return kept;
}

int
loyalty_accounts_of_program(int32 org_id, int64 customer_id, int32 program_id, char category,
							PostedAccount **accounts)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int4(&params, program_id);
	if (category != CATEGORY_REGULAR)
	{
		int count = accounts_from_rows(run(Q_ACCOUNTS_OF_PROGRAM, &params), accounts);

		return keep_category(*accounts, count, category);
	}
	loyalty_param_char(&params, category);
	return accounts_from_rows(run(Q_ACCOUNT, &params), accounts);
}

int
loyalty_accounts_of_category(int32 org_id, int64 customer_id, char category, PostedAccount **accounts)
{
	int count = loyalty_accounts_every(org_id, customer_id, accounts);

	return keep_category(*accounts, count, category);
}

int
loyalty_accounts_regular(int32 org_id, int64 customer_id, PostedAccount **accounts)
{
	return loyalty_accounts_of_category(org_id, customer_id, CATEGORY_REGULAR, accounts);
}

int
loyalty_accounts_every(int32 org_id, int64 customer_id, PostedAccount **accounts)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	return accounts_from_rows(run(Q_ACCOUNTS_EVERY, &params), accounts);
}

int
loyalty_accounts_read(int32 org_id, int64 customer_id, int32 program_id, bool seen, Account **accounts)
{
	LedgerQueryId of_all = seen ? Q_ACCOUNTS_SEEN : Q_ACCOUNTS_EVERY;
	LedgerQueryId of_program = seen ? Q_ACCOUNTS_OF_PROGRAM_SEEN : Q_ACCOUNTS_OF_PROGRAM;
	LoyaltyParams params = { 0 };
	SPITupleTable *result;
	uint64 rows;
	uint64 i;

	param_customer(&params, org_id, customer_id);
	if (program_id)
		loyalty_param_int4(&params, program_id);
	rows = run(program_id ? of_program : of_all, &params);
	result = SPI_tuptable;
	*accounts = palloc(sizeof(Account) * Max(rows, 1));
	for (i = 0; i < rows; i++)
	{
		loyalty_row_open(result, i, 1);
		account_from_row(&(*accounts)[i]);
	}
	return (int) rows;
}

int
loyalty_accounts_due(int32 org_id, const int64 *customers, int count, TimestampTz as_of,
					 OwnedAccount **accounts)
{
	LoyaltyParams params = { 0 };
	SPITupleTable *result;
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8_array(&params, customers, count);
	loyalty_param_time(&params, as_of);
	rows = run(Q_ACCOUNTS_DUE, &params);
	result = SPI_tuptable;
	*accounts = palloc(sizeof(OwnedAccount) * Max(rows, 1));
	for (i = 0; i < rows; i++)
	{
		loyalty_row_open(result, i, 1);
		(*accounts)[i].customer_id = loyalty_row_int8(0, COLUMN_CUSTOMER_ID);
		account_from_row(&(*accounts)[i].account);
	}
	return (int) rows;
}

void
loyalty_accounts_lock(int32 org_id, int64 customer_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	run(Q_ACCOUNTS_LOCK, &params);
}

/* In the order of the table's columns. */
static void
account_params(LoyaltyParams *params, int32 org_id, int64 customer_id, const Account *account)
{
	params->place = account->place;
	loyalty_param_int8(params, customer_id);
	loyalty_param_time(params, account->last_effective_at);
	loyalty_param_time(params, account->last_recorded_at);
	loyalty_param_int4(params, org_id);
	loyalty_param_int4(params, account->program_id);
	loyalty_param_int4(params, account->last_entry_no);
	loyalty_param_char(params, account->category);
	loyalty_param_points(params, account->balance);
	loyalty_param_points(params, account->arrears);
	loyalty_param_points(params, account->lifetime);
	loyalty_param_points(params, account->redeemed);
	loyalty_param_points(params, account->expired);
	loyalty_param_points(params, account->returned);
	param_hash(params, account->last_hash);
	loyalty_param_time(params, account->next_expiry_at);
}

/* Those of an open write batch go out with it. */
static void
write_rows(LedgerQueryId id, const LoyaltyParams *rows, int count)
{
	(void) loyalty_write_rows(&queries[id], &plans[id], rows, count);
}

void
loyalty_account_insert(int32 org_id, int64 customer_id, const Account *accounts, int count)
{
	LoyaltyParams *rows = palloc0(sizeof(LoyaltyParams) * count);
	int i;

	for (i = 0; i < count; i++)
		account_params(&rows[i], org_id, customer_id, &accounts[i]);
	write_rows(Q_ACCOUNTS_INSERT, rows, count);
}

void
loyalty_account_update(int32 org_id, int64 customer_id, const Account *account)
{
	OwnedAccount owned = { .customer_id = customer_id, .account = *account };

	loyalty_accounts_update(org_id, &owned, 1);
}

void
loyalty_accounts_update(int32 org_id, const OwnedAccount *accounts, int count)
{
	LoyaltyParams *rows = palloc0(sizeof(LoyaltyParams) * Max(count, 1));
	int i;

	if (count == 0)
		return;
	for (i = 0; i < count; i++)
		account_params(&rows[i], org_id, accounts[i].customer_id, &accounts[i].account);
	loyalty_guard_lift("ledger_account");
	if (loyalty_query_rows(&queries[Q_ACCOUNTS_UPDATE], &plans[Q_ACCOUNTS_UPDATE], rows, count) != count)
		elog(ERROR, "an account to be updated does not exist");
	loyalty_guard_restore();
}

void
loyalty_event_insert(int32 org_id, int64 customer_id, const Event *event)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int8(&params, customer_id);
	loyalty_param_int8(&params, event->event_id);
	loyalty_param_time(&params, event->event_time);
	loyalty_param_time(&params, event->recorded_at);
	loyalty_param_int4(&params, org_id);
	loyalty_param_int2(&params, event->event_code);
	loyalty_param(&params, Int16GetDatum(event->source_id), event->source_id == 0);
	loyalty_param_int4_or_null(&params, event->till_id);
	loyalty_param_int4_or_null(&params, event->store_id);
	loyalty_param_int8_or_null(&params, event->transaction_id);
	loyalty_param_int8_or_null(&params, event->reverses_event_id);
	loyalty_param_int8_or_null(&params, event->pair_id);
	loyalty_param(&params, Int64GetDatum(event->request_digest), !event->has_key);
	loyalty_param(&params, PointerGetDatum(event->idempotency_digest), !event->has_key);
	loyalty_param_text(&params, event->redemption_id[0] ? event->redemption_id : NULL);
	loyalty_param_points(&params, event->net_points);
	write_rows(Q_EVENTS_INSERT, &params, 1);
}

void
loyalty_event_note_insert(int32 org_id, int64 customer_id, int64 event_id, const char *reason,
						  const char *actor)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int8(&params, event_id);
	loyalty_param_text(&params, reason);
	loyalty_param_text(&params, actor);
	write_rows(Q_NOTES_INSERT, &params, 1);
}

/* In the order of the table's columns. */
static void
entry_params(LoyaltyParams *params, int32 org_id, int64 customer_id, const Event *carried,
			 const HashedEntry *hashed)
{
	static const Event nothing;
	const Event *event = carried ? carried : &nothing;
	const Entry *entry = &hashed->entry;

	loyalty_param_int8(params, customer_id);
	loyalty_param_int8(params, hashed->event_id);
	loyalty_param_time(params, entry->effective_at);
	loyalty_param(params, TimestampTzGetDatum(event->event_time), carried == NULL);
	loyalty_param(params, TimestampTzGetDatum(event->recorded_at), carried == NULL);
	loyalty_param_int4(params, org_id);
	loyalty_param_int4(params, entry->program_id);
	loyalty_param_int4(params, entry->entry_no);
	loyalty_param(params, DateADTGetDatum(entry->posting_day), false);
	loyalty_param_int4_or_null(params, event->till_id);
	loyalty_param_int4_or_null(params, event->store_id);
	loyalty_param_int2(params, hashed->key_id);
	loyalty_param(params, Int16GetDatum(event->event_code), carried == NULL);
	loyalty_param(params, Int16GetDatum(event->source_id), event->source_id == 0);
	loyalty_param_char(params, entry->category);
	loyalty_param_char(params, entry->entry_type);
	loyalty_param_char(params, entry->house_account);
	loyalty_param_points(params, entry->points);
	loyalty_param_points(params, entry->balance_after);
	param_hash(params, hashed->hash);
}

void
loyalty_entry_insert(int32 org_id, int64 customer_id, const Event *carried, const HashedEntry *entries,
					 int count)
{
	LoyaltyParams *rows = palloc0(sizeof(LoyaltyParams) * count);
	int i;

	for (i = 0; i < count; i++)
		entry_params(&rows[i], org_id, customer_id, carried, &entries[i]);
	write_rows(Q_ENTRIES_INSERT, rows, count);
}

/* The columns of the table by their place in it. */
enum EventColumn
{
	EVENT_CUSTOMER_ID = 1,
	EVENT_EVENT_ID = 2,
	EVENT_TRANSACTION_ID = 10,
	EVENT_REQUEST_DIGEST = 13,
	EVENT_REDEMPTION_ID = 15,
	EVENT_NET_POINTS = 16,
};

static void
earlier_from_row(EarlierEvent *earlier, SPITupleTable *result, uint64 row)
{
	loyalty_row_open(result, row, 1);
	earlier->event_id = loyalty_row_int8(0, EVENT_EVENT_ID);
	earlier->request_digest = loyalty_row_int8(0, EVENT_REQUEST_DIGEST);
	earlier->transaction_id = loyalty_row_int8_or(0, EVENT_TRANSACTION_ID, 0);
	earlier->net_points = loyalty_row_points(0, EVENT_NET_POINTS);
	earlier->redemption_id = loyalty_row_text_or_null(0, EVENT_REDEMPTION_ID);
	earlier->customer_id = loyalty_row_int8(0, EVENT_CUSTOMER_ID);
}

bool
loyalty_event_by_key(int32 org_id, const LoyaltyCustomer *customer, const pg_uuid_t *digest,
					 int64 request_digest, EarlierEvent *earlier)
{
	LedgerQueryId id = Q_EVENT_BY_KEY;
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer->customer_id);
	loyalty_param(&params, UUIDPGetDatum(digest), false);
	if (customer->merged_count > 0)
	{
		id = Q_EVENT_BY_KEY_OF_GROUP;
		loyalty_param_group(&params, customer);
		loyalty_param_int8(&params, request_digest);
	}
	if (run(id, &params) == 0)
		return false;
	earlier_from_row(earlier, SPI_tuptable, 0);
	return true;
}

int
loyalty_events_by_keys(int32 org_id, const int64 *customers, const Datum *digests, int count,
					   KeyedEvent **found)
{
	LoyaltyParams params = { 0 };
	ArrayType *keys =
		construct_array(unconstify(Datum *, digests), count, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR);
	SPITupleTable *result;
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8_array(&params, customers, count);
	loyalty_param(&params, PointerGetDatum(keys), false);
	rows = run(Q_EVENTS_BY_KEYS, &params);
	result = SPI_tuptable;
	*found = palloc(sizeof(KeyedEvent) * Max(rows, 1));
	for (i = 0; i < rows; i++)
	{
		SPI_tuptable = result;
		(*found)[i].key = (int) loyalty_row_int8(i, 2) - 1;
		earlier_from_row(&(*found)[i].event, result, i);
	}
	return (int) rows;
}

bool
loyalty_lot_of_event(int32 org_id, int64 customer_id, int64 event_id, int32 *program_id,
					 TimestampTz *expires_at)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int8(&params, event_id);
	if (run(Q_LOT_OF_EVENT, &params) == 0)
		return false;
	*program_id = loyalty_row_int4(0, 1);
	*expires_at = loyalty_row_int8_or(0, 2, NEVER);
	return true;
}

int64
loyalty_balance_after_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int4(&params, program_id);
	loyalty_param_int8(&params, event_id);
	run(Q_BALANCE_AFTER_EVENT, &params);
	/* Thousandths, as a sum over programs may be no numeric(18,3). */
	return loyalty_row_int8(0, 1);
}

int64
loyalty_balance_of_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_int4(&params, program_id);
	loyalty_param_int8(&params, event_id);
	return run(Q_BALANCE_OF_EVENT, &params) == 0 ? 0 : loyalty_row_int8(0, 1);
}

bool
loyalty_redemption_exists(int32 org_id, int64 customer_id, const char *redemption_id)
{
	LoyaltyParams params = { 0 };

	param_customer(&params, org_id, customer_id);
	loyalty_param_text(&params, redemption_id);
	return run(Q_REDEMPTION_EXISTS, &params) > 0;
}

int
loyalty_customers_due(int32 org_id, TimestampTz as_of, const int64 *left_out, int left_out_count, int limit,
					  int64 *customers)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_time(&params, as_of);
	loyalty_param_int4(&params, limit);
	loyalty_param_int8_array(&params, left_out, left_out_count);
	rows = run(Q_CUSTOMERS_DUE, &params);
	for (i = 0; i < rows; i++)
		customers[i] = loyalty_row_int8(i, 1);
	return (int) rows;
}
