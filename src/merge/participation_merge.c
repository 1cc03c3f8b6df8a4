/*
 * participation_merge.c: participations in programs, in merges.
 *
 * Accounts say what counts, so they are read on both sides, also where there is no participation yet. Whoever of the two may
 * spend, the survivor may afterwards, unless it was deactivated: that is a decision about it, which a merge does not take
 * back. Rows of the victim stay under its id. Its fields go over where the survivor has no value of its own.
 */
#include "postgres.h"

#include "ledger/posting/participation.h"
#include "ledger/tables/ledger_store.h"
#include "merge/participants.h"
#include "participation/participation.h"

#define PARTICIPANT "participation"

/* Statuses of the survivor afterwards, a program each. */
typedef struct MergedParticipations
{
	int n;
	const LoyaltyProgram **programs;
	Participation *before;
	Participation *after;
} MergedParticipations;

/* Finds what an account of a list says of a program; NONE where there is none. */
static Participation
participation_in(const Account *accounts, int count, int32 program_id)
{
	int i;

	for (i = 0; i < count; i++)
		if (accounts[i].program_id == program_id && accounts[i].category == CATEGORY_REGULAR)
			return (Participation) accounts[i].participation;
	return PARTICIPATION_NONE;
}

/* Decides for each program that asks, and adds a line where either takes part, or did. */
static void *
preview(LoyaltyMerge *merge)
{
	const LoyaltyOrg *org = merge->call->org;
	MergedParticipations *merged = palloc0(sizeof(MergedParticipations));
	Account *accounts[2] = { NULL };
	int counts[2];
	int i;

	if (org->participation == NULL)
		return merged;
	counts[0] = loyalty_accounts_read(org->org_id, merge->pair.survivor_id, 0, merge->preview, &accounts[0]);
	counts[1] = loyalty_accounts_read(org->org_id, merge->pair.victim_id, 0, merge->preview, &accounts[1]);
	merged->programs = palloc(sizeof(LoyaltyProgram *) * org->participation->n);
	merged->before = palloc(sizeof(Participation) * org->participation->n);
	merged->after = palloc(sizeof(Participation) * org->participation->n);
	for (i = 0; i < org->participation->n; i++)
	{
		const LoyaltyProgram *program =
			loyalty_org_program_by_id(org, org->participation->items[i].program_id);
		Participation survivor = participation_in(accounts[0], counts[0], program->program_id);
		Participation victim = participation_in(accounts[1], counts[1], program->program_id);
		Participation after = loyalty_participation_merged(survivor, victim);

		if (survivor == PARTICIPATION_NONE && victim == PARTICIPATION_NONE)
			continue;
		merged->programs[merged->n] = program;
		merged->before[merged->n] = survivor;
		merged->after[merged->n++] = after;
		loyalty_merge_line(merge, PARTICIPANT, program->program, loyalty_participation_word(survivor),
						   loyalty_participation_word(victim), loyalty_participation_word(after),
						   MERGE_RULE_ACTIVE);
	}
	return merged;
}

/* Writes what changes, and the fields that the survivor lacks. */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	const MergedParticipations *merged = facts;
	int i;

	for (i = 0; i < merged->n; i++)
		if (merged->after[i] != merged->before[i])
			loyalty_participation_set(merge->call, merge->pair.survivor_id, merged->programs[i],
									  &(ParticipationChange){ .new_status = merged->after[i],
															  .cause = CAUSE_MERGE });
	if (merged->n > 0)
		loyalty_participation_fields_join(&merge->pair, merge->call->now);
}

/* Reads the survivor's accounts anew. */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	const MergedParticipations *merged = facts;
	int i;

	for (i = 0; i < merged->n; i++)
		loyalty_merge_expect(merge, PARTICIPANT, merged->programs[i]->program,
							 loyalty_participation_word(
								 loyalty_account_participation(merge->pair.org_id, merge->pair.survivor_id,
															   merged->programs[i]->program_id)));
}

const LoyaltyMergeParticipant loyalty_participation_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
