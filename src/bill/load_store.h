/* load_store.h: loads of bills: where each source stands, what it refused, and reading the source itself. */
#ifndef LOYALTY_LOAD_STORE_H
#define LOYALTY_LOAD_STORE_H

#include "postgres.h"

#include "common/query.h"

/* What a line of a source says, as the columns of that name; those that the source lacks are null. */
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

/* Where a load stands. */
typedef struct LoadState
{
	bool has_begun; /* with its first line */
	int64 last_line_no;
	int64 bills;
	int64 refused;
} LoadState;

/* Locks the state of a source, against other runs of it, until the transaction ends; made where there is none. */
extern void loyalty_load_lock(int32 org_id, const char *source, TimestampTz now, LoadState *state);
extern void loyalty_load_save(int32 org_id, const char *source, TimestampTz now, const LoadState *state,
							  bool finished);

/* A line that was refused; "error" holds no personal data. */
extern void loyalty_load_refuse(int32 org_id, const char *source, int64 line_no, int sqlstate,
								const char *error, TimestampTz now);

/*
 * How a source is read. A column that may hold what is no value of the wanted type comes as text, so that one bad value
 * stops its line alone.
 */
typedef struct LoadReader
{
	const char *statement;
	bool has_texts;
	bool is_text[LOAD_COLUMNS];
} LoadReader;

/*
 * The statements that the caller of the procedure runs with rights of its own, outside the owner's frame: the one that
 * reads a relation (LY003 where a column is missing or of a type that gives no such values), whether a line has no
 * number, and registering a customer.
 */
extern char *loyalty_load_source_name(Oid relation);
extern void loyalty_load_reader(Oid relation, const char *source, LoadReader *reader);
extern bool loyalty_load_lacks_numbers(const char *source);
extern LoyaltyRows *loyalty_load_read(const LoadReader *reader, const LoadState *state, int64 limit,
									  const char *zone);

/* Reads a value that came as text; an error of class 22 where it is none. An empty one counts as none given. */
extern Datum loyalty_load_value(LoadColumn column, Datum given, bool *is_null);

/* What a value of a column that came as text should have been: the error of a line that has another. */
extern const char *loyalty_load_fault(LoadColumn column);

/* Registers the customer of a line; "registered_on" names the column that says when. */
extern int64 loyalty_load_register(const char *org, const Datum *values, const bool *nulls,
								   LoadColumn registered_on);

#endif
