/*
 * message_merge.c: messages, in merges.
 *
 * Messages stay with whom they were sent to: the survivor keeps its own and takes none over. What waits for the victim is
 * canceled, since nobody is reached under the victim's name any more and the same may wait for the survivor; what a worker has at
 * the moment goes out. The line counts what waits. Both customers are locked, so no call adds a message, but workers may take
 * some between decision and writing: so the check asks that nothing of the victim waits, and counts nothing.
 */
#include "postgres.h"

#include "merge/participants.h"
#include "message/outbox/outbox.h"

#define PARTICIPANT "message"
#define ITEM "messages that wait"

/* Returns a number as previews show it, NULL for none. */
static const char *
count_text(int64 count)
{
	return count > 0 ? psprintf(INT64_FORMAT, count) : NULL;
}

/* Adds a line where anything waits for either side. The facts are NULL where nothing waits for the victim: nothing will. */
static void *
preview(LoyaltyMerge *merge)
{
	int64 survivor = loyalty_messages_waiting(merge->pair.org_id, merge->pair.survivor_id, merge->preview);
	int64 victim = loyalty_messages_waiting(merge->pair.org_id, merge->pair.victim_id, merge->preview);

	if (survivor > 0 || victim > 0)
		loyalty_merge_line(merge, PARTICIPANT, ITEM, count_text(survivor), count_text(victim),
						   count_text(survivor), MERGE_RULE_SURVIVOR);
	return victim > 0 ? merge : NULL;
}

/* Cancels what waits for the victim. */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	if (facts != NULL)
		(void) loyalty_messages_cancel_all(merge->call, merge->pair.victim_id, "merge");
}

/* Finds nothing that waits for the victim. */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	if (facts != NULL && loyalty_messages_waiting(merge->pair.org_id, merge->pair.victim_id, false) != 0)
		loyalty_merge_raise_lost(merge, PARTICIPANT, ITEM);
}

const LoyaltyMergeParticipant loyalty_message_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
