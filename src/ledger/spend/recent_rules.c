/*
 * recent_rules.c: what a customer redeemed or gave away of late.
 */
#include "ledger/spend/recent_rules.h"

static bool
is_of(const RecentEntry *entry, EventCode code, int64_t since)
{
	return entry->event_code == code && entry->entry_type == ENTRY_DEBIT && entry->effective_at >= since;
}

/* What of an event's points came back. */
static int64_t
reversed(const RecentEntry *entries, int count, int64_t event_id)
{
	int64_t points = 0;
	int i;

	for (i = 0; i < count; i++)
		if (entries[i].reverses_event_id == event_id && entries[i].entry_type == ENTRY_CREDIT)
			points += entries[i].points;
	return points;
}

int64_t
loyalty_recent_points(const RecentEntry *entries, int count, EventCode code, int64_t since)
{
	int64_t points = 0;
	int i;

	for (i = 0; i < count; i++)
		if (is_of(&entries[i], code, since))
			points += entries[i].points - reversed(entries, count, entries[i].event_id);
	return points;
}

int
loyalty_recent_count(const RecentEntry *entries, int count, EventCode code, int64_t since)
{
	int events = 0;
	int i;

	for (i = 0; i < count; i++)
		events += is_of(&entries[i], code, since);
	return events;
}
