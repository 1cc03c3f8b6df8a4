/*
 * write_batch.h: rows of many calls written together. While a batch is open, the stores' inserts and updates by row
 * are kept back, and go out together, query by query.
 */
#ifndef LOYALTY_WRITE_BATCH_H
#define LOYALTY_WRITE_BATCH_H

#include "postgres.h"

#include "common/query.h"

/* Opens one, in the current memory context: an abort closes it with that. */
extern void loyalty_write_batch_begin(void);
extern bool loyalty_write_batch_is_open(void);

/* Keeps rows of a query back; answers their number, as if they had been written. One that is not open writes them. */
extern uint64 loyalty_write_rows(const LoyaltyQuery *query, LoyaltyPlan *plan, const LoyaltyParams *rows,
								 int count);

/* Notes that a customer's lots have rows kept back; and, before they are read, writes everything if so. */
extern void loyalty_write_batch_touch(int64 customer_id);
extern void loyalty_write_batch_flush_customer(int64 customer_id);

/* Writes what was kept back; the second form closes the batch too. */
extern void loyalty_write_batch_flush(void);
extern void loyalty_write_batch_end(void);

#endif
