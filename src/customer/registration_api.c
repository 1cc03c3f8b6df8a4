/*
 * registration_api.c: register_customer and find_customer. The steps of a registration, its locks and its rounds are
 * in registration.c; here arguments are read and results made. find_customer reads by the caller's snapshot and locks
 * nothing, so its result may be out of date as soon as it is there.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "customer/identifier_resolver.h"
#include "customer/member.h"
#include "customer/registration.h"

LOYALTY_FUNCTION(loyalty_register_customer);
LOYALTY_FUNCTION(loyalty_find_customer);

static int64 find(const LoyaltyOrg *org, IdentifierType type, const char *value);

/*
 * Registers the customer whom identifiers name, or brings the one up to date who owns them; returns its id, what was
 * done, and warnings. The state is zeroed and allocated before SPI is connected, so it outlives what SPI frees.
 */
Datum
loyalty_register_customer(PG_FUNCTION_ARGS)
{
	Registration *reg = palloc0(sizeof(Registration));

	loyalty_call_begin(&reg->call, fcinfo);
	loyalty_registration_arguments(&reg->args, fcinfo);
	loyalty_registration_run(reg, fcinfo);
	return loyalty_registration_result(reg, fcinfo);
}

/* Returns the row of the request, which a repeated call has read from the table and any other has just filled. */
Datum
loyalty_registration_result(Registration *reg, FunctionCallInfo fcinfo)
{
	Datum values[3];
	bool nulls[3] = { false };

	values[0] = Int64GetDatum(reg->request.customer_id);
	values[1] = CStringGetTextDatum(reg->request.outcome);
	values[2] = reg->request.warnings;
	return loyalty_call_result(&reg->call, fcinfo, values, nulls);
}

/*
 * Returns the id of the customer whom an identifier names, or NULL. Types of capabilities above, as card numbers,
 * come through their resolvers; an empty value is nobody's, and a type that nobody knows is LY106. Nothing is locked
 * and the caller's snapshot is read: whoever writes next locks the customer and looks again.
 */
Datum
loyalty_find_customer(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *name;
	const char *value;
	IdentifierType type;
	const LoyaltyIdentifierResolver *resolver;
	int64 customer_id = 0;

	loyalty_call_begin(&call, fcinfo);
	name = loyalty_arg_text(fcinfo, 1, "identifier_type", LOYALTY_MAX_CODE);
	if (PG_ARGISNULL(2))
		loyalty_raise_missing("identifier_value");
	value = loyalty_arg_text_or_null(fcinfo, 2, "identifier_value", LOYALTY_MAX_TEXT);
	resolver = loyalty_identifier_resolver_find(name);
	type = resolver ? IDENTIFIER_TYPE_COUNT : loyalty_identifier_type_arg(name);
	if (value != NULL)
		customer_id = resolver ? resolver->find(&call, value) : find(call.org, type, value);
	loyalty_call_end(&call);
	if (customer_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(customer_id);
}

/*
 * Returns the customer whom a value names, or 0. A mobile is looked for as guessed first: asking the library whether
 * a number is valid is most of the work of a look-up. A guess that is found is right (see phone.h); one that is not
 * found proves nothing. Types that are no keys find somebody only where exactly one customer has the value, and under
 * dual eligibility nobody: contact data may be shared there.
 */
static int64
find(const LoyaltyOrg *org, IdentifierType type, const char *value)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char typed[IDENTIFIER_VALUE_BYTES];
	KeyConfig keys;
	int64 customer_id;

	if (type == IDENTIFIER_MOBILE && loyalty_mobile_guess(org, value, key))
	{
		customer_id = loyalty_identifier_find(org->org_id, type, key);
		if (customer_id != 0)
			return customer_id;
	}
	if (!loyalty_identifier_normalise(org, type, value, key, typed))
		return 0;
	loyalty_key_config((const char *const *) org->config, &keys);
	if (loyalty_identifier_is_key(&keys, type))
		return loyalty_identifier_find(org->org_id, type, key);
	return keys.dual ? 0 : loyalty_contact_find(org->org_id, type, key);
}
