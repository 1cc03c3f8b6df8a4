/* customer_update.h: changes of facts about a customer that are no identifiers, whoever asks for them. */
#ifndef LOYALTY_CUSTOMER_UPDATE_H
#define LOYALTY_CUSTOMER_UPDATE_H

#include "customer/fields.h"
#include "customer/member.h"

/* Such a change; NULL leaves what is there. */
typedef struct LoyaltyCustomerUpdate
{
	const char *first_name;
	const char *last_name;
	const char *base_till;
	const Jsonb *documents[FIELD_KIND_COUNT]; /* fields by name; a null takes a value away */
} LoyaltyCustomerUpdate;

/* Checks it and changes nothing: LY005, LY121 to LY123. */
extern void loyalty_customer_update_check(const LoyaltyMember *member, const LoyaltyCustomerUpdate *update);

/* Checks it and makes it so, for a customer who is locked. */
extern void loyalty_customer_update(LoyaltyMember *member, const LoyaltyCustomerUpdate *update);

/*
 * Returns what is there now of what a document changes, which has the arguments of update_customer as its keys: an object of
 * their names, fields with their kind in front. As committed, and as this transaction wrote it.
 */
extern Jsonb *loyalty_customer_picture(int32 org_id, int64 customer_id, const Jsonb *changes);

#endif
