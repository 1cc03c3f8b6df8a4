/*
 * find_api.c: find_customer, and the customer whom calls that only read are about, by id or by an identifier.
 *
 * One way of looking serves both, so that what finds a customer names it everywhere: keys, contact data that one
 * customer alone has, and what capabilities above know of, as cards. All is read under the caller's snapshot and
 * nothing is locked, so an answer may be out of date as soon as it is there: whoever writes next locks the customer
 * and looks again.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/text.h"
#include "customer/find.h"
#include "customer/identifier_resolver.h"
#include "customer/identity.h"
#include "customer/member.h"

LOYALTY_FUNCTION(loyalty_find_customer);

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

/* Raises LY106 with all types that find somebody, those of capabilities above among them. */
pg_noreturn static void
raise_type(void)
{
	StringInfoData types;
	const LoyaltyIdentifierResolver *resolver;
	int i;

	initStringInfo(&types);
	appendStringInfoString(&types, LOYALTY_IDENTIFIER_TYPES ", " LOYALTY_SOURCE_KEYS);
	for (i = 0; (resolver = loyalty_identifier_resolver_at(i)) != NULL; i++)
		appendStringInfo(&types, ", %s", resolver->type);
	loyalty_raise_identifier_type(types.data);
}

/* Returns the customer whom a source has under a key, or 0. */
static int64
find_source_key(const LoyaltyOrg *org, SourceKey key, const char *value, LoyaltyProfile *profile)
{
	const char *normal = loyalty_normal_text(value);

	if (normal == NULL || !loyalty_source_key_fits(normal))
		return 0;
	profile->keys[key] = normal;
	return loyalty_key_owner(org->org_id, loyalty_source_key_names[key],
							 loyalty_source_key_value(profile, key), true);
}

/*
 * Asks resolvers first: their types are no identifiers of this capability. An empty value (NULL) is nobody's, and so is
 * one without normal form. A key of a source has no place for source and account here, so its stored form is asked for,
 * which has both.
 */
int64
loyalty_customer_find(LoyaltyCall *call, const char *type, const char *value)
{
	const LoyaltyIdentifierResolver *resolver = loyalty_identifier_resolver_find(type);
	IdentifierType own = loyalty_identifier_type_find(type);
	SourceKey key = loyalty_source_key_find(type);
	LoyaltyProfile profile = { 0 };
	const char *normal = value ? loyalty_normal_text(value) : NULL;

	if (resolver == NULL && own == IDENTIFIER_TYPE_COUNT && key == SOURCE_KEY_COUNT)
		raise_type();
	if (normal == NULL || normal[0] == '\0')
		return 0;
	if (key != SOURCE_KEY_COUNT)
	{
		value = loyalty_source_key_read(normal, &profile);
		return value ? find_source_key(call->org, key, value, &profile) : 0;
	}
	return resolver ? resolver->find(call, normal) : find(call->org, own, normal);
}

/*
 * Returns the customer whom an account of a source has under a key, or 0. Other types belong to no source: one that is
 * named with them is a mistake.
 */
static int64
find_in_source(LoyaltyCall *call, const char *type, const char *value, const char *source,
			   const char *account_id)
{
	SourceKey key = loyalty_source_key_find(type);
	LoyaltyProfile profile = { .account_id = account_id ? account_id : "" };

	if (key == SOURCE_KEY_COUNT)
		loyalty_raise_not_allowed(source ? "source" : "account_id", "none for identifiers of this type");
	if (source == NULL)
		loyalty_raise_missing("source");
	profile.source_id = loyalty_source_id(source);
	return value ? find_source_key(call->org, key, value, &profile) : 0;
}

/* Returns the id of the customer whom an identifier names, or NULL. */
Datum
loyalty_find_customer(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *type;
	const char *value;
	const char *source;
	const char *account_id;
	int64 customer_id;

	loyalty_call_begin(&call, fcinfo);
	type = loyalty_arg_text(fcinfo, 1, "identifier_type", LOYALTY_MAX_CODE);
	if (PG_ARGISNULL(2))
		loyalty_raise_missing("identifier_value");
	value = loyalty_arg_text_or_null(fcinfo, 2, "identifier_value", LOYALTY_MAX_TEXT);
	source = loyalty_arg_text_or_null(fcinfo, 3, "source", LOYALTY_MAX_CODE);
	account_id = loyalty_arg_text_or_null(fcinfo, 4, "account_id", LOYALTY_MAX_CODE);
	if (source != NULL || account_id != NULL || loyalty_source_key_find(type) != SOURCE_KEY_COUNT)
		customer_id = find_in_source(&call, type, value, source, account_id);
	else
		customer_id = loyalty_customer_find(&call, type, value);
	loyalty_call_end(&call);
	if (customer_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(customer_id);
}

/*
 * Returns the id that the arguments name, 0 where they name nobody. An empty text is no identifier, as everywhere; half of one is a mistake, and
 * so is an identifier beside an id, even where both would name the same customer.
 */
static int64
named_id(LoyaltyCall *call, FunctionCallInfo fcinfo, int id_arg, int identifier_arg)
{
	const char *type = loyalty_arg_text_or_null(fcinfo, identifier_arg, "identifier_type", LOYALTY_MAX_CODE);
	const char *value =
		loyalty_arg_text_or_null(fcinfo, identifier_arg + 1, "identifier_value", LOYALTY_MAX_TEXT);
	int64 customer_id;

	if (type == NULL && value == NULL)
		return PG_ARGISNULL(id_arg) ? 0 : PG_GETARG_INT64(id_arg);
	if (!PG_ARGISNULL(id_arg))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("more than one argument says who the customer is"),
						errhint("Give customer_id, or identifier_type and identifier_value.")));
	if (type == NULL || value == NULL)
		loyalty_raise_missing(type == NULL ? "identifier_type" : "identifier_value");
	customer_id = loyalty_customer_find(call, type, value);
	if (customer_id == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_UNKNOWN),
						errmsg("argument \"identifier_value\" names no customer of this org")));
	return customer_id;
}

/* Takes an id of 0 for one that nobody has. */
bool
loyalty_customer_named_or_any(LoyaltyCall *call, FunctionCallInfo fcinfo, int id_arg, int identifier_arg,
							  LoyaltyCustomer *customer)
{
	int64 customer_id = named_id(call, fcinfo, id_arg, identifier_arg);

	if (customer_id == 0 && PG_ARGISNULL(id_arg))
		return false;
	if (!loyalty_customer_read(call->org->org_id, customer_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	return true;
}

/* Costs a call with the id no more than it did. */
void
loyalty_customer_named(LoyaltyCall *call, FunctionCallInfo fcinfo, int identifier_arg,
					   LoyaltyCustomer *customer)
{
	if (!loyalty_customer_named_or_any(call, fcinfo, 1, identifier_arg, customer))
		loyalty_raise_missing("customer_id");
}

/* Needs one look: a survivor is never merged itself. */
void
loyalty_customer_survivor(const LoyaltyCall *call, LoyaltyCustomer *customer)
{
	int64 customer_id = customer->customer_id;

	if (customer->merged_into != 0 &&
		!loyalty_customer_read(call->org->org_id, customer->merged_into, customer))
		elog(ERROR, "the survivor of customer " INT64_FORMAT " does not exist", customer_id);
}
