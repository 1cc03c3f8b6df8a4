/*
 * merge_run.c: what every merge goes through, whoever asks for it: merge_customers, a registration, or a request that was
 * approved: lock, judge whether the two may be merged at all, decide, carry out, write the record.
 *
 * The rows of both groups are locked in one ascending sequence, in a subtransaction that is undone and tried again where a group
 * has grown meanwhile. Those locks keep every other writing call about any member away until the commit, so what the
 * participants decided is still true when they write it. The configuration is held before (which types are keys).
 *
 * A registration merges inside one of its rounds: it has the locks already, and judges statuses itself, too.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/subtransaction.h"
#include "customer/group.h"
#include "ledger/posting/posting.h"
#include "merge/merge_run.h"
#include "merge/participants.h"
#include "status/status_guard.h"
#include "status/status_labels.h"

#define MAX_ROUNDS 100 /* each lost round means that another merge has committed in our way */

/* Both customers of a merge, to be locked. */
typedef struct MergeParties
{
	int32 org_id;
	const int64 *ids;
	int64 roots[2]; /* of each, as far as is known: itself, until its locked row says otherwise */
	LoyaltyCustomer *customers;
} MergeParties;

/*
 * Makes one round of locking; false where a group has grown between two looks at it, or one has another root than was taken for it:
 * the next round knows it. Roots are locked with whoever was merged into them: a request about such a one is decided by its id, and
 * told of and escalated by the root's.
 */
static bool
lock_parties(void *arg)
{
	MergeParties *parties = arg;
	int64 ids[4] = { parties->ids[0], parties->ids[1] };
	LoyaltyCustomer locked[lengthof(ids)];
	int count = 2;
	bool known = true;
	int i;

	for (i = 0; i < 2; i++)
		if (parties->roots[i] != parties->ids[i])
			ids[count++] = parties->roots[i];
	if (!loyalty_groups_lock(parties->org_id, ids, count, locked))
		return false;
	for (i = 0; i < 2; i++)
	{
		parties->customers[i] = locked[i];
		if (locked[i].merged_into == 0 || locked[i].merged_into == parties->roots[i])
			continue;
		parties->roots[i] = locked[i].merged_into;
		known = false;
	}
	return known;
}

/*
 * Locks both groups. A lost round gives its locks back before the next one, so that rows are always locked in
 * ascending order and nobody waits in a circle; see group.c.
 */
void
loyalty_merge_lock(int32 org_id, const int64 ids[2], LoyaltyCustomer customers[2])
{
	MergeParties parties = { org_id, ids, { ids[0], ids[1] }, customers };
	int round;

	for (round = 0; round < MAX_ROUNDS; round++)
	{
		CHECK_FOR_INTERRUPTS();
		if (loyalty_subtransaction(lock_parties, &parties))
			return;
	}
	ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					errmsg("could not merge because of concurrent merges"), errhint("Repeat the call.")));
}

/* Raises LY505. */
static void
raise_deleted(const LoyaltyCustomer *customer)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_MERGE_DELETED),
					errmsg("customer " INT64_FORMAT " was deleted, or is about to be", customer->customer_id),
					errhint("A request for deletion can be declined with loyalty.decline_deletion().")));
}

/* Raises LY506 with label and restriction, as whoever merges may lift them. */
static void
raise_blocked(const LoyaltyCall *call, const LoyaltyCustomer *customer)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_MERGE_BLOCKED),
			 errmsg("the status of customer " INT64_FORMAT " does not allow a merge", customer->customer_id),
			 errdetail("Restriction %s.",
					   loyalty_status_why(call, customer, BLOCK_IDENTIFIER_CHANGE_AND_MERGE)),
			 errhint("The customer's label changes with loyalty.set_customer_status().")));
}

/*
 * Judges a customer as one side of a merge. The label is looked up in the org as it is now: it may have been made, or
 * its restrictions changed, while the call waited for the locks.
 */
static MergeParty
party(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation)
{
	const LoyaltyStatusLabel *label =
		loyalty_status_label(loyalty_call_org_now(call), customer->status_label_id);
	int sqlstate;

	(void) loyalty_status_verdict(call, customer, operation, &sqlstate);
	return (MergeParty){
		.merged = customer->merged_into != 0,
		.deleted =
			customer->erased || label->status == STATUS_DELETED || label->status == STATUS_PENDING_DELETION,
		.blocked = sqlstate != 0,
	};
}

/* Asks the rules; "sides" are what they were told. */
static MergeRefusal
judge(const LoyaltyCall *call, const LoyaltyCustomer customers[2], MergeParty sides[2])
{
	sides[0] = party(call, &customers[0], GUARD_MERGE_SURVIVOR);
	sides[1] = party(call, &customers[1], GUARD_MERGE_VICTIM);
	return loyalty_merge_refusal(customers[0].customer_id == customers[1].customer_id, &sides[0], &sides[1]);
}

/* Raises nothing. */
MergeRefusal
loyalty_merge_judge(const LoyaltyCall *call, const LoyaltyCustomer customers[2])
{
	MergeParty sides[2];

	return judge(call, customers, sides);
}

/* Makes an error of the reason that the rules found. Where both sides have the same fault, the survivor is named. */
static void
raise_refusal(const LoyaltyCall *call, MergeRefusal refusal, const MergeParty *survivor_party,
			  const LoyaltyCustomer *survivor, const LoyaltyCustomer *victim)
{
	switch (refusal)
	{
		case MERGE_SAME_CUSTOMER:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_MERGE_SAME_CUSTOMER),
							errmsg("survivor and victim are the same customer"),
							errhint("Give the ids of two customers.")));
			break;
		case MERGE_VICTIM_MERGED:
			ereport(ERROR,
					(errcode(ERRCODE_LOYALTY_MERGE_VICTIM_MERGED),
					 errmsg("the victim, customer " INT64_FORMAT ", was merged into customer " INT64_FORMAT,
							victim->customer_id, victim->merged_into)));
			break;
		case MERGE_SURVIVOR_MERGED:
			ereport(ERROR,
					(errcode(ERRCODE_LOYALTY_MERGE_SURVIVOR_MERGED),
					 errmsg("the survivor, customer " INT64_FORMAT ", was merged into customer " INT64_FORMAT,
							survivor->customer_id, survivor->merged_into),
					 errhint("Merge into that customer.")));
			break;
		case MERGE_PARTY_DELETED:
			raise_deleted(survivor_party->deleted ? survivor : victim);
			break;
		case MERGE_PARTY_BLOCKED:
			raise_blocked(call, survivor_party->blocked ? survivor : victim);
			break;
		default:
			elog(ERROR, "unknown refusal %d", refusal);
	}
}

/*
 * Raises where the two must not be merged; otherwise the merge is ready to be decided. Without a time of the caller's
 * a merge happens now, or at the later of the two registrations where that lies after the clock: points cannot leave
 * a customer before it was there.
 */
void
loyalty_merge_prepare(LoyaltyMerge *merge, LoyaltyCall *call, const LoyaltyCustomer customers[2])
{
	MergeParty sides[2];
	MergeRefusal refusal = judge(call, customers, sides);

	if (refusal != MERGE_ALLOWED)
		raise_refusal(call, refusal, &sides[0], &customers[0], &customers[1]);
	merge->call = call;
	merge->survivor = customers[0];
	merge->victim = customers[1];
	merge->pair.org_id = call->org->org_id;
	merge->pair.survivor_id = customers[0].customer_id;
	merge->pair.victim_id = customers[1].customer_id;
	merge->event_time =
		loyalty_usual_event_time(call, Max(customers[0].registered_on, customers[1].registered_on));
}

/* Draws the merge's id, which lines may need but those of a preview, and writes nothing. */
Datum
loyalty_merge_open(LoyaltyMerge *merge, int *warnings)
{
	if (!merge->preview)
		merge->merge_id = loyalty_next_id();
	loyalty_merge_decide(merge);
	return loyalty_merge_warnings(merge, warnings);
}

/* The record is written last: it says what was done. */
void
loyalty_merge_complete(LoyaltyMerge *merge, MergeRecord *record)
{
	record->merge_id = merge->merge_id;
	record->survivor_id = merge->pair.survivor_id;
	loyalty_merge_carry_out(merge);
	loyalty_merge_record_insert(merge, record);
}

/* Warnings are judged between deciding and carrying out: until then nothing is written. */
void
loyalty_merge_run(LoyaltyMerge *merge, MergeRecord *record, bool accept_warnings)
{
	int warnings;

	record->warnings = loyalty_merge_open(merge, &warnings);
	if (warnings > 0 && !accept_warnings)
		loyalty_merge_raise_warnings(warnings);
	loyalty_merge_complete(merge, record);
}

/* Raises LY508. */
void
loyalty_merge_raise_warnings(int warnings)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_MERGE_WARNINGS), errmsg("the merge has warnings"),
			 errdetail_plural("There is %d, which loyalty.preview_merge() shows.",
							  "There are %d, which loyalty.preview_merge() shows.", warnings, warnings),
			 errhint("Pass accept_warnings => true to merge all the same.")));
}

/*
 * Merges for a registration, with warnings accepted, at its till. The rows are read by their locks, which this
 * transaction has: earlier merges of the same registration have changed the survivor.
 */
void
loyalty_merge_at_registration(LoyaltyCall *call, int64 survivor_id, int64 victim_id, const LoyaltyTill *till)
{
	LoyaltyMerge merge = { .till = till };
	LoyaltyCustomer customers[2];
	MergeRecord record = { .origin = MERGE_BY_REGISTRATION, .reason = "registration" };

	if (!loyalty_customer_lock(call->org->org_id, survivor_id, &customers[0]) ||
		!loyalty_customer_lock(call->org->org_id, victim_id, &customers[1]))
		elog(ERROR, "a customer to be merged does not exist");
	loyalty_merge_prepare(&merge, call, customers);
	loyalty_merge_run(&merge, &record, true);
}
