/*
 * day_store.c: the statements on open days, seals and their totals, the cache of the first open day, and waiting for
 * whoever may still post under an old one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/datetime.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "common/names.h"
#include "common/pg_compat.h"
#include "common/query.h"
#include "ledger/day_store.h"
#include "ledger/guard.h"

#define ROWS_PER_FETCH 1000
#define CACHED_ORGS 16

typedef enum DayQueryId
{
	Q_DAY,
	Q_DAY_SEEN,
	Q_OPEN,
	Q_SEALED,
	Q_SEAL_LAST,
	Q_SEALS,
	Q_SEAL_INSERT,
	Q_TOTALS_INSERT,
	Q_TOTALS,
	Q_CHANGES,
	Q_COUNT
} DayQueryId;

#define DAY_COLUMNS \
	"SELECT d.first_open_day, d.sealed_day FROM loyalty_data.ledger_day d" \
	" WHERE d.org_id = $1"

#define SEAL_COLUMNS \
	"SELECT s.seal_no, s.day, s.sealed_at, s.key_id, s.accounts, s.entries, s.account_digest, s.seal_hash" \
	" FROM loyalty_data.day_seal s WHERE s.org_id = $1"

#define IN_DAYS(alias) alias ".org_id = $1 AND " alias ".posting_day > $2 AND " alias ".posting_day <= $3"

#define DAY_TYPES \
	{ \
		INT4OID, DATEOID, DATEOID \
	}

/* One entry by its key; the limit keeps the planner from reading all of them. */
#define ENTRY_AT(number) \
	"(SELECT y.entry_no, y.key_id, y.entry_hash FROM loyalty_data.ledger_entry y" \
	" WHERE y.org_id = $1 AND y.customer_id = c.customer_id" \
	" AND y.program_id = c.program_id" \
	" AND y.category = c.category" \
	" AND y.entry_no = " number " LIMIT 1)"

/* An opening balance below zero is a debit, which its entry type does not say. */
#define TO_CUSTOMER " e.entry_type <> 'd' AND e.points >= 0"

static const LoyaltyQuery queries[] = {
	[Q_DAY] = {
		.sql = DAY_COLUMNS, .nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_DAY_SEEN] = {
		.sql = DAY_COLUMNS, .nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_OPEN] = {
		.sql = "INSERT INTO loyalty_data.ledger_day AS d (org_id, first_open_day) VALUES ($1, $2) ON CONFLICT (org_id)"
		" DO UPDATE SET first_open_day = GREATEST(d.first_open_day, EXCLUDED.first_open_day)",
		.nargs = 2, .argtypes = { INT4OID, DATEOID }, .expect = SPI_OK_INSERT,
	},
	[Q_SEALED] = {
		.sql = "UPDATE loyalty_data.ledger_day SET sealed_day = $2 WHERE org_id = $1",
		.nargs = 2, .argtypes = { INT4OID, DATEOID }, .expect = SPI_OK_UPDATE,
	},
	[Q_SEAL_LAST] = {
		.sql = SEAL_COLUMNS " ORDER BY s.seal_no DESC LIMIT 1",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_SEALS] = {
		.sql = SEAL_COLUMNS " ORDER BY s.seal_no",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_SEAL_INSERT] = {
		.sql = "INSERT INTO loyalty_data.day_seal (org_id, seal_no, day, sealed_at, key_id, accounts, entries, account_digest,"
		" seal_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		.nargs = 9, .argtypes = { INT4OID, INT4OID, DATEOID, TIMESTAMPTZOID, INT2OID, INT8OID, INT8OID, BYTEAOID, BYTEAOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_TOTALS_INSERT] = {
		.sql = "INSERT INTO loyalty_data.day_total (org_id, posting_day, program_id, category, house_account, credits, debits,"
		" entries) SELECT $1, e.posting_day, e.program_id, e.category, e.house_account,"
		" COALESCE(sum(e.points) FILTER (WHERE" TO_CUSTOMER "), 0),"
		" COALESCE(sum(abs(e.points)) FILTER (WHERE NOT (" TO_CUSTOMER ")), 0),"
		" count(*) FROM loyalty_data.ledger_entry e WHERE " IN_DAYS("e")
		" GROUP BY e.posting_day, e.program_id, e.category, e.house_account",
		.nargs = 3, .argtypes = DAY_TYPES, .expect = SPI_OK_INSERT, .whole = true,
	},
	[Q_TOTALS] = {
		.sql = "SELECT t.posting_day, t.program_id, t.category, t.house_account, t.credits, t.debits, t.entries"
		" FROM loyalty_data.day_total t WHERE " IN_DAYS("t")
		" ORDER BY t.posting_day, t.program_id, t.category, t.house_account",
		.nargs = 3, .argtypes = DAY_TYPES, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_CHANGES] = {
		.sql = "SELECT c.customer_id, c.program_id, c.category, c.entries, b.entry_no, b.key_id, b.entry_hash, l.entry_no,"
		" l.key_id, l.entry_hash FROM (SELECT e.customer_id, e.program_id, e.category,"
		"  min(e.entry_no) AS first_no, max(e.entry_no) AS last_no, count(*) AS entries"
		"  FROM loyalty_data.ledger_entry e WHERE " IN_DAYS("e") " GROUP BY e.customer_id, e.program_id, e.category) c"
		" CROSS JOIN LATERAL " ENTRY_AT("c.last_no") " l"
		" LEFT JOIN LATERAL " ENTRY_AT("(c.first_no - 1)") " b ON true",
		.nargs = 3, .argtypes = DAY_TYPES, .expect = SPI_OK_SELECT, .read_only = true, .whole = true,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with DayQueryId");

static LoyaltyPlan plans[Q_COUNT];

/* First open days as they were at a generation of the reference data; generation 0: empty. */
static struct
{
	int32 org_id;
	uint64 generation;
	DateADT first_open_day;
} cached[CACHED_ORGS];

struct DayStream
{
	Portal portal;
	SPITupleTable *rows;
	uint64 count;
	uint64 next;
};

static uint64
run(DayQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

static void
param_day(LoyaltyParams *params, DateADT day)
{
	loyalty_param(params, DateADTGetDatum(day), false);
}

DateADT
loyalty_first_open_day(int32 org_id)
{
	int slot = org_id % CACHED_ORGS;
	LoyaltyParams params = { 0 };

	AcceptInvalidationMessages();
	(void) loyalty_relation(LOYALTY_REL_ORG); /* whose invalidation says that a day moved */
	if (cached[slot].org_id != org_id || cached[slot].generation != loyalty_reference_generation())
	{
		uint64 generation = loyalty_reference_generation();
		bool found;

		loyalty_param_int4(&params, org_id);
		found = loyalty_query_latest(&queries[Q_DAY], &plans[Q_DAY], &params) > 0;
		cached[slot].org_id = org_id;
		cached[slot].first_open_day = found ? loyalty_row_int4(0, 1) : DATEVAL_NOBEGIN;
		cached[slot].generation = generation;
	}
	return cached[slot].first_open_day;
}

static void
read_day(DayQueryId id, int32 org_id, DateADT *first_open_day, DateADT *sealed_day)
{
	LoyaltyParams params = { 0 };

	*first_open_day = *sealed_day = DATEVAL_NOBEGIN;
	loyalty_param_int4(&params, org_id);
	if (run(id, &params) == 0)
		return;
	*first_open_day = loyalty_row_int4(0, 1);
	*sealed_day = loyalty_row_int4_or(0, 2, DATEVAL_NOBEGIN);
}

void
loyalty_day_read(int32 org_id, DateADT *first_open_day, DateADT *sealed_day)
{
	read_day(Q_DAY, org_id, first_open_day, sealed_day);
}

void
loyalty_day_read_seen(int32 org_id, DateADT *first_open_day, DateADT *sealed_day)
{
	read_day(Q_DAY_SEEN, org_id, first_open_day, sealed_day);
}

const char *
loyalty_day_text(DateADT day)
{
	int year;
	int month;
	int of_month;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &of_month);
	return psprintf("%04d-%02d-%02d", year, month, of_month);
}

static void
update_day(DayQueryId id, int32 org_id, DateADT day)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	param_day(&params, day);
	loyalty_guard_lift("ledger_day");
	run(id, &params);
	loyalty_guard_restore();
}

void
loyalty_day_open(int32 org_id, DateADT first_open_day)
{
	update_day(Q_OPEN, org_id, first_open_day);
}

void
loyalty_day_sealed(int32 org_id, DateADT day)
{
	update_day(Q_SEALED, org_id, day);
}

bool
loyalty_day_take_turn(void)
{
	return ConditionalLockRelationOid(loyalty_table_oid("day_seal"), ShareUpdateExclusiveLock);
}

/*
 * Who reads the first open day does so under a snapshot, and who has posted holds a lock on the entries until the
 * end. So whoever has a snapshot now is waited for, and then whoever has posted, prepared transactions included.
 * Without a snapshot of our own, or two who wait in this way would wait for each other.
 */
void
loyalty_day_wait_out(void)
{
	VirtualTransactionId *older;
	LOCKTAG entries;
	int count;
	int i;

	SET_LOCKTAG_RELATION(entries, MyDatabaseId, loyalty_table_oid("ledger_entry"));
	InvalidateCatalogSnapshot();
	older =
		GetCurrentVirtualXIDs(InvalidTransactionId, true, false, PROC_IS_AUTOVACUUM | PROC_IN_VACUUM, &count);
	for (i = 0; i < count; i++)
		VirtualXactLock(older[i], true);
	WaitForLockers(entries, ShareLock, false);
}

static void
hash_from_row(unsigned char *hash, uint64 row, int column)
{
	const bytea *value = loyalty_row_bytes(row, column);

	memset(hash, 0, ENTRY_HASH_BYTES);
	memcpy(hash, VARDATA_ANY(value), Min(VARSIZE_ANY_EXHDR(value), ENTRY_HASH_BYTES));
}

static void
seal_from_row(DaySeal *seal, uint64 row)
{
	*seal = (DaySeal){
		.seal_no = loyalty_row_int4(row, 1),
		.day = loyalty_row_int4(row, 2),
		.sealed_at = loyalty_row_int8(row, 3),
		.key_id = loyalty_row_int2(row, 4),
		.accounts = loyalty_row_int8(row, 5),
		.entries = loyalty_row_int8(row, 6),
	};
	hash_from_row(seal->account_digest, row, 7);
	hash_from_row(seal->hash, row, 8);
}

bool
loyalty_seal_last(int32 org_id, DaySeal *seal)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	if (run(Q_SEAL_LAST, &params) == 0)
		return false;
	seal_from_row(seal, 0);
	return true;
}

static void
param_hash(LoyaltyParams *params, const unsigned char *hash)
{
	bytea *value = palloc(VARHDRSZ + ENTRY_HASH_BYTES);

	SET_VARSIZE(value, VARHDRSZ + ENTRY_HASH_BYTES);
	memcpy(VARDATA(value), hash, ENTRY_HASH_BYTES);
	loyalty_param(params, PointerGetDatum(value), false);
}

void
loyalty_seal_insert(int32 org_id, const DaySeal *seal)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, seal->seal_no);
	param_day(&params, seal->day);
	loyalty_param_time(&params, seal->sealed_at);
	loyalty_param_int2(&params, seal->key_id);
	loyalty_param_int8(&params, seal->accounts);
	loyalty_param_int8(&params, seal->entries);
	param_hash(&params, seal->account_digest);
	param_hash(&params, seal->hash);
	run(Q_SEAL_INSERT, &params);
}

static void
days_params(LoyaltyParams *params, int32 org_id, DateADT after, DateADT up_to)
{
	loyalty_param_int4(params, org_id);
	param_day(params, after);
	param_day(params, up_to);
}

void
loyalty_totals_insert(int32 org_id, DateADT after, DateADT up_to)
{
	LoyaltyParams params = { 0 };

	days_params(&params, org_id, after, up_to);
	run(Q_TOTALS_INSERT, &params);
}

static DayStream *
open_stream(DayQueryId id, int32 org_id, DateADT after, DateADT up_to)
{
	DayStream *stream = palloc0(sizeof(DayStream));
	LoyaltyParams params = { 0 };

	days_params(&params, org_id, after, up_to);
	stream->portal = loyalty_query_open(&queries[id], &plans[id], &params);
	return stream;
}

/* The next row, which is in SPI_tuptable then. */
static bool
next_row(DayStream *stream, uint64 *row)
{
	if (stream->next == stream->count)
	{
		if (stream->rows)
			SPI_freetuptable(stream->rows);
		loyalty_query_fetch(stream->portal, ROWS_PER_FETCH);
		stream->rows = SPI_tuptable;
		stream->count = SPI_processed;
		stream->next = 0;
	}
	SPI_tuptable = stream->rows;
	*row = stream->next++;
	return *row < stream->count;
}

DayStream *
loyalty_seals_open(int32 org_id)
{
	DayStream *stream = palloc0(sizeof(DayStream));
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	stream->portal = loyalty_query_open(&queries[Q_SEALS], &plans[Q_SEALS], &params);
	return stream;
}

bool
loyalty_seals_next(DayStream *stream, DaySeal *seal)
{
	uint64 row;

	if (!next_row(stream, &row))
		return false;
	seal_from_row(seal, row);
	return true;
}

DayStream *
loyalty_totals_open(int32 org_id, DateADT after, DateADT up_to)
{
	return open_stream(Q_TOTALS, org_id, after, up_to);
}

bool
loyalty_totals_next(DayStream *stream, DayTotal *total)
{
	uint64 row;

	if (!next_row(stream, &row))
		return false;
	*total = (DayTotal){
		.posting_day = loyalty_row_int4(row, 1),
		.program_id = loyalty_row_int4(row, 2),
		.category = loyalty_row_char(row, 3),
		.house_account = loyalty_row_char(row, 4),
		.credits = loyalty_row_points(row, 5),
		.debits = loyalty_row_points(row, 6),
		.entries = loyalty_row_int8(row, 7),
	};
	return true;
}

DayStream *
loyalty_changes_open(int32 org_id, DateADT after, DateADT up_to)
{
	return open_stream(Q_CHANGES, org_id, after, up_to);
}

/* Three columns from one on; nulls stand for no entry. */
static void
end_from_row(AccountEnd *end, uint64 row, int column)
{
	end->entry_no = loyalty_row_int4_or(row, column, 0);
	if (end->entry_no == 0)
		return;
	end->key_id = loyalty_row_int2(row, column + 1);
	hash_from_row(end->hash, row, column + 2);
}

bool
loyalty_changes_next(DayStream *stream, ChangedAccount *changed)
{
	uint64 row;

	if (!next_row(stream, &row))
		return false;
	changed->customer_id = loyalty_row_int8(row, 1);
	changed->program_id = loyalty_row_int4(row, 2);
	changed->category = loyalty_row_char(row, 3);
	changed->entries = loyalty_row_int8(row, 4);
	end_from_row(&changed->before, row, 5);
	end_from_row(&changed->last, row, 8);
	return true;
}

void
loyalty_day_stream_close(DayStream *stream)
{
	if (stream->rows)
		SPI_freetuptable(stream->rows);
	SPI_cursor_close(stream->portal);
}
