/*
 * limit_store.c: the statements on limits, their slots and what customers used.
 *
 * Slots are locked by statements of their own: a lock that is not free is passed over, which a statement in words cannot say.
 * What was locked is written without one. Each statement sees what was committed until then.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "incentive/limit/limit_store.h"

/* A row of use_limit; what may be null has a bool beside it. */
typedef struct UseLimitRow
{
	LoyaltyLimit limit;
	char kind;
	bool is_bounded;
	bool has_notice;
} UseLimitRow;

#define LIMIT_COLUMN(name, type) LOYALTY_COLUMN(#name, type, UseLimitRow, limit.name)

static const LoyaltyColumn limit_columns[] = {
	LIMIT_COLUMN(org_id, INT4),
	LIMIT_COLUMN(limit_id, INT4),
	LIMIT_COLUMN(owner_id, INT4),
	LIMIT_COLUMN(change_no, INT4),
	LOYALTY_COLUMN("kind", CHAR, UseLimitRow, kind),
	LOYALTY_COLUMN_IF("maximum", INT8, UseLimitRow, limit.maximum, is_bounded),
	LOYALTY_COLUMN_IF("notify_at", INT8, UseLimitRow, limit.notify_at, has_notice),
	LIMIT_COLUMN(notified_at, TIME_OR_END),
	LIMIT_COLUMN(exhausted_at, TIME_OR_END),
	LIMIT_COLUMN(code, TEXT),
};

static const LoyaltyLayout limit_layout = LOYALTY_LAYOUT("use_limit", UseLimitRow, limit_columns);

#define SLOT_COLUMN(name, type) LOYALTY_COLUMN(#name, type, LimitSlot, name)

static const LoyaltyColumn slot_columns[] = {
	SLOT_COLUMN(org_id, INT4),
	SLOT_COLUMN(limit_id, INT4),
	SLOT_COLUMN(slot_no, INT4),
	SLOT_COLUMN(remaining, INT8),
};

static const LoyaltyLayout slot_layout = LOYALTY_LAYOUT("limit_slot", LimitSlot, slot_columns);

/* A row of customer_use. */
typedef struct CustomerUse
{
	int64 customer_id;
	int64 used;
	int32 org_id;
	int32 limit_id;
} CustomerUse;

#define USE_COLUMN(name, type) LOYALTY_COLUMN(#name, type, CustomerUse, name)

static const LoyaltyColumn use_columns[] = {
	USE_COLUMN(customer_id, INT8),
	USE_COLUMN(used, INT8),
	USE_COLUMN(org_id, INT4),
	USE_COLUMN(limit_id, INT4),
};

static const LoyaltyLayout use_layout = LOYALTY_LAYOUT("customer_use", CustomerUse, use_columns);

static LoyaltyQuery limit_insert = LOYALTY_INSERT(limit_layout);
static LoyaltyQuery limit_update = LOYALTY_UPDATE(limit_layout, "org_id, limit_id");
static LoyaltyQuery limits_of_owner = LOYALTY_FIND(limit_layout, "org_id, owner_id");
static LoyaltyQuery limit_of_id = LOYALTY_FIND(limit_layout, "org_id, limit_id");
static LoyaltyQuery limit_lock = LOYALTY_LOCK(limit_layout, "org_id, limit_id");

/* Notes what happened since a limit was read, and nothing where it was changed meanwhile. */
static LoyaltyQuery limit_notified =
	LOYALTY_STATEMENT("UPDATE loyalty_data.use_limit SET notified_at = $4 WHERE org_id = $1 AND limit_id = $2"
					  " AND change_no = $3",
					  INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID);
static LoyaltyQuery limit_exhausted = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.use_limit SET exhausted_at = $4 WHERE org_id = $1 AND limit_id = $2"
	" AND change_no = $3",
	INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID);
static LoyaltyQuery limit_renew = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.use_limit SET change_no = change_no + 1, notified_at = NULL, exhausted_at = NULL"
	" WHERE org_id = $1 AND limit_id = $2",
	INT4OID, INT4OID);

static LoyaltyQuery slots_insert = LOYALTY_INSERT(slot_layout);
static LoyaltyQuery slots_update = LOYALTY_UPDATE(slot_layout, "org_id, limit_id, slot_no");

/* Slots that nobody holds: with something left, and any. */
#define FREE_SLOT(condition) \
	"SELECT s FROM loyalty_data.limit_slot s WHERE s.org_id = $1 AND s.limit_id = $2 AND s.slot_no >= $3" \
	" AND s.slot_no < $4" condition " ORDER BY s.slot_no LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
static LoyaltyQuery slot_with_rest =
	LOYALTY_STATEMENT(FREE_SLOT(" AND s.remaining > 0"), INT4OID, INT4OID, INT4OID, INT4OID);
static LoyaltyQuery slot_any = LOYALTY_STATEMENT(FREE_SLOT(""), INT4OID, INT4OID, INT4OID, INT4OID);

/* Waits for who holds it. A slot that has nothing left by then is passed over. */
static LoyaltyQuery slot_next = LOYALTY_STATEMENT(
	"SELECT s FROM loyalty_data.limit_slot s WHERE s.org_id = $1 AND s.limit_id = $2 AND s.slot_no >= $3"
	" AND s.remaining > 0 ORDER BY s.slot_no LIMIT 1 FOR NO KEY UPDATE",
	INT4OID, INT4OID, INT4OID);

static LoyaltyQuery slots_all = LOYALTY_STATEMENT(
	"SELECT s FROM loyalty_data.limit_slot s WHERE s.org_id = $1 AND s.limit_id = $2 ORDER BY s.slot_no"
	" FOR NO KEY UPDATE",
	INT4OID, INT4OID);

static LoyaltyQuery slots_sum = LOYALTY_STATEMENT(
	"SELECT sum(s.remaining)::int8 FROM loyalty_data.limit_slot s WHERE s.org_id = $1 AND s.limit_id = $2",
	INT4OID, INT4OID);

static LoyaltyQuery use_of_customer = LOYALTY_FIND_TO_WRITE(use_layout, "org_id, customer_id, limit_id");
static LoyaltyQuery use_insert = LOYALTY_INSERT(use_layout);
static LoyaltyQuery use_update = LOYALTY_UPDATE(use_layout, "org_id, customer_id, limit_id");

/* Makes a row of a limit. */
static void
row_of_limit(const LoyaltyLimit *limit, UseLimitRow *row)
{
	*row = (UseLimitRow){ .limit = *limit,
						  .kind = (char) limit->kind,
						  .is_bounded = limit->maximum != LIMIT_UNBOUNDED,
						  .has_notice = limit->notify_at >= 0 };
}

/* Makes a limit of a row. */
static void
limit_of_row(LoyaltyRows *rows, uint64 i, LoyaltyLimit *limit)
{
	UseLimitRow row = { 0 };

	loyalty_row_read(rows, i, &limit_layout, &row);
	*limit = row.limit;
	limit->kind = (LimitKind) row.kind;
	if (!row.is_bounded)
		limit->maximum = LIMIT_UNBOUNDED;
	if (!row.has_notice)
		limit->notify_at = -1;
}

/* Writes a new row. */
void
loyalty_use_limit_insert(const LoyaltyLimit *limit)
{
	UseLimitRow row;

	row_of_limit(limit, &row);
	(void) loyalty_write(&limit_insert, &row, 1);
}

/* Replaces the whole row, which the caller has locked. */
void
loyalty_use_limit_update(const LoyaltyLimit *limit)
{
	UseLimitRow row;

	row_of_limit(limit, &row);
	(void) loyalty_write(&limit_update, &row, 1);
}

/* Touches the one column, so that no change of the limit is overwritten that the caller has not seen. */
void
loyalty_use_limit_told(const LoyaltyLimit *limit, bool exhausted, TimestampTz now)
{
	LOYALTY_EXECUTE(exhausted ? &limit_exhausted : &limit_notified, loyalty_int4(limit->org_id),
					loyalty_int4(limit->limit_id), loyalty_int4(limit->change_no), loyalty_time(now));
}

/* Counts in the row itself, for the same reason. */
void
loyalty_use_limit_renew(const LoyaltyLimit *limit)
{
	LOYALTY_EXECUTE(&limit_renew, loyalty_int4(limit->org_id), loyalty_int4(limit->limit_id));
}

/* Writes none where there are enough already. */
void
loyalty_slots_insert(const LimitSlot *slots, int count)
{
	if (count > 0)
		(void) loyalty_write(&slots_insert, slots, count);
}

/* Writes slots that this transaction has locked: nothing is waited for, and no index is touched. */
void
loyalty_slots_update(const LimitSlot *slots, int count)
{
	(void) loyalty_write(&slots_update, slots, count);
}

/* Reads those of single codes as well: the caller tells them apart. */
int
loyalty_use_limits_of_owner(int32 org_id, int32 owner_id, LoyaltyLimit **limits)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&limits_of_owner, loyalty_int4(org_id), loyalty_int4(owner_id));
	uint64 i;

	*limits = palloc(sizeof(LoyaltyLimit) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		limit_of_row(rows, i, &(*limits)[i]);
	return (int) rows->count;
}

/* Reads a limit by a statement on its id. */
static bool
read_limit(LoyaltyQuery *query, int32 org_id, int32 limit_id, LoyaltyLimit *limit)
{
	LoyaltyRows *rows = LOYALTY_QUERY(query, loyalty_int4(org_id), loyalty_int4(limit_id));

	if (rows->count == 0)
		return false;
	limit_of_row(rows, 0, limit);
	return true;
}

/* Reads what is committed by now. */
bool
loyalty_use_limit_read(int32 org_id, int32 limit_id, LoyaltyLimit *limit)
{
	return read_limit(&limit_of_id, org_id, limit_id, limit);
}

/* Reads the row as it is after whoever held it. */
bool
loyalty_use_limit_lock(int32 org_id, int32 limit_id, LoyaltyLimit *limit)
{
	return read_limit(&limit_lock, org_id, limit_id, limit);
}

/* Reads the one slot of an answer. */
static bool
read_slot(LoyaltyRows *rows, LimitSlot *slot)
{
	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &slot_layout, slot);
	return true;
}

/* Never waits. A slot of this transaction counts as free. */
bool
loyalty_slot_lock_free(const LoyaltyLimit *limit, int first, int end, bool with_rest, LimitSlot *slot)
{
	LoyaltyRows *rows = LOYALTY_QUERY(with_rest ? &slot_with_rest : &slot_any, loyalty_int4(limit->org_id),
									  loyalty_int4(limit->limit_id), loyalty_int4(first), loyalty_int4(end));

	return read_slot(rows, slot);
}

/* Chooses by what was committed as the statement began, and tells by what there is after the wait. */
bool
loyalty_slot_lock_next(const LoyaltyLimit *limit, int first, LimitSlot *slot)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&slot_next, loyalty_int4(limit->org_id), loyalty_int4(limit->limit_id),
									  loyalty_int4(first));

	return read_slot(rows, slot);
}

/* Locks by one statement, in the order in which everybody does. */
int
loyalty_slots_lock(const LoyaltyLimit *limit, LimitSlot **slots)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&slots_all, loyalty_int4(limit->org_id), loyalty_int4(limit->limit_id));
	uint64 i;

	*slots = palloc(sizeof(LimitSlot) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		loyalty_row_read(rows, i, &slot_layout, &(*slots)[i]);
	return (int) rows->count;
}

/* Adds up at most as many rows as a limit has slots. */
int64
loyalty_slots_sum(const LoyaltyLimit *limit)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&slots_sum, loyalty_int4(limit->org_id), loyalty_int4(limit->limit_id));

	return loyalty_row_int8_or(rows, 0, 1, 0);
}

/* Reads under one id: a merge group has several. */
int64
loyalty_customer_use_read(const LoyaltyLimit *limit, int64 customer_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&use_of_customer, LOYALTY_CUSTOMER(limit->org_id, customer_id),
									  loyalty_int4(limit->limit_id));
	CustomerUse use;

	if (rows->count == 0)
		return -1;
	loyalty_row_read(rows, 0, &use_layout, &use);
	return use.used;
}

/* Writes what the customer's lock guards. */
void
loyalty_customer_use_write(const LoyaltyLimit *limit, int64 customer_id, int64 used, bool is_new)
{
	CustomerUse use = {
		.customer_id = customer_id, .used = used, .org_id = limit->org_id, .limit_id = limit->limit_id
	};

	(void) loyalty_write(is_new ? &use_insert : &use_update, &use, 1);
}
