/* bill_record.h: writing a bill or a return whose event follows, so that the event's hash covers it. */
#ifndef LOYALTY_BILL_RECORD_H
#define LOYALTY_BILL_RECORD_H

#include "bill/transaction_store.h"
#include "ledger/posting/posting.h"

/*
 * Writes a bill or a return with its lines. The next event of the posting that has its id must follow, and hashes it. The
 * lines, and texts of both, live until then.
 */
extern void loyalty_bill_record(Posting *posting, const Transaction *bill, const TransactionLine *lines,
								int line_count);

#endif
