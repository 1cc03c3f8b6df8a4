/*
 * anchor_store.h: the anchor of an org's closings: one row that says what there must be of seals, under a hash. DATEVAL_NOBEGIN
 * stands for no day: nothing is closed, or nothing is sealed.
 */
#ifndef LOYALTY_ANCHOR_STORE_H
#define LOYALTY_ANCHOR_STORE_H

#include "postgres.h"

#include "utils/date.h"

#include "ledger/tables/chain_rules.h"

/* Reads the first open day and the last sealed day of an org. */
extern void loyalty_day_read(int32 org_id, DateADT *first_open_day, DateADT *sealed_day);

/* Reads the whole anchor under the caller's snapshot; false where no day was ever closed. */
extern bool loyalty_anchor_read_seen(int32 org_id, DayAnchor *anchor);

/* Moves the first open day on, never back. And notes the last seal, up to whose day the books are sealed. */
extern void loyalty_day_open(int32 org_id, DateADT first_open_day);
extern void loyalty_day_sealed(int32 org_id, const DaySeal *seal);

/* Computes the hash of an anchor; false where its key is missing. */
extern bool loyalty_anchor_hash(int32 org_id, const DayAnchor *anchor, unsigned char hash[ENTRY_HASH_BYTES]);

#endif
