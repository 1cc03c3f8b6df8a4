/*
 * load_store.c: the statements of loads of bills.
 *
 * The state of a load and the lines that it refused are tables of ours, reached as their owner. A source is
 * named by the caller: the statement that reads it is made of text, with every name quoted, and runs as the
 * caller, who must be allowed to read it. In such a statement nothing may be found by the caller's search path,
 * so every name has its schema, types and operators too.
 *
 * A source may hold anything. Columns whose type surely gives a value are cast; dates and times without a zone
 * are made the org's; columns that might not read come as text and are read value by value (load_api.c), for
 * one bad cast in the statement would stop the load for good. Nothing is late here: what the source has beyond
 * the last number is read anew each time.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "bill/load_store.h"
#include "common/errors.h"
#include "common/text.h"

/* The row is there before it is locked: two first runs meet at its unique index, and the second one waits. */
static LoyaltyQuery load_start = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.transaction_load (org_id, relation, last_line_no, bills, refused, started_at, updated_at)"
	" VALUES ($1, $2, NULL, 0, 0, $3, $3) ON CONFLICT DO NOTHING",
	INT4OID, TEXTOID, TIMESTAMPTZOID);

static LoyaltyQuery load_locked =
	LOYALTY_STATEMENT("SELECT l.last_line_no, l.bills, l.refused FROM loyalty_data.transaction_load l"
					  " WHERE l.org_id = $1 AND l.relation = $2 FOR NO KEY UPDATE",
					  INT4OID, TEXTOID);

/* A source that has more lines later is unfinished again as soon as one of them was read. */
static LoyaltyQuery load_save = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.transaction_load SET last_line_no = $4, bills = $5, refused = $6, updated_at = $3,"
	" finished_at = CASE WHEN $7 THEN $3 END"
	" WHERE org_id = $1 AND relation = $2",
	INT4OID, TEXTOID, TIMESTAMPTZOID, INT8OID, INT8OID, INT8OID, BOOLOID);

static LoyaltyQuery error_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.transaction_load_error (org_id, relation, line_no, error_code, error, recorded_at)"
	" VALUES ($1, $2, $3, $4, $5, $6)",
	INT4OID, TEXTOID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

/* From here on statements run as the caller, in whose search path nothing is looked up: all names have their schema. */

/* Adds the parameters that statements about one source begin with. */
static void
param_source(LoyaltyParams *params, int32 org_id, const char *source)
{
	loyalty_param(params, loyalty_int4(org_id));
	loyalty_param(params, loyalty_text(source));
}

/*
 * Makes the row, then locks it by a statement of its own, which sees what another run has committed while this
 * one waited.
 */
void
loyalty_load_lock(int32 org_id, const char *source, TimestampTz now, LoadState *state)
{
	LoyaltyParams start = { 0 };
	LoyaltyParams lock = { 0 };
	LoyaltyRows *rows;

	param_source(&start, org_id, source);
	loyalty_param(&start, loyalty_time(now));
	rows = loyalty_query(&load_start, &start);
	param_source(&lock, org_id, source);
	rows = loyalty_query(&load_locked, &lock);
	state->has_begun = !loyalty_row_isnull(rows, 0, 1);
	state->last_line_no = loyalty_row_int8_or(rows, 0, 1, 0);
	state->bills = loyalty_row_int8(rows, 0, 2);
	state->refused = loyalty_row_int8(rows, 0, 3);
}

/* Writes all that changes; a state that has not begun has no last number (NULL). */
void
loyalty_load_save(int32 org_id, const char *source, TimestampTz now, const LoadState *state, bool finished)
{
	LoyaltyParams params = { 0 };

	param_source(&params, org_id, source);
	loyalty_param(&params, loyalty_time(now));
	loyalty_param(&params, loyalty_datum(Int64GetDatum(state->last_line_no), !state->has_begun));
	loyalty_param(&params, loyalty_int8(state->bills));
	loyalty_param(&params, loyalty_int8(state->refused));
	loyalty_param(&params, loyalty_bool(finished));
	loyalty_execute(&load_save, &params);
}

/* Adds one row; the batch commits it with the bills that were not refused. */
void
loyalty_load_refuse(int32 org_id, const char *source, int64 line_no, int sqlstate, const char *error,
					TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_source(&params, org_id, source);
	loyalty_param(&params, loyalty_int8(line_no));
	loyalty_param(&params, loyalty_text(unpack_sql_state(sqlstate)));
	loyalty_param(&params, loyalty_text(error));
	loyalty_param(&params, loyalty_time(now));
	loyalty_execute(&error_insert, &params);
}

/*
 * Columns of a source with the type that each is read as. Their names stand in statements without quotes: all are
 * plain lower case words.
 */
static const struct
{
	const char *name;
	Oid type;
	bool required; /* true: a source without it is refused (LY003) */
} columns[LOAD_COLUMNS] = {
	[LOAD_LINE_NO] = { "line_no", INT8OID, true },
	[LOAD_CUSTOMER_ID] = { "customer_id", INT8OID, false },
	[LOAD_MOBILE] = { "mobile", TEXTOID, false },
	[LOAD_EMAIL] = { "email", TEXTOID, false },
	[LOAD_EXTERNAL_ID] = { "external_id", TEXTOID, false },
	[LOAD_FIRST_NAME] = { "first_name", TEXTOID, false },
	[LOAD_LAST_NAME] = { "last_name", TEXTOID, false },
	[LOAD_REGISTERED_ON] = { "registered_on", TIMESTAMPTZOID, false },
	[LOAD_TRANSACTION_NUMBER] = { "transaction_number", TEXTOID, true },
	[LOAD_AMOUNT] = { "amount", NUMERICOID, true },
	[LOAD_EVENT_TIME] = { "event_time", TIMESTAMPTZOID, true },
	[LOAD_DISCOUNT] = { "discount", NUMERICOID, false },
	[LOAD_POINTS] = { "points", NUMERICOID, false },
	[LOAD_PROGRAM] = { "program", TEXTOID, false },
	[LOAD_TILL] = { "till", TEXTOID, false },
	[LOAD_STORE] = { "store", TEXTOID, false },
	[LOAD_SOURCE] = { "source", TEXTOID, false },
	[LOAD_REASON] = { "reason", TEXTOID, false },
};

/* Reads the catalogue and raises where the relation was dropped meanwhile. */
char *
loyalty_load_source_name(Oid relation)
{
	char *name = get_rel_name(relation);

	if (name == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation %u does not exist", relation)));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name);
}

/* Returns the type that a column is read as, with its schema. */
static const char *
type_name(LoadColumn column)
{
	switch (columns[column].type)
	{
		case INT8OID:
			return "pg_catalog.int8";
		case NUMERICOID:
			return "pg_catalog.numeric";
		case TIMESTAMPTZOID:
			return "pg_catalog.timestamptz";
		default:
			return "pg_catalog.text";
	}
}

/* Tells whether every value of a type has one in the column's. */
static bool
is_lossless(LoadColumn column, Oid type)
{
	bool is_integer = type == INT2OID || type == INT4OID || type == INT8OID;

	switch (columns[column].type)
	{
		case INT8OID:
			return is_integer;
		case NUMERICOID:
			return is_integer || type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID;
		case TIMESTAMPTZOID:
			return type == TIMESTAMPTZOID;
		default:
			return true;
	}
}

/*
 * Tells whether texts of a type may read as values of the column. Those of some types depend on settings of the session, so
 * that a load would: money on lc_monetary, floating-point numbers on extra_float_digits.
 */
static bool
may_read(LoadColumn column, Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(type, &category, &preferred);
	return category == TYPCATEGORY_STRING || (type == NUMERICOID && columns[column].type != TIMESTAMPTZOID);
}

/*
 * Appends one column of a source: dates and times without a zone are the org's. Those that are far outside the
 * supported range have no time there, and are infinite instead, which refuses their line.
 */
static void
append_column(StringInfo text, Oid relation, LoadColumn column, LoadReader *reader)
{
	const char *name = columns[column].name;
	AttrNumber number = get_attnum(relation, name);
	Oid type = number == InvalidAttrNumber ? InvalidOid : getBaseType(get_atttype(relation, number));

	if (number == InvalidAttrNumber && columns[column].required)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID), errmsg("the source has no column \"%s\"", name),
				 errhint("A view over the source can give its columns the names that loads know.")));
	if (column > 0)
		appendStringInfoString(text, ", ");
	if (number == InvalidAttrNumber)
		appendStringInfo(text, "NULL::%s", type_name(column));
	else if (is_lossless(column, type))
		appendStringInfo(text, "s.%s::%s", name, type_name(column));
	else if (columns[column].type == TIMESTAMPTZOID && (type == DATEOID || type == TIMESTAMPOID))
		appendStringInfo(text,
						 "CASE WHEN s.%s OPERATOR(pg_catalog.<) '1800-01-01'::pg_catalog.date"
						 " OR s.%s OPERATOR(pg_catalog.>) '10100-01-01'::pg_catalog.date"
						 " THEN 'infinity'::pg_catalog.timestamptz"
						 " ELSE pg_catalog.timezone($3, s.%s::pg_catalog.timestamp) END",
						 name, name, name);
	else if (may_read(column, type))
	{
		appendStringInfo(text, "s.%s::pg_catalog.text", name);
		reader->is_text[column] = reader->has_texts = true;
	}
	else
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("column \"%s\" of the source is of a wrong type", name),
						errdetail("It is of type %s.", format_type_be(get_atttype(relation, number))),
						errhint("Allowed are %s, and texts that say one.", type_name(column))));
}

/*
 * Makes the statement once for the load. Line numbers must be integers, and of a column that is compared as it
 * is: with a cast around it no index on it would serve. $3 is asked for so that it has a type even where no
 * column needs it.
 */
void
loyalty_load_reader(Oid relation, const char *source, LoadReader *reader)
{
	Oid key_type = get_atttype(relation, get_attnum(relation, columns[LOAD_LINE_NO].name));
	StringInfoData text;
	int i;

	if (key_type != InvalidOid && key_type != INT8OID && key_type != INT4OID && key_type != INT2OID)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID), errmsg("column \"line_no\" is not an integer"),
				 errdetail("It is of type %s.", format_type_be(key_type)),
				 errhint("Allowed are smallint, integer and bigint.")));
	initStringInfo(&text);
	appendStringInfoString(&text, "SELECT ");
	for (i = 0; i < LOAD_COLUMNS; i++)
		append_column(&text, relation, i, reader);
	appendStringInfo(&text,
					 " FROM %s s WHERE ($1 IS NULL OR s.line_no OPERATOR(pg_catalog.>) $1) AND $3 IS NOT NULL"
					 " ORDER BY s.line_no LIMIT $2",
					 source);
	reader->statement = text.data;
}

/*
 * Runs a statement as the caller, planned for its values and not kept: a source is read a few times. SPI leaves
 * its own context behind, so the caller's is put back.
 */
static LoyaltyRows *
run_on_source(const char *statement, int count, Oid *types, Datum *values, const char *nulls)
{
	MemoryContext caller = CurrentMemoryContext;

	if (SPI_execute_with_args(statement, count, types, values, nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "the source could not be read");
	MemoryContextSwitchTo(caller);
	return loyalty_rows_of_result();
}

/* Asks once for a load: a line without a number has no place in the order and would never be read. */
bool
loyalty_load_lacks_numbers(const char *source)
{
	LoyaltyRows *rows = run_on_source(psprintf("SELECT FROM %s s WHERE s.line_no IS NULL LIMIT 1", source), 0,
									  NULL, NULL, NULL);
	bool lacks = rows->count > 0;

	loyalty_rows_free(rows);
	return lacks;
}

/* Reads the next lines. The values are known as the statement is planned, so that an index on the numbers serves. */
LoyaltyRows *
loyalty_load_read(const LoadReader *reader, const LoadState *state, int64 limit, const char *zone)
{
	Oid types[] = { INT8OID, INT8OID, TEXTOID };
	Datum values[] = { Int64GetDatum(state->last_line_no), Int64GetDatum(limit), CStringGetTextDatum(zone) };

	return run_on_source(reader->statement, lengthof(types), types, values, state->has_begun ? NULL : "n  ");
}

/* Tells by the type of the column. */
bool
loyalty_load_is_time(LoadColumn column)
{
	return columns[column].type == TIMESTAMPTZOID;
}

/* Takes the blanks at the ends away, as the input functions of numbers do. */
bool
loyalty_load_time(LoyaltyDateFormat format, pg_tz *zone, Datum given, Datum *value, bool *is_null)
{
	char *written = TextDatumGetCString(given);
	size_t length = strlen(written);
	LoyaltyLocalTime time;
	TimestampTz at;

	*is_null = loyalty_text_is_blank(given);
	if (*is_null)
		return true;
	while (length > 0 && written[length - 1] == ' ')
		written[--length] = '\0';
	if (!loyalty_time_read_as(format, written + strspn(written, " "), &time) ||
		!loyalty_time_instant(&time, zone, &at))
		return false;
	*value = TimestampTzGetDatum(at);
	return true;
}

/* Reads as the type's own input function does, which no setting of the session changes. */
Datum
loyalty_load_number(LoadColumn column, Datum given, bool *is_null)
{
	*is_null = loyalty_text_is_blank(given);
	if (*is_null)
		return (Datum) 0;
	return OidInputFunctionCall(columns[column].type == INT8OID ? F_INT8IN : F_NUMERIC_IN,
								TextDatumGetCString(given), InvalidOid, -1);
}

/* Names the column and what it should hold. */
const char *
loyalty_load_fault(LoadColumn column)
{
	return psprintf("column \"%s\" does not read as a %s", columns[column].name,
					loyalty_load_is_time(column) ? "time" : "number");
}

/* Calls the public function and not its C: defaults, rights and the owner's frame are then those of any caller. */
int64
loyalty_load_register(const char *org, const Datum *values, const bool *nulls, LoadColumn registered_on)
{
	static LoyaltyQuery register_customer = LOYALTY_STATEMENT(
		"SELECT r.customer_id FROM loyalty.register_customer($1, mobile => $2, email => $3, external_id => $4,"
		" first_name => $5, last_name => $6, till => $7, registered_on => $8) r",
		TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID);
	int64 customer_id;
	LoyaltyRows *rows = LOYALTY_QUERY(&register_customer, loyalty_text(org),
									  loyalty_datum(values[LOAD_MOBILE], nulls[LOAD_MOBILE]),
									  loyalty_datum(values[LOAD_EMAIL], nulls[LOAD_EMAIL]),
									  loyalty_datum(values[LOAD_EXTERNAL_ID], nulls[LOAD_EXTERNAL_ID]),
									  loyalty_datum(values[LOAD_FIRST_NAME], nulls[LOAD_FIRST_NAME]),
									  loyalty_datum(values[LOAD_LAST_NAME], nulls[LOAD_LAST_NAME]),
									  loyalty_datum(values[LOAD_TILL], nulls[LOAD_TILL]),
									  loyalty_datum(values[registered_on], nulls[registered_on]));

	customer_id = loyalty_row_int8(rows, 0, 1);
	loyalty_rows_free(rows);
	return customer_id;
}
