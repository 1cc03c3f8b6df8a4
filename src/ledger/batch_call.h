/* batch_call.h: how a batch of items comes as an array of a row type, and which of its arguments every one has. */
#ifndef LOYALTY_BATCH_CALL_H
#define LOYALTY_BATCH_CALL_H

#include "fmgr.h"

#include "ledger/batch.h"

/*
 * Opens the call (org, items, all_or_nothing, actor), starts the answer's set, reads the items and locks their
 * customers: LY003 for more than LOYALTY_BATCH_MAX of them.
 */
extern void loyalty_batch_call_begin(Batch *batch, LoyaltyCall *call, FunctionCallInfo fcinfo,
									 const BatchKind *kind);

/* Adds an item's answer: its number, the values of the kind (none where it was refused), the error and its meaning. */
extern void loyalty_batch_call_answer(Batch *batch, FunctionCallInfo fcinfo, int i, const Datum *values,
									  const bool *nulls, int count);

#endif
