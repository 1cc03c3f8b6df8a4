/*
 * merge.c: the order of a merge: every participant says what becomes of what it knows, then all of them make it so, then
 * the groups join, then each looks whether anything got lost.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/errors.h"
#include "merge/merge.h"

static const LoyaltyMergeParticipant *participants[LOYALTY_MAX_MERGE_PARTICIPANTS];
static int participant_count;

void
loyalty_merge_add(const LoyaltyMergeParticipant *participant)
{
	if (participant_count == LOYALTY_MAX_MERGE_PARTICIPANTS)
		elog(ERROR, "too many participants of merges");
	participants[participant_count++] = participant;
}

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

const char *
loyalty_merge_value(MergeSide side, const char *survivor_value, const char *victim_value)
{
	if (side == MERGE_SURVIVOR)
		return survivor_value;
	return side == MERGE_VICTIM ? victim_value : NULL;
}

static bool
same_value(const char *left, const char *right)
{
	return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

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

bool
loyalty_merge_has_line(const LoyaltyMerge *merge, const char *participant, const char *item)
{
	return find_line(merge, participant, item) != NULL;
}

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

void
loyalty_merge_expect(const LoyaltyMerge *merge, const char *participant, const char *item, const char *actual)
{
	const LoyaltyMergeLine *line = find_line(merge, participant, item);

	if (!same_value(line ? line->final_value : NULL, actual))
		loyalty_merge_raise_lost(merge, participant, item);
}

void
loyalty_merge_decide(LoyaltyMerge *merge)
{
	int i;

	for (i = 0; i < participant_count; i++)
		merge->facts[i] = participants[i]->preview(merge);
}

/* The victim's rows belong to the survivor when the groups have joined; the participants look at the whole after that. */
void
loyalty_merge_carry_out(LoyaltyMerge *merge)
{
	int i;

	for (i = 0; i < participant_count; i++)
		participants[i]->apply(merge, merge->facts[i]);
	loyalty_groups_join(merge->pair.org_id, &merge->survivor, &merge->victim);
	for (i = 0; i < participant_count; i++)
		participants[i]->conserve(merge, merge->facts[i]);
}

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
