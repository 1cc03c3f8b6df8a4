/*
 * subscriber_api.c: who is told what happens in an org. Changes lock the org's reference data; they count for calls that begin
 * after the commit. A new subscriber is told what happens from then on, and replay_events tells it what happened before.
 *
 * A paused subscriber is written for as before, and has everything when it goes on. A retired one is not, and never comes
 * back, since what happened meanwhile would be missing in the middle of what it was told.
 *
 * Endpoints are for workers; the library sends nothing. They have no name or password in them, because a view shows them:
 * who sends is proven by the signature.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "event/endpoint_rules.h"
#include "event/signature.h"
#include "event/subscribers.h"

LOYALTY_FUNCTION(loyalty_create_event_subscriber);
LOYALTY_FUNCTION(loyalty_update_event_subscriber);

#define MAX_SUBSCRIBERS 20
#define MAX_SECRET 200

enum Argument
{
	ARG_SUBSCRIBER = 1,
	ARG_ENDPOINT,
	ARG_NAMES,
	ARG_SECRET,
	ARG_INCLUDE,
	ARG_STATE,
};

/* Searches the cache, which has all but the retired ones. */
const LoyaltySubscriber *
loyalty_subscriber_named(const LoyaltyCall *call, FunctionCallInfo fcinfo)
{
	const char *name = loyalty_arg_text(fcinfo, ARG_SUBSCRIBER, "subscriber", LOYALTY_MAX_CODE);
	const LoyaltySubscribers *all = call->org->subscribers;
	int i;

	for (i = 0; all != NULL && i < all->n; i++)
		if (strcmp(all->items[i].subscriber, name) == 0)
			return &all->items[i];
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_SUBSCRIBER_UNKNOWN),
					errmsg("subscriber \"%s\" of events does not exist", name),
					errhint("Create it with loyalty.create_event_subscriber().")));
}

/* A secret that is copied to another subscriber does not open there. */
LoyaltySealOf
loyalty_subscriber_seal(int32 org_id, int32 subscriber_id)
{
	return (LoyaltySealOf){ .kind = "event_subscriber", .org_id = org_id, .id = subscriber_id };
}

/* Reads where events go: LYN02. */
static const char *
arg_endpoint(FunctionCallInfo fcinfo)
{
	const char *endpoint = loyalty_arg_text_or_null(fcinfo, ARG_ENDPOINT, "endpoint", LOYALTY_MAX_TEXT);

	if (endpoint != NULL && !loyalty_endpoint_fits(endpoint))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ENDPOINT_INVALID),
						errmsg("argument \"endpoint\" is not an address that events can be sent to"),
						errhint("Give an http or https address, without a name or password in it.")));
	return endpoint;
}

/* Finds the name of an event as payloads have it: LYN04. */
static const char *
read_name(Datum item, bool isnull, int place)
{
	const char *name =
		isnull ? NULL : loyalty_event_name_find(loyalty_checked_text(item, "event_names", LOYALTY_MAX_CODE));

	if (name == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_NOTICE_NAME_UNKNOWN),
						errmsg("element %d of \"event_names\" is not the name of an event", place),
						errhint("Events are: %s.", loyalty_event_name_list())));
	return name;
}

/* Reads the names of events, each once, in the order given; ALL alone means every event, which is no list. */
static Datum
arg_names(FunctionCallInfo fcinfo)
{
	Datum *items;
	bool *nulls;
	const char **names; /* of the list of all: one word has one place */
	int given;
	int count = 0;
	int i;
	int k;

	if (PG_ARGISNULL(ARG_NAMES))
		return 0;
	if (ARR_NDIM(PG_GETARG_ARRAYTYPE_P(ARG_NAMES)) > 1)
		loyalty_raise_not_allowed("event_names", "a list of one dimension");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(ARG_NAMES), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls,
					  &given);
	if (given == 0)
		loyalty_raise_missing("event_names");
	if (given == 1 && !nulls[0] && strcmp(TextDatumGetCString(items[0]), "ALL") == 0)
		return 0;
	names = palloc(sizeof(char *) * given);
	for (i = 0; i < given; i++)
	{
		names[count] = read_name(items[i], nulls[i], i + 1);
		for (k = 0; names[k] != names[count]; k++)
			;
		if (k == count)
			items[count++] = CStringGetTextDatum(names[k]);
	}
	return PointerGetDatum(construct_array(items, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Seals the secret, if one is given: LYM10 without a key file, LY003 for one that is none. */
static void
seal_secret(FunctionCallInfo fcinfo, const LoyaltyCall *call, SubscriberRow *row)
{
	const char *secret = loyalty_arg_text_or_null(fcinfo, ARG_SECRET, "secret", MAX_SECRET);

	if (secret == NULL)
		return;
	if (!loyalty_secret_is_valid(secret))
		loyalty_raise_not_allowed("secret", "\"whsec_\" and the base64 of 24 to 64 random bytes");
	if (!loyalty_seal(loyalty_subscriber_seal(call->org->org_id, row->subscriber_id), secret, &row->secret,
					  &row->key_id))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_SECRET_NEEDS_KEY_FILE),
				 errmsg("there is no key file to seal a secret under"),
				 errhint("Set loyalty.key_file, or leave the secret out: events are not signed then.")));
}

/* Reads what both calls have. */
static void
read_subscriber(FunctionCallInfo fcinfo, SubscriberRow *row)
{
	row->endpoint = arg_endpoint(fcinfo);
	row->has_names = !PG_ARGISNULL(ARG_NAMES);
	row->names = arg_names(fcinfo);
	row->has_include = !PG_ARGISNULL(ARG_INCLUDE);
	row->include_identifiers = row->has_include && PG_GETARG_BOOL(ARG_INCLUDE);
}

/* Makes a subscriber; returns its id. LY009 where the name is taken. An event is written for each: so there are few. */
Datum
loyalty_create_event_subscriber(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	SubscriberRow row = { 0 };

	loyalty_call_begin(&call, fcinfo);
	row.subscriber = loyalty_arg_key(fcinfo, ARG_SUBSCRIBER, "subscriber");
	read_subscriber(fcinfo, &row);
	loyalty_call_lock_org(&call);
	if (call.org->subscribers != NULL && call.org->subscribers->n >= MAX_SUBSCRIBERS)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("the org has %d subscribers", MAX_SUBSCRIBERS),
						errdetail("Each of them is written for in every call."),
						errhint("Retire one with loyalty.update_event_subscriber().")));
	row.subscriber_id = loyalty_next_reference_id();
	seal_secret(fcinfo, &call, &row);
	if (!loyalty_subscriber_insert(call.org->org_id, &row, call.now))
		loyalty_raise_duplicate("subscriber", row.subscriber);
	loyalty_call_end(&call);
	PG_RETURN_INT32(row.subscriber_id);
}

/* Changes what is given. A retired one is told nothing any more, and its name stays taken. */
Datum
loyalty_update_event_subscriber(PG_FUNCTION_ARGS)
{
	static const char *const states[] = { "active", "paused", "retired" };
	LoyaltyCall call;
	SubscriberRow row = { 0 };

	loyalty_call_begin(&call, fcinfo);
	read_subscriber(fcinfo, &row);
	if (loyalty_arg_text_or_null(fcinfo, ARG_STATE, "state", LOYALTY_MAX_CODE) != NULL)
		row.state = states[loyalty_arg_word(fcinfo, ARG_STATE, "state", states, lengthof(states))][0];
	loyalty_call_lock_org(&call);
	row.subscriber_id = loyalty_subscriber_named(&call, fcinfo)->subscriber_id;
	seal_secret(fcinfo, &call, &row);
	loyalty_subscriber_update(call.org->org_id, &row, call.now);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
