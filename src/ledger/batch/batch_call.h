/*
 * batch_call.h: a batch of items that comes as an array of a row type, the arguments that all of them share,
 * and its result.
 */
#ifndef LOYALTY_BATCH_CALL_H
#define LOYALTY_BATCH_CALL_H

#include "fmgr.h"

#include "ledger/batch/batch.h"

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
