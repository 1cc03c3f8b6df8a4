/* tagged_bill.h: bills of people who are not registered yet: tagged to an identifier, attached at the registration. */
#ifndef LOYALTY_TAGGED_BILL_H
#define LOYALTY_TAGGED_BILL_H

#include "bill/bill.h"
#include "customer/registration_hooks.h"

/*
 * The owner of an identifier in normal form, which must be a key; or 0, and then nobody can become its owner until the
 * transaction ends: a registration waits, and finds the bill that was tagged meanwhile. Ends with loyalty_bill_tag.
 */
extern int64 loyalty_tag_owner(const LoyaltyCall *call, IdentifierType type, const char *value,
							   int64 placeholder_id);

/* Tags the bill of an operation that has no customer, under the id that keeps the place of the identifier's owner. */
extern void loyalty_bill_tag(Operation *operation, IdentifierType type, const char *value,
							 int64 placeholder_id);

/* For loyalty_registration_hooks.after_register: what is tagged to what the customer holds becomes its own. */
extern void loyalty_tagged_bills_attach(LoyaltyCall *call, const LoyaltyRegistered *registered);

/* For loyalty_erasure_add, before the notes go: the same, so that no identifier of the person stays with a bill. */
extern void loyalty_tagged_bills_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
