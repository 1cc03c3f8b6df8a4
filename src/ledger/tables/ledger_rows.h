/*
 * ledger_rows.h: the rows of the ledger's tables as structs. Postings read and write them whole, and so does
 * the verifier: each table has one list of its columns. The structs of the rules stand inside, with the key in
 * front that rules do not know: org and customer.
 */
#ifndef LOYALTY_LEDGER_ROWS_H
#define LOYALTY_LEDGER_ROWS_H

#include "postgres.h"

#include "storage/itemptr.h"

#include "common/layout.h"
#include "ledger/tables/chain_rules.h"

/* A row of ledger_account. */
typedef struct AccountRow
{
	int64 customer_id;
	int32 org_id;
	Account account;
	/* true: the hash has sixteen bytes. A table that was tampered with may hold another number of them. */
	bool hash_is_whole;
	/* The place at which the row was read, so that an update looks there first; invalid: the key finds it. */
	ItemPointerData tid;
} AccountRow;

/* A row of ledger_event. */
typedef struct EventRow
{
	int64 customer_id;
	int32 org_id;
	Event event;
} EventRow;

/* A row of ledger_entry. The entry is numbered within its account, the hash covers all that belongs to it. */
typedef struct EntryRow
{
	int64 customer_id;
	int32 org_id;
	Entry entry;
	int64 event_id;
	int16 key_id;	   /* of the key that the hash was made with; 0: without one */
	char hash_version; /* of the form that the hash covers */
	unsigned char hash[ENTRY_HASH_BYTES];
	bool hash_is_whole;
	/*
	 * true: the event stands in the entry and has no row; of its columns only those that an entry has are set. A part
	 * of an event is enough, which only somebody who tampered can have left.
	 */
	bool carries_event;
	Event event;
} EntryRow;

/* A row of points_lot. */
typedef struct LotRow
{
	int64 customer_id;
	int32 org_id;
	Lot lot;
	/* The column that indexes ask: true while points remain. It says so beside "remaining" (docs/architecture.md). */
	bool is_open;
	ItemPointerData tid; /* as that of an account */
} LotRow;

/* A row of lot_movement. */
typedef struct MovementRow
{
	int64 customer_id;
	int32 org_id;
	int64 event_id;
	Movement movement;
} MovementRow;

/* A row of lot_expiry_change. */
typedef struct ExpiryChangeRow
{
	int64 customer_id;
	int32 org_id;
	int64 event_id;
	ExpiryChange change;
} ExpiryChangeRow;

/* A row of reversal. */
typedef struct ReversalRow
{
	int64 customer_id;
	int32 org_id;
	int64 event_id;
	Reversal reversal;
} ReversalRow;

/* A row of lot_claim. */
typedef struct ClaimRow
{
	int64 customer_id;
	int32 org_id;
	int64 event_id;
	Claim claim;
} ClaimRow;

/* The columns of each table, in its order. */
extern const LoyaltyLayout account_layout;
extern const LoyaltyLayout event_layout;
extern const LoyaltyLayout entry_layout;
extern const LoyaltyLayout lot_layout;
extern const LoyaltyLayout movement_layout;
extern const LoyaltyLayout expiry_change_layout;
extern const LoyaltyLayout reversal_layout;
extern const LoyaltyLayout claim_layout;

#endif
