/*
 * ledger_store.c: the statements on accounts, events and entries. Lots and their movements are in lot_store.c,
 * first answers to repeated requests in earlier_store.c, bills in transaction_store.c, readers in read_store.c,
 * the verifier's streams in books_store.c.
 *
 * An account is found by the leading columns of its primary key, so that one program, or all, is one range of
 * an index; a posting reads it, moves it in memory, and writes it back once at its end. The customer's lock is
 * taken before, by a statement of its own: what is read here is as the lock found it. What a till runs all day
 * takes no statement where the table allows (common/table.h). "To write" in a query says that the same table is
 * written next: it is locked for that at once, since two locks of a table cost twice.
 *
 * May be late: an account's balance and counters contain what is due and not posted; next_expiry_at tells that
 * there is something. Events and entries are never late: they are written with the call that makes them.
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

/*
 * A row of event_note. It is free text, which erasure must reach; so it stands beside the event and no hash
 * covers it.
 */
typedef struct NoteRow
{
	int32 org_id;
	int64 customer_id;
	int64 event_id;
	const char *reason;
	const char *actor;
} NoteRow;

/* A column of a note's row. */
#define NOTE(name, type, member) LOYALTY_COLUMN(name, type, NoteRow, member)

static const LoyaltyColumn note_columns[] = {
	NOTE("org_id", INT4, org_id),	  NOTE("customer_id", INT8, customer_id),
	NOTE("event_id", INT8, event_id), NOTE("reason", TEXT, reason),
	NOTE("actor", TEXT, actor),
};

static const LoyaltyLayout note_layout = LOYALTY_LAYOUT("event_note", NoteRow, note_columns);

/*
 * Accounts of a customer: one, those of a program, all. The order of a search is that in which accounts are
 * written and locked: by program and category.
 */
static LoyaltyQuery account_of_category =
	LOYALTY_FIND_TO_WRITE(account_layout, "org_id, customer_id, program_id, category");
static LoyaltyQuery accounts_of_program =
	LOYALTY_FIND_TO_WRITE(account_layout, "org_id, customer_id, program_id", .order = "category");
static LoyaltyQuery accounts_of_customer =
	LOYALTY_FIND_TO_WRITE(account_layout, "org_id, customer_id", .order = "program_id, category");
/* The same for readers, whose answers must agree with what else their statement sees. */
static LoyaltyQuery accounts_of_program_seen =
	LOYALTY_FIND_SEEN(account_layout, "org_id, customer_id, program_id", .order = "category");
static LoyaltyQuery accounts_of_customer_seen =
	LOYALTY_FIND_SEEN(account_layout, "org_id, customer_id", .order = "program_id, category");

/* A lock on rows that nobody reads here: see loyalty_accounts_lock. */
static LoyaltyQuery accounts_lock =
	LOYALTY_STATEMENT("SELECT a.category FROM loyalty_data.ledger_account a WHERE a.org_id = $1"
					  " AND a.customer_id = $2 FOR NO KEY UPDATE",
					  INT4OID, INT8OID);

/* Rows that postings write. Nothing but accounts is ever updated here. */
static LoyaltyQuery accounts_insert = LOYALTY_INSERT(account_layout);
static LoyaltyQuery accounts_update =
	LOYALTY_UPDATE(account_layout, "org_id, customer_id, program_id, category");
static LoyaltyQuery events_insert = LOYALTY_INSERT(event_layout);
static LoyaltyQuery notes_insert = LOYALTY_INSERT(note_layout);
static LoyaltyQuery entries_insert = LOYALTY_INSERT(entry_layout);

/* A redemption by its id, for the check that a new id is not taken. */
static LoyaltyQuery redemption_exists =
	LOYALTY_FIND_TO_WRITE(event_layout, "org_id, customer_id, redemption_id",
						  .where = "redemption_id IS NOT NULL");

/*
 * Customers whose accounts are due, longest first, by the index of next expiries: so a batch costs what it
 * finds. Those who were left out stay due, and would be found again and again. An account that is due twice
 * names its customer once.
 */
static LoyaltyQuery customers_due = LOYALTY_STATEMENT(
	"SELECT DISTINCT d.customer_id FROM (SELECT a.customer_id FROM loyalty_data.ledger_account a"
	" WHERE a.org_id = $1 AND a.next_expiry_at <= $2"
	" AND a.customer_id <> ALL ($4)"
	" ORDER BY a.next_expiry_at LIMIT $3) d ORDER BY d.customer_id",
	INT4OID, TIMESTAMPTZOID, INT4OID, INT8ARRAYOID);

/*
 * Reads a row as an account; raises where its last hash has another length: the next entry could not go on from
 * it.
 */
static AccountRow
account_of_row(LoyaltyRows *rows, uint64 row)
{
	AccountRow account = { 0 };

	loyalty_row_read(rows, row, &account_layout, &account);
	if (!account.hash_is_whole)
		elog(ERROR, "an account's last hash does not have %d bytes", ENTRY_HASH_BYTES);
	return account;
}

/* Makes accounts of a posting of all rows, none of them changed yet. */
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

/* Keeps the accounts of a category and the regular ones, in their order; returns how many are left. */
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

/*
 * Reads one row by the whole key where the regular account alone takes part, as in most awards and redemptions;
 * else the three of the program, of which the third is dropped.
 */
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

/* Reads all accounts, for which there is one range of the index, and keeps those that take part. */
int
loyalty_accounts_of_category(int32 org_id, int64 customer_id, char category, PostedAccount **accounts)
{
	int count = loyalty_accounts_every(org_id, customer_id, accounts);

	return keep_category(*accounts, count, category);
}

/* Reads the regular accounts of all programs. */
int
loyalty_accounts_regular(int32 org_id, int64 customer_id, PostedAccount **accounts)
{
	return loyalty_accounts_of_category(org_id, customer_id, CATEGORY_REGULAR, accounts);
}

/* Reads every account of the customer: three for each program. */
int
loyalty_accounts_every(int32 org_id, int64 customer_id, PostedAccount **accounts)
{
	return accounts_of_rows(LOYALTY_QUERY(&accounts_of_customer, LOYALTY_CUSTOMER(org_id, customer_id)),
							accounts);
}

/*
 * Reads accounts for an answer. What is not "seen" is read as it is now, for a call that writes and judges by
 * others of the merge group as well.
 */
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

/* Accounts of several customers. */
typedef LOYALTY_ARRAY(AccountRow) AccountRows;

/*
 * Adds the accounts of a customer in which something is due; tells whether promised points have come to one. The rows are
 * freed: a job reads thousands.
 */
static bool
add_due(int32 org_id, int64 customer_id, TimestampTz as_of, AccountRows *due)
{
	bool has_come = false;
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&accounts_of_customer, LOYALTY_CUSTOMER(org_id, customer_id));

	for (i = 0; i < rows->count; i++)
	{
		AccountRow account = account_of_row(rows, i);

		has_come |= account.account.next_conversion_at <= as_of;
		if (account.account.next_expiry_at <= as_of)
			LOYALTY_APPEND(*due, account);
	}
	loyalty_rows_free(rows);
	return has_come;
}

/*
 * Reads customer by customer, in the order of their ids, so that a job meets each with all its accounts. A
 * statement over all of them would need the executor, which costs more than these searches.
 */
int
loyalty_accounts_due(int32 org_id, const int64 *customers, int count, TimestampTz as_of,
					 AccountRow **accounts, int64 *come, int *come_count)
{
	AccountRows due = { 0 };
	int i;

	*come_count = 0;
	for (i = 0; i < count; i++)
		if (add_due(org_id, customers[i], as_of, &due))
			come[(*come_count)++] = customers[i];
	*accounts = due.items;
	return due.n;
}

/*
 * Locks the rows of a customer's accounts by a statement. Under one snapshot, the lock of the customer's row
 * waits for the other transaction, but rows are read as the old snapshot has them. PostgreSQL reports a
 * conflict only where a row that changed since is locked or written, and the accounts are what every posting
 * changes.
 */
void
loyalty_accounts_lock(int32 org_id, int64 customer_id)
{
	LOYALTY_EXECUTE(&accounts_lock, LOYALTY_CUSTOMER(org_id, customer_id));
}

/* Makes rows of accounts that were opened; where they stand is not known before they are written. */
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

/* Writes one account back, found where it was read. */
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

/*
 * Writes accounts back, with the guard of their table lifted for these updates alone. Fewer rows than accounts
 * mean that one is gone though its customer is locked: an internal error, since nothing deletes accounts.
 */
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

/* Hands the row of an event to the writer. */
void
loyalty_event_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Event *event)
{
	EventRow row = { .customer_id = customer_id, .org_id = org_id, .event = *event };

	loyalty_writer_write(writer, customer_id, &events_insert, &row, 1);
}

/* Hands a note to the writer. The texts are copied into its row, so they need not outlive the call. */
void
loyalty_event_note_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
						  const char *reason, const char *actor)
{
	NoteRow row = { org_id, customer_id, event_id, reason, actor };

	loyalty_writer_write(writer, customer_id, &notes_insert, &row, 1);
}

/*
 * Makes rows of the entries of an event and hands them to the writer. An event that is carried has one entry,
 * so it is written once.
 */
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
		rows[i].hash_version = HASH_VERSION;
		memcpy(rows[i].hash, entries[i].hash, ENTRY_HASH_BYTES);
		rows[i].carries_event = carried != NULL;
		if (carried != NULL)
			rows[i].event = *carried;
	}
	loyalty_writer_write(writer, customer_id, &entries_insert, rows, count);
}

/* Looks the id up in its partial unique index, which would refuse a second one anyway, but with an error. */
bool
loyalty_redemption_exists(int32 org_id, int64 customer_id, const char *redemption_id)
{
	return LOYALTY_QUERY(&redemption_exists, LOYALTY_CUSTOMER(org_id, customer_id),
						 loyalty_text(redemption_id))
			   ->count > 0;
}

/*
 * Reads without locks: each customer is locked later, and looked at anew. "limit" counts accounts, so fewer
 * customers may come, and none only where nothing is due any more.
 */
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
