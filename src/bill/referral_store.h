/* referral_store.h: who referred whom, and the lots that the awards for it are in today. */
#ifndef LOYALTY_REFERRAL_STORE_H
#define LOYALTY_REFERRAL_STORE_H

#include "postgres.h"

#include "bill/return_store.h"
#include "customer/customer_store.h"

/*
 * A referral as its row says it; the row is never changed. It was taken back where nothing is left of the bill.
 */
typedef struct Referral
{
	int64 referral_id; /* the id of the referee's event, and the pair of both events */
	int64 referee_id;  /* for whom it was written, as the next; may be merged since */
	int64 referrer_id;
	int64 referrer_event_id;
	int64 transaction_id; /* the referee's bill; 0: none */
	int32 program_id;
} Referral;

/*
 * Writes a referral whose events are written. False where the bill has one already; waits for one that is not
 * committed yet.
 */
extern bool loyalty_referral_insert(int32 org_id, const Referral *referral);

/*
 * Finds the referral of a bill of a customer's merge group; false where there is none. The customer is locked.
 */
extern bool loyalty_referral_of_bill(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id,
									 Referral *referral);

/*
 * Returns the root of the referrer of a bill by its number, in one till (0: none) or in any, under no lock:
 * whom to lock before the referee if its id is the lower one. 0: nobody. Where several tills have a bill of the
 * number it is the lowest of their referrers; such a return is refused anyway.
 */
extern int64 loyalty_referrer_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number,
										bool any_till, int32 till_id);

/*
 * Adds every lot that an award's points are in today, the award's own first. "awarded_to" is whom the award was written
 * for, "customer" the root of its group.
 */
extern void loyalty_award_lots(int32 org_id, const LoyaltyCustomer *customer, int64 awarded_to,
							   int64 event_id, ReturnedLots *lots);

#endif
