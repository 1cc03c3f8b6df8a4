/*
 * request_api.c: submit_change_request, approve_change_request, decline_change_request, withdraw_change_request and
 * check_change_request.
 *
 * They read arguments and answer; what is locked, asked and done is in request.c. Deletions of accounts stand in a table of their
 * own, whose steps lock for themselves: a request of that type goes on to them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "customer/proof_hooks.h"
#include "request/request.h"
#include "status/deletion.h"
#include "status/deletion_store.h"

LOYALTY_FUNCTION(loyalty_submit_change_request);
LOYALTY_FUNCTION(loyalty_one_step_change);
LOYALTY_FUNCTION(loyalty_approve_change_request);
LOYALTY_FUNCTION(loyalty_decline_change_request);
LOYALTY_FUNCTION(loyalty_withdraw_change_request);
LOYALTY_FUNCTION(loyalty_check_change_request);

/* Positions of the arguments of submit_change_request, from 0, which is the org. */
enum SubmitArgument
{
	ARG_TYPE = 1,
	ARG_CUSTOMER,
	ARG_OLD_VALUE,
	ARG_NEW_VALUE,
	ARG_TARGET,
	ARG_PAYLOAD,
	ARG_EXISTING,
	ARG_REQUESTED_TO,
	ARG_ORIGIN,
	ARG_ACCEPT_WARNINGS,
	ARG_OLD_VERIFICATION,
	ARG_TILL,
	ARG_REASON,
	ARG_SOURCE,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
	ARG_VERIFICATION,
};

/* Raises LY601. */
pg_noreturn static void
raise_type(const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_TYPE_INVALID), errmsg("there are no such requests"),
					errhint("%s", hint)));
}

/*
 * Reads the type; coupons cannot be asked for as long as there are none: a request that nobody could approve would only wait,
 * and keep others from being made.
 */
static RequestType
arg_type(FunctionCallInfo fcinfo, int n)
{
	RequestType type =
		loyalty_request_type_find(loyalty_arg_text(fcinfo, n, "request_type", LOYALTY_MAX_CODE));

	if (type == REQUEST_NONE)
		raise_type(psprintf("Types are: %s.", loyalty_request_type_names()));
	if (type == REQUEST_GOODWILL_COUPON)
		raise_type("Coupons are not there yet.");
	return type;
}

/* Reads the origin by its word. */
static char
arg_origin(FunctionCallInfo fcinfo)
{
	char origin =
		loyalty_request_origin_find(loyalty_arg_text(fcinfo, ARG_ORIGIN, "origin", LOYALTY_MAX_CODE));

	if (origin == 0)
		loyalty_raise_not_allowed("origin", "member_care, instore, api");
	return origin;
}

/* Reads a text of the call that is a value or a code; NULL for none. */
static const char *
arg_short(FunctionCallInfo fcinfo, int n, const char *name)
{
	return loyalty_arg_text_or_null(fcinfo, n, name, LOYALTY_MAX_SHORT);
}

/* Reads an id that need not be given. */
static NullableDatum
arg_id(FunctionCallInfo fcinfo, int n)
{
	return fcinfo->args[n];
}

/* Reads all arguments but the type. */
static void
read_arguments(FunctionCallInfo fcinfo, RequestArguments *arguments)
{
	arguments->customer_id = arg_id(fcinfo, ARG_CUSTOMER);
	arguments->target_id = arg_id(fcinfo, ARG_TARGET);
	arguments->old_value = arg_short(fcinfo, ARG_OLD_VALUE, "old_value");
	arguments->new_value = arg_short(fcinfo, ARG_NEW_VALUE, "new_value");
	arguments->existing = arg_short(fcinfo, ARG_EXISTING, "existing");
	arguments->requested_to = arg_short(fcinfo, ARG_REQUESTED_TO, "requested_to");
	arguments->payload = PG_ARGISNULL(ARG_PAYLOAD) ? NULL : PG_GETARG_JSONB_P(ARG_PAYLOAD);
	arguments->origin = arg_origin(fcinfo);
	arguments->accept_warnings = loyalty_arg_bool(fcinfo, ARG_ACCEPT_WARNINGS, "accept_warnings");
	arguments->till = loyalty_arg_text_or_null(fcinfo, ARG_TILL, "till", LOYALTY_MAX_CODE);
	arguments->reason = loyalty_arg_text_or_null(fcinfo, ARG_REASON, "reason", LOYALTY_MAX_TEXT);
	arguments->source = loyalty_arg_text_or_null(fcinfo, ARG_SOURCE, "source", LOYALTY_MAX_CODE);
	arguments->actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
	arguments->idempotency_key =
		loyalty_arg_text_or_null(fcinfo, ARG_IDEMPOTENCY_KEY, "idempotency_key", LOYALTY_MAX_NAME);
	arguments->old_verification = loyalty_proof_given(&fcinfo->args[ARG_OLD_VERIFICATION]);
	arguments->verification = loyalty_proof_given(&fcinfo->args[ARG_VERIFICATION]);
	if (arguments->idempotency_key != NULL)
		arguments->digest = loyalty_request_digest(fcinfo);
}

/* Raises LY003 where a deletion is given what it has no use for: it would be believed to do something. */
static void
refuse_others(const RequestArguments *arguments)
{
	const struct
	{
		const char *name;
		bool is_given;
	} others[] = {
		{ "old_value", arguments->old_value != NULL },
		{ "new_value", arguments->new_value != NULL },
		{ "target_id", !arguments->target_id.isnull },
		{ "payload", arguments->payload != NULL },
		{ "old_verification", arguments->old_verification != NULL },
		{ "verification", arguments->verification != NULL },
	};
	int i;

	for (i = 0; i < lengthof(others); i++)
		if (others[i].is_given)
			loyalty_raise_not_allowed(others[i].name, "none for requests of this type");
}

/* Asks for the deletion of an account: whose it is, and what every request says. */
static int64
ask_for_deletion(RequestWork *work, RequestArguments *arguments)
{
	LoyaltyCall *call = &work->member.call;
	DeletionAsked asked = { .reason = arguments->reason,
							.actor = arguments->actor,
							.origin = arguments->origin };

	refuse_others(arguments);
	loyalty_request_place(call, arguments, &asked.till_id, &asked.source_id);
	loyalty_request_name(work, arguments);
	return loyalty_deletion_ask(call, DatumGetInt64(arguments->customer_id.value), &asked);
}

/*
 * Makes a request. A repeat gets the first answer: the state that the request had then, which follows from how it was made, whatever
 * was decided since. Warnings of a merge go with the person, and are none then.
 */
Datum
loyalty_submit_change_request(PG_FUNCTION_ARGS)
{
	RequestWork work = { .points = 0 };
	RequestArguments arguments = { .type = REQUEST_NONE };
	Datum values[3];
	bool nulls[3] = { false };
	bool is_done;

	loyalty_call_begin(&work.member.call, fcinfo);
	arguments.type = arg_type(fcinfo, ARG_TYPE);
	read_arguments(fcinfo, &arguments);
	if (arguments.type == REQUEST_DELETE_ACCOUNT)
		work.request.request_id = ask_for_deletion(&work, &arguments);
	else
		(void) loyalty_request_submit(&work, &arguments);
	is_done = work.request.auto_approved || work.request.one_step;
	values[0] = Int64GetDatum(work.request.request_id);
	values[1] = CStringGetTextDatum(loyalty_request_state_name(is_done ? REQUEST_APPROVED : REQUEST_PENDING));
	values[2] = work.warnings != (Datum) 0 ? work.warnings : PointerGetDatum(construct_empty_array(TEXTOID));
	return loyalty_call_result(&work.member.call, fcinfo, values, nulls);
}

/* Makes a change that an admin decides on alone, and keeps it as a request that was approved. */
Datum
loyalty_one_step_change(PG_FUNCTION_ARGS)
{
	RequestWork work = { .points = 0 };
	RequestArguments arguments = { .customer_id.isnull = true, .target_id.isnull = true, .one_step = true };
	Datum values[2];
	bool nulls[2] = { false };

	loyalty_call_begin(&work.member.call, fcinfo);
	arguments.type = arg_type(fcinfo, 1);
	if (!loyalty_request_in_one_step(arguments.type))
		raise_type("One step changes a mobile, an e-mail or an external id, or merges two accounts.");
	arguments.existing = loyalty_arg_text(fcinfo, 2, "existing", LOYALTY_MAX_SHORT);
	arguments.requested_to = loyalty_arg_text(fcinfo, 3, "requested_to", LOYALTY_MAX_SHORT);
	arguments.accept_warnings = loyalty_arg_bool(fcinfo, 4, "accept_warnings");
	arguments.reason = loyalty_arg_text_or_null(fcinfo, 5, "reason", LOYALTY_MAX_TEXT);
	arguments.actor = loyalty_arg_text_or_null(fcinfo, 6, "actor", LOYALTY_MAX_NAME);
	arguments.origin = loyalty_request_origin_find("member_care");
	(void) loyalty_request_submit(&work, &arguments);
	values[0] = Int64GetDatum(work.request.request_id);
	values[1] = Int64GetDatum(work.request.result_id);
	nulls[1] = work.request.result_id == 0;
	return loyalty_call_result(&work.member.call, fcinfo, values, nulls);
}

/* Begins a decision about a request that exists; false for the deletion of an account. */
static bool
begin(RequestWork *work, FunctionCallInfo fcinfo, int actor_arg)
{
	LoyaltyCall *call = &work->member.call;

	loyalty_call_begin(call, fcinfo);
	call->actor = loyalty_arg_text_or_null(fcinfo, actor_arg, "actor", LOYALTY_MAX_NAME);
	return loyalty_request_open(work, loyalty_arg_int8(fcinfo, 1, "request_id"));
}

/* Approves a request, and does what it asks for. */
Datum
loyalty_approve_change_request(PG_FUNCTION_ARGS)
{
	RequestWork work = { .points = 0 };
	ChangeRequest *request = &work.request;
	Datum values[2];
	bool nulls[2] = { false };

	if (begin(&work, fcinfo, 4))
	{
		work.accepts_new = loyalty_arg_bool(fcinfo, 2, "accept_warnings");
		loyalty_request_approve(&work, loyalty_arg_text_or_null(fcinfo, 3, "reason", LOYALTY_MAX_TEXT));
	}
	else if (!loyalty_deletion_approve(&work.member.call, request->customer_id, request->request_id))
		loyalty_request_raise_decided(request->request_id);
	values[0] = CStringGetTextDatum(loyalty_request_state_name(REQUEST_APPROVED));
	values[1] = Int64GetDatum(request->result_id);
	nulls[1] = request->result_id == 0;
	return loyalty_call_result(&work.member.call, fcinfo, values, nulls);
}

/* Declines the deletion of an account. */
static void
decline_deletion(RequestWork *work, const char *reason)
{
	if (!loyalty_deletion_decline(&work->member.call, work->request.customer_id, work->request.request_id,
								  reason))
		loyalty_request_raise_decided(work->request.request_id);
}

/* Declines a request, with a reason. */
Datum
loyalty_decline_change_request(PG_FUNCTION_ARGS)
{
	RequestWork work = { .points = 0 };
	bool is_ours = begin(&work, fcinfo, 3);
	const char *reason = loyalty_arg_text(fcinfo, 2, "reason", LOYALTY_MAX_TEXT);

	if (is_ours)
		loyalty_request_decline(&work, REQUEST_IS_DECLINED, reason);
	else
		decline_deletion(&work, reason);
	loyalty_call_end(&work.member.call);
	PG_RETURN_VOID();
}

/* Reads the open deletion that a request is; LY603 where it was decided. */
static void
read_deletion(const RequestWork *work, DeletionRequest *deletion)
{
	if (!loyalty_deletion_request_read(work->request.org_id, work->request.customer_id, deletion) ||
		deletion->request_id != work->request.request_id)
		loyalty_request_raise_decided(work->request.request_id);
}

/* Takes a request back, by whoever made it. */
Datum
loyalty_withdraw_change_request(PG_FUNCTION_ARGS)
{
	RequestWork work = { .points = 0 };
	bool is_ours = begin(&work, fcinfo, 3);
	const char *reason = loyalty_arg_text_or_null(fcinfo, 2, "reason", LOYALTY_MAX_TEXT);
	DeletionRequest deletion;

	if (is_ours)
	{
		loyalty_request_require(&work, REQUEST_WITHDRAWN);
		loyalty_request_require_requester(&work, work.request.requested_by, work.content.actor);
		loyalty_request_decline(&work, REQUEST_WITHDRAWN, reason);
	}
	else
	{
		read_deletion(&work, &deletion);
		loyalty_request_require_requester(&work, deletion.requested_by, deletion.actor);
		decline_deletion(&work, reason);
	}
	loyalty_call_end(&work.member.call);
	PG_RETURN_VOID();
}

/* Makes an array of the words of what changed. */
static Datum
changed_array(uint32 changed)
{
	Datum words[REQUEST_RELIANCE_COUNT];
	int count = 0;
	int i;

	for (i = 0; i < REQUEST_RELIANCE_COUNT; i++)
		if (changed & (1 << i))
			words[count++] = CStringGetTextDatum(loyalty_request_reliance_name((RequestReliance) (1 << i)));
	return PointerGetDatum(construct_array(words, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Says what an approval would find if it were made now; locks nobody, and decides nothing. */
Datum
loyalty_check_change_request(PG_FUNCTION_ARGS)
{
	RequestWork work = { .points = 0 };
	DeletionRequest deletion;
	Datum values[2];
	bool nulls[2] = { false };
	uint32 changed = 0;

	loyalty_call_begin(&work.member.call, fcinfo);
	if (loyalty_request_look(&work, loyalty_arg_int8(fcinfo, 1, "request_id")))
	{
		loyalty_request_require(&work, REQUEST_IS_APPROVED);
		changed = loyalty_request_changed(work.request.type, loyalty_request_holds(&work));
	}
	else
		read_deletion(&work, &deletion);
	values[0] = BoolGetDatum(changed == 0);
	values[1] = changed_array(changed);
	return loyalty_call_result(&work.member.call, fcinfo, values, nulls);
}
