/*
 * transaction_store.h: bills and returns in tables: their rows, their lines, and the numbers by which they are
 * found. Writers hold the customer's lock. Amounts, discounts, quantities and points are thousandths.
 */
#ifndef LOYALTY_TRANSACTION_STORE_H
#define LOYALTY_TRANSACTION_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "ledger/tables/code_rules.h"
#include "org/org_store.h"

/* A bill, or a return, as its row says it. Rows are never changed. */
typedef struct Transaction
{
	int64 transaction_id;	/* that of its event, too */
	int64 customer_id;		/* for whom it was written; may be merged since. 0: tagged */
	TimestampTz event_time; /* of the purchase, as told */
	TimestampTz recorded_at;
	int32 till_id;	/* 0: none */
	int32 store_id; /* 0: none */
	int16 source_id;
	TransactionType type;
	OutlierStatus outlier_status;
	char return_kind; /* a ReturnKind; 0: no return */
	int64 amount;	  /* of a return: that of the bill that came back */
	int64 discount;
	const char *number;		  /* NULL: a return without one */
	int64 parent_customer_id; /* of the bill that is returned; 0: none, as the next */
	int64 parent_id;
} Transaction;

/* A value of a line that is left out, where 0 says something else. */
#define LOYALTY_NOT_GIVEN (-1)

/* A line of a bill or of a return. */
typedef struct TransactionLine
{
	int32 line_no; /* 0: its place in the list */
	const char *item_code;
	int64 quantity; /* of pieces, in thousandths */
	int64 amount;	/* of the line, not of a piece */
	int64 discount;
	int64 points; /* that it earns, as the next; LOYALTY_NOT_GIVEN */
	int64 promotion_points;
} TransactionLine;

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

/*
 * Finds a customer's bills of a number, at a till or (NULL) the one that has none or else wherever they were
 * made; returns have numbers, too, but are no bills. Returns how many there are; the id is that of the only
 * one, else 0. Stands behind loyalty_bill_hooks.
 */
extern int loyalty_transaction_find(int32 org_id, const LoyaltyTill *till, const char *number,
									int64 customer_id, int64 *transaction_id);

/*
 * Finds the same for a customer whose row is at hand, with the bills; a till of 0 is none. Returns how many
 * there are.
 */
extern int loyalty_transactions_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number,
										  bool any_till, int32 till_id, Transaction **found);

/* Reads a bill, or a return, by its id; false where there is none. */
extern bool loyalty_transaction_read(int32 org_id, int64 customer_id, int64 transaction_id,
									 Transaction *transaction);

/*
 * Returns the numbers of bills of a customer, and of those merged into it, by their ids (0: no bill), in their
 * order; NULL for an id that has none. Sees what the caller's statement sees. Stands behind loyalty_bill_hooks.
 */
extern const char **loyalty_transaction_numbers(int32 org_id, const LoyaltyCustomer *customer,
												const int64 *ids, int count);

#endif
