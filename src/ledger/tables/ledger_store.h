/*
 * ledger_store.h: the ledger's tables. Everything here runs inside a LoyaltyCall frame; writes of a customer's
 * rows need the customer locked (loyalty_customer_lock).
 */
#ifndef LOYALTY_LEDGER_STORE_H
#define LOYALTY_LEDGER_STORE_H

#include "postgres.h"

#include "utils/uuid.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "ledger/tables/ledger_rows.h"
#include "ledger/tables/writer.h"

/* An account as loaded or newly opened, inside a posting. */
typedef struct PostedAccount
{
	Account account;
	ItemPointerData tid; /* where its row was read */
	bool changed;		 /* to be written */
} PostedAccount;

/* The accounts of one program that take part when a category is posted to: that one and the regular one. */
extern int loyalty_accounts_of_program(int32 org_id, int64 customer_id, int32 program_id, char category,
									   PostedAccount **accounts);

/* The regular accounts of all programs. */
extern int loyalty_accounts_regular(int32 org_id, int64 customer_id, PostedAccount **accounts);

/* Those of a category, and the regular ones, of all programs. */
extern int loyalty_accounts_of_category(int32 org_id, int64 customer_id, char category,
										PostedAccount **accounts);
/* All of them, of every category. */
extern int loyalty_accounts_every(int32 org_id, int64 customer_id, PostedAccount **accounts);

/*
 * Those of one program or (0) of all, by program and category: as the caller's statement sees them, or as they are now.
 * Nothing that the batch at hand has changed.
 */
extern int loyalty_accounts_read(int32 org_id, int64 customer_id, int32 program_id, bool seen,
								 Account **accounts);

/* Those of some customers with points that are due at a time, by customer, program and category. */
extern int loyalty_accounts_due(int32 org_id, const int64 *customers, int count, TimestampTz as_of,
								AccountRow **accounts);

/*
 * Locks a customer's accounts. For transactions with one snapshot, which cannot see what the customer's lock made
 * them wait for: they fail here with a serialization failure, before anything is judged by old balances.
 */
extern void loyalty_accounts_lock(int32 org_id, int64 customer_id);

/* What a posting writes goes out with its writer; NULL: at once. */
extern void loyalty_account_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id,
								   const Account *accounts, int count);
extern void loyalty_event_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Event *event);
extern void loyalty_event_note_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
									  const char *reason, const char *actor);

extern void loyalty_account_update(int32 org_id, int64 customer_id, const PostedAccount *account);
extern void loyalty_accounts_update(const AccountRow *accounts, int count);

/* An entry with what its hash needs on the row. */
typedef struct HashedEntry
{
	Entry entry;
	int64 event_id;
	int16 key_id;
	unsigned char hash[ENTRY_HASH_BYTES];
} HashedEntry;

/* "carried" is the event that stands in the entry; NULL: it has a row. */
extern void loyalty_entry_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Event *carried,
								 const HashedEntry *entries, int count);

/* An event that a request with this idempotency digest made before. */
typedef struct EarlierEvent
{
	int64 customer_id; /* that it was written for: of the customer's merge group */
	int64 event_id;
	int64 request_digest;
	int64 transaction_id;
	int64 net_points;
	char *redemption_id; /* NULL: none */
} EarlierEvent;
extern bool loyalty_event_by_key(int32 org_id, const LoyaltyCustomer *customer, const pg_uuid_t *digest,
								 int64 request_digest, EarlierEvent *earlier);

/* The same for many requests at once: customers (of a group each) and digests of keys. "key" is the request's place. */
typedef struct KeyedEvent
{
	int key;
	EarlierEvent event;
} KeyedEvent;
extern int loyalty_events_by_keys(int32 org_id, const int64 *customers, const Datum *digests, int count,
								  KeyedEvent **found);

/* The program of an earlier event's entry and the expiry of its lot, for the first answer of an award. */
extern bool loyalty_lot_of_event(int32 org_id, int64 customer_id, int64 event_id, int32 *program_id,
								 TimestampTz *expires_at);

/* The regular balance as it stood after an event: in one program, or (0) over all. */
extern int64 loyalty_balance_after_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id);

/* The same for the program that the event has an entry in; for the one given where it has none. */
extern int64 loyalty_balance_of_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id);

extern bool loyalty_redemption_exists(int32 org_id, int64 customer_id, const char *redemption_id);

/*
 * The customers of up to "limit" accounts, those due longest first, who have points to expire at a time; ascending, without
 * those who were left out.
 */
extern int loyalty_customers_due(int32 org_id, TimestampTz as_of, const int64 *left_out, int left_out_count,
								 int limit, int64 *customers);

#endif
