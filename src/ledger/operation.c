/*
 * operation.c: what earning, redeeming and billing share beyond the posting.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/points.h"
#include "common/request.h"
#include "customer/member.h"
#include "ledger/operation.h"
#include "ledger/transaction_store.h"

/* The digests of the key and of the request go into the event; a repeat finds them there. */
static bool
read_key(Operation *operation)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	const char *key = loyalty_arg_text_or_null(fcinfo, operation->arguments->idempotency_key,
											   "idempotency_key", LOYALTY_MAX_NAME);
	Event *origin = &operation->origin;

	if (key == NULL)
		return false;
	origin->has_key = true;
	loyalty_idempotency_digest(key, (pg_uuid_t *) origin->idempotency_digest);
	origin->request_digest = loyalty_request_digest(fcinfo);
	return true;
}

/* Whether the customer, or one of its group, has an event with the key. */
static bool
find_earlier(const Operation *operation, const LoyaltyCustomer *customer, EarlierEvent *earlier)
{
	const Event *origin = &operation->origin;

	return loyalty_event_by_key(operation->call.org->org_id, customer,
								(const pg_uuid_t *) origin->idempotency_digest, origin->request_digest,
								earlier);
}

static bool
answered_before(Operation *operation, EarlierEvent *earlier)
{
	const Event *origin = &operation->origin;

	if (!read_key(operation) || !find_earlier(operation, &operation->posting.customer, earlier))
		return false;
	if (earlier->request_digest != origin->request_digest)
		loyalty_raise_idempotency_mismatch();
	operation->posting.customer.customer_id = earlier->customer_id;
	return true;
}

/* A value of one of the two kinds of identifiers of a card; false where it is not given. */
static bool
read_card(Operation *operation, int n, const char *type)
{
	const char *value = loyalty_arg_text_or_null(operation->fcinfo, n, type, LOYALTY_MAX_NAME);

	if (value == NULL)
		return false;
	operation->card_value = value;
	operation->card = loyalty_identifier_resolver_find(type);
	return operation->card != NULL;
}

/* A repeat is the first call's customer's, whatever has become of the card since; 0: no former owner had the request. */
static int64
answered_owner(Operation *operation)
{
	EarlierEvent earlier;
	int64 *owners;
	int count;
	int i;

	if (!read_key(operation))
		return 0;
	count = operation->card->former(&operation->call, operation->card_value, &owners,
									&operation->card_program_id);
	for (i = 0; i < count; i++)
	{
		LoyaltyCustomer owner = { .customer_id = owners[i] };

		if (find_earlier(operation, &owner, &earlier) &&
			earlier.request_digest == operation->origin.request_digest)
			return owners[i];
	}
	return 0;
}

/* Exactly one of customer and card says who it is. */
static int64
customer_named(Operation *operation)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	CardIdentity identity = { 0 };
	int named = PG_ARGISNULL(1) ? 0 : 1;
	int64 customer_id;

	if (operation->arguments->card_number != 0)
	{
		named += read_card(operation, operation->arguments->card_number, "card_number");
		named += read_card(operation, operation->arguments->card_number + 1, "card_external_id");
	}
	if (named > 1)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("more than one argument says who the customer is"),
						errhint("Give one of customer_id, card_number and card_external_id.")));
	if (operation->card == NULL)
		return loyalty_arg_int8(fcinfo, 1, "customer_id");
	customer_id = answered_owner(operation);
	if (customer_id != 0)
		return customer_id;
	operation->card->open(&operation->call, operation->card_value, &identity);
	operation->card_program_id = identity.program_id;
	operation->card_is_usable = identity.is_usable;
	return identity.customer_id;
}

/*
 * Where calls follow merges, whoever was merged is not locked: it and the survivor would be locked in no order. Nothing is
 * posted to it any more, so its events are looked up as they are; the survivor is whose turn it is.
 */
static bool
answered_to_victim(Operation *operation, EarlierEvent *earlier)
{
	LoyaltyCustomer *named = &operation->posting.customer;

	if (!loyalty_follow_merges || operation->card != NULL ||
		!loyalty_customer_read_now(operation->call.org->org_id, operation->customer_id, named) ||
		named->merged_into == 0)
		return false;
	if (answered_before(operation, earlier))
		return true;
	operation->customer_id = named->merged_into;
	return false;
}

/* On with the survivor, where the caller wants that; a card that the merge left behind is of no use. */
static void
follow_merge(Operation *operation)
{
	Posting *posting = &operation->posting;

	if (operation->card != NULL || !loyalty_follow_merges)
		loyalty_customer_require_root(&posting->customer);
	loyalty_posting_begin(posting, &operation->call, posting->customer.merged_into);
}

void
loyalty_operation_open(Operation *operation, FunctionCallInfo fcinfo, const OperationArguments *arguments)
{
	memset(operation, 0, sizeof(Operation));
	operation->fcinfo = fcinfo;
	operation->arguments = arguments;
	loyalty_call_begin(&operation->call, fcinfo);
	operation->customer_id = customer_named(operation);
}

bool
loyalty_operation_lock(Operation *operation, EarlierEvent *earlier)
{
	if (answered_to_victim(operation, earlier))
		return true;
	loyalty_posting_begin(&operation->posting, &operation->call, operation->customer_id);
	if (answered_before(operation, earlier))
		return true;
	if (operation->posting.customer.merged_into != 0)
	{
		follow_merge(operation);
		if (answered_before(operation, earlier))
			return true;
	}
	if (operation->card != NULL)
		operation->card->hold(&operation->call, operation->card_value,
							  operation->posting.customer.customer_id, operation->arguments->card_restricted);
	return false;
}

int64
loyalty_operation_followed(const Operation *operation, int64 customer_id)
{
	LoyaltyCustomer customer;

	if (loyalty_follow_merges &&
		loyalty_customer_read_now(operation->call.org->org_id, customer_id, &customer) &&
		customer.merged_into != 0)
		return customer.merged_into;
	return customer_id;
}

bool
loyalty_operation_lock_lower(Operation *operation, Posting *other, int64 other_id)
{
	if (other_id >= loyalty_operation_followed(operation, operation->customer_id))
		return false;
	loyalty_posting_begin(other, &operation->call, other_id);
	return true;
}

bool
loyalty_operation_lock_pair(Operation *operation, Posting *other, int64 other_id, EarlierEvent *earlier)
{
	const LoyaltyCustomer *customer = &operation->posting.customer;
	bool locked;

	other_id = loyalty_operation_followed(operation, other_id);
	locked = loyalty_operation_lock_lower(operation, other, other_id);
	if (loyalty_operation_lock(operation, earlier))
		return true;
	if (!locked)
		loyalty_posting_begin(other, &operation->call, other_id);
	/* Somebody may have been merged while this call waited. */
	if (loyalty_follow_merges && other->customer.merged_into != 0)
		loyalty_posting_begin(other, &operation->call, other->customer.merged_into);
	if (other->customer.customer_id == customer->customer_id)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_SAME_CUSTOMER),
						errmsg("both sides are customer " INT64_FORMAT, customer->customer_id)));
	loyalty_customer_require_root(&other->customer);
	return false;
}

bool
loyalty_operation_begin(Operation *operation, FunctionCallInfo fcinfo, const OperationArguments *arguments,
						EarlierEvent *earlier)
{
	loyalty_operation_open(operation, fcinfo, arguments);
	return loyalty_operation_lock(operation, earlier);
}

bool
loyalty_operation_begin_known(Operation *operation, FunctionCallInfo fcinfo,
							  const OperationArguments *arguments, const LoyaltyCall *call, int64 customer_id,
							  EarlierEvent *earlier)
{
	memset(operation, 0, sizeof(Operation));
	operation->fcinfo = fcinfo;
	operation->arguments = arguments;
	operation->call = *call;
	loyalty_posting_begin(&operation->posting, &operation->call, customer_id);
	if (answered_before(operation, earlier))
		return true;
	loyalty_customer_require_root(&operation->posting.customer);
	return false;
}

/* A till stands in a store; a store named beside it must be that one. */
static void
read_place(Operation *operation, const char *till, const char *store)
{
	const LoyaltyOrg *org = operation->call.org;

	if (till)
	{
		operation->till = loyalty_org_till(org, till);
		operation->origin.till_id = operation->till->till_id;
		operation->origin.store_id = operation->till->store_id;
	}
	if (store)
	{
		int32 store_id = loyalty_org_store(org, store)->store_id;

		if (operation->till && operation->till->store_id != store_id)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
							errmsg("till \"%s\" does not stand in store \"%s\"", till, store)));
		operation->origin.store_id = store_id;
	}
}

void
loyalty_operation_locate(Operation *operation)
{
	const OperationArguments *at = operation->arguments;
	FunctionCallInfo fcinfo = operation->fcinfo;
	const char *source = loyalty_arg_text_or_null(fcinfo, at->source, "source", LOYALTY_MAX_CODE);

	read_place(operation, loyalty_arg_text_or_null(fcinfo, at->till, "till", LOYALTY_MAX_CODE),
			   at->store < 0 ? NULL : loyalty_arg_text_or_null(fcinfo, at->store, "store", LOYALTY_MAX_CODE));
	if (source)
		operation->origin.source_id = loyalty_source_id(source);
	operation->reason = loyalty_arg_text_or_null(fcinfo, at->reason, "reason", LOYALTY_MAX_TEXT);
	operation->actor = loyalty_arg_text_or_null(fcinfo, at->actor, "actor", LOYALTY_MAX_NAME);
}

/* Where a call names no program. */
static const LoyaltyProgram *
usual_program(const Operation *operation)
{
	const LoyaltyOrg *org = operation->call.org;

	if (operation->card_program_id != 0)
		return loyalty_org_program_by_id(org, operation->card_program_id);
	if (operation->till && operation->till->program_id != 0)
		return loyalty_org_program_by_id(org, operation->till->program_id);
	return loyalty_org_program(org, NULL);
}

const LoyaltyProgram *
loyalty_operation_program(const Operation *operation, int n)
{
	const char *program = loyalty_arg_text_or_null(operation->fcinfo, n, "program", LOYALTY_MAX_CODE);

	return program ? loyalty_org_program(operation->call.org, program) : usual_program(operation);
}

const LoyaltyProgram *
loyalty_operation_programs(const Operation *operation, int n)
{
	const char *program = loyalty_arg_text_or_null(operation->fcinfo, n, "program", LOYALTY_MAX_CODE);

	if (program && strcmp(program, LOYALTY_ALL_PROGRAMS) == 0)
		return NULL;
	return loyalty_operation_program(operation, n);
}

void
loyalty_operation_check_kept(const LoyaltyProgram *program, int64 points)
{
	if (!loyalty_program_keeps(&program->rules, points))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_TOO_PRECISE), errmsg("points have too many decimals"),
						errdetail("Asked for are %s; program \"%s\" keeps %d decimals.",
								  loyalty_points_text(points), program->program, program->rules.decimals)));
}

int64
loyalty_operation_transaction(const Operation *operation, int n)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	const LoyaltyOrg *org = operation->call.org;
	int64 customer_id = operation->posting.customer.customer_id;
	const char *number = loyalty_arg_text_or_null(fcinfo, n, "transaction_number", LOYALTY_MAX_CODE);
	const char *till = loyalty_arg_text_or_null(fcinfo, n + 1, "transaction_till", LOYALTY_MAX_CODE);
	const LoyaltyTill *at = till ? loyalty_org_till(org, till) : NULL;
	int64 transaction_id;
	int count;

	if (number == NULL)
		return 0;
	count = loyalty_transaction_find(org->org_id, at, number, customer_id, &transaction_id);
	if (count != 1)
		loyalty_raise_bill(customer_id, number, count);
	return transaction_id;
}

void
loyalty_raise_bill(int64 customer_id, const char *number, int count)
{
	if (count == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TRANSACTION_UNKNOWN),
						errmsg("customer " INT64_FORMAT " has no such bill \"%s\"", customer_id, number)));
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TRANSACTION_AMBIGUOUS),
					errmsg("customer " INT64_FORMAT " has several bills \"%s\"", customer_id, number),
					errhint("Name the till of the bill: transaction_till.")));
}

int64
loyalty_operation_points(const Operation *operation, int n, const LoyaltyProgram *program)
{
	return loyalty_arg_program_points(operation->fcinfo, n, program);
}

int64
loyalty_arg_program_points(FunctionCallInfo fcinfo, int n, const LoyaltyProgram *program)
{
	int64 points = loyalty_arg_thousandths(fcinfo, n, "points", ERRCODE_LOYALTY_POINTS_TOO_PRECISE);

	if (points <= 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_NOT_POSITIVE), errmsg("points must be positive"),
						errdetail("Asked for are %s.", loyalty_points_text(points))));
	loyalty_operation_check_kept(program, points);
	return points;
}

/* Where all programs may pay, the one that keeps the most decimals says how fine the points may be. */
const LoyaltyProgram *
loyalty_org_finest_program(const LoyaltyOrg *org)
{
	const LoyaltyProgram *finest = loyalty_org_program(org, NULL);
	int i;

	for (i = 0; i < org->program_count; i++)
		if (org->programs[i].rules.decimals > finest->rules.decimals)
			finest = &org->programs[i];
	return finest;
}

void
loyalty_operation_end(Operation *operation, int64 event_id)
{
	loyalty_posting_end(&operation->posting);
	if (operation->reason || operation->actor)
		loyalty_event_note_insert(operation->posting.writer, operation->call.org->org_id,
								  operation->posting.customer.customer_id, event_id, operation->reason,
								  operation->actor);
}
