/*
 * merge_api.c: merge_customers and preview_merge, and the erasure of records of merges. What a merge goes through is in
 * merge_run.c.
 *
 * Both go the same way; a preview leaves out the locks and the writing. Repeated requests are looked for after the locks, since
 * the victim's rows know the keys; a repeat of a merge finds the victim merged, so it is looked for before that is refused.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "common/srf.h"
#include "customer/config_guard.h"
#include "customer/erasure.h"
#include "customer/member.h"
#include "customer/ndnc_store.h"
#include "ledger/posting/posting.h"
#include "merge/merge_run.h"
#include "merge/participants.h"

LOYALTY_FUNCTION(loyalty_merge_customers);
LOYALTY_FUNCTION(loyalty_preview_merge);

/*
 * Positions of the arguments of merge_customers, from 0, which is the org. preview_merge has the first two and the
 * time.
 */
enum MergeArgument
{
	ARG_SURVIVOR = 1,
	ARG_VICTIM,
	ARG_ACCEPT_WARNINGS,
	ARG_EVENT_TIME,
	ARG_TILL,
	ARG_REASON,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
};

/* Merge with the customers it concerns, as given. */
typedef struct MergeRequest
{
	LoyaltyCall call;
	int64 ids[2];				  /* survivor and victim */
	LoyaltyCustomer customers[2]; /* in that order; id 0: does not exist */
	LoyaltyMerge merge;
	MergeRecord record; /* of this merge, or of the one that it repeats */
} MergeRequest;

/* Opens the frame and reads the two ids that both functions have. */
static void
begin(MergeRequest *request, FunctionCallInfo fcinfo)
{
	memset(request, 0, sizeof(*request));
	loyalty_call_begin(&request->call, fcinfo);
	request->ids[0] = loyalty_arg_int8(fcinfo, ARG_SURVIVOR, "survivor_id");
	request->ids[1] = loyalty_arg_int8(fcinfo, ARG_VICTIM, "victim_id");
}

/*
 * Raises LY107; a customer of another org counts as unknown, unless the caller may see that org: then LY502 says
 * more. The customer is looked for in all orgs, which costs a probe for each, in a call that fails anyway.
 */
static void
raise_unknown(const MergeRequest *request, int64 customer_id)
{
	int32 org_id = loyalty_org_of_customer(customer_id);
	int32 *visible;
	int count;
	int i;

	visible = loyalty_org_visible(request->call.owner.caller, &count);
	for (i = 0; i < count; i++)
		if (org_id != 0 && visible[i] == org_id)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_MERGE_OTHER_ORG),
							errmsg("customer " INT64_FORMAT " belongs to another org", customer_id),
							errhint("Customers of one org alone can be merged.")));
	loyalty_raise_customer_unknown(customer_id);
}

/* Raises where one of the locked customers does not exist; the survivor is told of first. */
static void
require_both(const MergeRequest *request)
{
	int i;

	for (i = 0; i < 2; i++)
		if (request->customers[i].customer_id == 0)
			raise_unknown(request, request->ids[i]);
}

/* Returns the id under which a customer, whose row was read, goes on. */
static int64
root_of(const LoyaltyCustomer *customer)
{
	return customer->merged_into != 0 ? customer->merged_into : customer->customer_id;
}

/*
 * Tells whether the key of the call was used before by the same request; then the record holds the first result. Keys
 * are scoped to the victim, who is merged once: its record of the merge, or else the ledger of its group, knows them. The
 * survivor may have been merged since, and be called by another id. A key that the ledger knows belongs to a request of
 * another kind, whatever its digest, so that is a mismatch.
 */
static bool
is_repeated(MergeRequest *request, FunctionCallInfo fcinfo)
{
	const char *key =
		loyalty_arg_text_or_null(fcinfo, ARG_IDEMPOTENCY_KEY, "idempotency_key", LOYALTY_MAX_NAME);
	MergeRecord *record = &request->record;
	MergeRecord earlier;
	EarlierEvent event;

	if (key == NULL)
		return false;
	record->has_key = true;
	loyalty_idempotency_digest(key, &record->idempotency_digest);
	record->request_digest = loyalty_request_digest(fcinfo);
	if (loyalty_merge_record_read(request->call.org->org_id, request->ids[1], &earlier) && earlier.has_key &&
		memcmp(&earlier.idempotency_digest, &record->idempotency_digest, sizeof(pg_uuid_t)) == 0)
	{
		if (earlier.request_digest != record->request_digest ||
			root_of(&request->customers[0]) != root_of(&request->customers[1]))
			loyalty_raise_idempotency_mismatch();
		*record = earlier;
		return true;
	}
	if (loyalty_event_by_key(request->call.org->org_id, &request->customers[1], request->ids[1],
							 &record->idempotency_digest, record->request_digest, &event))
		loyalty_raise_idempotency_mismatch();
	return false;
}

/* Takes the caller's time in place of that, if there is one, and judges it as the times of all events. */
static void
read_event_time(MergeRequest *request, FunctionCallInfo fcinfo, int n)
{
	LoyaltyMerge *merge = &request->merge;

	if (PG_ARGISNULL(n))
		return;
	merge->event_time = loyalty_arg_time_or(fcinfo, n, "event_time", AT_ONCE);
	(void) loyalty_judge_event_time(&request->call, merge->event_time,
									Max(merge->survivor.registered_on, merge->victim.registered_on),
									LOYALTY_RAISES);
}

/*
 * Merges the victim into the survivor, for ever, and returns the merge's id, the survivor, and warnings. Other
 * arguments are read only where the call is no repeat, so that a repeat is never refused for what has changed since.
 */
Datum
loyalty_merge_customers(PG_FUNCTION_ARGS)
{
	MergeRequest request;
	MergeRecord *record = &request.record;
	const char *till;
	bool accept_warnings;
	Datum values[3];
	bool nulls[3] = { false };

	begin(&request, fcinfo);
	loyalty_config_hold(&request.call);
	loyalty_merge_lock(request.call.org->org_id, request.ids, request.customers);
	require_both(&request);
	if (!is_repeated(&request, fcinfo))
	{
		loyalty_merge_prepare(&request.merge, &request.call, request.customers);
		read_event_time(&request, fcinfo, ARG_EVENT_TIME);
		accept_warnings = loyalty_arg_bool(fcinfo, ARG_ACCEPT_WARNINGS, "accept_warnings");
		record->origin = MERGE_BY_CALL;
		record->reason = loyalty_arg_text_or_null(fcinfo, ARG_REASON, "reason", LOYALTY_MAX_TEXT);
		record->actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
		till = loyalty_arg_text_or_null(fcinfo, ARG_TILL, "till", LOYALTY_MAX_CODE);
		request.merge.till = till ? loyalty_org_till(request.call.org, till) : NULL;
		loyalty_merge_run(&request.merge, record, accept_warnings);
	}
	values[0] = Int64GetDatum(record->merge_id);
	values[1] = Int64GetDatum(record->survivor_id);
	values[2] = record->warnings;
	return loyalty_call_result(&request.call, fcinfo, values, nulls);
}

/* Adds a row to the result of a preview; NULL texts are nulls. */
static void
add_preview_line(FunctionCallInfo fcinfo, int line_no, const char *const *texts, int count)
{
	Datum values[8];
	bool nulls[8] = { false };
	int i;

	Assert(count < (int) lengthof(values));
	values[0] = Int32GetDatum(line_no);
	for (i = 0; i < count; i++)
	{
		nulls[i + 1] = texts[i] == NULL;
		values[i + 1] = texts[i] ? CStringGetTextDatum(texts[i]) : (Datum) 0;
	}
	loyalty_set_add(fcinfo, values, nulls);
}

/* Returns a value of a line as staff see it: a status of the do-not-call register that nobody has set is said in words. */
static const char *
shown(const LoyaltyMergeLine *line, const char *value)
{
	return value == NULL && strcmp(line->item, NDNC_ITEM) == 0 ? NDNC_NOT_AVAILABLE : value;
}

/*
 * Returns what merge_customers would do, a row an item, without changing or locking anything. It refuses what that
 * would refuse, warnings excepted, which it shows.
 */
Datum
loyalty_preview_merge(PG_FUNCTION_ARGS)
{
	MergeRequest request;
	int i;

	begin(&request, fcinfo);
	for (i = 0; i < 2; i++)
		if (!loyalty_customer_read(request.call.org->org_id, request.ids[i], &request.customers[i]))
			raise_unknown(&request, request.ids[i]);
	loyalty_merge_prepare(&request.merge, &request.call, request.customers);
	read_event_time(&request, fcinfo, 3);
	request.merge.preview = true;
	loyalty_merge_decide(&request.merge);
	loyalty_set_begin(fcinfo);
	for (i = 0; i < request.merge.lines.n; i++)
	{
		const LoyaltyMergeLine *line = &request.merge.lines.items[i];
		const char *texts[] = { line->participant,
								line->item,
								shown(line, line->survivor_value),
								shown(line, line->victim_value),
								shown(line, line->final_value),
								loyalty_merge_rule_name(line->rule),
								line->warning };

		add_preview_line(fcinfo, i + 1, texts, lengthof(texts));
	}
	loyalty_call_end(&request.call);
	return (Datum) 0;
}

/* Leaves everything alone where nobody was merged, which spares most erasures two statements. */
void
loyalty_merge_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	if (root->merged_count > 0)
		loyalty_holdings_erase(&loyalty_merge_holdings, call->org->org_id, root);
}
