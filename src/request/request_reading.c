/*
 * request_reading.c: readers of what a request says that its making, its facts and its effect share, so that all three mean
 * the same by it.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/json.h"
#include "request/request_reading.h"

/* Types of identifiers have the names of the types of requests. */
IdentifierType
loyalty_request_identifier(RequestType type)
{
	return type == REQUEST_MOBILE_REALLOCATION
			   ? IDENTIFIER_MOBILE
			   : loyalty_identifier_type_find(loyalty_request_type_name(type));
}

/* The keys are the arguments of update_customer. */
void
loyalty_request_read_update(const Jsonb *payload, LoyaltyCustomerUpdate *update)
{
	static const char *const keys[] = { "first_name",	   "last_name",		"base_till", "fields",
										"extended_fields", "custom_fields", NULL };
	LoyaltyJsonObject root = loyalty_json_root(payload, "payload", keys);

	*update = (LoyaltyCustomerUpdate){
		.first_name = loyalty_json_text(&root, "first_name", LOYALTY_MAX_NAME),
		.last_name = loyalty_json_text(&root, "last_name", LOYALTY_MAX_NAME),
		.base_till = loyalty_json_text(&root, "base_till", LOYALTY_MAX_CODE),
		.documents[FIELD_STANDARD] = loyalty_json_document(&root, "fields"),
		.documents[FIELD_EXTENDED] = loyalty_json_document(&root, "extended_fields"),
		.documents[FIELD_CUSTOM] = loyalty_json_document(&root, "custom_fields"),
	};
}

/* Names the value: anybody of the customer's group may hold it. */
LoyaltyRelease
loyalty_request_release(RequestWork *work)
{
	return (LoyaltyRelease){
		.member = &work->member,
		.type = IDENTIFIER_MOBILE,
		.name = loyalty_identifier_type_names[IDENTIFIER_MOBILE],
		.value = work->content.old_value,
	};
}

/* Asks as release_identifier does. */
void
loyalty_request_number_free(RequestWork *work)
{
	LoyaltyRelease release = loyalty_request_release(work);

	if (work->content.new_value == NULL && loyalty_release_find(&release) && release.is_needed)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_REQUEST_NOT_ALLOWED),
				 errmsg("customer " INT64_FORMAT " must keep a mobile", work->member.customer.customer_id),
				 errhint("Give the customer another one by \"new_value\".")));
}

/* Copies the call, which is the same. */
LoyaltyMember
loyalty_request_target(const RequestWork *work)
{
	return (LoyaltyMember){ .call = work->member.call, .customer = work->target };
}
