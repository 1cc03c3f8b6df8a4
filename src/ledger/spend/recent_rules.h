/*
 * recent_rules.h: points that a customer redeemed or gave away of late, for caps. Pure: points are
 * thousandths, times microseconds. Knows no server.
 */
#ifndef LOYALTY_RECENT_RULES_H
#define LOYALTY_RECENT_RULES_H

#include "ledger/tables/code_rules.h"

/*
 * An entry of a regular account, with what caps ask of its event; or, as a credit, what an event put back of one
 * redemption, whose event it names.
 */
typedef struct RecentEntry
{
	int64_t event_id;
	int64_t reverses_event_id; /* 0: none */
	int64_t points;			   /* never negative */
	int64_t effective_at;
	EventCode event_code;
	EntryType entry_type;
} RecentEntry;

/* Returns the points of events of a kind since a time, less what of them was reversed since. */
extern int64_t loyalty_recent_points(const RecentEntry *entries, int count, EventCode code, int64_t since);

/* Returns how many such events there are; one that was reversed counts still. */
extern int loyalty_recent_count(const RecentEntry *entries, int count, EventCode code, int64_t since);

#endif
