/*
 * reversal_rules.h: to which lots the points of a redemption go back. Pure: points are thousandths, and nothing here
 * knows a server.
 */
#ifndef LOYALTY_REVERSAL_RULES_H
#define LOYALTY_REVERSAL_RULES_H

#include "ledger/tables/posting_rules.h"

/* A draw of a redemption on one lot, and what of it went back. */
typedef struct Draw
{
	Lot lot;
	int64_t drawn;	  /* by the redemption */
	int64_t reversed; /* by earlier reversals */
	int64_t step;	  /* smallest number of points that the lot's program keeps */
	int64_t put_back; /* by this reversal */
} Draw;

/* Returns how much of a redemption can still be reversed. */
extern int64_t loyalty_draws_left(const Draw *draws, int count);

/*
 * Shares points that are to be put back out over draws, which come in the order in which they were drawn, the last one
 * first: afterwards the lots are as if less had been redeemed. Each draw gets whole steps of its program. Returns what
 * no draw could take.
 */
extern int64_t loyalty_draws_put_back(Draw *draws, int count, int64_t points);

#endif
