/* merge_posting.h: how points leave a victim and come to the survivor. */
#ifndef LOYALTY_MERGE_POSTING_H
#define LOYALTY_MERGE_POSTING_H

#include "ledger/posting/posting.h"

/* Facts that both events of a merge say. */
typedef struct MergeEvent
{
	int64 merge_id; /* both events have it as their pair */
	TimestampTz event_time;
	int32 till_id;	/* 0: none */
	int32 store_id; /* 0: none */
} MergeEvent;

/*
 * Moves points between two customers of one call, both locked. The victim's accounts go to zero, its very last
 * entries; the survivor's get what they held, a lot for each open one with the same expiry, till, bill and
 * award date. Below zero the signs swap: the victim gets a credit and the survivor the debt. At zero both get a memo.
 */
extern void loyalty_merge_post(LoyaltyCall *call, int64 survivor_id, int64 victim_id,
							   const MergeEvent *merge);

#endif
