/*
 * return_hooks.c: what returns ask of capabilities above, empty until loyalty.c fills it; and the question.
 *
 * It is asked with the last part of a bill, when all of the return is written, under the locks of the customer and of its group, which
 * the return holds. Whoever answers locks what it has behind them. Nothing is late.
 */
#include "postgres.h"

#include "bill/return_hooks.h"
#include "bill/transaction_store.h"

LoyaltyReturnHooks loyalty_return_hooks;

/* Reads the bill again for its number: uses that came before their bill know that alone. */
void
loyalty_return_completed(const Operation *operation, const ReturnedBill *bill, int64 event_id)
{
	Transaction transaction;
	LoyaltyReturnedWhole whole = { .transaction_id = bill->transaction_id,
								   .till_id = bill->till_id,
								   .origin = operation->origin,
								   .event_time = operation->posting.event_time };

	whole.origin.event_id = event_id;
	if (loyalty_transaction_read(operation->call->org->org_id, bill->customer_id, bill->transaction_id,
								 &transaction))
		whole.number = transaction.number;
	loyalty_return_hooks.completed(operation->call, &operation->posting.customer, &whole);
}
