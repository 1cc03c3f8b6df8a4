/* load_store.h: loads of bills: where each source stands, what it refused, and reading the source itself. */
#ifndef LOYALTY_LOAD_STORE_H
#define LOYALTY_LOAD_STORE_H

#include "postgres.h"

#include "common/clock.h"
#include "common/query.h"

/*
 * Columns that a line of a source may have, by the names that the store knows; those that the source lacks are
 * null.
 */
typedef enum LoadColumn
{
	LOAD_LINE_NO,
	LOAD_CUSTOMER_ID,
	LOAD_MOBILE,
	LOAD_EMAIL,
	LOAD_EXTERNAL_ID,
	LOAD_FIRST_NAME,
	LOAD_LAST_NAME,
	LOAD_REGISTERED_ON,
	LOAD_TRANSACTION_NUMBER,
	LOAD_AMOUNT,
	LOAD_EVENT_TIME,
	LOAD_DISCOUNT,
	LOAD_POINTS,
	LOAD_PROGRAM,
	LOAD_TILL,
	LOAD_STORE,
	LOAD_SOURCE,
	LOAD_REASON,
	LOAD_COLUMNS
} LoadColumn;

/* A load as it stands in its row: it goes on behind last_line_no, in this run or a later one. */
typedef struct LoadState
{
	bool has_begun; /* true: it has read a line, whose number is: */
	int64 last_line_no;
	int64 bills;   /* recorded so far, over all runs */
	int64 refused; /* lines refused so far */
} LoadState;

/*
 * Locks the state of a source against other runs of it, until the transaction ends; made where there is none.
 * Runs as the owner, as the two below.
 */
extern void loyalty_load_lock(int32 org_id, const char *source, TimestampTz now, LoadState *state);

/* Writes the state of a source that is locked; "finished" says that the source has no more lines. */
extern void loyalty_load_save(int32 org_id, const char *source, TimestampTz now, const LoadState *state,
							  bool finished);

/* Writes a line that was refused; "error" holds no personal data. */
extern void loyalty_load_refuse(int32 org_id, const char *source, int64 line_no, int sqlstate,
								const char *error, TimestampTz now);

/*
 * A way to read a source. A column that may hold what is no value of the wanted type comes as text, so that one
 * bad value stops its line alone.
 */
typedef struct LoadReader
{
	const char *statement; /* $1: the last number read; $2: the most rows; $3: the org's time zone */
	bool has_texts;		   /* any column comes as text */
	bool is_text[LOAD_COLUMNS];
} LoadReader;

/*
 * Statements that the caller of the procedure runs with rights of its own, outside the owner's frame. The name
 * of a relation, quoted and with its schema; the statement that reads it (LY003 where a column is missing or of
 * a type that gives no such values); whether a line has no number; and the next lines of it, in the order of
 * their numbers.
 */
extern char *loyalty_load_source_name(Oid relation);
extern void loyalty_load_reader(Oid relation, const char *source, LoadReader *reader);
extern bool loyalty_load_lacks_numbers(const char *source);
extern LoyaltyRows *loyalty_load_read(const LoadReader *reader, const LoadState *state, int64 limit,
									  const char *zone);

/* Tells whether values of a column are times; otherwise texts in it are read as numbers. */
extern bool loyalty_load_is_time(LoadColumn column);

/* Reads a time that came as text, by the clocks of the zone where it names none; false where it is none. */
extern bool loyalty_load_time(LoyaltyDateFormat format, pg_tz *zone, Datum given, Datum *value,
							  bool *is_null);

/* Reads a number that came as text; raises an error of class 22 where it is none. Here too an empty text is no value. */
extern Datum loyalty_load_number(LoadColumn column, Datum given, bool *is_null);

/* Returns the error of a line whose text in a column does not read; it names the column and not the text. */
extern const char *loyalty_load_fault(LoadColumn column);

/*
 * Registers the customer of a line as the caller, by register_customer, and returns its id; raises what refuses
 * it. "registered_on" names the column that says when.
 */
extern int64 loyalty_load_register(const char *org, const Datum *values, const bool *nulls,
								   LoadColumn registered_on);

#endif
