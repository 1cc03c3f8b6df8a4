/*
 * return_fate_rules.h: where the points of a returned lot are looked for. Pure: points are thousandths, and nothing here
 * knows a server.
 */
#ifndef LOYALTY_RETURN_FATE_RULES_H
#define LOYALTY_RETURN_FATE_RULES_H

#include "ledger/tables/posting_rules.h"

/*
 * A lot that a bill's points are in today: the one that the bill brought, or one that this one went on as by
 * conversion, merge or reversal. Its fates are zero until loyalty_return_fates has decided them.
 */
typedef struct ReturnedLot
{
	Lot lot;
	int64_t customer_id;
	int64_t root_customer_id; /* whose lot the next one was */
	int64_t root_id;		  /* the lot that the bill brought */
	bool closed;			  /* of a customer who was merged away: nothing is posted to it */
	bool put_back; /* by a reversal, in place of its closed origin, which still counts it as redeemed */
	/* Points dealt with already, of those redeemed, transferred, and used up by arrears. */
	int64_t known[3];

	int64_t unspent; /* points that come back, by their fate: still there */
	int64_t spent;	 /* redeemed */
	int64_t given;	 /* transferred */
	int64_t paid;	 /* used up by arrears */
	int64_t expired; /* is brought back first */
	int64_t gone;	 /* spent, given or paid by a closed lot */
	int64_t missing; /* in no column: a correction took them before */
} ReturnedLot;

/*
 * Shares out what comes back of a bill's lot ("points") over the lots that it is in today ("lots", all of one
 * root): unspent points first, then those that were redeemed, transferred, used up by arrears, expired. Points
 * that are in none of these columns were adjusted away: they stay where they are, and are noted with the first lot.
 * "claimed" is what earlier returns were to take and no lot shows as returned.
 */
extern void loyalty_return_fates(ReturnedLot *lots, int count, int64_t points, int64_t claimed);

#endif
