/*
 * request_postings.c: requests that come to a posting: goodwill points, and bills that were forgotten.
 *
 * A request of such a type is the direct call, earn_points or add_transaction, with its arguments in a document. They fill the
 * same struct, are judged by the same functions and are posted under the key "request:<id>", with the digest that the direct call
 * would have: so nothing is posted twice, and who makes that call by hand under that key gets the event of the request. Reason
 * and actor are not among the arguments: they are the request's, and their history is its log. What is judged when a request is
 * made is what can never be; limits of accounts and dates are judged by the posting. The customer is locked by the caller; what is
 * due expires with the posting, which may be late by the time that the request waited.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "bill/bill.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "ledger/earn/earn.h"
#include "request/request_payload.h"
#include "request/request_postings.h"

/* Keys of both documents, NULL ends them. */
static const char *const goodwill_keys[] = { "points", "program", "card_number", "card_external_id", NULL };
static const char *const bill_keys[] = { "transaction_number",
										 "amount",
										 "discount",
										 "transaction_type",
										 "points",
										 "line_items",
										 "bill_promotion_points",
										 "customer_promotion_points",
										 "category",
										 "redeemable_from",
										 "outlier_status",
										 "program",
										 "event_time",
										 "till",
										 "store",
										 "source",
										 NULL };

/* Puts a text into its place; NULL puts nothing. */
static void
put_text(const LoyaltyFunction *function, NullableDatum *arguments, const char *name, const char *text)
{
	if (text != NULL)
		loyalty_request_argument(function, arguments, name, loyalty_text(text));
}

/* Returns the code of the till where the request was made, NULL for none. */
static const char *
till_of(const RequestWork *work)
{
	const LoyaltyOrg *org = work->member.call.org;
	int i;

	for (i = 0; i < org->till_count; i++)
		if (work->request.till_id != 0 && org->tills[i].till_id == work->request.till_id)
			return org->tills[i].till;
	return NULL;
}

/* Tells whether an argument was given. */
static bool
is_given(const LoyaltyFunction *function, const NullableDatum *arguments, const char *name)
{
	return !arguments[loyalty_function_place(function, name)].isnull;
}

/* Fills the request of a kind from the document: as the function of that kind would. */
static void
fill(RequestWork *work, const RequestKind *kind, const char *const *keys, const char *event_name,
	 void *request)
{
	const LoyaltyCall *call = &work->member.call;
	const LoyaltyFunction *function = loyalty_function_named(kind->function);
	NullableDatum *arguments = loyalty_request_arguments(call->org, function, work->content.payload, keys);
	OperationRequest *operation = request;

	put_text(function, arguments, "org", call->org->org);
	put_text(function, arguments, "idempotency_key",
			 psprintf("request:" INT64_FORMAT, work->request.request_id));
	if (event_name != NULL)
		put_text(function, arguments, "event_name", event_name);
	if (!is_given(function, arguments, "till"))
		put_text(function, arguments, "till", till_of(work));
	if (!is_given(function, arguments, "card_number") && !is_given(function, arguments, "card_external_id"))
		loyalty_request_argument(function, arguments, "customer_id",
								 loyalty_int8(work->member.customer.customer_id));
	loyalty_operation_ask_with(kind, function, arguments, operation);
	operation->digest = loyalty_arguments_digest(function->name, function, arguments, 0);
}

/* Raises LY124 for a request without a document. */
static void
require_payload(const RequestWork *work)
{
	if (work->content.payload == NULL)
		loyalty_raise_missing("payload");
}

/* Fills the request of an award. */
static void
fill_goodwill(RequestWork *work, EarnRequest *request)
{
	fill(work, &loyalty_earn_kind, goodwill_keys, "goodwill", request);
}

/* Reads program and points as the award will; the points are what an automatic approval is judged by. */
void
loyalty_request_read_goodwill(RequestWork *work)
{
	EarnRequest request;
	Operation operation;
	const LoyaltyProgram *program;

	require_payload(work);
	fill_goodwill(work, &request);
	loyalty_operation_open(&operation, &work->member.call, &request.operation);
	(void) (loyalty_operation_locate(&operation, LOYALTY_RAISES) &&
			loyalty_operation_program(&operation, &program, LOYALTY_RAISES) &&
			loyalty_read_program_points(&request.points, program, &work->points, LOYALTY_RAISES));
}

/* Finds the owner of the card anew: it may have changed hands, or be nobody's. */
bool
loyalty_request_card_holds(RequestWork *work)
{
	const LoyaltyCustomer *customer = &work->member.customer;
	LoyaltyRefusal refusal = { 0 };
	EarnRequest request;
	OperationSubject subject;
	int64 *ids;
	int count;
	int i;

	fill_goodwill(work, &request);
	if (!loyalty_operation_name(&work->member.call, &request.operation, &subject, &refusal))
		return false;
	count = loyalty_customer_group(customer, &ids);
	for (i = 0; i < count; i++)
		if (ids[i] == subject.customer_id)
			return true;
	return false;
}

/* Posts it, or finds what was posted under the key. */
int64
loyalty_request_post_goodwill(RequestWork *work)
{
	EarnRequest request;
	Operation operation;
	EarlierEvent earlier;
	PostingResult result = { 0 };

	fill_goodwill(work, &request);
	if (loyalty_operation_begin(&operation, &work->member.call, &request.operation, &earlier))
		return earlier.event_id;
	(void) loyalty_earn(&operation, &result, LOYALTY_RAISES);
	return result.event_id;
}

/* Fills the request of a bill, and reads what it says. */
static void
fill_bill(RequestWork *work, BillRequest *request, Operation *operation, BillText *text)
{
	fill(work, &loyalty_bill_kind, bill_keys, NULL, request);
	loyalty_operation_open(operation, &work->member.call, &request->operation);
	(void) (loyalty_operation_locate(operation, LOYALTY_RAISES) &&
			loyalty_bill_read(operation, text, LOYALTY_RAISES));
}

/* A bill without a time would be one of today, and would need nobody's approval. */
void
loyalty_request_read_bill(RequestWork *work)
{
	const LoyaltyCall *call = &work->member.call;
	int32 days = (int32) call->org->config_number[CONFIG_REQUEST_RETRO_DAYS];
	BillRequest request;
	Operation operation;
	BillText text;

	require_payload(work);
	fill_bill(work, &request, &operation, &text);
	(void) loyalty_bill_check_unused(&operation, LOYALTY_RAISES);
	if (request.operation.event_time.isnull)
		loyalty_raise_missing("payload.event_time");
	if (!loyalty_request_is_young(DatumGetTimestampTz(request.operation.event_time.value), call->now, days))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_REQUEST_NOT_ALLOWED), errmsg("the bill is too old, or not made yet"),
				 errdetail("Bills of the last %d days can be asked for.", days),
				 errhint("CONF_REQUEST_RETRO_DAYS says how many.")));
}

/* Looks the number up in its till, as the bill will claim it. */
bool
loyalty_request_number_holds(RequestWork *work)
{
	BillRequest request;
	Operation operation;
	BillText text;

	fill_bill(work, &request, &operation, &text);
	return loyalty_transaction_of_number(work->request.org_id, text.transaction.till_id,
										 text.transaction.number) == 0;
}

/* Records it, or finds what was recorded under the key. */
int64
loyalty_request_post_bill(RequestWork *work)
{
	BillRequest request;
	Operation operation;
	EarlierEvent earlier;
	PostingResult result = { 0 };

	fill(work, &loyalty_bill_kind, bill_keys, NULL, &request);
	if (loyalty_operation_begin(&operation, &work->member.call, &request.operation, &earlier))
		return earlier.event_id;
	(void) loyalty_bill(&operation, &result, LOYALTY_RAISES);
	return result.event_id;
}
