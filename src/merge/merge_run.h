/* merge_run.h: the steps of a merge, for all who merge: survivor first, victim second, in every pair. */
#ifndef LOYALTY_MERGE_RUN_H
#define LOYALTY_MERGE_RUN_H

#include "merge/merge_store.h"

/*
 * Locks the groups of survivor and victim; a customer of id 0 does not exist. A lost round gives its locks back, so that
 * rows are always locked in ascending order and nobody waits in a circle.
 */
extern void loyalty_merge_lock(int32 org_id, const int64 ids[2], LoyaltyCustomer customers[2]);

/* Tells what stands against merging the two, who are locked or only looked at. */
extern MergeRefusal loyalty_merge_judge(const LoyaltyCall *call, const LoyaltyCustomer customers[2]);

/*
 * Raises LY501, LY503 to LY506 for what stands against it; otherwise the merge is ready to be decided, and happens now or,
 * where that is later, at the later of the two registrations.
 */
extern void loyalty_merge_prepare(LoyaltyMerge *merge, LoyaltyCall *call, const LoyaltyCustomer customers[2]);

/* Decides a merge that is prepared; returns its warnings, a text array, and how many there are. Nothing is written. */
extern Datum loyalty_merge_open(LoyaltyMerge *merge, int *warnings);

/* Carries out what was decided, and writes the record, which has reason, actor, key and warnings. */
extern void loyalty_merge_complete(LoyaltyMerge *merge, MergeRecord *record);

/* Does both, and raises LY508 between them where there are warnings that are not accepted. */
extern void loyalty_merge_run(LoyaltyMerge *merge, MergeRecord *record, bool accept_warnings);
pg_noreturn extern void loyalty_merge_raise_warnings(int warnings);

#endif
