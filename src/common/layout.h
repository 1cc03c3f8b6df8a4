/*
 * layout.h: how the columns of a table stand in a struct of C: one list for the readers of whole rows and for their
 * writers. The names and types of the columns are compared with the table when a backend opens it first.
 */
#ifndef LOYALTY_LAYOUT_H
#define LOYALTY_LAYOUT_H

#include "postgres.h"

#include "access/tupdesc.h"

/* Bound of a layout: no table of ours whose rows are read or written whole has more columns. */
#define LOYALTY_MAX_COLUMNS 32

/* The types of columns. "_OR" says what stands for a null: 0, the infinities of times, an empty word, NULL. */
typedef enum LoyaltyColumnType
{
	LOYALTY_AS_INT8,
	LOYALTY_AS_INT8_OR_0,
	LOYALTY_AS_INT4,
	LOYALTY_AS_INT4_OR_0,
	LOYALTY_AS_INT2,
	LOYALTY_AS_INT2_OR_0,
	LOYALTY_AS_NUMBER, /* int2 as an enum */
	LOYALTY_AS_CODE,   /* "char" as an enum */
	LOYALTY_AS_CHAR,
	LOYALTY_AS_CHAR_OR_0,
	LOYALTY_AS_DATE,
	LOYALTY_AS_BOOL,	 /* the types from LOYALTY_AS_INT4 to here are short */
	LOYALTY_AS_POINTS,	 /* numeric(18,3) as thousandths */
	LOYALTY_AS_QUANTITY, /* numeric(18,6) as millionths */
	LOYALTY_AS_TIME,
	LOYALTY_AS_TIME_OR_NEVER, /* the infinities are themselves, and no nulls */
	LOYALTY_AS_TIME_OR_END,
	LOYALTY_AS_TIME_OR_BEGIN,
	LOYALTY_AS_HASH, /* bytea of LOYALTY_HASH_BYTES */
	LOYALTY_AS_HASH_OR_NONE,
	LOYALTY_AS_UUID,
	LOYALTY_AS_WORD_OR_EMPTY, /* text in an array of LOYALTY_WORD_BYTES */
	LOYALTY_AS_TEXT,		  /* const char *, NULL for a null */
	LOYALTY_AS_JSON_OR_NONE,  /* a jsonb, NULL for a null */
	LOYALTY_AS_BYTES_OR_NONE, /* a bytea, NULL for a null */
	LOYALTY_AS_TEXTS_OR_NONE, /* text[], NULL for a null */
	LOYALTY_AS_IDS_OR_NONE,	  /* int8[] as a LoyaltyIds */
} LoyaltyColumnType;

#define LOYALTY_HASH_BYTES 16
#define LOYALTY_WORD_BYTES 8

/* Ids of an array column. */
typedef struct LoyaltyIds
{
	int count;
	int64 *items;
} LoyaltyIds;

/* Column of a table, and where its value is in the struct. */
typedef struct LoyaltyColumn
{
	const char *name;
	LoyaltyColumnType type;
	int member; /* offset of the value in the struct */
	/*
	 * Offset of a bool that goes with the column; 0: none does (a bool is never the first member). The column is
	 * written as null where the bool is false, and a value that is read makes it true. Of a hash the bool says
	 * that all of its bytes were there; a HASH, unlike a HASH_OR_NONE, is written in any case.
	 */
	int given;
} LoyaltyColumn;

/* Make a column by its name; the second one has a bool that goes with it. */
#define LOYALTY_COLUMN(name, type, structure, member) \
	{ \
		name, LOYALTY_AS_##type, offsetof(structure, member), 0 \
	}
#define LOYALTY_COLUMN_IF(name, type, structure, member, given) \
	{ \
		name, LOYALTY_AS_##type, offsetof(structure, member), offsetof(structure, given) \
	}

/* Our columns of a table, in its order: others may follow that a site added. */
typedef struct LoyaltyLayout
{
	const char *table;
	Size size; /* of the struct */
	int tid;   /* where its ItemPointerData is, -1: it has none */
	int count;
	const LoyaltyColumn *columns;
} LoyaltyLayout;

#define LOYALTY_LAYOUT(name, structure, list) \
	{ \
		name, sizeof(structure), -1, lengthof(list), list \
	}
#define LOYALTY_LAYOUT_WITH_TID(name, structure, list, member) \
	{ \
		name, sizeof(structure), offsetof(structure, member), lengthof(list), list \
	}

/* The type of PostgreSQL that a column has. */
extern Oid loyalty_column_type(const LoyaltyColumn *column);

/* Raises where a table has other columns. */
extern void loyalty_layout_check(const LoyaltyLayout *layout, TupleDesc desc);

/* From a struct to the values of our columns, and back. Texts are copied to the current memory context. */
extern void loyalty_layout_values(const LoyaltyLayout *layout, const void *from, Datum *values, bool *nulls);
extern void loyalty_layout_read(const LoyaltyLayout *layout, const Datum *values, const bool *nulls,
								void *to);

#endif
