/*
 * transaction_store.h: bills and returns in tables: their rows, their lines, and the numbers by which they are
 * found. Writers hold the customer's lock. Amounts, discounts, quantities and points are thousandths.
 */
#ifndef LOYALTY_TRANSACTION_STORE_H
#define LOYALTY_TRANSACTION_STORE_H

#include "postgres.h"

#include "bill/transaction_rules.h"
#include "common/query.h"
#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "org/org_store.h"

/* A row of the table of bills: the struct's members stand in the layout in the table's order. */
typedef struct BillRow
{
	int32 org_id;
	Transaction bill;
} BillRow;

/* A row of the table of lines. Points of a line stand in its lots and not here. */
typedef struct LineRow
{
	int64 customer_id;
	int64 transaction_id;
	int32 org_id;
	TransactionLine line;
} LineRow;

extern const LoyaltyLayout bill_layout;
extern const LoyaltyLayout line_layout;

/*
 * Claims a bill's number in its till (0: none) for its customer and id; false where it is taken. Waits for a
 * transaction that has claimed it and is still open. The bill's row must follow in the same transaction, or
 * verify_ledger finds the hole.
 */
extern bool loyalty_transaction_claim(int32 org_id, const Transaction *transaction);

/*
 * Returns the id of the bill, whoever's, that has a number in a till (0: none), as far as it is committed or
 * ours; 0: there is none. A bill that is tagged counts.
 */
extern int64 loyalty_transaction_of_number(int32 org_id, int32 till_id, const char *number);

/*
 * Writes a bill or a return with its lines, each with its own number or else its place in the list. The caller
 * holds the customer's lock and has claimed the number.
 */
extern void loyalty_transaction_insert(int32 org_id, const Transaction *transaction,
									   const TransactionLine *lines, int line_count);

/* Reads the lines of a bill, all of them, in the order of their numbers; points stand in the lots. */
extern int loyalty_transaction_lines(int32 org_id, int64 customer_id, int64 transaction_id,
									 TransactionLine **lines);

/* Gives the number of a bill's parent to the bill: both are one bill, booked again for another customer. */
extern void loyalty_number_move(int32 org_id, const Transaction *transaction);

/* Finds the bill of a customer that is another one, moved; 0: none. */
extern int64 loyalty_transaction_moved(int32 org_id, int64 customer_id, int64 parent_customer_id,
									   int64 parent_id);
/* Returns when a bill of the merge group was made, as told. Stands behind loyalty_bill_hooks. */
extern TimestampTz loyalty_transaction_time(int32 org_id, const LoyaltyCustomer *customer,
											int64 transaction_id);

/*
 * Finds the bills of a number of a customer's merge group, in one till (0: none) or in any; returns have numbers,
 * too, but are no bills. A bill without a till comes first and counts alone. Returns how many there are.
 */
extern int loyalty_transactions_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number,
										  bool any_till, int32 till_id, Transaction **found);

/* A number, and whose transaction has it. */
typedef struct TransactionNumber
{
	int32 till_id;	   /* 0: none */
	int64 customer_id; /* for whom it was written; 0: tagged */
	int64 transaction_id;
} TransactionNumber;

/*
 * Finds a number in all tills, whoever's; the one without a till comes first. Sees what the caller's statement sees, as
 * the next: it reads the bill or return of such a number, or false where a tagged one has none.
 */
extern int loyalty_numbers_seen(int32 org_id, const char *number, TransactionNumber **found);
extern bool loyalty_transaction_seen(int32 org_id, const TransactionNumber *number, Transaction *transaction);

/* Reads a bill, or a return, by its id; false where there is none. */
extern bool loyalty_transaction_read(int32 org_id, int64 customer_id, int64 transaction_id,
									 Transaction *transaction);

/*
 * Returns the numbers of bills of a customer, and of those merged into it, by their ids (0: no bill), in their
 * order; NULL for an id that has none. Sees what the caller's statement sees. Stands behind loyalty_bill_hooks.
 */
extern const char **loyalty_transaction_numbers(int32 org_id, const LoyaltyCustomer *customer,
												const int64 *ids, int count);

/*
 * Erases the attributes of a deleted customer's lines, which may hold anything, for loyalty_erasure_add. The caller has
 * locked "root" and its group. Comes behind tagged bills, whose lines are written on the way.
 */
extern void loyalty_bill_lines_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_bill_holdings;

#endif
