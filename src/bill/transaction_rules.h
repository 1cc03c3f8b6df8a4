/*
 * transaction_rules.h: bills and returns, with their lines, and the bytes of them that a hash covers. Amounts, discounts
 * and points are thousandths, quantities millionths. Pure: knows no server.
 */
#ifndef LOYALTY_TRANSACTION_RULES_H
#define LOYALTY_TRANSACTION_RULES_H

#include <stdint.h>

#include "ledger/tables/chain_group.h"
#include "ledger/tables/code_rules.h"

/* A bill, or a return, as its row says it. Rows are never changed. */
typedef struct Transaction
{
	int64_t transaction_id; /* that of its event, too */
	int64_t customer_id;	/* for whom it was written; may be merged since. 0: tagged */
	int64_t event_time;		/* of the purchase, as told */
	int64_t recorded_at;
	int32_t till_id;	/* 0: none */
	int32_t store_id;	/* 0: none */
	int32_t program_id; /* whose rules judged it; 0: none */
	int16_t source_id;
	TransactionType type;
	OutlierStatus outlier_status;
	Counting counts;  /* of a return: that of its bill, as the program */
	char return_kind; /* a ReturnKind; 0: no return */
	char no_points;	  /* a NoPoints: why the bill earned nothing; 0: no reason */
	int64_t amount;	  /* of a return: that of the bill that came back */
	int64_t discount;
	const char *number;			/* NULL: a return without one */
	int64_t parent_customer_id; /* of the bill that is returned, or that moved; 0: none, as the next */
	int64_t parent_id;
} Transaction;

/* A value of a line that is left out, where 0 says something else; no number of a line is it. */
#define LOYALTY_NOT_GIVEN INT64_MIN

/* A line of a bill or of a return. */
typedef struct TransactionLine
{
	int32_t line_no; /* 0: its place in the list */
	const char *item_code;
	int64_t quantity; /* of pieces, in millionths */
	int64_t amount;	  /* of the line, not of a piece; lines below zero take off the price of the others */
	int64_t discount;
	int64_t points; /* that it earns, as the next; LOYALTY_NOT_GIVEN */
	int64_t promotion_points;
	void *
		attributes; /* a jsonb: the fields that the library does not know, which no hash covers; NULL: none */
} TransactionLine;

/* Returns the number of a line in its list, from 0, as it is written: its own, or its place. */
extern int32_t loyalty_line_no(const TransactionLine *line, int place);

/*
 * Bytes for the hash of a bill or a return, in this order: the bill, then its lines by their numbers. Customer and org are
 * passed before, with the event that recorded it (loyalty_chain_bill_event).
 */
extern void loyalty_chain_bill(ChainSink to, void *sink, const Transaction *bill);
extern void loyalty_chain_line(ChainSink to, void *sink, const TransactionLine *line, int place);

#endif
