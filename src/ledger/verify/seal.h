/* seal.h: sealing an org's books up to a day. Writer and verifier share the terms of a seal. */
#ifndef LOYALTY_SEAL_H
#define LOYALTY_SEAL_H

#include "ledger/tables/day_store.h"
#include "org/call.h"

/*
 * Adds the term of an account's last entry to a digest, or takes it away; false where the entry's key is missing: the
 * digest is untouched.
 */
extern bool loyalty_seal_account(unsigned char *digest, bool add, int32 org_id, int64 customer_id,
								 int32 program_id, Category category, const AccountEnd *end);

/*
 * Computes the hash of a seal over the one before (NULL: none) and its totals after a day; false where its key is
 * missing.
 */
extern bool loyalty_seal_hash(int32 org_id, const DaySeal *seal, const DaySeal *before,
							  unsigned char hash[ENTRY_HASH_BYTES]);

/* Seals the days after the last seal up to one, under a snapshot that sees all that was ever posted to them. */
extern void loyalty_seal_day(const LoyaltyCall *call, DateADT day);

#endif
