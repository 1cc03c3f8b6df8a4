/* referral_store.h: who referred whom, and the lots that the awards for it are in today. */
#ifndef LOYALTY_REFERRAL_STORE_H
#define LOYALTY_REFERRAL_STORE_H

#include "postgres.h"

#include "bill/return_rules.h"
#include "customer/customer_store.h"

typedef struct Referral
{
	int64 referral_id; /* which is the referee's event and the pair of both */
	int64 referee_id;  /* that it was written for, as the next one */
	int64 referrer_id;
	int64 referrer_event_id;
	int64 transaction_id; /* the referee's bill; 0: none */
	int32 program_id;
} Referral;

/* False where a bill has a referral already. */
extern bool loyalty_referral_insert(int32 org_id, const Referral *referral);

/* The referral of a bill of a customer's merge group, unless it was taken back; false where there is none. */
extern bool loyalty_referral_of_bill(int32 org_id, const LoyaltyCustomer *customer, int64 transaction_id,
									 Referral *referral);

/*
 * The root of the referrer of a bill by its number, in one till (0: none) or in any, under no lock: whom to lock before
 * the referee if its id is the lower one. 0: nobody. In any till it is one of them where several bills have the number.
 */
extern int64 loyalty_referrer_of_number(int32 org_id, const LoyaltyCustomer *customer, const char *number,
										bool any_till, int32 till_id);

/* Every lot that an award's points are in today; returns how many. */
extern int loyalty_award_lots(int32 org_id, const LoyaltyCustomer *customer, int64 awarded_to, int64 event_id,
							  ReturnedLot **lots);

#endif
