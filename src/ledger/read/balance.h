/* balance.h: what a customer's points come to at a time: for points_balance, and for documents that show it. */
#ifndef LOYALTY_BALANCE_H
#define LOYALTY_BALANCE_H

#include "customer/customer_store.h"
#include "ledger/tables/posting_rules.h"
#include "ledger/tables/promised_lots.h"
#include "org/call.h"

/* Balances and counters as they add up, in thousandths. */
typedef struct Balance
{
	int64 current;
	int64 promised;
	int64 trigger_based;
	int64 available; /* of the current points */
	Counters counters;
} Balance;

/* A request for a balance. */
typedef struct BalanceRequest
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	int64 customer_id; /* the member of its merge group that is being read */
	int32 program_id;  /* 0: all */
	bool has_as_of;
	TimestampTz as_of;
	TimestampTz known_at; /* NEVER: as known now */

	/* Set by the reading: */
	int account_count; /* of the group, in these programs */
	bool is_latest;	   /* true: no entry of an account was left out */
	ComeLots come;	   /* promised points that count as converted */
} BalanceRequest;

/* Adds up the balances that a request asks for. LY404 where a sum exceeds what a balance may be. */
extern void loyalty_balance_read(BalanceRequest *request, Balance *sum);

#endif
