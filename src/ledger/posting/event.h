/* event.h: the event under construction: its entries, and the lots and movements of each. */
#ifndef LOYALTY_EVENT_H
#define LOYALTY_EVENT_H

#include "ledger/posting/posting.h"

/* LY404 for what would take an account beyond its limits. */
extern bool loyalty_refuse_overflow(LoyaltyRefusal *refusal);

/*
 * Begins an event that has of its origin (NULL: none) all that says where it came from: source, till, store, request, bill,
 * partner. Posts one entry of it (LY404). Ends it: everything is written.
 */
extern void loyalty_event_begin(Posting *posting, EventCode code, TimestampTz event_time,
								const Event *origin);
extern void loyalty_event_post(Posting *posting, PostedAccount *account, EntryType type, HouseAccount house,
							   int64 points);
extern void loyalty_event_end(Posting *posting);

/*
 * Parts of the event's last entry. A lot may be added again as further entries change it; one movement of a lot per
 * entry and type.
 */
extern void loyalty_event_add_lot(Posting *posting, const Lot *lot, bool is_new);

/* The same for a lot whose row was read at a place, so that it need not be found again. */
extern void loyalty_event_add_drawn_lot(Posting *posting, const Lot *lot, ItemPointerData tid);
extern void loyalty_event_add_movement(Posting *posting, int64 lot_id, MovementType type, int64 points);
extern void loyalty_event_add_expiry_change(Posting *posting, int64 lot_id, TimestampTz from, TimestampTz to);

/*
 * Adds a new lot to the credit that brings it, the event's last entry; it pays the account's arrears first. Returns how
 * much it paid.
 */
extern int64 loyalty_event_add_credit_lot(Posting *posting, PostedAccount *account, Lot *lot);

#endif
