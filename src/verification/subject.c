/*
 * subject.c: whom a call about codes names.
 *
 * Three ways: by id, where a mobile or e-mail beside it is an address that shall be confirmed, be it the customer's yet or not; by an
 * identifier, whose customer is found; and for registrations by an address, whoever has it. Who is not found gets an id below zero, under
 * which all goes on as it does for others.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/secret_store.h"
#include "common/text.h"
#include "common/word_rules.h"
#include "customer/find.h"
#include "customer/identity.h"
#include "customer/member.h"
#include "status/status_guard.h"
#include "verification/code_digest.h"
#include "verification/subject.h"

/* Returns the kind of address that a type of identifiers is; NULL: none. */
static const char *
address_channel(const char *type)
{
	static const char *const channels[] = { "mobile", "email" };
	int place = loyalty_word_place(type, channels, lengthof(channels));

	return place < 0 ? NULL : channels[place];
}

/* Returns an identifier in its normal form; NULL for other types than mobile and e-mail. */
static const char *
normal_address(const LoyaltyCall *call, const char *channel, const char *value)
{
	IdentifierType type;

	if (channel == NULL)
		return NULL;
	type = strcmp(channel, "email") == 0 ? IDENTIFIER_EMAIL : IDENTIFIER_MOBILE;
	return loyalty_identifier_checked(call->org, type, value, "identifier_value", NULL);
}

/* Locks the customer whom an id names. What stands beside it is an address, which identifies nobody here. */
static void
take_by_id(LoyaltyCall *call, const NamedSubject *named, LoyaltyCustomer *customer)
{
	if (named->type != NULL && address_channel(named->type) == NULL)
		loyalty_raise_not_allowed("identifier_type", "mobile, email beside customer_id");
	loyalty_customer_lock_root(call->org->org_id, named->customer_id, customer);
}

/* Locks the customer whom an identifier names; false where nobody has it, or an address alone is meant. */
static bool
take_by_identifier(LoyaltyCall *call, const NamedSubject *named, CodePurpose purpose,
				   LoyaltyCustomer *customer)
{
	int64 customer_id = 0;

	if (purpose != CODE_REGISTRATION || address_channel(named->type) == NULL)
		customer_id = loyalty_customer_find(call, named->type, named->value);
	if (customer_id == 0)
		return false;
	loyalty_customers_lock_roots(call->org->org_id, &customer_id, 1);
	if (!loyalty_customer_lock(call->org->org_id, customer_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	return true;
}

/*
 * Returns the id of who is not found: of the normal form, so that other spellings are nobody else, and an erasure finds what was asked
 * of the name of somebody before it had one.
 */
static int64
nobody(const LoyaltyCall *call, const NamedSubject *named, const char *address)
{
	IdentifierType type = loyalty_identifier_type_find(named->type);
	const char *value = address == NULL ? loyalty_normal_text(named->value) : address;
	char key[IDENTIFIER_VALUE_BYTES];
	char shown[IDENTIFIER_VALUE_BYTES];

	if (type != IDENTIFIER_TYPE_COUNT &&
		loyalty_identifier_normalise(call->org, type, named->value, key, shown))
		value = key;
	return loyalty_nobody_id(call->org->org_id, loyalty_secret_in_use(),
							 type == IDENTIFIER_TYPE_COUNT ? named->type
														   : loyalty_identifier_type_names[type],
							 value == NULL ? "" : value);
}

/* Raises LY001 where nobody is named, or by half. */
static void
require_names(const NamedSubject *named)
{
	if ((named->type == NULL) != (named->value == NULL))
		loyalty_raise_missing(named->type == NULL ? "identifier_type" : "identifier_value");
	if (named->type == NULL && !named->has_id)
		loyalty_raise_missing("customer_id");
}

/* Reads the address before it looks for anybody: what is none is refused alike, whoever has it. */
void
loyalty_subject_find(LoyaltyCall *call, const NamedSubject *named, CodePurpose purpose,
					 LoyaltyCustomer *customer, LoyaltyCodeRequest *request)
{
	const char *own_channel;
	const char *address;
	bool found = true;

	require_names(named);
	own_channel = named->type == NULL ? NULL : address_channel(named->type);
	address = normal_address(call, own_channel, named->value);
	if (named->has_id)
		take_by_id(call, named, customer);
	else
		found = take_by_identifier(call, named, purpose, customer);
	if (found)
		(void) loyalty_status_guard(call, customer, GUARD_VERIFICATION);
	request->subject =
		(CodeSubject){ .customer_id = found ? customer->customer_id : nobody(call, named, address),
					   .customer = found ? customer : NULL,
					   .purpose = purpose };
	request->channel = named->channel;
	if (address != NULL && (named->channel == NULL || strcmp(named->channel, own_channel) == 0))
	{
		request->channel = own_channel;
		if (found || purpose == CODE_REGISTRATION)
			request->address = address;
	}
	if (!found && request->channel == NULL)
		request->channel = "mobile";
}
