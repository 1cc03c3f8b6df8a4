/*
 * request_names.c: customers whom a request names by values, as staff has them before it, and not by id.
 *
 * What is to change names its customer: the mobile, e-mail or external id of that type. Of a merge, and of whatever changes no
 * identifier, any of the three will do, and where the same text is the external id of one and the mobile of another nobody can
 * say who is meant. Nobody is locked here; what was named is judged again under the locks.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "customer/find.h"
#include "customer/identity.h"
#include "request/request_reading.h"

/* Raises LY107: the values stay out of messages. */
static int64
require_named(int64 customer_id, const char *field)
{
	if (customer_id == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_UNKNOWN),
						errmsg("argument \"%s\" names no customer of this org", field)));
	return customer_id;
}

/* Finds the one customer whom a text names as any type of identifier; LY610 where that is two. */
static int64
find_any(LoyaltyCall *call, const char *value, const char *field)
{
	int64 found = 0;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		int64 customer_id = loyalty_customer_find(call, loyalty_identifier_type_names[type], value);

		if (customer_id != 0 && found != 0 && customer_id != found)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_AMBIGUOUS),
							errmsg("argument \"%s\" names two customers", field),
							errdetail("They are customers " INT64_FORMAT " and " INT64_FORMAT ".", found,
									  customer_id),
							errhint("Give the id of the one who is meant.")));
		if (customer_id != 0)
			found = customer_id;
	}
	return require_named(found, field);
}

/* Puts an id into an argument that none was given for; LY003 where it was. */
static void
put(NullableDatum *argument, int64 customer_id)
{
	if (!argument->isnull)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("more than one argument says who the customer is"),
						errhint("Give ids, or \"existing\" and \"requested_to\".")));
	*argument = loyalty_int8(customer_id);
}

/* Puts a value into an argument that none was given for; LY003 where it was. */
static void
put_value(const char **argument, const char *value, const char *field)
{
	if (*argument != NULL)
		loyalty_raise_not_allowed(field, "none beside \"existing\" and \"requested_to\", which say the same");
	*argument = value;
}

/* Reads "existing": the old value, for types that change one. */
static void
name_customer(RequestWork *work, RequestArguments *arguments)
{
	IdentifierType type = loyalty_request_identifier(arguments->type);
	LoyaltyCall *call = &work->member.call;

	if (type == IDENTIFIER_TYPE_COUNT)
	{
		put(&arguments->customer_id, find_any(call, arguments->existing, "existing"));
		return;
	}
	put(&arguments->customer_id,
		require_named(loyalty_customer_find(call, loyalty_identifier_type_names[type], arguments->existing),
					  "existing"));
	put_value(&arguments->old_value, arguments->existing, "old_value");
}

/* Reads "requested_to": the new value of an identifier, or the second customer. */
static void
name_target(RequestWork *work, RequestArguments *arguments)
{
	switch (arguments->type)
	{
		case REQUEST_MOBILE:
		case REQUEST_EMAIL:
		case REQUEST_EXTERNAL_ID:
			put_value(&arguments->new_value, arguments->requested_to, "new_value");
			break;
		case REQUEST_ACCOUNT_MERGE:
		case REQUEST_MOBILE_REALLOCATION:
			put(&arguments->target_id, find_any(&work->member.call, arguments->requested_to, "requested_to"));
			break;
		default:
			loyalty_raise_not_allowed("requested_to", "none for requests of this type");
	}
}

/* Leaves ids that were given as they are. */
void
loyalty_request_name(RequestWork *work, RequestArguments *arguments)
{
	if (arguments->existing != NULL)
		name_customer(work, arguments);
	if (arguments->requested_to != NULL)
		name_target(work, arguments);
	if (arguments->customer_id.isnull)
		loyalty_raise_missing("customer_id");
}

/*
 * Tells whether a text is still a key of a customer, as committed. What is contact data is not looked for again: it finds
 * somebody only where one customer alone has it, which no lock keeps.
 */
static bool
still_names(const LoyaltyOrg *org, const char *value, int64 customer_id)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char shown[IDENTIFIER_VALUE_BYTES];
	bool is_contact = false;
	KeyConfig keys;
	int type;

	loyalty_key_config((const char *const *) org->config, &keys);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (!loyalty_identifier_normalise(org, type, value, key, shown))
			continue;
		if (!loyalty_identifier_is_key(&keys, type))
			is_contact = true;
		else if (loyalty_key_owner(org->org_id, loyalty_identifier_type_names[type], key, false) ==
				 customer_id)
			return true;
	}
	return is_contact;
}

/* Asks once the customers are locked, who keep their keys from then on. */
void
loyalty_request_named_still(const RequestWork *work, const RequestArguments *arguments)
{
	const LoyaltyOrg *org = work->member.call.org;
	bool names_target = arguments->requested_to != NULL && work->target.customer_id != 0;

	if ((arguments->existing == NULL ||
		 still_names(org, arguments->existing, work->member.customer.customer_id)) &&
		(!names_target || still_names(org, arguments->requested_to, work->target.customer_id)))
		return;
	ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					errmsg("a customer was given another identifier at the same time"),
					errhint("Repeat the call.")));
}
