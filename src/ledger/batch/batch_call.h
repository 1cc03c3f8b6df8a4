/*
 * batch_call.h: a batch of items that comes as an array of a row type, the arguments that all of them share,
 * and its result.
 */
#ifndef LOYALTY_BATCH_CALL_H
#define LOYALTY_BATCH_CALL_H

#include "fmgr.h"
#include "utils/array.h"

#include "ledger/batch/batch.h"

/* Array of items, which capabilities above read as well: who fills an item, from the arguments of the single call. */
typedef struct LoyaltyItems
{
	ArrayType *array;
	const LoyaltyFunction *function; /* called for a single item */
	void *batch;
	void (*set)(void *batch, int i, NullableDatum *arguments); /* NULL: the item is NULL */
} LoyaltyItems;

/*
 * Opens a call about items, which are argument 1, and a set; returns how many there are: LY001, and LY003 for more than
 * LOYALTY_BATCH_MAX. Then reads them: an item's row has the arguments of the single call in their order, but for the org.
 */
extern int loyalty_items_begin(LoyaltyCall *call, FunctionCallInfo fcinfo, ArrayType **array);
extern void loyalty_items_read(const LoyaltyItems *items);

/*
 * Adds the row of an item, the i-th from 0: its number, so many columns from row[1] on, which are null where it was refused, and
 * SQLSTATE and meaning of the refusal, if there is one.
 */
extern void loyalty_items_add(FunctionCallInfo fcinfo, int i, int columns, Datum *row, bool *missing,
							  int sqlstate);

/*
 * Runs a batch function (org, items, all_or_nothing, actor): LY003 for more than LOYALTY_BATCH_MAX items. An
 * item's row has the arguments of the single call in their order, but for the org. Returns a row for each
 * item: its number from 1, the values of its result ("columns" of them, which "values_of" fills), and the
 * SQLSTATE with its meaning where it was refused.
 */
extern Datum loyalty_batch_call(FunctionCallInfo fcinfo, const BatchKind *kind, int columns,
								void (*values_of)(const LoyaltyCall *call, const PostingResult *result,
												  Datum *values, bool *nulls));

#endif
