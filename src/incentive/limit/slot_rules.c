/*
 * slot_rules.c: how a limit stands in its slots. What the slots have adds up to what is left, always; where it stands among them
 * says nothing, so it may be spread anew by whoever holds them all.
 */
#include "incentive/limit/slot_rules.h"

/* Gives a small limit a slot for each use: more would stay empty. */
int
loyalty_slot_count(int64_t maximum)
{
	if (maximum < 1)
		return 1;
	return maximum < LIMIT_MAX_SLOTS ? (int) maximum : LIMIT_MAX_SLOTS;
}

/* Divides, and gives the first ones what is over, one each. */
void
loyalty_slot_split(int64_t left, int count, int64_t *remaining)
{
	int i;

	for (i = 0; i < count; i++)
		remaining[i] = left / count + (i < left % count ? 1 : 0);
}

/* Takes ids of processes, which follow one another: so do the slots. */
int
loyalty_slot_place(uint32_t who, int count)
{
	return (int) (who % (uint32_t) count);
}

/* Keeps what is used, which nobody can take back by a smaller maximum. */
bool
loyalty_slot_change(int64_t old_maximum, int64_t new_maximum, int64_t *left)
{
	int64_t used = old_maximum - *left;

	if (new_maximum < used)
		return false;
	*left = new_maximum - used;
	return true;
}

/* Takes all that it has where more is wanted: the rest comes from the next one. */
int64_t
loyalty_slot_take(int64_t remaining, int64_t wanted)
{
	return remaining < wanted ? remaining : wanted;
}

/* Compares with the threshold, which is reached when just that many are left. */
bool
loyalty_limit_is_low(int64_t left, int64_t notify_at)
{
	return notify_at >= 0 && left <= notify_at;
}
