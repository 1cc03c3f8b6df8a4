/* transaction_store.h: bills in tables. Writers hold the customer's lock. */
#ifndef LOYALTY_TRANSACTION_STORE_H
#define LOYALTY_TRANSACTION_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "customer/customer_store.h"
#include "ledger/tables/code_rules.h"
#include "org/org_store.h"

typedef struct Transaction
{
	int64 transaction_id;
	int64 customer_id;
	TimestampTz event_time;
	TimestampTz recorded_at;
	int32 till_id;	/* 0: none */
	int32 store_id; /* 0: none */
	int16 source_id;
	TransactionType type;
	OutlierStatus outlier_status;
	char return_kind; /* 0: no return */
	int64 amount;
	int64 discount;
	const char *number;		  /* NULL: a return without one */
	int64 parent_customer_id; /* of the bill that is returned; 0: none, as the next */
	int64 parent_id;
} Transaction;

#define LOYALTY_NOT_GIVEN (-1)

typedef struct TransactionLine
{
	int32 line_no; /* 0: its place in the list */
	const char *item_code;
	int64 quantity;
	int64 amount;
	int64 discount;
	int64 points; /* that it earns, as the next; LOYALTY_NOT_GIVEN */
	int64 promotion_points;
} TransactionLine;

/* Claims a bill's number in its till (0: none); false where it is taken. */
extern bool loyalty_transaction_claim(int32 org_id, const Transaction *transaction);

/* The id of the bill, whoever's, that has a number in a till (0: none), as far as is committed or ours; 0: there is none. */
extern int64 loyalty_transaction_of_number(int32 org_id, int32 till_id, const char *number);

extern void loyalty_transaction_insert(int32 org_id, const Transaction *transaction,
									   const TransactionLine *lines, int line_count);

/*
 * A customer's bills of a number, at a till or (NULL) the one that has none or else wherever they were made; returns have
 * numbers, too, but are no bills. Returns how many there are; the id is that of the only one, else 0.
 */
extern int loyalty_transaction_find(int32 org_id, const LoyaltyTill *till, const char *number,
									int64 customer_id, int64 *transaction_id);

/* The same of a customer whose row is at hand, with the bills; a till of 0 is none. Returns how many there are. */
extern int loyalty_transactions_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number,
										  bool any_till, int32 till_id, Transaction **found);

/* A bill, or a return, by its id; false where there is none. */
extern bool loyalty_transaction_read(int32 org_id, int64 customer_id, int64 transaction_id,
									 Transaction *transaction);

/*
 * The numbers of bills of a customer, and of those merged into it, by their ids (0: no bill), in their order; NULL for what
 * has none. As the caller's statement sees them.
 */
extern const char **loyalty_transaction_numbers(int32 org_id, const LoyaltyCustomer *customer,
												const int64 *ids, int count);

#endif
