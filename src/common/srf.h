/* srf.h: functions that return rows. */
#ifndef LOYALTY_SRF_H
#define LOYALTY_SRF_H

#include "postgres.h"

#include "fmgr.h"

#include "common/rows.h"

/* Starts a set that is returned as a whole. */
extern void loyalty_set_begin(FunctionCallInfo fcinfo);

/* The same for a set of plain values: rows of one column. */
extern void loyalty_set_begin_scalars(FunctionCallInfo fcinfo);

/* Adds a row; NULL texts are nulls. */
extern void loyalty_set_add_texts(FunctionCallInfo fcinfo, int n, const char *const *texts);

/* Adds rows that a statement returned: their columns are those of the set. */
extern void loyalty_set_add_rows(FunctionCallInfo fcinfo, LoyaltyRows *rows);

/* Adds a row of any types. */
extern void loyalty_set_add(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

/* The tuple of a function that returns one composite row, in the current memory context. */
extern Datum loyalty_row_result(FunctionCallInfo fcinfo, Datum *values, bool *nulls);

#endif
