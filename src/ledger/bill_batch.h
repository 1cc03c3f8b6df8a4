/* bill_batch.h: bills without line items as the items of a batch. */
#ifndef LOYALTY_BILL_BATCH_H
#define LOYALTY_BILL_BATCH_H

#include "ledger/batch.h"

/* The columns of a bill; its points may be null, and are then computed from the amount. */
enum BillColumn
{
	BILL_NUMBER = BATCH_OWN,
	BILL_AMOUNT,
	BILL_DISCOUNT,
	BILL_STORE,
	BILL_COLUMNS
};

extern const BatchKind loyalty_bill_items;

/* Judges a bill by what its columns say; then claims its number (LY410) and posts it with its points. */
extern void loyalty_bill_item_judge(Batch *batch, BatchItem *item);
extern void loyalty_bill_item_post(Batch *batch, BatchItem *item);

#endif
