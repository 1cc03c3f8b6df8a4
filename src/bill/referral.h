/*
 * referral.h: the awards of both sides of a referral go back together when the bill that they name is returned
 * as a whole. The return calls the steps in the order of this page.
 *
 * A return locks its referee, as every call does, and the referrer besides. Customers are locked in ascending
 * order of their ids, and who the referrer is stands in rows that only the lock keeps still: so it is looked
 * for twice, before and after.
 */
#ifndef LOYALTY_REFERRAL_H
#define LOYALTY_REFERRAL_H

#include "bill/referral_store.h"
#include "ledger/posting/operation.h"

/* The referral of a bill on its way back. */
typedef struct ReferralReturn
{
	bool found; /* the bill has one */
	Referral referral;
	int64 event_ids[2]; /* of the two events to come; the referee's first */
	int64 locked_id;	/* of the referrer who is locked; 0: nobody */
	Posting referrer;	/* a posting of its own, begun where locked_id is set */
} ReferralReturn;

/*
 * Locks a referrer whose id is lower than the referee's, between loyalty_operation_open and
 * loyalty_operation_lock. The bill is named by its number (NULL: none, nobody is locked), and by its till
 * (NULL: any). Whom it locks may turn out to be the wrong one; that costs the wait alone.
 */
extern void loyalty_referral_lock_before(Operation *operation, const char *number, const char *till,
										 ReferralReturn *back);

/*
 * Finds the referral once the bill is known and the referee is locked, and locks its referrer, unless that is
 * done. Raises ERRCODE_T_R_SERIALIZATION_FAILURE where the referrer would have to be locked out of order.
 */
extern void loyalty_referral_find(Operation *operation, int64 transaction_id, ReferralReturn *back);

/* Loads the accounts of the referral's program on both sides, besides those that the return has loaded. */
extern void loyalty_referral_involve(Operation *operation, ReferralReturn *back);

/*
 * Draws the ids of both events to come, before the return draws its own: so the balance after the return, which its repeat
 * is answered with, has both in. Does nothing where there is no referral.
 */
extern void loyalty_referral_reserve(ReferralReturn *back);

/*
 * Takes both awards back, each by an event of its own, and writes the referrer's accounts; the referee's are
 * written with the return. "origin" is that of the return. Does nothing where there is no referral.
 */
extern void loyalty_referral_take_back(Operation *operation, ReferralReturn *back, const Event *origin);

#endif
