/*
 * merge.c: the frame of a merge: every participant says what becomes of what it knows, then all of them make it so,
 * then the groups join, then each looks whether anything got lost.
 *
 * All are asked before any writes: whoever raises at a preview has nothing to undo, and a preview is exactly the
 * first half of a merge, so what it shows is what happens. The groups join after the writing, since until then the
 * victim's rows must be found as the victim's. The check comes last and reads anew by the ids of the joined group, so
 * it judges tables, not what was meant to be written; it costs a second reading, and only a defect of ours can make
 * it fail.
 *
 * Both customers and their groups are locked by whoever calls (merge_api.c, or the round of a registration); a
 * preview locks nobody. The order of participants is that of their additions in loyalty.c: identity, contact, status,
 * cards, ledger. Nothing is late here: what is due by the time of the merge is posted by it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/errors.h"
#include "customer/change_hooks.h"
#include "event/notify.h"
#include "merge/merge.h"

/* Participants in the order in which they take part; filled while the library is loaded. */
static const LoyaltyMergeParticipant *participants[LOYALTY_MAX_MERGE_PARTICIPANTS];
static int participant_count;

/* Appends. Their place in this list is also that of their facts in a merge. */
void
loyalty_merge_add(const LoyaltyMergeParticipant *participant)
{
	if (participant_count == LOYALTY_MAX_MERGE_PARTICIPANTS)
		elog(ERROR, "too many participants of merges");
	participants[participant_count++] = participant;
}

/* Tells subscribers of one side, whose stream stays its own. */
static void
tell(LoyaltyMerge *merge, int64 customer_id)
{
	LoyaltyNotice notice = { .customer_id = customer_id,
							 .event_id = merge->merge_id,
							 .event_name = "customer_merge",
							 .event_time = merge->event_time };

	notice.details = psprintf("\"survivor_id\":" INT64_FORMAT ",\"victim_id\":" INT64_FORMAT,
							  merge->pair.survivor_id, merge->pair.victim_id);
	loyalty_notify(merge->call, &notice);
}

/* Appends to an array that may move: hence no pointer to a line outlives the next one. */
LoyaltyMergeLine *
loyalty_merge_line(LoyaltyMerge *merge, const char *participant, const char *item, const char *survivor_value,
				   const char *victim_value, const char *final_value, MergeRule rule)
{
	LoyaltyMergeLine line = {
		.participant = participant,
		.item = item,
		.survivor_value = survivor_value,
		.victim_value = victim_value,
		.final_value = final_value,
		.rule = rule,
	};

	LOYALTY_APPEND(merge->lines, line);
	return &merge->lines.items[merge->lines.n - 1];
}

/* Chooses between the two texts; a sum or a list of both is made by its participant. */
const char *
loyalty_merge_value(MergeSide side, const char *survivor_value, const char *victim_value)
{
	if (side == MERGE_SURVIVOR)
		return survivor_value;
	return side == MERGE_VICTIM ? victim_value : NULL;
}

/* Tells whether two values are equal texts, or both none. */
static bool
same_value(const char *left, const char *right)
{
	return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

/*
 * Finds a line by a linear search. A merge has tens of lines; with as many fields it is a few thousand comparisons.
 */
static const LoyaltyMergeLine *
find_line(const LoyaltyMerge *merge, const char *participant, const char *item)
{
	int i;

	for (i = 0; i < merge->lines.n; i++)
		if (strcmp(merge->lines.items[i].participant, participant) == 0 &&
			strcmp(merge->lines.items[i].item, item) == 0)
			return &merge->lines.items[i];
	return NULL;
}

/* Lets a participant tell a thing at zero that was never mentioned from one that must be zero. */
bool
loyalty_merge_has_line(const LoyaltyMerge *merge, const char *participant, const char *item)
{
	return find_line(merge, participant, item) != NULL;
}

/*
 * Says that nothing was changed, which is true because the error ends the transaction. The message names the item and
 * no value: it may be personal.
 */
void
loyalty_merge_raise_lost(const LoyaltyMerge *merge, const char *participant, const char *item)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_MERGE_NOT_CONSERVED),
			 errmsg("the merge of customer " INT64_FORMAT " into customer " INT64_FORMAT
					" would lose something",
					merge->victim.customer_id, merge->survivor.customer_id),
			 errdetail("What the survivor has of \"%s\" (%s) is not what was decided.", item, participant),
			 errhint("Nothing was changed. This is a defect: report it.")));
}

/* Compares texts: a participant makes them in both steps by the same functions, so equal things are equal texts. */
void
loyalty_merge_expect(const LoyaltyMerge *merge, const char *participant, const char *item, const char *actual)
{
	const LoyaltyMergeLine *line = find_line(merge, participant, item);

	if (!same_value(line ? line->final_value : NULL, actual))
		loyalty_merge_raise_lost(merge, participant, item);
}

/* Keeps the facts of each participant for its other two steps. */
void
loyalty_merge_decide(LoyaltyMerge *merge)
{
	int i;

	for (i = 0; i < participant_count; i++)
		merge->facts[i] = participants[i]->preview(merge);
}

/*
 * Writes all, then joins the groups, then checks all, and never mixes these: the victim's rows belong to the
 * survivor only when the groups have joined, and a participant may look at what another one has written.
 */
void
loyalty_merge_carry_out(LoyaltyMerge *merge)
{
	int i;

	for (i = 0; i < participant_count; i++)
		participants[i]->apply(merge, merge->facts[i]);
	loyalty_groups_join(merge->pair.org_id, &merge->survivor, &merge->victim);
	for (i = 0; i < participant_count; i++)
		participants[i]->conserve(merge, merge->facts[i]);
	tell(merge, merge->pair.survivor_id);
	tell(merge, merge->pair.victim_id);
	loyalty_change_hooks.customer_changed(merge->call, merge->pair.survivor_id);
}

/* Collects in the order of the lines. */
Datum
loyalty_merge_warnings(const LoyaltyMerge *merge, int *count)
{
	Datum *warnings = palloc(sizeof(Datum) * Max(merge->lines.n, 1));
	int i;

	*count = 0;
	for (i = 0; i < merge->lines.n; i++)
		if (merge->lines.items[i].warning != NULL)
			warnings[(*count)++] = CStringGetTextDatum(merge->lines.items[i].warning);
	return PointerGetDatum(construct_array(warnings, *count, TEXTOID, -1, false, TYPALIGN_INT));
}
