/* points_timeline_store.h: reading entries of one account for the timeline, under the caller's snapshot. */
#ifndef LOYALTY_POINTS_TIMELINE_STORE_H
#define LOYALTY_POINTS_TIMELINE_STORE_H

#include "customer/timeline.h"
#include "ledger/tables/posting_rules.h"

/* Reads an entry and the next one; entries that are not there are not found. */
extern void loyalty_points_neighbours(const LoyaltyTimelineWindow *window, const Account *account,
									  int32 entry_no, TimelineRow *below, TimelineRow *above);

/* Reads the lines of an account behind the window's place, from an entry down that is some above it. */
extern LoyaltyRows *loyalty_points_lines(const LoyaltyTimelineWindow *window, int64 part_below,
										 const Account *account, int32 entry_no);

#endif
