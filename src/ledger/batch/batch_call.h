/* batch_call.h: a batch of items that comes as an array of a row type, the arguments that every one has, and its answer. */
#ifndef LOYALTY_BATCH_CALL_H
#define LOYALTY_BATCH_CALL_H

#include "fmgr.h"

#include "ledger/batch/batch.h"

/*
 * Runs a batch function (org, items, all_or_nothing, actor): LY003 for more than LOYALTY_BATCH_MAX items. An item's row has
 * the arguments of the single call in their order, but for the org. Each is answered by its number, the values of its result,
 * so many columns, and the error with its meaning where it was refused.
 */
extern Datum loyalty_batch_call(FunctionCallInfo fcinfo, const BatchKind *kind, int columns,
								void (*values_of)(const PostingResult *result, Datum *values, bool *nulls));

#endif
