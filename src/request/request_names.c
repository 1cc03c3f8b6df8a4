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
	arguments->old_value = arguments->existing;
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
			arguments->new_value = arguments->requested_to;
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
