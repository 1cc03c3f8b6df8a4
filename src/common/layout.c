/*
 * layout.c: from the columns of a row to a struct, and back.
 *
 * A layout says for each column its type and its member. Here every type is read and written once, so that all
 * stores agree on what stands for a null and on the form of a value. Rows are read millions of times: the types are
 * split into short ones (at most four bytes, no memory) and long ones, which keeps each switch small.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "common/layout.h"
#include "common/names.h"
#include "common/pg_compat.h"
#include "common/points.h"

/* The types of PostgreSQL, and the bytes of a member. */
static const struct
{
	Oid type;
	Size bytes;
} kinds[] = {
	[LOYALTY_AS_INT8] = { INT8OID, sizeof(int64) },
	[LOYALTY_AS_INT8_OR_0] = { INT8OID, sizeof(int64) },
	[LOYALTY_AS_INT4] = { INT4OID, sizeof(int32) },
	[LOYALTY_AS_INT4_OR_0] = { INT4OID, sizeof(int32) },
	[LOYALTY_AS_INT2] = { INT2OID, sizeof(int16) },
	[LOYALTY_AS_INT2_OR_0] = { INT2OID, sizeof(int16) },
	[LOYALTY_AS_NUMBER] = { INT2OID, sizeof(int) },
	[LOYALTY_AS_CODE] = { CHAROID, sizeof(int) },
	[LOYALTY_AS_CHAR] = { CHAROID, sizeof(char) },
	[LOYALTY_AS_CHAR_OR_0] = { CHAROID, sizeof(char) },
	[LOYALTY_AS_BOOL] = { BOOLOID, sizeof(bool) },
	[LOYALTY_AS_POINTS] = { NUMERICOID, sizeof(int64) },
	[LOYALTY_AS_QUANTITY] = { NUMERICOID, sizeof(int64) },
	[LOYALTY_AS_DATE] = { DATEOID, sizeof(DateADT) },
	[LOYALTY_AS_TIME] = { TIMESTAMPTZOID, sizeof(TimestampTz) },
	[LOYALTY_AS_TIME_OR_NEVER] = { TIMESTAMPTZOID, sizeof(TimestampTz) },
	[LOYALTY_AS_TIME_OR_END] = { TIMESTAMPTZOID, sizeof(TimestampTz) },
	[LOYALTY_AS_TIME_OR_BEGIN] = { TIMESTAMPTZOID, sizeof(TimestampTz) },
	[LOYALTY_AS_HASH] = { BYTEAOID, LOYALTY_HASH_BYTES },
	[LOYALTY_AS_HASH_OR_NONE] = { BYTEAOID, LOYALTY_HASH_BYTES },
	[LOYALTY_AS_UUID] = { UUIDOID, sizeof(pg_uuid_t) },
	[LOYALTY_AS_WORD_OR_EMPTY] = { TEXTOID, LOYALTY_WORD_BYTES },
	[LOYALTY_AS_TEXT] = { TEXTOID, sizeof(const char *) },
	[LOYALTY_AS_JSON_OR_NONE] = { JSONBOID, sizeof(struct varlena *) },
	[LOYALTY_AS_BYTES_OR_NONE] = { BYTEAOID, sizeof(struct varlena *) },
	[LOYALTY_AS_TEXTS_OR_NONE] = { TEXTARRAYOID, sizeof(struct varlena *) },
	[LOYALTY_AS_IDS_OR_NONE] = { INT8ARRAYOID, sizeof(LoyaltyIds) },
};

/* Returns the type that the table must have. */
Oid
loyalty_column_type(const LoyaltyColumn *column)
{
	return kinds[column->type].type;
}

/*
 * Compares our columns with the table's by name and type; dropped ones are passed over, and those that a site added
 * stand behind ours.
 */
void
loyalty_layout_check(const LoyaltyLayout *layout, TupleDesc desc)
{
	int own = 0;
	int i;

	for (i = 0; i < desc->natts && own < layout->count; i++)
	{
		const FormData_pg_attribute *found = TupleDescAttr(desc, i);
		const LoyaltyColumn *column = &layout->columns[own];

		if (found->attisdropped)
			continue;
		if (strcmp(NameStr(found->attname), column->name) != 0 || found->atttypid != kinds[column->type].type)
			ereport(ERROR, (errcode(ERRCODE_INVALID_TABLE_DEFINITION),
							errmsg("column %d of table " LOYALTY_TABLES_SCHEMA ".%s is not \"%s\"", own + 1,
								   layout->table, column->name),
							errdetail("It is \"%s\", or of another type.", NameStr(found->attname)),
							errhint("Columns of a site stand behind those of the extension.")));
		own++;
	}
	if (own < layout->count)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TABLE_DEFINITION),
						errmsg("table " LOYALTY_TABLES_SCHEMA ".%s has no column \"%s\"", layout->table,
							   layout->columns[own].name)));
}

/* Tells whether values are of at most four bytes; the enum keeps them side by side. */
static bool
is_short(LoyaltyColumnType type)
{
	return type >= LOYALTY_AS_INT4 && type <= LOYALTY_AS_BOOL;
}

/* ---------------------------------------------------------------- to values */

/* Makes a bytea of a hash. */
static Datum
hash_datum(const void *bytes)
{
	bytea *value = palloc(VARHDRSZ + LOYALTY_HASH_BYTES);

	SET_VARSIZE(value, VARHDRSZ + LOYALTY_HASH_BYTES);
	memcpy(VARDATA(value), bytes, LOYALTY_HASH_BYTES);
	return PointerGetDatum(value);
}

/* Makes a text; an empty one is a null. */
static Datum
text_datum(const char *value, bool *isnull)
{
	*isnull = value == NULL || value[0] == '\0';
	return *isnull ? (Datum) 0 : CStringGetTextDatum(value);
}

/* Makes values that need no memory of their own. */
static Datum
short_value(LoyaltyColumnType type, const void *from, bool *isnull)
{
	switch (type)
	{
		case LOYALTY_AS_INT4_OR_0:
			*isnull = *(const int32 *) from == 0;
			return Int32GetDatum(*(const int32 *) from);
		case LOYALTY_AS_INT4:
		case LOYALTY_AS_DATE:
			return Int32GetDatum(*(const int32 *) from);
		case LOYALTY_AS_INT2_OR_0:
			*isnull = *(const int16 *) from == 0;
			return Int16GetDatum(*(const int16 *) from);
		case LOYALTY_AS_INT2:
			return Int16GetDatum(*(const int16 *) from);
		case LOYALTY_AS_NUMBER:
			return Int16GetDatum((int16) * (const int *) from);
		case LOYALTY_AS_CODE:
			return CharGetDatum((char) *(const int *) from);
		case LOYALTY_AS_CHAR_OR_0:
			*isnull = *(const char *) from == 0;
			return CharGetDatum(*(const char *) from);
		case LOYALTY_AS_CHAR:
			return CharGetDatum(*(const char *) from);
		default:
			return BoolGetDatum(*(const bool *) from);
	}
}

/* Makes values of eight bytes, and values with memory of their own. Arrays of ids are only read, never written. */
static Datum
long_value(LoyaltyColumnType type, const void *from, bool *isnull)
{
	switch (type)
	{
		case LOYALTY_AS_INT8_OR_0:
			*isnull = *(const int64 *) from == 0;
			return Int64GetDatum(*(const int64 *) from);
		case LOYALTY_AS_TIME:
		case LOYALTY_AS_TIME_OR_END:
		case LOYALTY_AS_TIME_OR_BEGIN:
			*isnull = TIMESTAMP_NOT_FINITE(*(const TimestampTz *) from);
			return TimestampTzGetDatum(*(const TimestampTz *) from);
		case LOYALTY_AS_TIME_OR_NEVER:
			return TimestampTzGetDatum(*(const TimestampTz *) from);
		case LOYALTY_AS_POINTS:
			return loyalty_numeric(*(const int64 *) from);
		case LOYALTY_AS_QUANTITY:
			return loyalty_numeric_of_millionths(*(const int64 *) from);
		case LOYALTY_AS_HASH:
		case LOYALTY_AS_HASH_OR_NONE:
			return hash_datum(from);
		case LOYALTY_AS_UUID:
			return UUIDPGetDatum((const pg_uuid_t *) from);
		case LOYALTY_AS_WORD_OR_EMPTY:
			return text_datum(from, isnull);
		case LOYALTY_AS_TEXT:
			*isnull = *(const char *const *) from == NULL;
			return *isnull ? (Datum) 0 : CStringGetTextDatum(*(const char *const *) from);
		case LOYALTY_AS_JSON_OR_NONE:
		case LOYALTY_AS_BYTES_OR_NONE:
		case LOYALTY_AS_TEXTS_OR_NONE:
			*isnull = *(void *const *) from == NULL;
			return PointerGetDatum(*(void *const *) from);
		case LOYALTY_AS_IDS_OR_NONE:
			break;
		default:
			return Int64GetDatum(*(const int64 *) from);
	}
	elog(ERROR, "an array of ids is not written");
}

/*
 * Makes the values of a row. A column that a bool goes with is null where the bool is false; a hash is always written.
 */
void
loyalty_layout_values(const LoyaltyLayout *layout, const void *from, Datum *values, bool *nulls)
{
	int i;

	for (i = 0; i < layout->count; i++)
	{
		const LoyaltyColumn *column = &layout->columns[i];
		const char *member = (const char *) from + column->member;

		nulls[i] = false;
		values[i] = is_short(column->type) ? short_value(column->type, member, &nulls[i])
										   : long_value(column->type, member, &nulls[i]);
		if (column->given != 0 && column->type != LOYALTY_AS_HASH)
			nulls[i] = nulls[i] || !*((const bool *) from + column->given);
	}
}

/* ---------------------------------------------------------------- from values */

/* Tells whether a column may be null: its type says what stands for a null, or a bool goes with it. */
static bool
may_be_null(const LoyaltyColumn *column)
{
	switch (column->type)
	{
		case LOYALTY_AS_INT8_OR_0:
		case LOYALTY_AS_INT4_OR_0:
		case LOYALTY_AS_INT2_OR_0:
		case LOYALTY_AS_CHAR_OR_0:
		case LOYALTY_AS_TIME_OR_END:
		case LOYALTY_AS_TIME_OR_BEGIN:
		case LOYALTY_AS_WORD_OR_EMPTY:
		case LOYALTY_AS_TEXT:
		case LOYALTY_AS_JSON_OR_NONE:
		case LOYALTY_AS_BYTES_OR_NONE:
		case LOYALTY_AS_TEXTS_OR_NONE:
		case LOYALTY_AS_IDS_OR_NONE:
			return true;
		default:
			return column->given != 0;
	}
}

/* Writes into the member what stands for a null. Nothing is read: the value of most types would be a pointer. */
static void
read_null(const LoyaltyLayout *layout, const LoyaltyColumn *column, void *to)
{
	if (!may_be_null(column))
		elog(ERROR, "unexpected null in column \"%s\" of table %s", column->name, layout->table);
	if (column->type == LOYALTY_AS_TIME_OR_END)
		*(TimestampTz *) to = DT_NOEND;
	else if (column->type == LOYALTY_AS_TIME_OR_BEGIN)
		*(TimestampTz *) to = DT_NOBEGIN;
	else
		memset(to, 0, kinds[column->type].bytes);
}

/*
 * Reads a hash and returns whether all of its bytes are there; one of another length ends in zeroes. Tampered rows
 * come this way, so the length is never trusted.
 */
static bool
read_hash(Datum value, void *to)
{
	const bytea *bytes = DatumGetByteaPP(value);

	memset(to, 0, LOYALTY_HASH_BYTES);
	memcpy(to, VARDATA_ANY(bytes), Min(VARSIZE_ANY_EXHDR(bytes), LOYALTY_HASH_BYTES));
	return VARSIZE_ANY_EXHDR(bytes) == LOYALTY_HASH_BYTES;
}

/* Reads a short text into the struct itself, cut where somebody lengthened it. */
static void
read_word(Datum value, char *to)
{
	const text *word = DatumGetTextPP(value);

	memset(to, 0, LOYALTY_WORD_BYTES);
	memcpy(to, VARDATA_ANY(word), Min(VARSIZE_ANY_EXHDR(word), LOYALTY_WORD_BYTES - 1));
}

/* Reads an array of ids into the current context. */
static LoyaltyIds
ids_of(Datum value)
{
	LoyaltyIds ids = { 0 };
	Datum *elements;
	int i;

	deconstruct_array(DatumGetArrayTypeP(value), INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &elements, NULL, &ids.count);
	ids.items = palloc(sizeof(int64) * Max(ids.count, 1));
	for (i = 0; i < ids.count; i++)
		ids.items[i] = DatumGetInt64(elements[i]);
	return ids;
}

/* Reads a value of at most four bytes. */
static void
read_short(LoyaltyColumnType type, Datum value, void *to)
{
	switch (type)
	{
		case LOYALTY_AS_INT4:
		case LOYALTY_AS_INT4_OR_0:
		case LOYALTY_AS_DATE:
			*(int32 *) to = DatumGetInt32(value);
			break;
		case LOYALTY_AS_INT2:
		case LOYALTY_AS_INT2_OR_0:
			*(int16 *) to = DatumGetInt16(value);
			break;
		case LOYALTY_AS_NUMBER:
			*(int *) to = DatumGetInt16(value);
			break;
		case LOYALTY_AS_CODE:
			*(int *) to = DatumGetChar(value);
			break;
		case LOYALTY_AS_CHAR:
		case LOYALTY_AS_CHAR_OR_0:
			*(char *) to = DatumGetChar(value);
			break;
		default:
			*(bool *) to = DatumGetBool(value);
	}
}

/* Reads the other values; texts are copied. */
static void
read_long(LoyaltyColumnType type, Datum value, void *to)
{
	switch (type)
	{
		case LOYALTY_AS_POINTS:
			*(int64 *) to = loyalty_stored_thousandths(value);
			break;
		case LOYALTY_AS_QUANTITY:
			*(int64 *) to = loyalty_stored_millionths(value);
			break;
		case LOYALTY_AS_UUID:
			memcpy(to, DatumGetUUIDP(value), UUID_LEN);
			break;
		case LOYALTY_AS_WORD_OR_EMPTY:
			read_word(value, to);
			break;
		case LOYALTY_AS_TEXT:
			*(char **) to = TextDatumGetCString(value);
			break;
		case LOYALTY_AS_JSON_OR_NONE:
		case LOYALTY_AS_BYTES_OR_NONE:
		case LOYALTY_AS_TEXTS_OR_NONE:
			*(struct varlena **) to = PG_DETOAST_DATUM_COPY(value);
			break;
		case LOYALTY_AS_IDS_OR_NONE:
			*(LoyaltyIds *) to = ids_of(value);
			break;
		default:
			*(int64 *) to = DatumGetInt64(value);
	}
}

/*
 * Reads a row into a struct. A null in a column that a bool goes with makes the member zero and leaves the bool as it
 * is; only the bool of a hash becomes false then.
 */
void
loyalty_layout_read(const LoyaltyLayout *layout, const Datum *values, const bool *nulls, void *to)
{
	int i;

	for (i = 0; i < layout->count; i++)
	{
		const LoyaltyColumn *column = &layout->columns[i];
		bool *given = column->given == 0 ? NULL : (bool *) to + column->given;
		char *member = (char *) to + column->member;
		bool is_given = !nulls[i];

		if (nulls[i])
			read_null(layout, column, member);
		else if (column->type == LOYALTY_AS_HASH || column->type == LOYALTY_AS_HASH_OR_NONE)
			is_given = read_hash(values[i], member);
		else if (is_short(column->type))
			read_short(column->type, values[i], member);
		else
			read_long(column->type, values[i], member);
		if (given != NULL && (is_given || column->type == LOYALTY_AS_HASH))
			*given = is_given;
	}
}
