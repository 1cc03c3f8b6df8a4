/* transaction_store.h: bills in tables. Writers hold the customer's lock. */
#ifndef LOYALTY_TRANSACTION_STORE_H
#define LOYALTY_TRANSACTION_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "ledger/code_rules.h"

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
	bool is_outlier; /* left out of averages and of counting for tiers */
	int64 amount;
	int64 discount;
	const char *number;
} Transaction;

typedef struct TransactionLine
{
	const char *item_code;
	int64 quantity;
	int64 amount;
	int64 discount;
} TransactionLine;

/* Claims a bill's number in its till (0: none); false where it is taken. */
extern bool loyalty_transaction_claim(int32 org_id, const Transaction *transaction);

extern void loyalty_transaction_insert(int32 org_id, const Transaction *transaction,
									   const TransactionLine *lines, int line_count);

/* The id of a customer's bill by its number, or 0. */
extern int64 loyalty_transaction_find(int32 org_id, int32 till_id, const char *number, int64 customer_id);

#endif
