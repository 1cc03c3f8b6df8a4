/*
 * customer_update.c: changes of facts about a customer that are no identifiers: of update_customer, and of requests to edit
 * a profile.
 *
 * The customer is locked and its status was asked. Everything is checked before anything is written. The names are those of the
 * INSTORE profile, which win in the unified view. Required fields are not asked for: a customer from before may lack them.
 */
#include "postgres.h"

#include "customer/customer_update.h"

/* Checks what can be wrong; "values" are the fields, checked. Returns the till, NULL where none is given. */
static const LoyaltyTill *
check(const LoyaltyMember *member, const LoyaltyCustomerUpdate *update, LoyaltyFieldValues *values)
{
	loyalty_fields_check(member->call.org, FIELD_OF_CUSTOMER, update->documents, values);
	return update->base_till ? loyalty_org_till(member->call.org, update->base_till) : NULL;
}

/* Throws away what the check found. */
void
loyalty_customer_update_check(const LoyaltyMember *member, const LoyaltyCustomerUpdate *update)
{
	LoyaltyFieldValues values = { .missing = NULL };

	(void) check(member, update, &values);
}

/* Replaces what is given; a repeat writes the same again. */
void
loyalty_customer_update(LoyaltyMember *member, const LoyaltyCustomerUpdate *update)
{
	int32 org_id = member->call.org->org_id;
	int64 customer_id = member->customer.customer_id;
	LoyaltyFieldValues values = { .missing = NULL };
	const LoyaltyTill *till = check(member, update, &values);
	LoyaltyProfile profile = { .source_id = SOURCE_INSTORE,
							   .account_id = "",
							   .first_name = update->first_name,
							   .last_name = update->last_name };

	if (till != NULL)
		loyalty_customer_base_till(org_id, customer_id, till->till_id);
	if (profile.first_name != NULL || profile.last_name != NULL)
		loyalty_profile_replace(org_id, customer_id, &profile, member->call.now);
	loyalty_fields_write(org_id, customer_id, &values, member->call.now);
}
