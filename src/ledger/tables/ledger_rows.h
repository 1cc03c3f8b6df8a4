/*
 * ledger_rows.h: the rows of the ledger's tables as structs. Who posts reads and writes them whole, and so does the
 * verifier: each table has one list of its columns.
 */
#ifndef LOYALTY_LEDGER_ROWS_H
#define LOYALTY_LEDGER_ROWS_H

#include "postgres.h"

#include "storage/itemptr.h"

#include "common/layout.h"
#include "ledger/tables/chain_rules.h"

typedef struct AccountRow
{
	int64 customer_id;
	int32 org_id;
	Account account;
	bool hash_is_whole;	 /* it has the right length */
	ItemPointerData tid; /* where the row was read, so that it need not be found again; invalid: it was not */
} AccountRow;

typedef struct EventRow
{
	int64 customer_id;
	int32 org_id;
	Event event;
} EventRow;

typedef struct EntryRow
{
	int64 customer_id;
	int32 org_id;
	Entry entry;
	int64 event_id;
	int16 key_id;
	unsigned char hash[ENTRY_HASH_BYTES];
	bool hash_is_whole;
	bool carries_event; /* anything of an event stands in the entry */
	Event event;
} EntryRow;

typedef struct LotRow
{
	int64 customer_id;
	int32 org_id;
	Lot lot;
	bool is_open;		 /* what the row says of the remaining points */
	ItemPointerData tid; /* as of an account */
} LotRow;

typedef struct MovementRow
{
	int64 customer_id;
	int32 org_id;
	int64 event_id;
	Movement movement;
} MovementRow;

typedef struct ExpiryChangeRow
{
	int64 customer_id;
	int32 org_id;
	int64 event_id;
	ExpiryChange change;
} ExpiryChangeRow;

extern const LoyaltyLayout account_layout;
extern const LoyaltyLayout event_layout;
extern const LoyaltyLayout entry_layout;
extern const LoyaltyLayout lot_layout;
extern const LoyaltyLayout movement_layout;
extern const LoyaltyLayout expiry_change_layout;

#endif
