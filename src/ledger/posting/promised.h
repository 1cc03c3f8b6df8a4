/*
 * promised.h: promised points that have come, converted before anything else is posted: by the job that does it for all
 * customers, and by each call that meets some in its accounts. The customer is locked.
 */
#ifndef LOYALTY_PROMISED_H
#define LOYALTY_PROMISED_H

#include "ledger/posting/posting.h"
#include "ledger/tables/promised_lots.h"

/* Notes in the regular account when a new lot comes to it, where it is a promised one; both accounts take part. */
extern void loyalty_posting_promise(Posting *posting, const Lot *lot);

/*
 * Converts the lots of one program, which come by instant, by an event for each instant; the accounts that take part are
 * the program's promised and its regular one, which the caller writes. Returns whether any were converted.
 */
extern bool loyalty_promised_convert(Posting *posting, const Lots *lots);

/*
 * Finds the promised points that have come to a regular account that takes part, and that loyalty_posting_convert_due
 * would convert: for a judgement, which posts nothing.
 */
extern void loyalty_posting_come(const Posting *posting, const Account *regular, ComeLots *come);

/*
 * Converts the promised points that have come by the effective time to a regular account that takes part, each at its
 * instant. What it writes is written for good, and the accounts of the posting are as it leaves them. No event of the
 * posting is written yet.
 */
extern void loyalty_posting_convert_due(Posting *posting);

#endif
