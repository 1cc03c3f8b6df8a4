/*
 * day_store.c: the statements on seals and their totals, and the cache of the first open day.
 *
 * Every posting asks for the first open day, so each backend keeps it. A change of the table invalidates the relation
 * loyalty_data.org by its trigger; every backend hears of that by its next look for messages, which the question
 * makes. The customer's lock is held by then: two postings to one account ask one after the other, so that days never
 * run backwards. Whoever asks has a share of the org's day until its transaction ends (ORG_LOCK_DAY), taken before the
 * look for messages.
 *
 * A closing moves the day on, commits, and waits for those who have a share: they may have asked before. Then every
 * entry of the closed days is there, and stays so: the days are added up and sealed. Between the two steps the seal is
 * late: a day is closed before it is sealed, and close_day finds such days later.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/datetime.h"

#include "common/names.h"
#include "common/query.h"
#include "ledger/tables/day_store.h"
#include "org/org_lock.h"

/* Rows that a stream fetches at a time. */
#define ROWS_PER_FETCH 1000
/* Orgs whose first open day is kept: two with one remainder take turns, and are read anew at each. */
#define CACHED_ORGS 16

/* Seals of an org. */
#define SEAL_COLUMNS \
	"SELECT s.seal_no, s.day, s.sealed_at, s.key_id, s.accounts, s.entries, s.account_digest, s.seal_hash," \
	" s.hash_version" \
	" FROM loyalty_data.day_seal s WHERE s.org_id = $1"

/* Rows of the days after $2 and up to $3; the BRIN index of posting days finds the entries. */
#define IN_DAYS(alias) alias ".org_id = $1 AND " alias ".posting_day > $2 AND " alias ".posting_day <= $3"

#define DAY_TYPES INT4OID, DATEOID, DATEOID

/* An entry of account c by its key; the limit keeps the planner from reading all of the account's. */
#define ENTRY_AT(number) \
	"(SELECT y.entry_no, y.key_id, y.entry_hash FROM loyalty_data.ledger_entry y" \
	" WHERE y.org_id = $1 AND y.customer_id = c.customer_id" \
	" AND y.program_id = c.program_id" \
	" AND y.category = c.category" \
	" AND y.entry_no = " number " LIMIT 1)"

/* An opening balance below zero is a debit, which its entry type does not say. */
#define TO_CUSTOMER " e.entry_type <> 'd' AND e.points >= 0"

/* The first open day, for the cache. */
static LoyaltyQuery first_open_day =
	LOYALTY_STATEMENT("SELECT d.first_open_day FROM loyalty_data.ledger_day d WHERE d.org_id = $1", INT4OID);

/* Seals: the one to go on from, and all of them for the verifier. */
static LoyaltyQuery last_seal = LOYALTY_STATEMENT(SEAL_COLUMNS " ORDER BY s.seal_no DESC LIMIT 1", INT4OID);

static LoyaltyQuery seals_of_org = LOYALTY_STATEMENT_SEEN(SEAL_COLUMNS " ORDER BY s.seal_no", INT4OID);

static LoyaltyQuery seal_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.day_seal (org_id, seal_no, day, sealed_at, key_id, accounts, entries, account_digest,"
	" seal_hash, hash_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	INT4OID, INT4OID, DATEOID, TIMESTAMPTZOID, INT2OID, INT8OID, INT8OID, BYTEAOID, BYTEAOID, CHAROID);

/*
 * Entries added up per day, program, category and house account. Points are made positive: a sum of each direction
 * stands by itself.
 */
static LoyaltyQuery totals_insert = {
	.sql =
		"INSERT INTO loyalty_data.day_total (org_id, posting_day, program_id, category, house_account, credits, debits,"
		" entries) SELECT $1, e.posting_day, e.program_id, e.category, e.house_account,"
		" COALESCE(sum(e.points) FILTER (WHERE" TO_CUSTOMER "), 0),"
		" COALESCE(sum(abs(e.points)) FILTER (WHERE NOT (" TO_CUSTOMER ")), 0),"
		" count(*) FROM loyalty_data.ledger_entry e WHERE " IN_DAYS(
			"e") " GROUP BY e.posting_day, e.program_id, e.category, e.house_account",
	.types = { DAY_TYPES },
	.any_plan = true
};

/* Totals in the order in which a seal hashes them. */
static LoyaltyQuery totals_of_days = LOYALTY_STATEMENT_SEEN(
	"SELECT t.posting_day, t.program_id, t.category, t.house_account, t.credits, t.debits, t.entries"
	" FROM loyalty_data.day_total t WHERE " IN_DAYS(
		"t") " ORDER BY t.posting_day, t.program_id, t.category, t.house_account",
	DAY_TYPES);

/*
 * Accounts with entries in some days. Entry numbers have no gap and days never run backwards within an account, so the
 * entry before the first of those days ends the days before.
 */
static LoyaltyQuery changes_of_days = {
	.sql =
		"SELECT c.customer_id, c.program_id, c.category, c.entries, b.entry_no, b.key_id, b.entry_hash, l.entry_no,"
		" l.key_id, l.entry_hash FROM (SELECT e.customer_id, e.program_id, e.category,"
		"  min(e.entry_no) AS first_no, max(e.entry_no) AS last_no, count(*) AS entries"
		"  FROM loyalty_data.ledger_entry e WHERE " IN_DAYS(
			"e") " GROUP BY e.customer_id, e.program_id, e.category) c"
				 " CROSS JOIN LATERAL " ENTRY_AT("c.last_no") " l"
															  " LEFT JOIN LATERAL " ENTRY_AT(
																  "(c.first_no - 1)") " b ON true",
	.types = { DAY_TYPES },
	.seen = true,
	.any_plan = true
};

/* First open days as they were at a generation of the reference data; generation 0: empty. */
static struct
{
	int32 org_id;
	uint64 generation;
	DateADT first_open_day;
} cached[CACHED_ORGS];

/* Adds a day as a parameter. */
static void
param_day(LoyaltyParams *params, DateADT day)
{
	loyalty_param(params, loyalty_datum(DateADTGetDatum(day), false));
}

/*
 * Takes the share first, which looks for messages: the lock that the caller waited for may have been held across a
 * closing. The generation is
 * noted before the table is read, under the latest snapshot: a change that comes meanwhile makes the kept value count
 * for an old generation, and it is read again.
 */
DateADT
loyalty_first_open_day(int32 org_id)
{
	int slot = org_id % CACHED_ORGS;
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;

	loyalty_org_share(org_id, ORG_LOCK_DAY);
	(void) loyalty_relation(LOYALTY_REL_ORG); /* whose invalidation says that a day moved */
	if (cached[slot].org_id != org_id || cached[slot].generation != loyalty_reference_generation())
	{
		uint64 generation = loyalty_reference_generation();
		bool found;

		loyalty_param(&params, loyalty_int4(org_id));
		rows = loyalty_query_latest(&first_open_day, &params);
		found = rows->count > 0;
		cached[slot].org_id = org_id;
		cached[slot].first_open_day = found ? loyalty_row_int4(rows, 0, 1) : DATEVAL_NOBEGIN;
		cached[slot].generation = generation;
	}
	return cached[slot].first_open_day;
}

/* Copies a hash of any length: a shorter one that somebody wrote is filled with zeroes, and matches nothing. */
static void
hash_from_row(unsigned char *hash, LoyaltyRows *rows, uint64 row, int column)
{
	const bytea *value = loyalty_row_bytes(rows, row, column);

	memset(hash, 0, ENTRY_HASH_BYTES);
	memcpy(hash, VARDATA_ANY(value), Min(VARSIZE_ANY_EXHDR(value), ENTRY_HASH_BYTES));
}

/* Reads a row of SEAL_COLUMNS. */
static void
seal_from_row(DaySeal *seal, LoyaltyRows *rows, uint64 row)
{
	*seal = (DaySeal){
		.seal_no = loyalty_row_int4(rows, row, 1),
		.day = loyalty_row_int4(rows, row, 2),
		.sealed_at = loyalty_row_int8(rows, row, 3),
		.key_id = loyalty_row_int2(rows, row, 4),
		.accounts = loyalty_row_int8(rows, row, 5),
		.entries = loyalty_row_int8(rows, row, 6),
	};
	hash_from_row(seal->account_digest, rows, row, 7);
	hash_from_row(seal->hash, rows, row, 8);
	seal->hash_version = loyalty_row_char(rows, row, 9);
}

/* Reads the seal with the highest number, which the next one goes on from. */
bool
loyalty_seal_last(int32 org_id, DaySeal *seal)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&last_seal, loyalty_int4(org_id));

	if (rows->count == 0)
		return false;
	seal_from_row(seal, rows, 0);
	return true;
}

/* Adds a hash as a bytea. */
static void
param_hash(LoyaltyParams *params, const unsigned char *hash)
{
	bytea *value = palloc(VARHDRSZ + ENTRY_HASH_BYTES);

	SET_VARSIZE(value, VARHDRSZ + ENTRY_HASH_BYTES);
	memcpy(VARDATA(value), hash, ENTRY_HASH_BYTES);
	loyalty_param(params, loyalty_datum(PointerGetDatum(value), false));
}

/* Writes a row; its number is the key, so that of two seals after the same one the second fails. */
void
loyalty_seal_insert(int32 org_id, const DaySeal *seal)
{
	LoyaltyParams params = LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_int4(seal->seal_no));

	param_day(&params, seal->day);
	loyalty_param(&params, loyalty_time(seal->sealed_at));
	loyalty_param(&params, loyalty_int2(seal->key_id));
	loyalty_param(&params, loyalty_int8(seal->accounts));
	loyalty_param(&params, loyalty_int8(seal->entries));
	param_hash(&params, seal->account_digest);
	param_hash(&params, seal->hash);
	loyalty_param(&params, loyalty_char(seal->hash_version));
	loyalty_execute(&seal_insert, &params);
}

/* The parameters of IN_DAYS. */
static void
days_params(LoyaltyParams *params, int32 org_id, DateADT after, DateADT up_to)
{
	loyalty_param(params, loyalty_int4(org_id));
	param_day(params, after);
	param_day(params, up_to);
}

/* Adds the days up in one statement: its cost goes with their entries. Days without entries have no total. */
void
loyalty_totals_insert(int32 org_id, DateADT after, DateADT up_to)
{
	LoyaltyParams params = { 0 };

	days_params(&params, org_id, after, up_to);
	loyalty_execute(&totals_insert, &params);
}

/* Opens a stream over some days. */
static LoyaltyCursor *
open_cursor(LoyaltyQuery *query, int32 org_id, DateADT after, DateADT up_to)
{
	LoyaltyParams params = { 0 };

	days_params(&params, org_id, after, up_to);
	return loyalty_cursor_open(query, &params, ROWS_PER_FETCH);
}

/* Opens the stream of all seals: one for each closing ever made. */
LoyaltyCursor *
loyalty_seals_open(int32 org_id)
{
	return loyalty_cursor_open(&seals_of_org, LOYALTY_GIVEN(loyalty_int4(org_id)), ROWS_PER_FETCH);
}

/* Reads the next seal. */
bool
loyalty_seals_next(LoyaltyCursor *cursor, DaySeal *seal)
{
	if (!loyalty_cursor_next(cursor))
		return false;
	seal_from_row(seal, cursor->rows, cursor->row);
	return true;
}

/* Opens the stream of totals; infinities for the days take all. */
LoyaltyCursor *
loyalty_totals_open(int32 org_id, DateADT after, DateADT up_to)
{
	return open_cursor(&totals_of_days, org_id, after, up_to);
}

/* Reads the next total; sums of a day are plain numerics in the table, and must fit an int64 of thousandths here. */
bool
loyalty_totals_next(LoyaltyCursor *cursor, DayTotal *total)
{
	LoyaltyRows *rows;
	uint64 row;

	if (!loyalty_cursor_next(cursor))
		return false;
	rows = cursor->rows;
	row = cursor->row;
	*total = (DayTotal){
		.posting_day = loyalty_row_int4(rows, row, 1),
		.program_id = loyalty_row_int4(rows, row, 2),
		.category = loyalty_row_char(rows, row, 3),
		.house_account = loyalty_row_char(rows, row, 4),
		.credits = loyalty_row_points(rows, row, 5),
		.debits = loyalty_row_points(rows, row, 6),
		.entries = loyalty_row_int8(rows, row, 7),
	};
	return true;
}

/* Opens the stream of changed accounts; its cost goes with the entries of those days. */
LoyaltyCursor *
loyalty_changes_open(int32 org_id, DateADT after, DateADT up_to)
{
	return open_cursor(&changes_of_days, org_id, after, up_to);
}

/* Reads three columns from one on; nulls stand for no entry. */
static void
end_from_row(AccountEnd *end, LoyaltyRows *rows, uint64 row, int column)
{
	end->entry_no = loyalty_row_int4_or(rows, row, column, 0);
	if (end->entry_no == 0)
		return;
	end->key_id = loyalty_row_int2(rows, row, column + 1);
	hash_from_row(end->hash, rows, row, column + 2);
}

/* Reads the next account. "before" is set whole where it has an entry, else by its number 0 alone. */
bool
loyalty_changes_next(LoyaltyCursor *cursor, ChangedAccount *changed)
{
	LoyaltyRows *rows;
	uint64 row;

	if (!loyalty_cursor_next(cursor))
		return false;
	rows = cursor->rows;
	row = cursor->row;
	changed->customer_id = loyalty_row_int8(rows, row, 1);
	changed->program_id = loyalty_row_int4(rows, row, 2);
	changed->category = loyalty_row_char(rows, row, 3);
	changed->entries = loyalty_row_int8(rows, row, 4);
	end_from_row(&changed->before, rows, row, 5);
	end_from_row(&changed->last, rows, row, 8);
	return true;
}
