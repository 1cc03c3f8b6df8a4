/*
 * transaction_identifiers_api.c: add_transaction_by_identifiers: a bill that comes with identifiers instead of
 * a customer id, and registers whom they name in the same call.
 *
 * A bill that earns goes the way of register_customer first, with its locks, its hooks and its idempotency key,
 * and then the way of add_transaction for the customer who came out of it; the key is found in both places by a
 * repeat.
 *
 * A bill of type `non_loyalty` registers nobody. Its one identifier is looked up: an owner gets the bill at
 * once; where there is none, the bill is tagged to the identifier, and a later registration takes it
 * (tagged_bill.c). The order: the key of the call; then the setting of which identifiers are keys is held; then
 * the identifier's owner, or its place, is claimed; the bill's number is claimed last. Locks: the identifier's
 * index entry where it is tagged, else the owner's row.
 *
 * May be late: a tagged bill has no event until its owner registers, which may be never. Nothing else is.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "bill/tagged_bill.h"
#include "bill/transaction_store.h"
#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/function.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "common/points.h"
#include "common/request.h"
#include "customer/config_guard.h"
#include "customer/registration.h"

LOYALTY_FUNCTION(loyalty_add_transaction_by_identifiers);

/*
 * Arguments that a bill does not have, and those that say more here than of the bill. The others are read by
 * their names.
 */
enum IdentifiersArgument
{
	ARG_MOBILE = 3,
	ARG_EMAIL,
	ARG_EXTERNAL_ID,
	ARG_FIRST_NAME,
	ARG_LAST_NAME,
	ARG_LOYALTY_TYPE,
	ARG_TYPE = 10,
	ARG_EVENT_TIME = 19,
	ARG_TILL,
	ARG_SOURCE = 23,
	ARG_ACCOUNT_ID,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
};

/* Outcomes beside those of a registration: the bill waits at its identifier, or went to the identifier's owner. */
#define OUTCOME_TAGGED "tagged"
#define OUTCOME_FOUND "found"

/* Reads the identifiers as given, by their type; NULL where there is none. */
static void
read_identifiers(FunctionCallInfo fcinfo, const char **identifiers)
{
	identifiers[IDENTIFIER_MOBILE] =
		loyalty_arg_text_or_null(fcinfo, ARG_MOBILE, "mobile", LOYALTY_PHONE_MAX);
	identifiers[IDENTIFIER_EMAIL] = loyalty_arg_text_or_null(fcinfo, ARG_EMAIL, "email", EMAIL_MAX_BYTES);
	identifiers[IDENTIFIER_EXTERNAL_ID] =
		loyalty_arg_text_or_null(fcinfo, ARG_EXTERNAL_ID, "external_id", EXTERNAL_ID_MAX);
}

/* Makes the result. A tagged bill has no event and no customer: NULL. */
static Datum
bill_result(LoyaltyCall *call, FunctionCallInfo fcinfo, const LoyaltyRegistrationRequest *request,
			int64 transaction_id, const PostingResult *result)
{
	Datum values[7];
	bool nulls[7] = { false };

	values[0] = Int64GetDatum(result->event_id);
	nulls[0] = result->event_id == 0;
	values[1] = Int64GetDatum(transaction_id);
	values[2] = Int64GetDatum(request->customer_id);
	nulls[2] = request->customer_id == 0;
	values[3] = CStringGetTextDatum(request->outcome);
	values[4] = loyalty_numeric(result->points);
	values[5] = loyalty_numeric(result->current_points);
	values[6] = loyalty_bill_warnings(request->warnings, result->no_points);
	return loyalty_call_result(call, fcinfo, values, nulls);
}

/* Adds the bill of a customer who is known by now, and locks it; a registration has done so already. */
static Datum
add_bill(LoyaltyCall *call, FunctionCallInfo fcinfo, const BillRequest *bill,
		 const LoyaltyRegistrationRequest *request)
{
	Operation operation;
	EarlierEvent earlier;
	PostingResult result = { 0 };

	if (loyalty_operation_begin_known(&operation, call, &bill->operation, request->customer_id, &earlier))
		loyalty_bill_again(&operation, &earlier, &result);
	else
		(void) loyalty_bill(&operation, &result, LOYALTY_RAISES);
	return bill_result(call, fcinfo, request, result.event_id, &result);
}

/*
 * Registers first, then adds the bill. A customer who is created has the bill's day as its own, or the bill
 * would be older than the registration (LY407). Both steps are in one call, whose frame the registration opens.
 */
static Datum
register_and_bill(FunctionCallInfo fcinfo)
{
	Registration *reg = palloc0(sizeof(Registration));
	RegistrationArguments *args = &reg->args;
	BillRequest bill;

	loyalty_call_begin(&reg->call, fcinfo);
	read_identifiers(fcinfo, args->identifiers);
	args->first_name = loyalty_arg_text_or_null(fcinfo, ARG_FIRST_NAME, "first_name", LOYALTY_MAX_NAME);
	args->last_name = loyalty_arg_text_or_null(fcinfo, ARG_LAST_NAME, "last_name", LOYALTY_MAX_NAME);
	args->source = loyalty_arg_text_or_null(fcinfo, ARG_SOURCE, "source", LOYALTY_MAX_CODE);
	args->account_id = loyalty_arg_text_or_null(fcinfo, ARG_ACCOUNT_ID, "account_id", LOYALTY_MAX_CODE);
	args->till = loyalty_arg_text_or_null(fcinfo, ARG_TILL, "till", LOYALTY_MAX_CODE);
	args->has_registered_on = !PG_ARGISNULL(ARG_EVENT_TIME);
	args->registered_on = loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", 0);
	args->actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
	args->loyalty_type = loyalty_arg_text_or_null(fcinfo, ARG_LOYALTY_TYPE, "loyalty_type", LOYALTY_MAX_CODE);
	args->idempotency_key =
		loyalty_arg_text_or_null(fcinfo, ARG_IDEMPOTENCY_KEY, "idempotency_key", LOYALTY_MAX_NAME);
	loyalty_registration_run(reg, fcinfo);
	loyalty_operation_ask(fcinfo, &loyalty_bill_kind, &bill.operation);
	return add_bill(&reg->call, fcinfo, &bill, &reg->request);
}

/*
 * Reads the one identifier that a bill without a registration comes with, in normal form. It is a key, or an e-mail,
 * by which campaign users are known even where it is contact data. What else is contact data may be that of several
 * people, and the bill would go to the first of them who registers.
 */
static const char *
read_tag(const LoyaltyOrg *org, FunctionCallInfo fcinfo, IdentifierType *type)
{
	const char *given[IDENTIFIER_TYPE_COUNT];
	const char *shown;
	KeyConfig keys;
	int count = 0;
	int i;

	read_identifiers(fcinfo, given);
	loyalty_key_config((const char *const *) org->config, &keys);
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		if (given[i] != NULL)
		{
			*type = (IdentifierType) i;
			count++;
		}
	if (count != 1 || !(loyalty_identifier_is_key(&keys, *type) || (*type == IDENTIFIER_EMAIL && !keys.dual)))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_IDENTIFIER_MISSING),
				 errmsg("a non_loyalty bill needs one identifier that finds the customer again"),
				 errhint("Give a mobile, an e-mail or an external id; under dual eligibility the primary "
						 "identifier.")));
	if (*type == IDENTIFIER_EXTERNAL_ID)
		loyalty_external_id_used(org);
	return loyalty_identifier_checked(org, *type, given[*type], loyalty_identifier_type_names[*type], &shown);
}

/*
 * Tells whether the key of the call was used before; then the request holds the first result. The key's row is
 * written before anything is done, so that a call with the same key, still under way, is waited for. LY020
 * where the arguments differ.
 */
static bool
is_repeated(FunctionCallInfo fcinfo, int32 org_id, LoyaltyRegistrationRequest *request, bool *has_key)
{
	const char *key =
		loyalty_arg_text_or_null(fcinfo, ARG_IDEMPOTENCY_KEY, "idempotency_key", LOYALTY_MAX_NAME);
	int64 digest;

	*has_key = key != NULL;
	request->outcome = OUTCOME_TAGGED;
	request->warnings = PointerGetDatum(construct_empty_array(TEXTOID));
	if (key == NULL)
		return false;
	digest = request->request_digest = loyalty_request_digest(fcinfo);
	loyalty_idempotency_digest(key, &request->idempotency_digest);
	if (loyalty_request_insert(org_id, request))
		return false;
	loyalty_request_read(org_id, request);
	if (request->request_digest != digest)
		loyalty_raise_idempotency_mismatch();
	return true;
}

/*
 * Makes the result of a repeated call that tagged its bill, though a registration may have taken it since: the bill is
 * found by its number, which is the same row all along.
 */
static Datum
tag_again(Operation *operation, FunctionCallInfo fcinfo, const LoyaltyRegistrationRequest *request)
{
	PostingResult result = { 0 };
	BillText bill;

	(void) (loyalty_operation_locate(operation, LOYALTY_RAISES) &&
			loyalty_bill_read(operation, &bill, LOYALTY_RAISES));
	return bill_result(operation->call, fcinfo, request,
					   loyalty_transaction_of_number(operation->call->org->org_id, bill.transaction.till_id,
													 bill.transaction.number),
					   &result);
}

/*
 * Adds a bill that registers nobody: to the owner of its identifier, or to the identifier. The key's row says
 * "tagged" from the start, and is put right where an owner was found.
 */
static Datum
find_or_tag(FunctionCallInfo fcinfo)
{
	const OperationSubject nobody_yet = { 0 };
	LoyaltyRegistrationRequest request = { 0 };
	IdentifierType type = IDENTIFIER_TYPE_COUNT;
	PostingResult result = { 0 };
	LoyaltyCall call;
	BillRequest bill;
	Operation operation;
	const char *value;
	bool has_key;
	int64 placeholder_id;

	loyalty_operation_call(&call, fcinfo, &loyalty_bill_kind, &bill.operation);
	loyalty_operation_enter(&operation, &call, &bill.operation, &nobody_yet);
	if (is_repeated(fcinfo, call.org->org_id, &request, &has_key))
		return request.customer_id != 0 ? add_bill(&call, fcinfo, &bill, &request)
										: tag_again(&operation, fcinfo, &request);
	loyalty_config_hold(&call);
	value = read_tag(call.org, fcinfo, &type);
	placeholder_id = loyalty_next_id();
	request.customer_id = loyalty_tag_owner(&call, type, value, placeholder_id);
	if (request.customer_id != 0)
	{
		request.outcome = OUTCOME_FOUND;
		if (has_key)
			loyalty_request_result(call.org->org_id, &request);
		return add_bill(&call, fcinfo, &bill, &request);
	}
	(void) loyalty_operation_locate(&operation, LOYALTY_RAISES);
	loyalty_bill_tag(&operation, type, value, placeholder_id);
	return bill_result(&call, fcinfo, &request, placeholder_id, &result);
}

/*
 * Records a bill by identifiers. The type is looked at before the call is opened, since both ways open it in
 * their own form.
 */
Datum
loyalty_add_transaction_by_identifiers(PG_FUNCTION_ARGS)
{
	const char *type;

	loyalty_function_defaults(fcinfo);
	type = loyalty_arg_text_or_null(fcinfo, ARG_TYPE, "transaction_type", LOYALTY_MAX_CODE);
	if (type != NULL && loyalty_word_code("transaction_type", type) == TRANSACTION_NON_LOYALTY)
		return find_or_tag(fcinfo);
	return register_and_bill(fcinfo);
}
