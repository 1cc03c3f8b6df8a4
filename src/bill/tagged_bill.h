/*
 * tagged_bill.h: bills of people who are not registered yet: tagged to an identifier, attached at the
 * registration. Such bills earn nothing; they are there for the history of whoever turns out to have bought.
 */
#ifndef LOYALTY_TAGGED_BILL_H
#define LOYALTY_TAGGED_BILL_H

#include "bill/bill.h"
#include "customer/holding_store.h"
#include "customer/registration_hooks.h"

/*
 * Returns the owner of an identifier in normal form, which must be a key; or 0, and then nobody can become its
 * owner until the transaction ends: a registration waits, and finds the bill that was tagged meanwhile. Ends
 * with loyalty_bill_tag, which gives the key up again. The caller has called loyalty_config_hold: what is a key
 * stays one.
 */
extern int64 loyalty_tag_owner(const LoyaltyCall *call, IdentifierType type, const char *value,
							   int64 placeholder_id);

/*
 * Tags the bill of an operation that has no customer, under the id that keeps the place of the identifier's
 * owner; it becomes the bill's own. The operation knows its place (loyalty_operation_locate). Raises what is
 * wrong with the bill: LY003, LY408, LY410, LY414 and the like.
 */
extern void loyalty_bill_tag(Operation *operation, IdentifierType type, const char *value,
							 int64 placeholder_id);

/*
 * Attaches what is tagged to what the customer holds, for loyalty_registration_hooks.after_register: this
 * transaction has locked the customer or made it.
 */
extern void loyalty_tagged_bills_attach(LoyaltyCall *call, const LoyaltyRegistered *registered);

/* Moves bills that are tagged to a mobile to its normal form of today, for loyalty_registration_hooks.renormalize_mobiles. */
extern void loyalty_tagged_bills_renormalise(LoyaltyCall *call);

/*
 * Attaches the same before a customer is deleted for good, for loyalty_erasure_add, so that no identifier of
 * the person stays with a bill. Comes before the notes go, since it may write some. The caller has locked
 * "root" and its group.
 */
extern void loyalty_tagged_bills_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_tagged_bill_holdings;

#endif
