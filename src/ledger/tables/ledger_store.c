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

#include "common/array.h"
#include "ledger/tables/guard.h"
#include "ledger/tables/ledger_store.h"

typedef struct NoteRow
{
	int32 org_id;
	int64 customer_id;
	int64 event_id;
	const char *reason;
	const char *actor;
} NoteRow;

#define NOTE(name, type, member) LOYALTY_COLUMN(name, type, NoteRow, member)

static const LoyaltyColumn note_columns[] = {
	NOTE("org_id", INT4, org_id),	  NOTE("customer_id", INT8, customer_id),
	NOTE("event_id", INT8, event_id), NOTE("reason", TEXT, reason),
	NOTE("actor", TEXT, actor),
};

static const LoyaltyLayout note_layout = LOYALTY_LAYOUT("event_note", NoteRow, note_columns);

static LoyaltyQuery account_of_category =
	LOYALTY_FIND_TO_WRITE(account_layout, "org_id, customer_id, program_id, category");
static LoyaltyQuery accounts_of_program =
	LOYALTY_FIND_TO_WRITE(account_layout, "org_id, customer_id, program_id", .order = "category");
static LoyaltyQuery accounts_of_customer =
	LOYALTY_FIND_TO_WRITE(account_layout, "org_id, customer_id", .order = "program_id, category");
static LoyaltyQuery accounts_of_program_seen =
	LOYALTY_FIND_SEEN(account_layout, "org_id, customer_id, program_id", .order = "category");
static LoyaltyQuery accounts_of_customer_seen =
	LOYALTY_FIND_SEEN(account_layout, "org_id, customer_id", .order = "program_id, category");

static LoyaltyQuery accounts_lock =
	LOYALTY_STATEMENT("SELECT a.category FROM loyalty_data.ledger_account a WHERE a.org_id = $1"
					  " AND a.customer_id = $2 FOR NO KEY UPDATE",
					  INT4OID, INT8OID);

static LoyaltyQuery accounts_insert = LOYALTY_INSERT(account_layout);
static LoyaltyQuery accounts_update =
	LOYALTY_UPDATE(account_layout, "org_id, customer_id, program_id, category");
static LoyaltyQuery events_insert = LOYALTY_INSERT(event_layout);
static LoyaltyQuery notes_insert = LOYALTY_INSERT(note_layout);
static LoyaltyQuery entries_insert = LOYALTY_INSERT(entry_layout);

static LoyaltyQuery event_by_key =
	LOYALTY_FIND_TO_WRITE(event_layout, "org_id, customer_id, idempotency_digest",
						  .where = "idempotency_digest IS NOT NULL");

/* The lot's expiry of the award: a later change keeps the old one. */
static LoyaltyQuery lot_of_event = LOYALTY_STATEMENT(
	"SELECT l.program_id, CASE WHEN c.lot_id IS NULL THEN l.expires_at ELSE c.old_expires_at END"
	" FROM loyalty_data.points_lot l LEFT JOIN LATERAL (SELECT x.lot_id, x.old_expires_at FROM loyalty_data.lot_expiry_change x"
	"  WHERE x.org_id = $1 AND x.customer_id = $2"
	"  AND x.lot_id = $3 ORDER BY x.entry_no LIMIT 1) c ON true"
	" WHERE l.org_id = $1"
	" AND l.customer_id = $2 AND l.lot_id = $3",
	INT4OID, INT8OID, INT8OID);

static LoyaltyQuery balance_after_event =
	LOYALTY_STATEMENT("SELECT (COALESCE(sum(x.balance_after), 0) * 1000)::int8"
					  " FROM loyalty_data.ledger_account a"
					  " CROSS JOIN LATERAL (SELECT e.balance_after FROM loyalty_data.ledger_entry e"
					  " WHERE e.org_id = $1 AND e.customer_id = $2"
					  " AND e.program_id = a.program_id AND e.category = 'r'"
					  " AND e.event_id <= $4 ORDER BY e.entry_no DESC LIMIT 1) x"
					  " WHERE a.org_id = $1 AND a.customer_id = $2"
					  " AND a.category = 'r'"
					  " AND (a.program_id = $3 OR $3 = 0)",
					  INT4OID, INT8OID, INT4OID, INT8OID);

/* Of the program that the event has an entry in, which may have been the default one then and not now. */
static LoyaltyQuery balance_of_event = LOYALTY_STATEMENT(
	"SELECT (x.balance_after * 1000)::int8 FROM loyalty_data.ledger_account a"
	" CROSS JOIN LATERAL (SELECT e.event_id, e.balance_after FROM loyalty_data.ledger_entry e"
	" WHERE e.org_id = $1 AND e.customer_id = $2"
	" AND e.program_id = a.program_id AND e.category = 'r'"
	" AND e.event_id <= $4 ORDER BY e.entry_no DESC LIMIT 1) x"
	" WHERE a.org_id = $1 AND a.customer_id = $2"
	" AND a.category = 'r'"
	" AND (x.event_id = $4 OR a.program_id = $3)"
	" ORDER BY x.event_id = $4 DESC LIMIT 1",
	INT4OID, INT8OID, INT4OID, INT8OID);

static LoyaltyQuery redemption_exists =
	LOYALTY_FIND_TO_WRITE(event_layout, "org_id, customer_id, redemption_id",
						  .where = "redemption_id IS NOT NULL");

static LoyaltyQuery customers_due = LOYALTY_STATEMENT(
	"SELECT DISTINCT d.customer_id FROM (SELECT a.customer_id FROM loyalty_data.ledger_account a"
	" WHERE a.org_id = $1 AND a.next_expiry_at <= $2"
	" AND a.customer_id <> ALL ($4)"
	" ORDER BY a.next_expiry_at LIMIT $3) d ORDER BY d.customer_id",
	INT4OID, TIMESTAMPTZOID, INT4OID, INT8ARRAYOID);

static AccountRow
account_of_row(LoyaltyRows *rows, uint64 row)
{
	AccountRow account = { 0 };

	loyalty_row_read(rows, row, &account_layout, &account);
	if (!account.hash_is_whole)
		elog(ERROR, "an account's last hash does not have %d bytes", ENTRY_HASH_BYTES);
	return account;
}

static int
accounts_of_rows(LoyaltyRows *rows, PostedAccount **accounts)
{
	uint64 i;

	*accounts = palloc0(sizeof(PostedAccount) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		AccountRow row = account_of_row(rows, i);

		(*accounts)[i] = (PostedAccount){ .account = row.account, .tid = row.tid };
	}
	return (int) rows->count;
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
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(program_id));

	if (category != CATEGORY_REGULAR)
	{
		int count = accounts_of_rows(loyalty_query(&accounts_of_program, &params), accounts);

		return keep_category(*accounts, count, category);
	}
	loyalty_param(&params, loyalty_char(category));
	return accounts_of_rows(loyalty_query(&account_of_category, &params), accounts);
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
	return accounts_of_rows(LOYALTY_QUERY(&accounts_of_customer, LOYALTY_CUSTOMER(org_id, customer_id)),
							accounts);
}

int
loyalty_accounts_read(int32 org_id, int64 customer_id, int32 program_id, bool seen, Account **accounts)
{
	LoyaltyQuery *of_all = seen ? &accounts_of_customer_seen : &accounts_of_customer;
	LoyaltyQuery *of_program = seen ? &accounts_of_program_seen : &accounts_of_program;
	LoyaltyRows *rows;
	uint64 i;
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id));

	if (program_id)
		loyalty_param(&params, loyalty_int4(program_id));
	rows = loyalty_query(program_id ? of_program : of_all, &params);
	*accounts = palloc(sizeof(Account) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*accounts)[i] = account_of_row(rows, i).account;
	return (int) rows->count;
}

typedef LOYALTY_ARRAY(AccountRow) AccountRows;

/* Adds the accounts of a customer in which something is due. */
static void
add_due(int32 org_id, int64 customer_id, TimestampTz as_of, AccountRows *due)
{
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&accounts_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));

	for (i = 0; i < rows->count; i++)
	{
		AccountRow account = account_of_row(rows, i);

		if (account.account.next_expiry_at <= as_of)
			LOYALTY_APPEND(*due, account);
	}
	loyalty_rows_free(rows);
}

int
loyalty_accounts_due(int32 org_id, const int64 *customers, int count, TimestampTz as_of,
					 AccountRow **accounts)
{
	AccountRows due = { 0 };
	int i;

	for (i = 0; i < count; i++)
		add_due(org_id, customers[i], as_of, &due);
	*accounts = due.items;
	return due.n;
}

void
loyalty_accounts_lock(int32 org_id, int64 customer_id)
{
	LOYALTY_EXECUTE(&accounts_lock, LOYALTY_CUSTOMER(org_id, customer_id));
}

void
loyalty_account_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Account *accounts,
					   int count)
{
	AccountRow *rows = palloc(sizeof(AccountRow) * count);
	int i;

	for (i = 0; i < count; i++)
		rows[i] = (AccountRow){ .customer_id = customer_id, .org_id = org_id, .account = accounts[i] };
	loyalty_writer_write(writer, customer_id, &accounts_insert, rows, count);
}

void
loyalty_account_update(int32 org_id, int64 customer_id, const PostedAccount *account)
{
	AccountRow row = {
		.customer_id = customer_id,
		.org_id = org_id,
		.account = account->account,
		.tid = account->tid,
	};

	loyalty_accounts_update(&row, 1);
}

void
loyalty_accounts_update(const AccountRow *accounts, int count)
{
	if (count == 0)
		return;
	loyalty_guard_lift("ledger_account");
	if (loyalty_write(&accounts_update, accounts, count) != (uint64) count)
		elog(ERROR, "an account to be updated does not exist");
	loyalty_guard_restore();
}

void
loyalty_event_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Event *event)
{
	EventRow row = { .customer_id = customer_id, .org_id = org_id, .event = *event };

	loyalty_writer_write(writer, customer_id, &events_insert, &row, 1);
}

void
loyalty_event_note_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
						  const char *reason, const char *actor)
{
	NoteRow row = { org_id, customer_id, event_id, reason, actor };

	loyalty_writer_write(writer, customer_id, &notes_insert, &row, 1);
}

void
loyalty_entry_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Event *carried,
					 const HashedEntry *entries, int count)
{
	EntryRow *rows = palloc0(sizeof(EntryRow) * count);
	int i;

	for (i = 0; i < count; i++)
	{
		rows[i].customer_id = customer_id;
		rows[i].org_id = org_id;
		rows[i].entry = entries[i].entry;
		rows[i].event_id = entries[i].event_id;
		rows[i].key_id = entries[i].key_id;
		memcpy(rows[i].hash, entries[i].hash, ENTRY_HASH_BYTES);
		rows[i].carries_event = carried != NULL;
		if (carried != NULL)
			rows[i].event = *carried;
	}
	loyalty_writer_write(writer, customer_id, &entries_insert, rows, count);
}

static EarlierEvent
earlier_of_row(LoyaltyRows *rows, uint64 i)
{
	EventRow row = { 0 };

	loyalty_row_read(rows, i, &event_layout, &row);
	return (EarlierEvent){
		.event_id = row.event.event_id,
		.request_digest = row.event.request_digest,
		.transaction_id = row.event.transaction_id,
		.net_points = row.event.net_points,
		.redemption_id = row.event.redemption_id[0] ? pstrdup(row.event.redemption_id) : NULL,
		.customer_id = row.customer_id,
	};
}

static bool
read_event_by_key(int32 org_id, int64 customer_id, const pg_uuid_t *digest, EarlierEvent *event)
{
	bool found;
	LoyaltyRows *rows = LOYALTY_QUERY(&event_by_key, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_datum(UUIDPGetDatum(digest), false));

	found = rows->count > 0;
	if (found)
		*event = earlier_of_row(rows, 0);
	loyalty_rows_free(rows); /* a batch looks for as many keys as it has items */
	return found;
}

/* Two of a group may have used the same key before they met: of the others the very same request counts alone. */
bool
loyalty_event_by_key(int32 org_id, const LoyaltyCustomer *customer, const pg_uuid_t *digest,
					 int64 request_digest, EarlierEvent *earlier)
{
	bool found = read_event_by_key(org_id, customer->customer_id, digest, earlier);
	int i;

	for (i = 0; i < customer->merged_count && !(found && earlier->request_digest == request_digest); i++)
	{
		EarlierEvent other;

		if (!read_event_by_key(org_id, customer->merged_ids[i], digest, &other) ||
			other.request_digest != request_digest)
			continue;
		*earlier = other;
		found = true;
	}
	return found;
}

int
loyalty_events_by_keys(int32 org_id, const int64 *customers, const Datum *digests, int count,
					   KeyedEvent **found)
{
	LOYALTY_ARRAY(KeyedEvent) events = { 0 };
	int i;

	for (i = 0; i < count; i++)
	{
		KeyedEvent event = { .key = i };

		if (read_event_by_key(org_id, customers[i], DatumGetUUIDP(digests[i]), &event.event))
			LOYALTY_APPEND(events, event);
	}
	*found = events.items;
	return events.n;
}

bool
loyalty_lot_of_event(int32 org_id, int64 customer_id, int64 event_id, int32 *program_id,
					 TimestampTz *expires_at)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&lot_of_event, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));

	if (rows->count == 0)
		return false;
	*program_id = loyalty_row_int4(rows, 0, 1);
	*expires_at = loyalty_row_int8_or(rows, 0, 2, NEVER);
	return true;
}

int64
loyalty_balance_after_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&balance_after_event, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int4(program_id), loyalty_int8(event_id));

	/* Thousandths, as a sum over programs may be no numeric(18,3). */
	return loyalty_row_int8(rows, 0, 1);
}

int64
loyalty_balance_of_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&balance_of_event, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int4(program_id), loyalty_int8(event_id));

	return rows->count == 0 ? 0 : loyalty_row_int8(rows, 0, 1);
}

bool
loyalty_redemption_exists(int32 org_id, int64 customer_id, const char *redemption_id)
{
	return LOYALTY_QUERY(&redemption_exists, LOYALTY_CUSTOMER(org_id, customer_id),
						 loyalty_text(redemption_id))
			   ->count > 0;
}

int
loyalty_customers_due(int32 org_id, TimestampTz as_of, const int64 *left_out, int left_out_count, int limit,
					  int64 *customers)
{
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&customers_due, loyalty_int4(org_id), loyalty_time(as_of),
									  loyalty_int4(limit), loyalty_int8s(left_out, left_out_count));

	for (i = 0; i < rows->count; i++)
		customers[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}
