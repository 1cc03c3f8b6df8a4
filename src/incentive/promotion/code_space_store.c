/*
 * code_space_store.c: the statements on spaces of codes and their batches. Whoever makes or changes one of them holds the org's lock
 * of codes, so that none needs a lock of its own; whoever presents a code reads them without any.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "incentive/promotion/code_space_store.h"

#define SPACE(name, type, member) LOYALTY_COLUMN(name, type, CodeSpace, member)
#define BATCH(name, type, member) LOYALTY_COLUMN(name, type, CodeBatch, member)

/* Columns of code_space, in the order of the table. */
static const LoyaltyColumn space_columns[] = {
	SPACE("org_id", INT4, org_id),
	SPACE("space_id", INT4, space_id),
	SPACE("next_position", INT8, next_position),
	SPACE("length", INT4, length),
	SPACE("key_id", INT2, key_id),
	SPACE("serves", CODE, serves),
	SPACE("has_check", BOOL, has_check),
	SPACE("seed", BYTES_OR_NONE, seed),
	SPACE("prefix", TEXT, prefix),
};

/* Columns of code_batch, in the order of the table. */
static const LoyaltyColumn batch_columns[] = {
	BATCH("org_id", INT4, org_id),
	BATCH("space_id", INT4, space_id),
	BATCH("first_position", INT8, first_position),
	BATCH("last_position", INT8, last_position),
	BATCH("created_at", TIME, created_at),
	BATCH("expires_at", TIME_OR_NEVER, expires_at),
	BATCH("revoked_at", TIME_OR_END, revoked_at),
	BATCH("promotion_id", INT4, promotion_id),
	BATCH("batch_no", INT4, batch_no),
	BATCH("distribution", TEXT, distribution),
	BATCH("partner", TEXT, partner),
};

static const LoyaltyLayout space_layout = LOYALTY_LAYOUT("code_space", CodeSpace, space_columns);
static const LoyaltyLayout batch_layout = LOYALTY_LAYOUT("code_batch", CodeBatch, batch_columns);

/* Finds the space that a presented code may come from: its prefix is tried in every length. */
static LoyaltyQuery space_of_shape = LOYALTY_FIND(space_layout, "org_id, prefix, length");

static LoyaltyQuery space_of_id = LOYALTY_FIND(space_layout, "org_id, space_id");
static LoyaltyQuery batch_of_number = LOYALTY_FIND(batch_layout, "org_id, promotion_id, batch_no");
static LoyaltyQuery batch_insert = LOYALTY_INSERT(batch_layout);
static LoyaltyQuery space_insert = LOYALTY_INSERT(space_layout);

static LoyaltyQuery shapes_of_org =
	LOYALTY_STATEMENT("SELECT s.prefix::text, s.length, s.has_check FROM loyalty_data.code_space s"
					  " WHERE s.org_id = $1",
					  INT4OID);

static LoyaltyQuery space_advance =
	LOYALTY_STATEMENT("UPDATE loyalty_data.code_space SET next_position = $3"
					  " WHERE org_id = $1 AND space_id = $2 AND next_position < $3",
					  INT4OID, INT4OID, INT8OID);

/* Batches of a space lie one behind the other: the last one that begins by then has the position, or none has. */
static LoyaltyQuery batch_of_position =
	LOYALTY_STATEMENT("SELECT b FROM loyalty_data.code_batch b WHERE b.org_id = $1 AND b.space_id = $2"
					  " AND b.first_position <= $3 ORDER BY b.first_position DESC LIMIT 1",
					  INT4OID, INT4OID, INT8OID);

static LoyaltyQuery batch_next = LOYALTY_STATEMENT(
	"SELECT b.batch_no FROM loyalty_data.code_batch b WHERE b.org_id = $1 AND b.promotion_id = $2"
	" ORDER BY b.batch_no DESC LIMIT 1",
	INT4OID, INT4OID);

static LoyaltyQuery batch_revoke =
	LOYALTY_STATEMENT("UPDATE loyalty_data.code_batch SET revoked_at = $4"
					  " WHERE org_id = $1 AND promotion_id = $2 AND batch_no = $3 AND revoked_at IS NULL",
					  INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID);

/* Writes the row whole. */
void
loyalty_code_space_insert(const CodeSpace *space)
{
	loyalty_write(&space_insert, space, 1);
}

/* Reads the one row that there may be. A seed of another length would make other codes of it: damaged. */
static bool
space_of(LoyaltyRows *rows, CodeSpace *space)
{
	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &space_layout, space);
	if (space->seed == NULL || VARSIZE_ANY_EXHDR(space->seed) != NUMBER_SEED_BYTES)
		elog(ERROR, "space of codes %d is damaged", space->space_id);
	return true;
}

/* Looks for the shape. */
bool
loyalty_code_space_find(int32 org_id, const char *prefix, int32 length, CodeSpace *space)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&space_of_shape, loyalty_int4(org_id), loyalty_text(prefix), loyalty_int4(length));

	return space_of(rows, space);
}

/* Looks for the id. */
bool
loyalty_code_space_read(int32 org_id, int32 space_id, CodeSpace *space)
{
	return space_of(LOYALTY_QUERY(&space_of_id, loyalty_int4(org_id), loyalty_int4(space_id)), space);
}

/* Takes a snapshot of its own, whatever the isolation level: the holders of the lock before have committed. */
int
loyalty_code_shapes(int32 org_id, CodeShape **shapes)
{
	LoyaltyRows *rows = loyalty_query_latest(&shapes_of_org, LOYALTY_GIVEN(loyalty_int4(org_id)));
	uint64 i;

	*shapes = palloc(sizeof(CodeShape) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*shapes)[i] = (CodeShape){ .prefix = loyalty_row_text(rows, i, 1),
									.length = loyalty_row_int4(rows, i, 2),
									.has_check = loyalty_row_bool(rows, i, 3) };
	return (int) rows->count;
}

/* Never goes back. */
void
loyalty_code_space_advance(int32 org_id, int32 space_id, int64 next)
{
	if (LOYALTY_EXECUTE(&space_advance, loyalty_int4(org_id), loyalty_int4(space_id), loyalty_int8(next)) !=
		1)
		elog(ERROR, "space of codes %d is not there, or is further", space_id);
}

/* Writes the row whole. */
void
loyalty_code_batch_insert(const CodeBatch *batch)
{
	loyalty_write(&batch_insert, batch, 1);
}

/* Positions behind the last batch are those of no code yet. */
bool
loyalty_code_batch_of_position(int32 org_id, int32 space_id, int64 position, CodeBatch *batch)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&batch_of_position, loyalty_int4(org_id), loyalty_int4(space_id),
									  loyalty_int8(position));

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &batch_layout, batch);
	return position <= batch->last_position;
}

/* Looks for the number. */
bool
loyalty_code_batch_read(int32 org_id, int32 promotion_id, int32 batch_no, CodeBatch *batch)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&batch_of_number, loyalty_int4(org_id), loyalty_int4(promotion_id),
									  loyalty_int4(batch_no));

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &batch_layout, batch);
	return true;
}

/* Counts from the last one. */
int32
loyalty_code_batch_next(int32 org_id, int32 promotion_id)
{
	LoyaltyRows *rows =
		loyalty_query_latest(&batch_next, LOYALTY_GIVEN(loyalty_int4(org_id), loyalty_int4(promotion_id)));

	return (rows->count == 0 ? 0 : loyalty_row_int4(rows, 0, 1)) + 1;
}

/* Leaves the time of a batch that was revoked before. */
void
loyalty_code_batch_revoke(int32 org_id, int32 promotion_id, int32 batch_no, TimestampTz now)
{
	LOYALTY_EXECUTE(&batch_revoke, loyalty_int4(org_id), loyalty_int4(promotion_id), loyalty_int4(batch_no),
					loyalty_time(now));
}
