/*
 * chain_rules.h: the bytes that the hash of an entry, and that of a seal, cover. Writer and verifier share this
 * one definition. Knows no server and no cryptography: bytes go to a sink.
 */
#ifndef LOYALTY_CHAIN_RULES_H
#define LOYALTY_CHAIN_RULES_H

#include <stddef.h>

#include "ledger/tables/posting_rules.h"

/* Takes bytes in pieces of any size: only their sequence counts. */
typedef void (*ChainSink)(void *sink, const void *bytes, size_t size);

/* The columns of an event; 0 stands for null where 0 is no value. */
typedef struct Event
{
	int64_t event_id;
	EventCode event_code;
	int64_t event_time;
	int64_t recorded_at;
	int16_t source_id;
	int32_t till_id;
	int32_t store_id;
	int64_t transaction_id;
	int64_t reverses_event_id; /* of the redemption or award that it takes back */
	int64_t pair_id;		   /* of the two events of a transfer, a referral or a merge */
	int64_t request_digest;	   /* of the arguments of the call; 0 where has_key is false */
	bool has_key;			   /* the call had an idempotency key, and the digests below are valid */
	unsigned char idempotency_digest[16];
	char redemption_id[8]; /* empty: none */
	int64_t net_points;	   /* credits less debits of all its entries */
} Event;

/*
 * Tells whether an event of so many entries stands in its entry instead of having a row: there is but one entry, and
 * nothing looks the event up by columns that only a row has.
 */
extern bool loyalty_event_stands_in_entry(const Event *event, int entries);

/*
 * Bytes for the hash of an entry, in this order: the entry with its predecessor's hash, then its lots,
 * movements and expiry changes, each by lot id.
 */
extern void loyalty_chain_entry(ChainSink to, void *sink, const unsigned char *previous_hash, int32_t org_id,
								int64_t customer_id, const Event *event, const Entry *entry);
extern void loyalty_chain_lot(ChainSink to, void *sink, const Lot *lot);
extern void loyalty_chain_movement(ChainSink to, void *sink, const Movement *movement);
extern void loyalty_chain_expiry_change(ChainSink to, void *sink, const ExpiryChange *change);

/* A seal: the numbers of an org's books up to a day, which the seal's hash covers with the totals of its days. */
typedef struct DaySeal
{
	int32_t seal_no; /* from 1, without a gap within the org */
	int32_t day;	 /* the last one that it covers */
	int64_t sealed_at;
	int16_t key_id;
	int64_t accounts;								/* with an entry by then */
	int64_t entries;								/* since the beginning */
	unsigned char account_digest[ENTRY_HASH_BYTES]; /* the sum of the terms of all accounts' last entries */
	unsigned char hash[ENTRY_HASH_BYTES];
} DaySeal;

/*
 * The entries of one posting day, program, category and house account, added up: to the customers, and from
 * them.
 */
typedef struct DayTotal
{
	int32_t posting_day;
	int32_t program_id;
	Category category;
	HouseAccount house_account;
	int64_t credits;
	int64_t debits;
	int64_t entries;
} DayTotal;

/* An account's term in the digest of a seal: its last entry by then. */
extern void loyalty_chain_account(ChainSink to, void *sink, int32_t org_id, int64_t customer_id,
								  int32_t program_id, Category category, int32_t entry_no,
								  const unsigned char *entry_hash);

/*
 * Bytes for the hash of a seal, in this order: the seal with its predecessor's hash, then its totals by posting
 * day, program, category and house account.
 */
extern void loyalty_chain_seal(ChainSink to, void *sink, const unsigned char *previous_hash, int32_t org_id,
							   const DaySeal *seal);
extern void loyalty_chain_total(ChainSink to, void *sink, const DayTotal *total);

#endif
