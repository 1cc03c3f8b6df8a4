/*
 * give_back.h: giving the use of a coupon back, once: with the last part of its bill, or by itself. The coupon is as its dates say
 * then, and limits have the use again, whatever has become of them.
 *
 * Who calls has the locks in their one order: the customer, the coupon; slots are locked inside, as the last thing that the caller does,
 * since they are held to the end of the transaction.
 */
#ifndef LOYALTY_COUPON_GIVE_BACK_H
#define LOYALTY_COUPON_GIVE_BACK_H

#include "bill/return_hooks.h"
#include "incentive/coupon/coupon_store.h"
#include "incentive/limit/use_store.h"
#include "org/call.h"

/* Returns the coupon that was used, as it is by now, and locks it behind its customer, who is locked (NULL: nobody). */
extern void loyalty_used_coupon(const LoyaltyCustomer *customer, const IncentiveUse *use, Coupon *coupon);

/*
 * Gives a use back that was not given back, whose customer (NULL: nobody) and coupon are locked. "back" says when and where, and by
 * which event.
 */
extern void loyalty_coupon_give_back(LoyaltyCall *call, const LoyaltyCustomer *customer,
									 const IncentiveUse *use, Coupon *coupon, const UseReturn *back);

/* Returns what events say of a coupon: members of their payload. The code is none of them. */
extern const char *loyalty_coupon_details(int32 org_id, int32 series_id, int64 coupon_id);

/*
 * Gives back the uses that name a bill of which nothing is left, as far as their promotions restore them; "return_id" is the event of
 * the return. Stands behind loyalty_return_hooks.
 */
extern void loyalty_coupons_of_bill_return(LoyaltyCall *call, const LoyaltyCustomer *customer,
										   const LoyaltyReturnedWhole *bill);

#endif
