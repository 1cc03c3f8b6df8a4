/*
 * number_series_store.c: the statements on series of numbers, and their sequences.
 *
 * A sequence is made by a trigger when the row of its series comes, and by no install script: so pg_dump writes it with
 * its value like any other object, though its table belongs to the extension. It is owned by a column of that table and
 * goes with it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "commands/sequence.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "card/number_series_store.h"
#include "common/ids.h"
#include "common/names.h"
#include "common/pg_compat.h"
#include "common/privileges.h"

/* Inserts a series; a trigger makes its sequence in the same statement. */
static LoyaltyQuery series_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.number_series (org_id, number_series_id, purpose, method, length, prefix, suffix,"
	" serial_offset, checksum_prefix, key_id, seed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
	INT4OID, INT4OID, CHAROID, TEXTOID, INT4OID, TEXTOID, TEXTOID, INT8OID, BOOLOID, INT2OID, BYTEAOID);

/* Reads a series by its id. */
static LoyaltyQuery series_by_code = LOYALTY_STATEMENT_SEEN(
	"SELECT n.purpose, n.method::text, n.length, n.prefix::text,"
	" n.suffix::text, n.serial_offset, n.checksum_prefix, n.key_id, n.seed FROM loyalty_data.number_series n"
	" WHERE n.org_id = $1 AND n.number_series_id = $2",
	INT4OID, INT4OID);

/* Finds the oldest series of external ids of a shape; $7 is null where the offset does not matter. */
static LoyaltyQuery series_of_sequence =
	LOYALTY_STATEMENT("SELECT min(n.number_series_id) FROM loyalty_data.number_series n"
					  " WHERE n.org_id = $1 AND n.purpose = 'x'"
					  " AND n.method = $2 AND n.length = $3"
					  " AND n.prefix = $4 AND n.suffix = $5"
					  " AND n.checksum_prefix = $6"
					  " AND ($7 IS NULL OR n.serial_offset = $7)",
					  INT4OID, TEXTOID, INT4OID, TEXTOID, TEXTOID, BOOLOID, INT8OID);

/* Reads the last value of a sequence; null: none was drawn. */
static LoyaltyQuery last_number =
	LOYALTY_STATEMENT_SEEN("SELECT pg_sequence_last_value($1::regclass)", OIDOID);

/* Looks for a warning at that percentage. */
static LoyaltyQuery warning_given =
	LOYALTY_STATEMENT("SELECT 1 FROM loyalty_data.number_series_event e WHERE e.org_id = $1"
					  " AND e.number_series_id = $2 AND e.percent = $3 LIMIT 1",
					  INT4OID, INT4OID, INT4OID);

/* Inserts the warning as an event of the series. */
static LoyaltyQuery warning_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.number_series_event (org_id, number_series_id, event_id, event_name, percent, used,"
	" capacity, recorded_at) VALUES ($1, $2, $3, 'series_nearly_used', $4, $5, $6, $7)",
	INT4OID, INT4OID, INT8OID, INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID);

static void create_sequence(int32 number_series_id, int64 start);

/* Returns the name of the sequence of a series. */
static char *
sequence_name(int32 number_series_id)
{
	return psprintf("number_series_%d_seq", number_series_id);
}

/* Inserts a series. */
void
loyalty_number_series_insert(const NumberSeries *series)
{
	const NumberShape *shape = &series->shape;
	LoyaltyParams params = { 0 };
	bytea *seed = palloc(VARHDRSZ + NUMBER_SEED_BYTES);

	SET_VARSIZE(seed, VARHDRSZ + NUMBER_SEED_BYTES);
	memcpy(VARDATA(seed), series->seed, NUMBER_SEED_BYTES);
	loyalty_param(&params, loyalty_int4(series->org_id));
	loyalty_param(&params, loyalty_int4(series->number_series_id));
	loyalty_param(&params, loyalty_char(series->purpose));
	loyalty_param(&params, loyalty_text(loyalty_number_method_names[shape->method]));
	loyalty_param(&params, loyalty_int4(shape->length));
	loyalty_param(&params, loyalty_text(shape->prefix));
	loyalty_param(&params, loyalty_text(shape->suffix));
	loyalty_param(&params, loyalty_int8(shape->offset));
	loyalty_param(&params, loyalty_bool(shape->checksum_prefix));
	loyalty_param(&params, loyalty_int2(series->key_id));
	loyalty_param(&params, loyalty_datum(PointerGetDatum(seed), false));
	loyalty_execute(&series_insert, &params);
}

/*
 * Makes the sequence, or takes over the one that a dump brought: it comes before the row, and does not say whose it
 * is, since the table is the extension's. That one was made under the default privileges of whoever restores, so it is
 * closed, too.
 */
void
loyalty_number_sequence_provide(int32 number_series_id, int64 start)
{
	Oid table = loyalty_table_oid("number_series");
	Oid sequence = loyalty_table_oid(sequence_name(number_series_id));
	ObjectAddress owned;
	ObjectAddress owner;
	Oid owner_table;
	int32 owner_column;

	if (!OidIsValid(sequence))
	{
		create_sequence(number_series_id, start);
		return;
	}
	if (sequenceIsOwned(sequence, DEPENDENCY_AUTO, &owner_table, &owner_column))
		return;
	loyalty_relation_check_owner(sequence_name(number_series_id));
	loyalty_relation_close(sequence_name(number_series_id));
	ObjectAddressSet(owned, RelationRelationId, sequence);
	ObjectAddressSubSet(owner, RelationRelationId, table, get_attnum(table, "number_series_id"));
	recordDependencyOn(&owned, &owner, DEPENDENCY_AUTO);
}

/* Makes an option of CREATE SEQUENCE. */
static DefElem *
sequence_option(const char *name, int64 value)
{
	return makeDefElem(pstrdup(name), (Node *) makeFloat(psprintf(INT64_FORMAT, value)), -1);
}

/*
 * Runs CREATE SEQUENCE loyalty_data.number_series_N_seq MINVALUE 0 START ... OWNED BY
 * loyalty_data.number_series.number_series_id, and closes it to others.
 */
static void
create_sequence(int32 number_series_id, int64 start)
{
	CreateSeqStmt *statement = makeNode(CreateSeqStmt);
	ParseState *pstate = make_parsestate(NULL);
	List *owner = list_make3(makeString(pstrdup(LOYALTY_TABLES_SCHEMA)), makeString(pstrdup("number_series")),
							 makeString(pstrdup("number_series_id")));

	statement->sequence = makeRangeVar(pstrdup(LOYALTY_TABLES_SCHEMA), sequence_name(number_series_id), -1);
	statement->options = list_make3(sequence_option("minvalue", 0), sequence_option("start", start),
									makeDefElem(pstrdup("owned_by"), (Node *) owner, -1));
	DefineSequence(pstate, statement);
	free_parsestate(pstate);
	CommandCounterIncrement();
	loyalty_relation_close(sequence_name(number_series_id));
}

/* Reads a series; one whose row makes no sense is an internal error, before any number is made of it. */
bool
loyalty_number_series_read(int32 org_id, int32 number_series_id, NumberSeries *series)
{
	const bytea *seed;
	LoyaltyRows *rows = LOYALTY_QUERY(&series_by_code, loyalty_int4(org_id), loyalty_int4(number_series_id));

	if (rows->count == 0)
		return false;
	series->org_id = org_id;
	series->number_series_id = number_series_id;
	series->purpose = (NumberPurpose) loyalty_row_char(rows, 0, 1);
	series->shape.method = loyalty_number_method_find(loyalty_row_text(rows, 0, 2));
	series->shape.length = loyalty_row_int4(rows, 0, 3);
	series->shape.prefix = loyalty_row_text(rows, 0, 4);
	series->shape.suffix = loyalty_row_text(rows, 0, 5);
	series->shape.offset = loyalty_row_int8(rows, 0, 6);
	series->shape.checksum_prefix = loyalty_row_bool(rows, 0, 7);
	series->key_id = loyalty_row_int2(rows, 0, 8);
	seed = loyalty_row_bytes(rows, 0, 9);
	/* The rules below take possible shapes alone; a tampered row must not get that far. */
	if (VARSIZE_ANY_EXHDR(seed) != NUMBER_SEED_BYTES || loyalty_number_problem(&series->shape) != NUMBER_OK)
		elog(ERROR, "series of numbers %d is damaged", number_series_id);
	memcpy(series->seed, VARDATA_ANY(seed), NUMBER_SEED_BYTES);
	return true;
}

/* Finds the series of a shape, the oldest one. */
int32
loyalty_number_series_find(int32 org_id, const NumberShape *shape)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&series_of_sequence, loyalty_int4(org_id),
					  loyalty_text(loyalty_number_method_names[shape->method]), loyalty_int4(shape->length),
					  loyalty_text(shape->prefix), loyalty_text(shape->suffix),
					  loyalty_bool(shape->checksum_prefix),
					  loyalty_datum(Int64GetDatum(shape->offset), !loyalty_number_is_random(shape->method)));

	return loyalty_row_int4_or(rows, 0, 1, 0);
}

/* Returns the sequence of a series. */
Oid
loyalty_number_sequence(int32 number_series_id)
{
	Oid sequence = loyalty_table_oid(sequence_name(number_series_id));

	if (!OidIsValid(sequence))
		elog(ERROR, "sequence " LOYALTY_TABLES_SCHEMA ".%s does not exist", sequence_name(number_series_id));
	return sequence;
}

/* Draws without the checks of nextval(): the owner is on. */
int64
loyalty_number_sequence_next(Oid sequence)
{
	return nextval_internal(sequence, false);
}

/* Reads the last value that was drawn by anybody. */
int64
loyalty_number_sequence_last(Oid sequence, int64 none)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&last_number, loyalty_datum(ObjectIdGetDatum(sequence), false));

	return loyalty_row_int8_or(rows, 0, 1, none);
}

/*
 * Moves a sequence up, never down. The lock is one that nobody else takes on a sequence, and is given back at once.
 */
void
loyalty_number_sequence_advance(Oid sequence, int64 least)
{
	LockDatabaseObject(RelationRelationId, sequence, 0, ExclusiveLock);
	if (loyalty_number_sequence_last(sequence, -1) < least - 1)
		DirectFunctionCall3(setval3_oid, ObjectIdGetDatum(sequence), Int64GetDatum(least),
							BoolGetDatum(false));
	UnlockDatabaseObject(RelationRelationId, sequence, 0, ExclusiveLock);
}

/* Tells whether that warning was written. */
bool
loyalty_number_series_is_warned(int32 org_id, int32 number_series_id, int32 percent)
{
	return LOYALTY_EXECUTE(&warning_given, loyalty_int4(org_id), loyalty_int4(number_series_id),
						   loyalty_int4(percent)) > 0;
}

/* Writes the warning, which a view shows. */
void
loyalty_number_series_warn(const NumberSeries *series, int32 percent, int64 used, int64 capacity,
						   TimestampTz now)
{
	LOYALTY_EXECUTE(&warning_insert, loyalty_int4(series->org_id), loyalty_int4(series->number_series_id),
					loyalty_int8(loyalty_next_id()), loyalty_int4(percent), loyalty_int8(used),
					loyalty_int8(capacity), loyalty_time(now));
}
