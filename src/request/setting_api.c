/*
 * setting_api.c: set_change_request_rules, set_change_request_contacts.
 *
 * Both write reference data of the org, under its lock. What they say counts for requests that come, or are decided, from their
 * commit on. Nobody is told of a change without a text, so rules ask for the texts first.
 *
 * Rules are read as a whole before the org is locked, in the order of the arguments: a call that is refused for a word of its own
 * holds nobody up. What hangs on the tables (texts, contacts, the hours of other steps) is asked under the lock, so that of two
 * changes at once the later one sees the other.
 *
 * Each type has its rules for itself, and none takes over those of another one: an org that lets mobiles be changed at once says
 * nothing about merges by it. Which audiences, codes and approvals a type can have is decided by setting_rules.c; here it is only
 * said to the caller, with the words that are allowed.
 *
 * Contacts are kept by id, as messages keep senders: the code of one who was retired may be taken up again, by the same id. Steps
 * are replaced one by one, and their hours must rise from step to step, so that no step can be told of before the one in front of
 * it; a step that is taken away leaves a gap, over which its neighbours are compared.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "message/sender/contact_store.h"
#include "request/request_args.h"
#include "request/setting_store.h"

LOYALTY_FUNCTION(loyalty_set_change_request_rules);
LOYALTY_FUNCTION(loyalty_set_change_request_contacts);

#define MAX_CONTACTS 50

/* Positions of the arguments of set_change_request_rules, from 0. */
enum RuleArgument
{
	ARG_TYPE = 1,
	ARG_NOTIFY,
	ARG_NOTIFY_AMOUNT,
	ARG_AUTO_APPROVE,
	ARG_AUTO_LIMIT,
	ARG_COMMUNICATE,
	ARG_OTP,
};

/* Positions of those of set_change_request_contacts. */
enum ContactArgument
{
	ARG_CONTACTS = 2,
	ARG_STEP,
	ARG_AFTER_HOURS,
};

/* Reads whether contacts are told of requests, and from which amount on. */
static void
arg_notify(FunctionCallInfo fcinfo, LoyaltyRequestSettings *settings)
{
	settings->notify = loyalty_notify_choices[loyalty_arg_word(fcinfo, ARG_NOTIFY, "notify",
															   loyalty_notify_words, NOTIFY_COUNT)];
	if (settings->notify == NOTIFY_ONLY_WHEN)
		settings->notify_amount = loyalty_arg_amount(fcinfo, ARG_NOTIFY_AMOUNT, "notify_amount");
	else if (!PG_ARGISNULL(ARG_NOTIFY_AMOUNT))
		loyalty_raise_not_allowed("notify_amount", "none where notify is not only_when");
}

/* Reads what is approved by itself. */
static void
arg_auto(FunctionCallInfo fcinfo, RequestType type, LoyaltyRequestSettings *settings)
{
	settings->auto_approve = loyalty_arg_bool(fcinfo, ARG_AUTO_APPROVE, "auto_approve");
	settings->has_points_limit = !PG_ARGISNULL(ARG_AUTO_LIMIT);
	if (settings->auto_approve && !loyalty_request_may_be_automatic(type))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_NOT_ALLOWED),
						errmsg("requests of this type are not approved by themselves"),
						errhint("loyalty.approve_change_request() approves one, by somebody else who may.")));
	if (settings->has_points_limit && (type != REQUEST_GOODWILL_POINTS || !settings->auto_approve))
		loyalty_raise_not_allowed("auto_approve_points", "none but for goodwill_points with auto_approve");
	if (settings->has_points_limit)
		settings->auto_approve_points = loyalty_arg_amount(fcinfo, ARG_AUTO_LIMIT, "auto_approve_points");
}

/* Reads which identifiers are proved by a code. */
static void
arg_otp(FunctionCallInfo fcinfo, RequestType type, LoyaltyRequestSettings *settings)
{
	settings->otp = loyalty_request_otp_choices[loyalty_arg_word(fcinfo, ARG_OTP, "otp",
																 loyalty_request_otp_words, OTP_COUNT)];
	if (!loyalty_request_otp_fits(type, settings->otp))
		loyalty_raise_not_allowed("otp", loyalty_request_otp_fits(type, OTP_OLD) ? "off and old for this type"
																				 : "off for this type");
}

/* Raises LY608 where an audience has no text: of an external id for each channel, of anything else for one. */
static void
require_templates(const LoyaltyCall *call, RequestType type, RequestAudience audience)
{
	int needed = type == REQUEST_EXTERNAL_ID ? REQUEST_CHANNEL_COUNT : 1;
	RequestTemplate template;
	int c;

	for (c = 0; c < REQUEST_CHANNEL_COUNT; c++)
		if (loyalty_request_channel_fits(type, audience, (RequestChannel) c) &&
			loyalty_request_template_read(call->org->org_id, type, audience, loyalty_request_channels[c],
										  &template))
			needed--;
	if (needed > 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_TEMPLATE),
						errmsg("there is no text for audience %s", loyalty_request_audiences[audience]),
						errhint("Write it by loyalty.set_change_request_template() first.")));
}

/* Reads who is told of a change: each needs to be somebody whom the type has. */
static void
arg_communicate(FunctionCallInfo fcinfo, RequestType type, LoyaltyRequestSettings *settings)
{
	int i;

	(void) loyalty_arg_words(fcinfo, ARG_COMMUNICATE, "communicate", loyalty_request_audiences,
							 AUDIENCE_CONTACT, settings->communicates);
	for (i = 0; i < AUDIENCE_CONTACT; i++)
		if (settings->communicates[i] && !loyalty_request_audience_fits(type, (RequestAudience) i))
			loyalty_raise_not_allowed("communicate",
									  "old_id and new_id for mobile and email, requestor and survivor for"
									  " account_merge, nobody for delete_account, customer for all others");
}

/* Replaces the rules of a type as a whole. */
Datum
loyalty_set_change_request_rules(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyRequestSettings settings = { 0 };
	RequestType type;
	int i;

	loyalty_call_begin(&call, fcinfo);
	type = loyalty_request_type_given(fcinfo, ARG_TYPE);
	arg_notify(fcinfo, &settings);
	arg_auto(fcinfo, type, &settings);
	arg_otp(fcinfo, type, &settings);
	arg_communicate(fcinfo, type, &settings);
	loyalty_call_lock_org(&call);
	for (i = 0; i < AUDIENCE_CONTACT; i++)
		if (settings.communicates[i])
			require_templates(&call, type, (RequestAudience) i);
	loyalty_request_setting_store(call.org->org_id, type, &settings);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Reads the ids of contacts that are in use: LYM11. The org is locked. */
static int
arg_contacts(FunctionCallInfo fcinfo, const LoyaltyCall *call, int32 *ids)
{
	Datum *items;
	bool *nulls;
	int count;
	int i;

	if (PG_ARGISNULL(ARG_CONTACTS))
		loyalty_raise_missing("contacts");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_CONTACTS), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls,
					  &count);
	if (count > MAX_CONTACTS)
		loyalty_raise_not_allowed("contacts", psprintf("at most %d contacts", MAX_CONTACTS));
	for (i = 0; i < count; i++)
	{
		const NullableDatum item = { items[i], nulls[i] };
		const char *contact;

		(void) loyalty_read_text(&item, "contacts", LOYALTY_MAX_CODE, &contact, LOYALTY_RAISES);
		ids[i] = loyalty_org_contact_get(call->org->org_id, contact);
	}
	return count;
}

/*
 * Reads after how many hours a step comes, between the steps around it; 0: it is the arrival. Steps without contacts have no
 * hours, and are passed over on both sides.
 */
static int
arg_hours(FunctionCallInfo fcinfo, const LoyaltyCall *call, RequestType type, int step)
{
	int hours[REQUEST_STEP_MAX + 1];
	int before = step - 1;
	int after = step + 1;

	if (step == 0 && !PG_ARGISNULL(ARG_AFTER_HOURS))
		loyalty_raise_not_allowed("after_hours", "none for step 0, which is the arrival");
	if (step == 0)
		return 0;
	loyalty_request_hours_read(call->org->org_id, type, hours);
	while (before > 0 && hours[before] == 0)
		before--;
	while (after < REQUEST_STEP_MAX && hours[after] == 0)
		after++;
	if (!loyalty_request_step_fits(loyalty_arg_int4(fcinfo, ARG_AFTER_HOURS, "after_hours"), hours[before],
								   after <= REQUEST_STEP_MAX ? hours[after] : 0))
		loyalty_raise_not_allowed("after_hours",
								  psprintf("1 to %d, more than for the step before and less than for the"
										   " one behind it",
										   REQUEST_HOURS_MAX));
	return PG_GETARG_INT32(ARG_AFTER_HOURS);
}

/* Replaces the contacts of a step; an empty list takes it away, whose hours are asked for nowhere then. */
Datum
loyalty_set_change_request_contacts(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	int32 ids[MAX_CONTACTS];
	RequestType type;
	int step;
	int count;
	int hours = 0;
	int i;

	loyalty_call_begin(&call, fcinfo);
	type = loyalty_request_type_given(fcinfo, ARG_TYPE);
	step = loyalty_arg_int4(fcinfo, ARG_STEP, "step");
	if (step < 0 || step > REQUEST_STEP_MAX)
		loyalty_raise_not_allowed("step", psprintf("0 to %d", REQUEST_STEP_MAX));
	loyalty_call_lock_org(&call);
	count = arg_contacts(fcinfo, &call, ids);
	if (count > 0)
		hours = arg_hours(fcinfo, &call, type, step);
	loyalty_request_contacts_clear(call.org->org_id, type, step);
	for (i = 0; i < count; i++)
		loyalty_request_contact_add(call.org->org_id, type, step, hours, ids[i]);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
