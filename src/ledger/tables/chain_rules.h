/*
 * chain_rules.h: the bytes that the hash of an entry, and that of a seal, cover. Writer and verifier share this
 * one definition. Knows no server and no cryptography: bytes go to a sink.
 */
#ifndef LOYALTY_CHAIN_RULES_H
#define LOYALTY_CHAIN_RULES_H

#include "ledger/tables/chain_group.h"
#include "ledger/tables/posting_rules.h"

/* The version of the form in which rows are hashed today, and whether a version that a row names is one that there is. */
#define HASH_VERSION '1'
extern bool loyalty_chain_knows(char version);

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
	int64_t pair_id;		/* of the two events of a transfer, a referral or a merge */
	int64_t request_digest; /* of the arguments of the call; 0 where has_key is false */
	bool has_key;			/* the call had an idempotency key, and the digests below are valid */
	unsigned char idempotency_digest[16];
	char redemption_id[8];					   /* empty: none */
	int64_t net_points;						   /* credits less debits of all its entries */
	bool has_bill;							   /* it recorded a bill or a return, whose hash is below */
	int16_t key_id;							   /* of the key that the bill's hash was made with; 0: none */
	char hash_version;						   /* of the bill's hash; 0 where has_bill is false */
	unsigned char bill_hash[ENTRY_HASH_BYTES]; /* covers the event without it, the bill and its lines */
} Event;

/*
 * Tells whether an event of so many entries stands in its entry instead of having a row: there is but one entry, and
 * nothing looks the event up by columns that only a row has.
 */
extern bool loyalty_event_stands_in_entry(const Event *event, int entries);

/*
 * Bytes for the hash of an entry, in this order: the entry with its predecessor's hash, then its lots,
 * movements and expiry changes, each by lot id; then what it reverses, by redemption and lot, and what it claims,
 * by lot.
 */
extern void loyalty_chain_entry(ChainSink to, void *sink, char version, const unsigned char *previous_hash,
								int32_t org_id, int64_t customer_id, const Event *event, const Entry *entry);
extern void loyalty_chain_lot(ChainSink to, void *sink, const Lot *lot);
extern void loyalty_chain_movement(ChainSink to, void *sink, const Movement *movement);
extern void loyalty_chain_expiry_change(ChainSink to, void *sink, const ExpiryChange *change);
extern void loyalty_chain_reversal(ChainSink to, void *sink, const Reversal *reversal);
extern void loyalty_chain_claim(ChainSink to, void *sink, const Claim *claim);

/* Bytes for the hash of a bill: its event comes first, then the bill and its lines (bill/transaction_rules.h). */
extern void loyalty_chain_bill_event(ChainSink to, void *sink, int32_t org_id, int64_t customer_id,
									 const Event *event);

/* A seal: the numbers of an org's books up to a day, which the seal's hash covers with the totals of its days. */
typedef struct DaySeal
{
	int32_t seal_no; /* from 1, without a gap within the org */
	int32_t day;	 /* the last one that it covers */
	int64_t sealed_at;
	int16_t key_id;
	char hash_version;
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

/* The anchor of an org's closings: what there must be of seals. */
typedef struct DayAnchor
{
	int32_t first_open_day;
	int32_t sealed_day; /* INT32_MIN: none */
	int32_t seals;
	int32_t key_uses; /* that the org had at the last closing */
	int16_t key_id;
	char hash_version;
	bool has_seal; /* there is one, whose hash is the next */
	unsigned char last_seal_hash[ENTRY_HASH_BYTES];
	unsigned char hash[ENTRY_HASH_BYTES];
} DayAnchor;

extern void loyalty_chain_anchor(ChainSink to, void *sink, int32_t org_id, const DayAnchor *anchor);

/* A note that an org's hashes are made with a key, by the event that used it first as far as its writer knew. */
typedef struct KeyUse
{
	int64_t event_id;
	int64_t
		bound_event_id; /* no event of a higher id is hashed with an older key; 0: this is not known yet */
	int16_t key_id;
	char hash_version;
	unsigned char hash[ENTRY_HASH_BYTES];
} KeyUse;

extern void loyalty_chain_key_use(ChainSink to, void *sink, int32_t org_id, const KeyUse *use);

#endif
