/*
 * request_subject.c: what a request says when it is made: values in their normal form, documents with the right keys, and what
 * can never be, whatever happens until somebody decides.
 *
 * The customers are locked and the configuration is held, so the old value that is noted where none was given is the one that
 * an approval is held against. Arguments that a type has no use for are refused: they would be believed to do something.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "customer/customer_update.h"
#include "customer/identifier_change.h"
#include "request/request_postings.h"
#include "request/request_reading.h"

/* Raises LY607. */
pg_noreturn static void
raise_not_allowed(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_NOT_ALLOWED), errmsg("the request is not allowed"),
					errdetail("%s", detail)));
}

/* Raises LY003 where an argument is given that such a request has no use for. */
static void
refuse_others(const RequestArguments *arguments, bool values, bool target, bool payload)
{
	if (!values && arguments->old_value != NULL)
		loyalty_raise_not_allowed("old_value", "none for requests of this type");
	if (!values && arguments->new_value != NULL)
		loyalty_raise_not_allowed("new_value", "none for requests of this type");
	if (!target && !arguments->target_id.isnull)
		loyalty_raise_not_allowed("target_id", "none for requests of this type");
	if (!payload && arguments->payload != NULL)
		loyalty_raise_not_allowed("payload", "none for requests of this type");
}

/* Reads a new value, as profiles will show it. */
static void
read_new_value(RequestWork *work, const RequestArguments *arguments, IdentifierType type)
{
	LoyaltyChange change = { .is_permitted = true };

	loyalty_change_read(&work->member, type, arguments->new_value, "request_type", "new_value", &change);
	if (work->content.old_value != NULL && strcmp(change.value, work->content.old_value) == 0)
		raise_not_allowed("The customer has that value already.");
	work->content.new_value = change.shown;
}

/* Notes the value that is to be replaced: the one that was given, else the one that the customer has. */
static void
read_identifier(RequestWork *work, const RequestArguments *arguments)
{
	IdentifierType type = loyalty_request_identifier(arguments->type);
	LoyaltyIdentifiers held;

	refuse_others(arguments, true, false, false);
	if (arguments->new_value == NULL)
		loyalty_raise_missing("new_value");
	loyalty_identifiers_read(work->request.org_id, work->member.customer.customer_id, &held);
	work->content.old_value = arguments->old_value == NULL
								  ? held.values[type]
								  : loyalty_identifier_checked(work->member.call.org, type,
															   arguments->old_value, "old_value", NULL);
	read_new_value(work, arguments, type);
}

/* Keeps the values by which both were named, for lists. */
static void
read_merge(RequestWork *work, const RequestArguments *arguments)
{
	const LoyaltyCustomer pair[2] = { work->target, work->member.customer };

	refuse_others(arguments, false, true, false);
	loyalty_merge_prepare(&work->merge, &work->member.call, pair);
	work->content.old_value = arguments->existing;
	work->content.new_value = arguments->requested_to;
}

/* Reads the number that somebody else has by now, and what its owner gets in its place, if anything. */
static void
read_reallocation(RequestWork *work, const RequestArguments *arguments)
{
	refuse_others(arguments, true, true, false);
	if (arguments->old_value == NULL)
		loyalty_raise_missing("old_value");
	if (work->target.customer_id == work->member.customer.customer_id)
		raise_not_allowed("The number is that customer's already.");
	work->content.old_value = loyalty_identifier_checked(work->member.call.org, IDENTIFIER_MOBILE,
														 arguments->old_value, "old_value", NULL);
	if (arguments->new_value != NULL)
		read_new_value(work, arguments, IDENTIFIER_MOBILE);
	loyalty_request_number_free(work);
}

/* Reads the fields, and notes what they are. */
static void
read_profile(RequestWork *work, const RequestArguments *arguments)
{
	LoyaltyCustomerUpdate update;

	refuse_others(arguments, false, false, true);
	if (arguments->payload == NULL)
		loyalty_raise_missing("payload");
	if (JB_ROOT_IS_OBJECT(arguments->payload) && JB_ROOT_COUNT(arguments->payload) == 0)
		raise_not_allowed("It asks for no change.");
	loyalty_request_read_update(work->content.payload, &update);
	loyalty_customer_update_check(&work->member, &update);
	work->content.relied_on =
		loyalty_customer_picture(work->request.org_id, work->member.customer.customer_id,
								 work->content.payload);
}

/* Reads by type. */
void
loyalty_request_read_subject(RequestWork *work, const RequestArguments *arguments)
{
	work->content.payload = arguments->payload ? unconstify(Jsonb *, arguments->payload) : NULL;
	switch (arguments->type)
	{
		case REQUEST_MOBILE:
		case REQUEST_EMAIL:
		case REQUEST_EXTERNAL_ID:
			read_identifier(work, arguments);
			break;
		case REQUEST_ACCOUNT_MERGE:
			read_merge(work, arguments);
			break;
		case REQUEST_MOBILE_REALLOCATION:
			read_reallocation(work, arguments);
			break;
		case REQUEST_EDIT_PROFILE:
			read_profile(work, arguments);
			break;
		case REQUEST_GOODWILL_POINTS:
			refuse_others(arguments, false, false, true);
			loyalty_request_read_goodwill(work);
			break;
		case REQUEST_RETRO_TRANSACTION:
			refuse_others(arguments, false, false, true);
			loyalty_request_read_bill(work);
			break;
		default:
			elog(ERROR, "requests of type \"%s\" have no subject",
				 loyalty_request_type_name(arguments->type));
	}
}
