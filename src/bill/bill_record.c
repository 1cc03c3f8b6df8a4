/*
 * bill_record.c: writing a bill or a return, and handing it to the event that records it.
 *
 * The hash of a bill covers its event with the net points, which are known when the event ends; the bill's rows go before
 * the event, which names them. So the posting keeps the bill meanwhile. Whoever writes bills comes through here, so that
 * none is without a hash. The customer is locked; nothing is late but the hash.
 */
#include "postgres.h"

#include "bill/bill_record.h"

/* A bill that waits for its event. */
typedef struct BillRecord
{
	Transaction bill;
	const TransactionLine *lines;
	int line_count;
} BillRecord;

/* Passes the bill and its lines, for the posting. */
static void
chain_record(ChainSink to, void *sink, const void *bill)
{
	const BillRecord *record = bill;
	int i;

	loyalty_chain_bill(to, sink, &record->bill);
	for (i = 0; i < record->line_count; i++)
		loyalty_chain_line(to, sink, &record->lines[i], i);
}

/* Copies the bill, which callers have on their stack. */
void
loyalty_bill_record(Posting *posting, const Transaction *bill, const TransactionLine *lines, int line_count)
{
	BillRecord *record = palloc(sizeof(BillRecord));

	*record = (BillRecord){ *bill, lines, line_count };
	posting->bill = (PostedBill){ .event_id = bill->transaction_id,
								  .chain = chain_record,
								  .bill = record,
								  .number = bill->number,
								  .amount = bill->amount };
	loyalty_transaction_insert(posting->call->org->org_id, bill, lines, line_count);
}
