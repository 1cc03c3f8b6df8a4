/*
 * registration_merge.c: the merges of a registration: owners of its identifiers, and the customer that it makes itself.
 *
 * Both go through the hook that merges any two customers, so they are recorded, previewed and undone like any merge.
 * Owners are merged within a round, with their groups locked. A customer that joins (row 18 of the table) is written
 * after the rounds, when its keys are claimed: it is new and has no group, and the customer that takes it in is
 * locked. Its keys stand under that customer's id from the start, where a merge would have brought them.
 */
#include "postgres.h"

#include "common/ids.h"
#include "customer/registration.h"
#include "customer/registration_hooks.h"
#include "customer/status_hooks.h"

/*
 * Reads the survivor again, by its lock, which this transaction has: identifiers and the date of registration may be
 * a victim's now, and the group in its row has grown.
 */
static void
read_survivor(Registration *reg)
{
	RegistrationOwner *survivor = &reg->facts.owners[reg->decision.customer];
	LoyaltyCustomer *customer = &reg->customers[reg->decision.customer];
	LoyaltyIdentifiers held;

	if (!loyalty_customer_lock(reg->call.org->org_id, survivor->customer_id, customer))
		elog(ERROR, "the survivor of a merge has vanished");
	survivor->registered_on = customer->registered_on;
	loyalty_identifiers_read(reg->call.org->org_id, survivor->customer_id, &held);
	memcpy(survivor->held, held.values, sizeof(held.values));
}

/*
 * Merges A into the survivor first, then the others ascending: each takes what is still lacking, so the order decides
 * whose identifiers win, and held_after() of the rules foresees the same order.
 */
void
loyalty_registration_merge(Registration *reg)
{
	const RegistrationCase *facts = &reg->facts;
	int64 survivor_id = facts->owners[reg->decision.customer].customer_id;
	int a = loyalty_registration_a(facts);
	int i;

	for (i = -1; i < facts->owner_count; i++)
	{
		int victim = i < 0 ? a : i;

		if (victim != REGISTRATION_NOBODY && reg->decision.merged[victim] && (i < 0 || victim != a))
			loyalty_registration_hooks.auto_merge(&reg->call, survivor_id, facts->owners[victim].customer_id,
												  reg->till);
	}
	read_survivor(reg);
}

/* Writes row, identifiers and profile of the customer that joins; it holds what the other one keeps out. */
static void
write_joining(const Registration *reg, const LoyaltyCustomer *customer)
{
	int32 org_id = reg->call.org->org_id;
	const bool *joined = reg->decision.joined;
	LoyaltyIdentifiers held = { { NULL } };
	LoyaltyProfile profile = reg->profile;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (joined[type])
			held.values[type] = reg->facts.incoming[type];
	profile.mobile = joined[IDENTIFIER_MOBILE] ? profile.mobile : NULL;
	profile.email = joined[IDENTIFIER_EMAIL] ? profile.email : NULL;
	profile.external_id = joined[IDENTIFIER_EXTERNAL_ID] ? profile.external_id : NULL;
	memset(profile.keys, 0, sizeof(profile.keys));
	loyalty_customer_insert(org_id, customer, reg->call.now, reg->profile.source_id,
							reg->till ? reg->till->till_id : 0, reg->base_till ? reg->base_till->till_id : 0);
	loyalty_identifiers_insert(org_id, customer->customer_id, &held, reg->registered_on, reg->call.actor);
	loyalty_profile_store(org_id, customer->customer_id, &profile, reg->call.now);
}

/*
 * Makes the customer as any registration would, with its accounts, and merges it at once. The update of the customer
 * that took it in comes after this, as after every merge.
 */
void
loyalty_registration_join(Registration *reg)
{
	LoyaltyCustomer customer = { .customer_id = reg->new_id != 0 ? reg->new_id : loyalty_next_id(),
								 .registered_on = reg->registered_on,
								 .loyalty = true,
								 .status_label_id = loyalty_status_hooks.label_of_new(&reg->call) };
	LoyaltyEnrolment enrolment = { .customer_id = customer.customer_id,
								   .registered_on = reg->registered_on,
								   .source_id = reg->profile.source_id,
								   .till_id = reg->till ? reg->till->till_id : 0,
								   .store_id = reg->till ? reg->till->store_id : 0 };

	write_joining(reg, &customer);
	loyalty_registration_hooks.after_enrol(&reg->call, &enrolment);
	loyalty_registration_hooks.auto_merge(&reg->call, reg->facts.owners[reg->decision.customer].customer_id,
										  customer.customer_id, reg->till);
	read_survivor(reg);
}
