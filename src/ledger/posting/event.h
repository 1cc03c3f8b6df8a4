/*
 * event.h: the event under construction: its entries, and the lots and movements of each. The customer is
 * locked and the posting has its accounts and its times. One event is under construction at a time.
 */
#ifndef LOYALTY_EVENT_H
#define LOYALTY_EVENT_H

#include "ledger/posting/posting.h"

/* Refuses with LY404 what would take an account beyond its limits. */
extern bool loyalty_refuse_overflow(LoyaltyRefusal *refusal);

/*
 * Begins an event that takes over all that its origin (NULL: none) says: source, till, store, request, bill,
 * partner, and the id where it has one already; else it draws an id.
 */
extern void loyalty_event_begin(Posting *posting, EventCode code, TimestampTz event_time,
								const Event *origin);
/*
 * Posts one entry, which moves the account at once; raises LY404 where a balance or a counter has no room. The
 * account is one of the posting, or one that is just being opened.
 */
extern void loyalty_event_post(Posting *posting, PostedAccount *account, EntryType type, HouseAccount house,
							   int64 points);
/*
 * Ends the event: hashes its entries and writes all of it but the accounts. What it wrote can be read in the
 * posting until the next one begins.
 */
extern void loyalty_event_end(Posting *posting);

/*
 * Adds a part of the event's last entry. A lot may be added again as further entries change it; one movement
 * of a lot per entry and type.
 */
extern void loyalty_event_add_lot(Posting *posting, const Lot *lot, bool is_new);

/* The same for a lot whose row was read at a place, so that it need not be found again. */
extern void loyalty_event_add_drawn_lot(Posting *posting, const Lot *lot, ItemPointerData tid);
/* Adds a movement of points (positive) within a lot to the last entry. */
extern void loyalty_event_add_movement(Posting *posting, int64 lot_id, MovementType type, int64 points);
/* Adds a change of a lot's expiry to the last entry, a memo; the lot itself is added by the caller. */
extern void loyalty_event_add_expiry_change(Posting *posting, int64 lot_id, TimestampTz from, TimestampTz to);

/* Adds to the last entry, a credit, what goes back of a redemption: one row for each redemption and lot. */
extern void loyalty_event_add_reversal(Posting *posting, int64 reversed_customer_id, int64 reversed_event_id,
									   int64 lot_id, int64 points);

/* Adds to the last entry a change of a claim: one for each lot. */
extern void loyalty_event_add_claim(Posting *posting, int64 lot_customer_id, int64 lot_id, int64 claimed,
									int64 covered);

/*
 * Writes lots and claims as the event has left them so far, for those who read them from tables before it ends. They may be
 * touched again.
 */
extern void loyalty_event_flush(Posting *posting);

/*
 * Adds a new lot to the credit that brings it, the event's last entry; it pays the account's arrears first. Returns how
 * much it paid.
 */
extern int64 loyalty_event_add_credit_lot(Posting *posting, PostedAccount *account, Lot *lot);

#endif
