/* load_customers.h: the lines of a load, and whose bills they are. */
#ifndef LOYALTY_LOAD_CUSTOMERS_H
#define LOYALTY_LOAD_CUSTOMERS_H

#include "postgres.h"

#include "fmgr.h"
#include "pgtime.h"

#include "bill/load_store.h"

#define LOAD_IDENTIFIERS 3

/* A line of the source as it was read, and what became of it. */
typedef struct LoadLine
{
	Datum values[LOAD_COLUMNS];
	bool nulls[LOAD_COLUMNS];
	int64 customer_id;					/* 0: not known yet */
	struct LoadLine *first;				/* of those that name the customer by the same texts; it has: */
	const char *keys[LOAD_IDENTIFIERS]; /* normal forms of those that are keys; NULL: none */
	bool is_conflict;					/* whether its identifiers are of several customers */
	int64 registered_id;				/* whom the load registered for it; 0: nobody yet */
	struct LoadLine *group;				/* the first of all that share keys */
	int sqlstate;						/* 0: not refused */
	const char *error;
} LoadLine;

typedef struct Load
{
	FunctionCallInfo fcinfo;
	const char *org;
	const char *source; /* its qualified name */
	LoadReader reader;
	bool is_numbered; /* all its lines are */
	pg_tz *zone;
	int batch_size;
	LoadState state;
	MemoryContext context; /* of the batch at hand */
	LoyaltyRows *rows;	   /* of the source, where the lines' values are */
	int count;
	LoadLine *lines;
} Load;

/* Refuses a line; "error" holds no personal data. */
extern void loyalty_load_line_refuse(LoadLine *line, int sqlstate, const char *error);

/* Compares two lines by a number or a time; a NULL comes last. */
extern int loyalty_load_compare_numbers(const LoadLine *a, const LoadLine *b, LoadColumn column);

/*
 * Sorts the lines of a batch by whom they are about, finds their customers, and registers those that there are not, at
 * their first bill.
 */
extern void loyalty_load_customers(Load *load);

#endif
