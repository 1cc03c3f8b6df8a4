/*
 * operation.c: what earning, redeeming and billing share beyond the posting.
 *
 * The order of an operation: who it is (name), the customer's lock, the key of a repeat, the survivor of a
 * merge, the card (hold); then what the request says (operation_reading.c), read by those who judge it. A call
 * goes through it alone, a batch with all its items from step to step, so that both refuse the same for the
 * same reason.
 *
 * The customer's lock comes before the key is looked for: of two calls with one key the second waits, and
 * finds the event of the first. A repeat comes before the card and the merge are judged: it gets the first
 * result, whatever happened since. The card comes after the customer, as in every call that changes cards,
 * which lock its owner first; it was read under no lock to find the owner, so it is judged again.
 *
 * With two customers the lower id is locked first. In a race with a merge a survivor may be locked out of that
 * order; a circle of waits that comes of it is ended by PostgreSQL, as an error of one of the calls. Nothing
 * is late here: what was read before the lock only says whom to lock.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/points.h"
#include "common/request.h"
#include "customer/member.h"
#include "ledger/posting/operation.h"

/* ---- who it is */

/*
 * Reads the key. Its digest and that of the request go into the event, where a repeat finds them; the key
 * itself is kept nowhere.
 */
bool
loyalty_operation_key(const OperationRequest *request, OperationSubject *subject, LoyaltyRefusal *refusal)
{
	const char *key;

	if (!loyalty_read_text_or_null(&request->idempotency_key, "idempotency_key", LOYALTY_MAX_NAME, &key,
								   refusal))
		return false;
	subject->has_key = key != NULL;
	if (key != NULL)
		loyalty_idempotency_digest(key, &subject->key);
	return true;
}

/*
 * Returns the digest that an event of the request is told by. Of a call about two it covers the id of the second customer as
 * it was named then; the first one is told by where the event stands.
 */
static int64
request_digest(const OperationRequest *request, int64 other_id)
{
	return request->other_id == 0 ? request->digest : loyalty_pair_digest(request->digest, other_id);
}

/*
 * Looks for the event of the request where the second customer is called by another id than the first time. Read under
 * no lock: who was in a group once stays in it.
 */
static bool
find_by_other(const LoyaltyCall *call, const OperationRequest *request, const OperationSubject *subject,
			  const LoyaltyCustomer *customer, EarlierEvent *earlier)
{
	int32 org_id = call->org->org_id;
	LoyaltyCustomer other;
	int64 *ids;
	int count;
	int i;

	if (request->other_id == 0 || !loyalty_customer_read_now(org_id, request->other_id, &other) ||
		(other.merged_into != 0 && !loyalty_customer_read_now(org_id, other.merged_into, &other)))
		return false;
	count = loyalty_customer_group(&other, &ids);
	for (i = 0; i < count; i++)
		if (loyalty_event_by_key(org_id, customer, subject->customer_id, &subject->key,
								 request_digest(request, ids[i]), earlier) &&
			earlier->is_same)
			return true;
	return false;
}

/*
 * Tells whether the customer, or one of its group, has an event with the key; earlier->is_same says whether it is one of
 * the same request.
 */
bool
loyalty_operation_find_earlier(const LoyaltyCall *call, const OperationRequest *request,
							   const OperationSubject *subject, const LoyaltyCustomer *customer,
							   EarlierEvent *earlier)
{
	if (!loyalty_event_by_key(call->org->org_id, customer, subject->customer_id, &subject->key,
							  request_digest(request, request->other_id), earlier))
		return false;
	if (!earlier->is_same)
		(void) find_by_other(call, request, subject, customer, earlier);
	return true;
}

/*
 * Reads a value of one of the two kinds of identifiers of a card, if it is given, and counts it among those
 * that name the customer.
 */
static bool
read_card(const NullableDatum *given, const char *type, OperationSubject *subject, int *named,
		  LoyaltyRefusal *refusal)
{
	const char *value;

	if (!loyalty_read_text_or_null(given, type, LOYALTY_MAX_NAME, &value, refusal))
		return false;
	if (value == NULL)
		return true;
	subject->card_value = value;
	subject->card = loyalty_identifier_resolver_find(type);
	*named += subject->card != NULL;
	return true;
}

/*
 * Finds the customer of a repeat among the former owners of the card: the request was the first call's
 * customer's, whatever has become of the card since. 0: none of them had this very request, and the owner of
 * today is asked.
 */
static bool
find_answered_owner(LoyaltyCall *call, const OperationRequest *request, OperationSubject *subject,
					LoyaltyRefusal *refusal)
{
	EarlierEvent earlier;
	int64 *owners;
	int count;
	int i;

	if (!loyalty_operation_key(request, subject, refusal))
		return false;
	if (!subject->has_key)
		return true;
	count = subject->card->former(call, subject->card_value, &owners, &subject->card_program_id);
	for (i = 0; i < count && subject->customer_id == 0; i++)
	{
		LoyaltyCustomer owner = { .customer_id = owners[i] };

		if (loyalty_event_by_key(call->org->org_id, &owner, owners[i], &subject->key,
								 request_digest(request, request->other_id), &earlier) &&
			earlier.is_same)
			subject->customer_id = owners[i];
	}
	return true;
}

/*
 * Finds the customer that a card stands for. Former owners come first, and are looked at only where the
 * request has a key: a card that was blocked or given away after the first call refuses no repeat.
 */
static bool
open_card(LoyaltyCall *call, const OperationRequest *request, OperationSubject *subject,
		  LoyaltyRefusal *refusal)
{
	CardIdentity identity = { 0 };

	if (!find_answered_owner(call, request, subject, refusal))
		return false;
	if (subject->customer_id != 0)
		return true;
	if (!subject->card->open(call, subject->card_value, &identity, refusal))
		return false;
	subject->customer_id = identity.customer_id;
	subject->card_program_id = identity.program_id;
	subject->card_is_usable = identity.is_usable;
	return true;
}

/*
 * Counts how many arguments name the customer, as only one of them may: two that agree today may differ when
 * the request is repeated.
 */
bool
loyalty_operation_name(LoyaltyCall *call, const OperationRequest *request, OperationSubject *subject,
					   LoyaltyRefusal *refusal)
{
	int named = request->customer_id.isnull ? 0 : 1;

	*subject = (OperationSubject){ 0 };
	if (!read_card(&request->card_number, "card_number", subject, &named, refusal) ||
		!read_card(&request->card_external_id, "card_external_id", subject, &named, refusal))
		return false;
	if (named > 1)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_ARGUMENT_INVALID,
					   errmsg("more than one argument says who the customer is"),
					   errhint("Give one of customer_id, card_number and card_external_id."));
	if (subject->card != NULL)
		return open_card(call, request, subject, refusal);
	if (request->customer_id.isnull)
		return loyalty_refuse_missing("customer_id", refusal);
	subject->customer_id = DatumGetInt64(request->customer_id.value);
	return true;
}

/*
 * A merged customer is refused before its card is looked at, so that both kinds of calls say the same. Those
 * who follow merges have put the survivor in its place.
 */
bool
loyalty_operation_hold(LoyaltyCall *call, const OperationRequest *request, const OperationSubject *subject,
					   const LoyaltyCustomer *customer, LoyaltyRefusal *refusal)
{
	if (!loyalty_customer_judge_root(customer, refusal))
		return false;
	return subject->card == NULL || subject->card->hold(call, subject->card_value, customer->customer_id,
														request->kind->card_restricted, refusal);
}

/* Puts the digests into the event to come, where a repeat will find them. */
static void
write_key(Operation *operation)
{
	Event *origin = &operation->origin;

	origin->has_key = operation->subject.has_key;
	if (!origin->has_key)
		return;
	memcpy(origin->idempotency_digest, &operation->subject.key, UUID_LEN);
	origin->request_digest = request_digest(operation->request, operation->request->other_id);
}

/* Writes the key where it was read already (a batch reads it before); a call writes it after its lock. */
void
loyalty_operation_enter(Operation *operation, LoyaltyCall *call, const OperationRequest *request,
						const OperationSubject *subject)
{
	memset(operation, 0, sizeof(Operation));
	operation->call = call;
	operation->request = request;
	operation->subject = *subject;
	write_key(operation);
}

/* ---- a call of one operation */

/*
 * Tells whether the request is a repeat. The same key with other arguments is an error and no repeat. The
 * customer that the event was written for is read for its result: it may be another one of the merge group, and
 * enrolled where the one that is named is not.
 */
static bool
answered_before(Operation *operation, EarlierEvent *earlier)
{
	const OperationRequest *request = operation->request;
	OperationSubject *subject = &operation->subject;
	LoyaltyCustomer *customer = &operation->posting.customer;

	(void) loyalty_operation_key(request, subject, LOYALTY_RAISES);
	if (!subject->has_key ||
		!loyalty_operation_find_earlier(operation->call, request, subject, customer, earlier))
		return false;
	if (!earlier->is_same)
		loyalty_raise_idempotency_mismatch();
	if (earlier->customer_id != customer->customer_id &&
		!loyalty_customer_read_now(operation->call->org->org_id, earlier->customer_id, customer))
		elog(ERROR, "the customer of an event is not there");
	return true;
}

/* Locks the customer, or its survivor where calls follow merges. A card that a merge left behind is of no use. */
static void
lock_customer(Operation *operation)
{
	int64 customer_id = operation->subject.customer_id;

	if (loyalty_follow_merges && operation->subject.card == NULL)
		loyalty_customers_lock_roots(operation->call->org->org_id, &customer_id, 1);
	loyalty_posting_begin(&operation->posting, operation->call, customer_id);
}

/* Raises what is wrong with the naming before anybody is locked or waited for. */
void
loyalty_operation_open(Operation *operation, LoyaltyCall *call, const OperationRequest *request)
{
	OperationSubject subject;

	(void) loyalty_operation_name(call, request, &subject, LOYALTY_RAISES);
	loyalty_operation_enter(operation, call, request, &subject);
}

/*
 * Locks, then looks for a repeat, then judges the card: in this order, since a repeat is answered whatever was merged or
 * blocked since the first call.
 */
bool
loyalty_operation_lock(Operation *operation, EarlierEvent *earlier)
{
	lock_customer(operation);
	if (answered_before(operation, earlier))
		return true;
	(void) loyalty_operation_hold(operation->call, operation->request, &operation->subject,
								  &operation->posting.customer, LOYALTY_RAISES);
	write_key(operation);
	return false;
}

/* Reads what is committed now, not what the caller's snapshot shows: a merge that was just committed counts. */
int64
loyalty_operation_followed(const Operation *operation, int64 customer_id)
{
	LoyaltyCustomer customer;

	if (loyalty_follow_merges &&
		loyalty_customer_read_now(operation->call->org->org_id, customer_id, &customer) &&
		customer.merged_into != 0)
		return customer.merged_into;
	return customer_id;
}

/*
 * Compares with the customer that the call will lock. Where calls follow merges that may be another one by the time of
 * the lock, so the survivors of both are locked here, whichever is lower.
 */
bool
loyalty_operation_lock_lower(Operation *operation, Posting *other, int64 *other_id)
{
	int64 ids[2] = { operation->subject.customer_id, *other_id };

	if (loyalty_follow_merges && operation->subject.card == NULL)
	{
		loyalty_customers_lock_roots(operation->call->org->org_id, ids, 2);
		*other_id = ids[1];
	}
	else if (*other_id >= operation->subject.customer_id)
		return false;
	loyalty_posting_begin(other, operation->call, *other_id);
	return true;
}

/*
 * Finds both ids first and locks in their order. A repeat of the giver is answered before the other side is
 * judged: what became of that one since is not the first call's concern.
 */
bool
loyalty_operation_lock_pair(Operation *operation, Posting *other, EarlierEvent *earlier)
{
	const LoyaltyCustomer *customer = &operation->posting.customer;
	int64 other_id = operation->request->other_id;
	bool locked = loyalty_operation_lock_lower(operation, other, &other_id);

	if (loyalty_operation_lock(operation, earlier))
		return true;
	if (!locked)
		loyalty_posting_begin(other, operation->call, other_id);
	if (other->customer.customer_id == customer->customer_id)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_SAME_CUSTOMER),
						errmsg("both sides are customer " INT64_FORMAT, customer->customer_id)));
	loyalty_customer_require_root(&other->customer);
	return false;
}

/* Does both steps at once: there is no other customer. */
bool
loyalty_operation_begin(Operation *operation, LoyaltyCall *call, const OperationRequest *request,
						EarlierEvent *earlier)
{
	loyalty_operation_open(operation, call, request);
	return loyalty_operation_lock(operation, earlier);
}

/* Enters before it locks, as there is no name to find; the order is otherwise that of a call. */
bool
loyalty_operation_begin_known(Operation *operation, LoyaltyCall *call, const OperationRequest *request,
							  int64 customer_id, EarlierEvent *earlier)
{
	const OperationSubject known = { .customer_id = customer_id };

	loyalty_operation_enter(operation, call, request, &known);
	loyalty_posting_begin(&operation->posting, call, customer_id);
	if (answered_before(operation, earlier))
		return true;
	loyalty_customer_require_root(&operation->posting.customer);
	write_key(operation);
	return false;
}

/* ---- the end of an operation */

/*
 * Opening leaves the posting at the time of the registration, so the event's is fixed again. Expiring is the
 * caller's next step.
 */
void
loyalty_operation_open_accounts(Operation *operation, const LoyaltyProgram *program, Category category)
{
	Posting *posting = &operation->posting;
	TimestampTz event_time = posting->event_time;

	if (posting->account_count > 0)
		return;
	loyalty_posting_load(posting, (AccountChoice){ .program = program, .category = category });
	loyalty_posting_at(posting, event_time, AT_WRITES_NOTHING);
}

/*
 * Reads the program as the first call did. It counts only where the event has no entry, as a bill without
 * points has none.
 */
int64
loyalty_operation_balance_then(Operation *operation, const EarlierEvent *earlier)
{
	const LoyaltyProgram *program;

	(void) (loyalty_operation_locate(operation, LOYALTY_RAISES) &&
			loyalty_operation_program(operation, &program, LOYALTY_RAISES));
	return loyalty_balance_of_event(operation->call->org->org_id, operation->posting.customer.customer_id,
									program->program_id, earlier->event_id);
}

/* Notes are in a table of their own, so that they can go when the person is deleted; most events have none. */
void
loyalty_operation_end(Operation *operation, int64 event_id)
{
	loyalty_posting_end(&operation->posting);
	if (operation->reason || operation->actor)
		loyalty_event_note_insert(operation->posting.writer, operation->call->org->org_id,
								  operation->posting.customer.customer_id, event_id, operation->reason,
								  operation->actor);
}

/* Fills the three columns that corrections and imports have in common. */
Datum
loyalty_operation_result(const Operation *operation, FunctionCallInfo fcinfo, const PostingResult *result)
{
	Datum values[3];
	bool nulls[3] = { false };

	values[0] = Int64GetDatum(result->event_id);
	values[1] = loyalty_numeric(result->points);
	values[2] = loyalty_numeric(result->current_points);
	return loyalty_call_result(operation->call, fcinfo, values, nulls);
}
