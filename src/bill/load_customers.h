/*
 * load_customers.h: the lines of a load, and whose bills they are. All that is here lives in the memory context
 * of the batch at hand, but for what the load itself is.
 */
#ifndef LOYALTY_LOAD_CUSTOMERS_H
#define LOYALTY_LOAD_CUSTOMERS_H

#include "postgres.h"

#include "fmgr.h"
#include "pgtime.h"

#include "bill/load_store.h"

/* Identifiers that a line may name its customer by: mobile, e-mail, external id. */
#define LOAD_IDENTIFIERS 3

/*
 * A line of the source as it was read, and what became of it. Lines of a batch may be about one customer though
 * their texts differ; they are held together in two steps: "first" by the same texts, "group" by a key that
 * they share.
 */
typedef struct LoadLine
{
	Datum values[LOAD_COLUMNS];
	bool nulls[LOAD_COLUMNS];
	int64 customer_id;					/* 0: not known yet */
	struct LoadLine *first;				/* of the lines that name the customer by the same texts; it has: */
	const char *keys[LOAD_IDENTIFIERS]; /* normal forms of those that are keys; NULL: none */
	bool is_conflict;					/* true: its identifiers are of several customers */
	int64 registered_id;				/* the customer that the load registered for it; 0: nobody yet */
	struct LoadLine *group;				/* the first of all that share keys; another line leads on to it */
	int sqlstate;						/* 0: not refused */
	const char *error;					/* told in the table of refused lines; no personal data */
} LoadLine;

/*
 * A load under way: what it was called with, and the batch at hand. Its source, reader and counts live as long as the
 * call; rows and lines are those of the batch and go with its context.
 */
typedef struct Load
{
	FunctionCallInfo fcinfo;
	const char *org;	/* its code */
	const char *source; /* its qualified name */
	LoadReader reader;
	bool is_numbered;			   /* true: no line is without a number, which was asked */
	pg_tz *zone;				   /* of the org */
	LoyaltyDateFormat date_format; /* of times that come as text */
	int batch_size;
	LoadState state;
	MemoryContext context; /* of the batch at hand */
	LoyaltyRows *rows;	   /* of the source, where the lines' values are */
	int count;
	LoadLine *lines;
} Load;

/* Refuses a line; "error" holds no personal data, for it is kept. */
extern void loyalty_load_line_refuse(LoadLine *line, int sqlstate, const char *error);

/* Compares two lines by a number or a time; a NULL comes last. */
extern int loyalty_load_compare_numbers(const LoadLine *a, const LoadLine *b, LoadColumn column);

/*
 * Sorts the lines of a batch by whom they are about, finds their customers, and registers those that there are
 * not, at their first bill. Runs outside a frame of the owner, and opens one for the finding alone. A line
 * whose customer cannot be found or registered is refused; all others have a customer_id afterwards, but for
 * lines without a time of their bill.
 */
extern void loyalty_load_customers(Load *load);

#endif
