/*
 * referral.h: the awards of both sides of a referral go back together when the bill that they name is returned as a
 * whole. The return calls the steps in the order of this page.
 */
#ifndef LOYALTY_REFERRAL_H
#define LOYALTY_REFERRAL_H

#include "bill/referral_store.h"
#include "ledger/posting/operation.h"

/* The referral of a bill on its way back. */
typedef struct ReferralReturn
{
	bool found;
	Referral referral;
	int64 locked_id;  /* of the referrer who is locked; 0: nobody */
	Posting referrer; /* a posting of its own */
} ReferralReturn;

/*
 * Between loyalty_operation_open and loyalty_operation_lock: locks a referrer whose id is lower than the referee's. The
 * bill is named by its number, and perhaps by its till.
 */
extern void loyalty_referral_lock_before(Operation *operation, const char *number, const char *till,
										 ReferralReturn *back);

/* Once the bill is known: finds its referral and locks its referrer, unless that is done. */
extern void loyalty_referral_find(Operation *operation, int64 transaction_id, ReferralReturn *back);

/* After the accounts of the return: the account of the referral takes part, too. */
extern void loyalty_referral_involve(Operation *operation, ReferralReturn *back);

/* Takes both awards back, each by an event of its own, and writes the referrer's accounts. */
extern void loyalty_referral_take_back(Operation *operation, ReferralReturn *back, const Event *origin);

#endif
