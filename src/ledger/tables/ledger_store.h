/*
 * ledger_store.h: accounts, events and entries in their tables. Everything here runs inside a LoyaltyCall
 * frame; writes of a customer's rows need the customer locked (loyalty_customer_lock). Arrays are returned in
 * the current memory context, and with them their count. Rows that a writer keeps back are not seen by any
 * reader here.
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

/* The accounts of a category, and the regular ones, of all programs. */
extern int loyalty_accounts_of_category(int32 org_id, int64 customer_id, char category,
										PostedAccount **accounts);

/* All accounts, of every category. */
extern int loyalty_accounts_every(int32 org_id, int64 customer_id, PostedAccount **accounts);

/*
 * Accounts of one program or (0) of all, by program and category: as the caller's statement sees them ("seen"),
 * or as they are now. Changes that a batch keeps back are not in them.
 */
extern int loyalty_accounts_read(int32 org_id, int64 customer_id, int32 program_id, bool seen,
								 Account **accounts);

/*
 * Accounts with points that are due at a time, of customers who come ascending: by customer, program and
 * category. Beside them the customers to whom promised points have come by then, for whom "come" has room. The customers
 * are locked.
 */
extern int loyalty_accounts_due(int32 org_id, const int64 *customers, int count, TimestampTz as_of,
								AccountRow **accounts, int64 *come, int *come_count);

/*
 * Locks a customer's accounts. For transactions with one snapshot, which cannot see what the customer's lock made
 * them wait for: they fail here with a serialization failure, before anything is judged by old balances.
 */
extern void loyalty_accounts_lock(int32 org_id, int64 customer_id);

/*
 * Rows of a posting: they go out with its writer, or at once where that is NULL. A note is written for its
 * reason and actor, of which one may be NULL.
 */
extern void loyalty_account_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id,
								   const Account *accounts, int count);
extern void loyalty_event_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Event *event);
extern void loyalty_event_note_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, int64 event_id,
									  const char *reason, const char *actor);

/*
 * Accounts as postings left them, written at once; each is found where it was read, else by its key. An account
 * that is not there is an internal error.
 */
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

/*
 * Entries of one event; "carried" is the event where it stands in its entry; NULL: it has a row, written
 * beside.
 */
extern void loyalty_entry_insert(LoyaltyWriter *writer, int32 org_id, int64 customer_id, const Event *carried,
								 const HashedEntry *entries, int count);

/* Tells whether the customer has a redemption of the id. */
extern bool loyalty_redemption_exists(int32 org_id, int64 customer_id, const char *redemption_id);

/*
 * Finds the customers of up to "limit" accounts, those due longest first, who have points to expire at a time;
 * ascending, without those who were left out. "customers" has room for as many.
 */
extern int loyalty_customers_due(int32 org_id, TimestampTz as_of, const int64 *left_out, int left_out_count,
								 int limit, int64 *customers);

/* ---- earlier_store.c: first answers to requests that are repeated */

/* An event that an earlier request with the same idempotency key made. */
typedef struct EarlierEvent
{
	int64 customer_id; /* that it was written for: of the customer's merge group */
	int64 event_id;
	bool is_same; /* of the same request; false: the key was used for another one */
	int64 transaction_id;
	int64 net_points;
	char *redemption_id; /* NULL: none */
} EarlierEvent;

/*
 * Finds the event that the merge group of a customer wrote for an idempotency key. "named_id" is the member that the
 * request names, which is looked at first. An event of the very same request is found before others; "is_same" tells.
 */
extern bool loyalty_event_by_key(int32 org_id, const LoyaltyCustomer *customer, int64 named_id,
								 const pg_uuid_t *digest, int64 request_digest, EarlierEvent *earlier);

/*
 * Reads the program of an earlier award and the first expiry of its lot (NEVER: none), for the first answer;
 * false where the event awarded no lot of its own id.
 */
extern bool loyalty_lot_of_event(int32 org_id, int64 customer_id, int64 event_id, int32 *program_id,
								 TimestampTz *expires_at);

/* Returns the program of an earlier award that brought nothing: such a one has an entry, and no lot. */
extern int32 loyalty_program_of_event(int32 org_id, int64 customer_id, int64 event_id);

/* Returns the regular balance as it stood after an event: in one program, or (0) over all. */
extern int64 loyalty_balance_after_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id);

/*
 * Returns the same for the program that the event has an entry in, which may have been the default one then and
 * not now; for the one given where it has none.
 */
extern int64 loyalty_balance_of_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id);

#endif
