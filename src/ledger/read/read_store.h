/*
 * read_store.h: reading balances, and finding entries by time, under the caller's snapshot. An account in an argument is
 * one that was read under it, too; entry 0 stands for the time before its first entry.
 */
#ifndef LOYALTY_READ_STORE_H
#define LOYALTY_READ_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "ledger/tables/posting_rules.h"
#include "ledger/tables/promised_lots.h"

/* Tells whether an entry of an account took effect by a time. */
extern bool loyalty_entry_is_by(int32 org_id, int64 customer_id, const Account *account, int32 entry_no,
								TimestampTz at);

/* Returns the last entry of an account that took effect by a time (0: none): a few reads by key (search_rules.h). */
extern int32 loyalty_last_entry_by(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* Returns the balance after an entry. */
extern int64 loyalty_balance_after_entry(int32 org_id, int64 customer_id, const Account *account,
										 int32 entry_no);

/* Returns the changes of the counters that the entries after one made. */
extern Counters loyalty_counters_after(int32 org_id, int64 customer_id, const Account *account,
									   int32 entry_no);

/* Returns the open points of an account that are due at a time and not posted yet. */
extern int64 loyalty_unposted_due(int32 org_id, int64 customer_id, const Account *account, TimestampTz at);

/* Returns the last entry of an account that was recorded by a time (0: none), found in the same way. */
extern int32 loyalty_last_entry_known(int32 org_id, int64 customer_id, const Account *account,
									  TimestampTz known_at);

/* Returns the same as it was known after an entry: of lots open then, by the expiry that they had then. */
extern int64 loyalty_due_as_known(int32 org_id, int64 customer_id, const Account *account, TimestampTz at,
								  int32 entry_no);

/* Returns the open points of an account that are not due at a time, and can be spent after it alone. */
extern int64 loyalty_redeemable_later(int32 org_id, int64 customer_id, const Account *account,
									  TimestampTz at);

/*
 * Returns a jsonb list of the regular points that expire after a time, by instant and program, of the thousand lots
 * that expire first. Program 0: all.
 */
extern Datum loyalty_coming_expiries(const LoyaltyOrg *org, int64 customer_id, int32 program_id,
									 TimestampTz at, const ComeLots *come);

#endif
