/*
 * recent_rules.c: points that a customer redeemed or gave away of late. Caps count by effective times, as the
 * customer's balance does. Entries come newest first and are few: those of the longest window that a program caps,
 * with what reversals took off them again. Pure sums; the lock is the caller's.
 */
#include "ledger/spend/recent_rules.h"

/* Tells whether an entry took points by an event of a kind since a time. */
static bool
is_of(const RecentEntry *entry, EventCode code, int64_t since)
{
	return entry->event_code == code && entry->entry_type == ENTRY_DEBIT && entry->effective_at >= since;
}

/*
 * Returns how much of an event's points came back. Reversals come after what they reverse, so all of them are
 * among the entries.
 */
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

/*
 * Looks for the reversals of each event among all entries: quadratic in the entries of a month of one house
 * account, which are a handful, and hundreds at worst.
 */
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

/* Events have one entry in the program's regular account, so entries are counted. */
int
loyalty_recent_count(const RecentEntry *entries, int count, EventCode code, int64_t since)
{
	int events = 0;
	int i;

	for (i = 0; i < count; i++)
		events += is_of(&entries[i], code, since);
	return events;
}
