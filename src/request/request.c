/*
 * request.c: the frame of change requests.
 *
 * A request is made: customers are found and locked, the guard of statuses is asked, what is asked for is read, what it relies on
 * is looked up, and then it is written, with its claims. Where nobody has to decide it is approved at once. A request is decided:
 * it is found by its id, the customers are locked, ascending, and then its row is read: so of two who decide the second finds it
 * decided. Approving marks it first, then looks up again what it relied on, then does what the direct call does; whatever is
 * refused on the way takes all of it back, and the request is as pending as before.
 *
 * Locks: the configuration, where identifiers are concerned; the customers (both groups, of a merge); claims, the customer's
 * before the value's. The request's own row needs none beside its customer's. Late may be the decision, by any time: it happens
 * now. Who only looks locks nobody, and writes nothing. Repeats of a call are found by its key before anybody is named, since what named a customer may name nobody afterwards.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/ids.h"
#include "common/request.h"
#include "customer/config_guard.h"
#include "request/request.h"
#include "request/settings.h"
#include "status/deletion_store.h"
#include "status/status_change.h"
#include "status/status_guard.h"

/*
 * Tells whether keys must stay what they are until the end: where identifiers are claimed, or merged. The hold comes before
 * customers are locked, as in every call that takes both.
 */
static bool
holds_configuration(RequestType type)
{
	return type == REQUEST_ACCOUNT_MERGE || loyalty_request_operation(type) == GUARD_CHANGE_IDENTIFIER;
}

/* ---- repeats */

/* Returns the id under which a customer goes on, itself where there is none of that id. */
static int64
root_of(int32 org_id, int64 customer_id)
{
	LoyaltyCustomer customer;

	return loyalty_customer_read_now(org_id, customer_id, &customer) && customer.merged_into != 0
			   ? customer.merged_into
			   : customer_id;
}

/* Tells whether an id that was given means the same customer as the one that the request has. */
static bool
is_same_customer(int32 org_id, const NullableDatum *given, int64 customer_id)
{
	return given->isnull || root_of(org_id, DatumGetInt64(given->value)) == root_of(org_id, customer_id);
}

/* Finds the request that the key came with before; LY020 where it was another one. */
static bool
is_repeated(RequestWork *work, const RequestArguments *arguments)
{
	int32 org_id = work->member.call.org->org_id;
	ChangeRequestRepeat repeat;

	if (arguments->idempotency_key == NULL)
		return false;
	loyalty_idempotency_digest(arguments->idempotency_key, &repeat.digest);
	if (!loyalty_change_request_repeat(org_id, &repeat))
		return false;
	if (!loyalty_change_request_read(org_id, repeat.customer_id, repeat.request_id, &work->request))
		elog(ERROR, "request " INT64_FORMAT " is not there", repeat.request_id);
	if (repeat.request_digest != arguments->digest ||
		!is_same_customer(org_id, &arguments->customer_id, repeat.customer_id) ||
		!is_same_customer(org_id, &arguments->target_id, work->request.target_id))
		loyalty_raise_idempotency_mismatch();
	loyalty_change_request_content(&work->request, &work->content);
	work->warnings = work->content.warnings;
	return true;
}

/* Keeps the key for repeats; of two calls with one key for two customers the second is refused. */
static void
keep_key(const RequestWork *work, const RequestArguments *arguments)
{
	ChangeRequestRepeat repeat = { .request_digest = arguments->digest,
								   .customer_id = work->request.customer_id,
								   .request_id = work->request.request_id };

	if (arguments->idempotency_key == NULL)
		return;
	loyalty_idempotency_digest(arguments->idempotency_key, &repeat.digest);
	if (!loyalty_change_request_keep_key(work->request.org_id, &repeat))
		loyalty_raise_idempotency_mismatch();
}

/* ---- locks */

/* Locks both groups of a merge; LY107. */
static void
lock_merge(RequestWork *work, int64 customer_id, int64 target_id)
{
	const int64 ids[2] = { target_id, customer_id };
	LoyaltyCustomer customers[2];
	int i;

	loyalty_merge_lock(work->member.call.org->org_id, ids, customers);
	for (i = 0; i < 2; i++)
		if (customers[i].customer_id == 0)
			loyalty_raise_customer_unknown(ids[i]);
	work->target = customers[0];
	work->member.customer = customers[1];
}

/* Locks the survivors of those who were merged, ascending, and reads them; LY107. */
static void
lock_roots(RequestWork *work, int64 customer_id, int64 target_id)
{
	int32 org_id = work->member.call.org->org_id;
	int64 ids[2] = { customer_id, target_id };

	loyalty_customers_lock_roots(org_id, ids, target_id != 0 ? 2 : 1);
	if (!loyalty_customer_lock(org_id, ids[0], &work->member.customer))
		loyalty_raise_customer_unknown(customer_id);
	if (target_id != 0 && !loyalty_customer_lock(org_id, ids[1], &work->target))
		loyalty_raise_customer_unknown(target_id);
}

/* Refuses an id that was given of somebody who was merged into the customer that is locked for it: LY125. */
static void
require_unmerged(int64 given_id, const LoyaltyCustomer *locked)
{
	LoyaltyCustomer merged = { .customer_id = given_id, .merged_into = locked->customer_id };

	if (!loyalty_follow_merges && given_id != 0 && given_id != locked->customer_id)
		loyalty_customer_require_root(&merged);
}

/* Locks those whom a new request names. Whoever was merged is followed where the caller wants that, and LY125 else. */
static void
lock_named(RequestWork *work, const RequestArguments *arguments)
{
	int64 customer_id = DatumGetInt64(arguments->customer_id.value);
	int64 target_id = arguments->target_id.isnull ? 0 : DatumGetInt64(arguments->target_id.value);

	/* Id 0 is nobody's, and stands for no second customer from here on. */
	if (!arguments->target_id.isnull && target_id == 0)
		loyalty_raise_customer_unknown(target_id);
	if (arguments->type == REQUEST_ACCOUNT_MERGE)
	{
		if (arguments->target_id.isnull)
			loyalty_raise_missing("target_id");
		lock_merge(work, customer_id, target_id);
		return;
	}
	lock_roots(work, customer_id, target_id);
	require_unmerged(customer_id, &work->member.customer);
	require_unmerged(target_id, &work->target);
}

/* ---- a new request */

/* Asks the cached org. */
void
loyalty_request_place(const LoyaltyCall *call, const RequestArguments *arguments, int32 *till_id,
					  int16 *source_id)
{
	*till_id = arguments->till ? loyalty_org_till(call->org, arguments->till)->till_id : 0;
	*source_id = 0;
	if (arguments->source != NULL)
		(void) loyalty_org_named_source(call->org, arguments->source, source_id, LOYALTY_RAISES);
}

/* Fills the row. */
static void
fill(RequestWork *work, const RequestArguments *arguments)
{
	const LoyaltyCall *call = &work->member.call;

	work->request = (ChangeRequest){
		.customer_id = work->member.customer.customer_id,
		.request_id = loyalty_next_id(),
		.target_id = work->target.customer_id,
		.requested_at = call->now,
		.decided_at = DT_NOEND,
		.org_id = call->org->org_id,
		.type = arguments->type,
		.status = loyalty_request_next(REQUEST_ABSENT, REQUEST_SUBMITTED),
		.origin = arguments->origin,
		.accept_warnings = arguments->accept_warnings,
		.one_step = arguments->one_step,
		.requested_by = loyalty_status_role(call),
	};
	loyalty_request_place(call, arguments, &work->request.till_id, &work->request.source_id);
	work->content.reason = arguments->reason;
	work->content.actor = arguments->actor;
}

/* Raises LY606 with the words of all that changed. */
pg_noreturn static void
raise_changed(const RequestWork *work, uint32 changed)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_CHANGED), errmsg("what the request relies on is not so"),
					errdetail("Changed: %s.", loyalty_request_changed_words(changed)),
					errhint("Decline the request, and make it anew as things are.")));
}

/* Raises what the direct call would where a new request cannot be: who has the value, or that the bill is there. */
static void
raise_unfit(const RequestWork *work, uint32 changed)
{
	if (changed & RELIES_ON_NEW_VALUE)
		loyalty_request_raise_taken(work);
	if (changed & RELIES_ON_NUMBER)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TRANSACTION_EXISTS), errmsg("a bill of that number exists already"),
				 errhint("A number is unique per till, and per org where a bill names no till.")));
	if (changed & RELIES_ON_CARD)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_REQUEST_NOT_ALLOWED), errmsg("the card is not the customer's")));
	if (changed & RELIES_ON_WARNINGS)
		loyalty_merge_raise_warnings(work->warning_count);
	raise_changed(work, changed);
}

/* Looks up what a new request relies on. Its warnings are shown by the answer, where the caller accepts them. */
static void
judge_new(RequestWork *work)
{
	uint32 changed;

	work->accepts_new = work->request.accept_warnings;
	changed = loyalty_request_changed(work->request.type, loyalty_request_holds(work));
	if (changed != 0)
		raise_unfit(work, changed);
	work->content.warnings = work->warnings;
	work->accepts_new = false;
}

/*
 * Tells whether nobody has to decide. A type that cannot be taken back always waits for somebody, whatever was set; gifts may
 * pass up to a limit.
 */
static bool
is_automatic(const RequestWork *work)
{
	LoyaltyRequestSettings settings;

	if (!loyalty_request_may_be_automatic(work->request.type))
		return false;
	settings = loyalty_request_settings(&work->member.call, work->request.type);
	return loyalty_request_is_auto(settings.auto_approve, settings.has_points_limit,
								   settings.auto_approve_points, work->points);
}

/* Marks the request, looks up again what it relied on, does what was asked, and notes the result. */
static void
carry_out(RequestWork *work, const char *reason)
{
	const LoyaltyCall *call = &work->member.call;
	const char *role = loyalty_status_role(call);
	uint32 changed;

	work->request.status = loyalty_request_next(work->request.status, REQUEST_IS_APPROVED);
	work->request.decided_at = call->now;
	work->request.decided_by = role;
	loyalty_change_request_update(&work->request);
	changed = loyalty_request_changed(work->request.type, loyalty_request_holds(work));
	if (changed != 0)
		raise_changed(work, changed);
	if (work->request.type == REQUEST_ACCOUNT_MERGE)
		loyalty_request_note_requestor(call, work->request.customer_id, &work->news);
	work->request.result_id = loyalty_request_effect(work);
	if (work->request.result_id != 0)
		loyalty_change_request_update(&work->request);
	loyalty_change_request_decided(&work->request, reason, call->actor);
	loyalty_request_unclaim(&work->request, &work->content);
	loyalty_change_request_log(&work->request, REQUEST_IS_APPROVED, 0, call->now, role, call->actor);
	loyalty_request_told(work, REQUEST_IS_APPROVED);
}

/* Writes a request that was judged. One that is done in one step keeps nobody from anything. */
static void
write_new(RequestWork *work, const RequestArguments *arguments)
{
	loyalty_change_request_insert(&work->request, &work->content);
	keep_key(work, arguments);
	if (!arguments->one_step)
		loyalty_request_claim(work);
	loyalty_change_request_log(&work->request, REQUEST_SUBMITTED, 0, work->member.call.now,
							   work->request.requested_by, arguments->actor);
	loyalty_request_told(work, REQUEST_SUBMITTED);
	if (arguments->one_step || work->request.auto_approved)
		carry_out(work, NULL);
}

/* Looks for a repeat before anybody is named, and again once the customer is locked: another call may have had the key. */
bool
loyalty_request_submit(RequestWork *work, const RequestArguments *given)
{
	RequestArguments arguments = *given;
	LoyaltyCall *call = &work->member.call;

	if (is_repeated(work, &arguments))
		return false;
	loyalty_request_name(work, &arguments);
	if (holds_configuration(arguments.type))
		loyalty_config_hold(call);
	lock_named(work, &arguments);
	if (is_repeated(work, &arguments))
		return false;
	loyalty_request_named_still(work, &arguments);
	call->actor = arguments.actor;
	(void) loyalty_status_guard(call, &work->member.customer, GUARD_CHANGE_REQUEST);
	if (arguments.type != REQUEST_ACCOUNT_MERGE)
		(void) loyalty_status_guard(call, &work->member.customer, loyalty_request_operation(arguments.type));
	fill(work, &arguments);
	loyalty_request_read_subject(work, &arguments);
	judge_new(work);
	work->request.auto_approved = !arguments.one_step && is_automatic(work);
	loyalty_request_prove(work, &arguments);
	write_new(work, &arguments);
	return true;
}

/* ---- decisions */

/* Raises LY602. */
pg_noreturn static void
raise_unknown(int64 request_id)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_UNKNOWN),
					errmsg("request " INT64_FORMAT " does not exist in this org", request_id)));
}

/* Reads the row; false for the deletion of an account. LY602. */
static bool
find(RequestWork *work, int64 request_id)
{
	int32 org_id = work->member.call.org->org_id;
	int64 customer_id = loyalty_change_request_customer(org_id, request_id);

	if (customer_id == 0)
	{
		customer_id = loyalty_deletion_request_customer(org_id, request_id);
		if (customer_id == 0)
			raise_unknown(request_id);
		work->request = (ChangeRequest){ .customer_id = customer_id,
										 .request_id = request_id,
										 .org_id = org_id,
										 .type = REQUEST_DELETE_ACCOUNT };
		return false;
	}
	if (!loyalty_change_request_read(org_id, customer_id, request_id, &work->request))
		raise_unknown(request_id);
	return true;
}

/* Reads the row twice: under no lock, which says whom to lock, and then as it is. */
bool
loyalty_request_open(RequestWork *work, int64 request_id)
{
	LoyaltyCall *call = &work->member.call;

	if (!find(work, request_id))
		return false;
	if (holds_configuration(work->request.type))
		loyalty_config_hold(call);
	if (work->request.type == REQUEST_ACCOUNT_MERGE)
		lock_merge(work, work->request.customer_id, work->request.target_id);
	else
		lock_roots(work, work->request.customer_id, work->request.target_id);
	(void) find(work, request_id);
	loyalty_change_request_content(&work->request, &work->content);
	return true;
}

/* Reads a customer as it is; of one who was merged the survivor, where that is whom a request of the type is about. */
static void
look_at(const RequestWork *work, int64 customer_id, LoyaltyCustomer *customer)
{
	int32 org_id = work->request.org_id;

	if (customer_id == 0)
		return;
	if (!loyalty_customer_read_now(org_id, customer_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	if (customer->merged_into != 0 && work->request.type != REQUEST_ACCOUNT_MERGE)
		(void) loyalty_customer_read_now(org_id, customer->merged_into, customer);
}

/* Reads each row once. */
bool
loyalty_request_look(RequestWork *work, int64 request_id)
{
	work->is_look = true;
	if (!find(work, request_id))
		return false;
	look_at(work, work->request.customer_id, &work->member.customer);
	look_at(work, work->request.target_id, &work->target);
	loyalty_change_request_content(&work->request, &work->content);
	return true;
}

/* Raises LY603. */
void
loyalty_request_raise_decided(int64 request_id)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_DECIDED),
					errmsg("request " INT64_FORMAT " is decided already", request_id)));
}

/* Asks the table of states. */
void
loyalty_request_require(const RequestWork *work, RequestEvent event)
{
	if (loyalty_request_next(work->request.status, event) == REQUEST_ABSENT)
		loyalty_request_raise_decided(work->request.request_id);
}

/* Compares who asked with the caller. */
static RequestEyes
eyes_of(const LoyaltyCall *call, const char *requested_by, const char *actor)
{
	return (RequestEyes){ .same_role = strcmp(requested_by, loyalty_status_role(call)) == 0,
						  .requester = actor,
						  .decider = call->actor };
}

/* Tells whether people are known by their actors in the org, and not by their roles alone. */
static bool
by_actor(const LoyaltyCall *call)
{
	return strcmp(call->org->config[CONFIG_REQUEST_FOUR_EYES], "actor") == 0;
}

/* Compares by role, or by actor, as the org has it. */
static bool
has_four_eyes(const RequestWork *work)
{
	const LoyaltyCall *call = &work->member.call;
	const RequestEyes eyes = eyes_of(call, work->request.requested_by, work->content.actor);

	return loyalty_request_four_eyes(by_actor(call), &eyes);
}

/* Knows people as four eyes do. */
void
loyalty_request_require_requester(const RequestWork *work, const char *requested_by, const char *actor)
{
	const LoyaltyCall *call = &work->member.call;
	const RequestEyes eyes = eyes_of(call, requested_by, actor);

	if (!loyalty_request_is_requester(by_actor(call), &eyes))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_NOT_ALLOWED),
						errmsg("request " INT64_FORMAT " was made by %s", work->request.request_id,
							   eyes.same_role ? "another actor" : "another role"),
						errhint("Decline it with loyalty.decline_change_request().")));
}

/* Judges the state, then who approves, then what the request relied on. */
void
loyalty_request_approve(RequestWork *work, const char *reason)
{
	loyalty_request_require(work, REQUEST_IS_APPROVED);
	if (!has_four_eyes(work))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_REQUEST_SAME_EYES),
				 errmsg("who made request " INT64_FORMAT " cannot approve it", work->request.request_id),
				 errhint(
					 "Another role approves it, or another actor where CONF_REQUEST_FOUR_EYES says so.")));
	carry_out(work, reason);
}

/* Gives the claims up; nothing else happens. */
void
loyalty_request_decline(RequestWork *work, RequestEvent event, const char *reason)
{
	const LoyaltyCall *call = &work->member.call;

	loyalty_request_require(work, event);
	work->request.status = loyalty_request_next(work->request.status, event);
	work->request.decided_at = call->now;
	work->request.decided_by = loyalty_status_role(call);
	loyalty_change_request_update(&work->request);
	loyalty_change_request_decided(&work->request, reason, call->actor);
	loyalty_request_unclaim(&work->request, &work->content);
	loyalty_change_request_log(&work->request, event, 0, call->now, work->request.decided_by, call->actor);
	loyalty_request_told(work, event);
}
