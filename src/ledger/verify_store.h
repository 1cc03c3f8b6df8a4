/*
 * verify_store.h: recomputing the ledger. Everything reads under the caller's snapshot, org by org.
 */
#ifndef LOYALTY_VERIFY_STORE_H
#define LOYALTY_VERIFY_STORE_H

#include "postgres.h"

#include "ledger/chain_rules.h"

/* An invariant that one statement recomputes: it answers the first divergence as a text, or no row. */
typedef enum LoyaltyCheck
{
	CHECK_ENTRY_CHAIN,
	CHECK_BALANCE_IS_LOTS,
	CHECK_LOT_COLUMNS,
	CHECK_DEBITS_PAID,
	CHECK_CREDITS_ARE_LOTS,
	CHECK_TRIAL_BALANCE,
	CHECK_COUNTERS,
	CHECK_EVENTS,
	CHECK_CUSTOMERS,
	CHECK_EXPIRY,
	CHECK_REVERSALS,
	CHECK_TRANSACTIONS,
	CHECK_RETURNS,
	CHECK_COUNT
} LoyaltyCheck;

extern const char *loyalty_check_name(LoyaltyCheck check);

/* The first divergence, or NULL. */
extern char *loyalty_check_run(LoyaltyCheck check, int32 org_id);

/* One entry with everything that its hash covers, as the tables have it. */
typedef struct ChainLink
{
	int64 customer_id;
	Entry entry;
	Event event;
	int16 key_id;
	unsigned char hash[ENTRY_HASH_BYTES];
	bool hash_is_whole; /* it has the right length */
} ChainLink;

/* Streams of an org's entries and their parts, each in the order of customer, program, category and entry_no. */
typedef struct ChainStream ChainStream;
extern ChainStream *loyalty_chain_open(int32 org_id);
extern bool loyalty_chain_next(ChainStream *stream, ChainLink *link);

/* Feeds the parts of the entry just read to a sink. */
extern void loyalty_chain_parts(ChainStream *stream, const ChainLink *link, ChainSink to, void *sink);
extern void loyalty_chain_close(ChainStream *stream);

/* The hash that an account ends with; false where it is not whole. */
extern char *loyalty_chain_ends(int32 org_id);

#endif
