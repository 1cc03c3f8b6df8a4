/*
 * card_merge.c: cards, in merges. Where transfers are off they stay with the victim, so that nobody finds them.
 *
 * Cards are counted by series on both sides; maxima are not enforced in a merge, since a person's cards are there
 * already, but a survivor who passes one is warned of. A card that goes over keeps number and status, and its history
 * says so. Both customers are locked, so only the job that expires cards may write to theirs, which changes no count of
 * cards; cards that go over are locked as they are read. Validity is judged at the call's time: a card
 * whose end has come counts as ended, whether or not the job that says so has run.
 */
#include "postgres.h"

#include "card/card_merge_store.h"
#include "merge/participants.h"

#define PARTICIPANT "card"

/* Cards that one side has of a series, or of all. */
typedef struct CardSum
{
	int64 cards;
	int64 counting; /* towards the maximum */
} CardSum;

/* Cards of a series on both sides. */
typedef struct SeriesSums
{
	const char *series;
	int64 max_active; /* 0: none */
	CardSum sides[2]; /* survivor, victim */
} SeriesSums;

/* Decision about cards, and the counts before. */
typedef struct CardState
{
	bool transfer;					  /* false: all stay with the victim */
	LOYALTY_ARRAY(SeriesSums) series; /* by code */
} CardState;

/* Returns the sums of a series, and adds them where it is new; good until the next one is added. */
static SeriesSums *
series_sums(CardState *state, const HeldCards *held)
{
	SeriesSums sums = { .series = held->series, .max_active = held->max_active };
	int i;

	for (i = 0; i < state->series.n; i++)
		if (strcmp(state->series.items[i].series, held->series) == 0)
			return &state->series.items[i];
	LOYALTY_APPEND(state->series, sums);
	return &state->series.items[state->series.n - 1];
}

/*
 * Adds up what a customer holds as one of the two sides. Only the customer's own id is read: cards of those who were
 * merged before have gone over, or stay with nobody.
 */
static void
read_side(const LoyaltyMerge *merge, CardState *state, int64 customer_id, int side)
{
	bool only_active = merge->call->org->config_number[CONFIG_ONLY_ACTIVE_LABEL_CARDS] != 0;
	HeldCards *held;
	int count = loyalty_cards_held(merge->pair.org_id, customer_id, merge->call->now, merge->preview, &held);
	int i;

	for (i = 0; i < count; i++)
	{
		CardStatus status = loyalty_card_status_at(held[i].status, held[i].validity_ended);
		CardSum *sum = &series_sums(state, &held[i])->sides[side];

		sum->cards += held[i].count;
		if (loyalty_card_counts(status, only_active))
			sum->counting += held[i].count;
	}
}

/* Returns a count as previews show it. */
static const char *
count_text(int64 count)
{
	return psprintf(INT64_FORMAT, count);
}

/* Adds the line of one series or of all, with a warning where the survivor comes to have more than allowed. */
static void
add_line(LoyaltyMerge *merge, bool transfer, const char *item, const CardSum sides[2], int64 maximum)
{
	int64 final_count = sides[0].cards + (transfer ? sides[1].cards : 0);
	LoyaltyMergeLine *line =
		loyalty_merge_line(merge, PARTICIPANT, item, count_text(sides[0].cards), count_text(sides[1].cards),
						   count_text(final_count), transfer ? MERGE_RULE_SUM : MERGE_RULE_STAYS);

	if (transfer && loyalty_merge_cards_pass(sides[0].counting, sides[1].counting, maximum))
		line->warning = psprintf("%s: " INT64_FORMAT ", allowed are " INT64_FORMAT, item,
								 sides[0].counting + sides[1].counting, maximum);
}

/* Adds a line for each series and one for all cards; the maximum of all is the org's. */
static void *
preview(LoyaltyMerge *merge)
{
	const LoyaltyOrg *org = merge->call->org;
	CardState *state = palloc0(sizeof(CardState));
	CardSum all[2] = { { 0 } };
	int side;
	int i;

	state->transfer =
		loyalty_merge_cards(org->config_number[CONFIG_CARD_TRANSFER_TO_SURVIVOR] != 0) == MERGE_BOTH;
	read_side(merge, state, merge->pair.survivor_id, 0);
	read_side(merge, state, merge->pair.victim_id, 1);
	for (i = 0; i < state->series.n; i++)
	{
		const SeriesSums *sums = &state->series.items[i];

		add_line(merge, state->transfer, psprintf("cards %s", sums->series), sums->sides, sums->max_active);
		for (side = 0; side < 2; side++)
		{
			all[side].cards += sums->sides[side].cards;
			all[side].counting += sums->sides[side].counting;
		}
	}
	add_line(merge, state->transfer, "cards", all, org->config_number[CONFIG_MAX_ACTIVE_CARDS]);
	return state;
}

/* Moves every card of the victim, or none. */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	const CardState *state = facts;

	if (state->transfer)
		loyalty_cards_take(merge->pair.org_id, merge->pair.survivor_id, merge->pair.victim_id,
						   merge->call->now);
}

/*
 * Counts anew on both sides, in the state of the preview, since its series are wanted though nobody may hold them
 * now. Cards that are left with the victim count as lost where transfers are on.
 */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	CardState *state = facts;
	int64 all = 0;
	int64 left = 0;
	int i;

	for (i = 0; i < state->series.n; i++)
		memset(state->series.items[i].sides, 0, sizeof(state->series.items[i].sides));
	read_side(merge, state, merge->pair.survivor_id, 0);
	read_side(merge, state, merge->pair.victim_id, 1);
	for (i = 0; i < state->series.n; i++)
	{
		const SeriesSums *sums = &state->series.items[i];

		loyalty_merge_expect(merge, PARTICIPANT, psprintf("cards %s", sums->series),
							 count_text(sums->sides[0].cards));
		all += sums->sides[0].cards;
		left += sums->sides[1].cards;
	}
	loyalty_merge_expect(merge, PARTICIPANT, "cards", count_text(all));
	if (state->transfer && left != 0)
		loyalty_merge_raise_lost(merge, PARTICIPANT, "cards");
}

const LoyaltyMergeParticipant loyalty_card_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
