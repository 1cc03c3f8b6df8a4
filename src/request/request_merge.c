/*
 * request_merge.c: pending requests, in merges.
 *
 * What waits for the victim waits for the survivor from then on: rows stay where they are, and the survivor's group finds them.
 * Each gets a line in its log. Both groups are locked, so no request appears or is decided meanwhile, and where none waits for either,
 * there is nothing to look at afterwards.
 */
#include "postgres.h"

#include "merge/participants.h"
#include "request/request_participant.h"
#include "request/request_store.h"
#include "status/status_change.h"

#define PARTICIPANT "request"
#define ITEM "pending requests"

/* Returns a number as previews show it, NULL for none. */
static const char *
count_text(int64 count)
{
	return count > 0 ? psprintf(INT64_FORMAT, count) : NULL;
}

/* Adds a line where anything waits for either side. The facts are NULL where nothing does. */
static void *
preview(LoyaltyMerge *merge)
{
	int64 survivor = loyalty_change_requests_waiting(merge->pair.org_id, &merge->survivor, merge->preview);
	int64 victim = loyalty_change_requests_waiting(merge->pair.org_id, &merge->victim, merge->preview);

	if (survivor + victim == 0)
		return NULL;
	loyalty_merge_line(merge, PARTICIPANT, ITEM, count_text(survivor), count_text(victim),
					   count_text(survivor + victim), MERGE_RULE_ALL);
	return merge;
}

/* Notes in the log of each that it has another owner. */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	ChangeRequest *requests;
	int count;
	int i;

	if (facts == NULL)
		return;
	count = loyalty_change_requests_pending(merge->pair.org_id, &merge->victim, &requests);
	for (i = 0; i < count; i++)
		loyalty_change_request_log(&requests[i], REQUEST_MOVED, merge->pair.survivor_id, merge->call->now,
								   loyalty_status_role(merge->call), merge->call->actor);
}

/* Counts what the joined group has. */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	LoyaltyCustomer root;

	if (facts == NULL)
		return;
	if (!loyalty_customer_read_now(merge->pair.org_id, merge->pair.survivor_id, &root))
		elog(ERROR, "the survivor has vanished");
	loyalty_merge_expect(merge, PARTICIPANT, ITEM,
						 count_text(loyalty_change_requests_waiting(merge->pair.org_id, &root, false)));
}

const LoyaltyMergeParticipant loyalty_request_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
