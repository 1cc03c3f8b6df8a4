/*
 * contact_api.c: create_contact, update_contact, retire_contact, search_contacts, set_contact_topic.
 *
 * Contacts are people of the org, not its customers: their addresses have the same normal forms, but find nobody, and no consent
 * is asked for. They are told of topics, which are words that the org and its systems choose. Whether a topic is told of is said
 * once, for all of its contacts. What changes is written under the org's lock.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "common/srf.h"
#include "common/text.h"
#include "customer/channels.h"
#include "message/sender/contact_store.h"
#include "org/call.h"

#define MAX_TOPICS 50

LOYALTY_FUNCTION(loyalty_create_contact);
LOYALTY_FUNCTION(loyalty_update_contact);
LOYALTY_FUNCTION(loyalty_retire_contact);
LOYALTY_FUNCTION(loyalty_search_contacts);
LOYALTY_FUNCTION(loyalty_set_contact_topic);

/* Reads topics: each a key, as those are that something is known by. */
static Datum
arg_topics(FunctionCallInfo fcinfo, int n)
{
	Datum *topics;
	bool *nulls;
	int count;
	int i;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &topics, &nulls, &count);
	if (count > MAX_TOPICS)
		loyalty_raise_not_allowed("topics", psprintf("at most %d topics", MAX_TOPICS));
	for (i = 0; i < count; i++)
	{
		NullableDatum given = { .value = topics[i], .isnull = nulls[i] };
		const char *topic;

		(void) loyalty_read_key(&given, "topics", &topic, LOYALTY_RAISES);
		topics[i] = CStringGetTextDatum(topic);
	}
	return PointerGetDatum(construct_array(topics, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Reads an address of argument n, in the normal form of its channel; NULL: none is given. */
static const char *
arg_address(FunctionCallInfo fcinfo, const LoyaltyCall *call, int n, const char *channel, const char *field)
{
	const char *given = loyalty_arg_text_or_null(fcinfo, n, field, LOYALTY_MAX_SHORT);

	return given == NULL ? NULL : loyalty_address_checked(call->org, channel, given, field);
}

/* Reads arguments 2 to 5: name, addresses, topics. */
static void
arg_contact(FunctionCallInfo fcinfo, const LoyaltyCall *call, ContactRow *row)
{
	row->name = loyalty_arg_text_or_null(fcinfo, 2, "name", LOYALTY_MAX_NAME);
	if (row->name != NULL)
		row->search_name = loyalty_folded_text(row->name);
	row->email = arg_address(fcinfo, call, 3, "email", "email");
	row->mobile = arg_address(fcinfo, call, 4, "mobile", "mobile");
	row->has_topics = !PG_ARGISNULL(5);
	if (row->has_topics)
		row->topics = arg_topics(fcinfo, 5);
}

/*
 * Makes a contact, or takes a retired one up again; returns its id. Whoever has no address could not be told of anything, so one
 * at least is needed.
 */
Datum
loyalty_create_contact(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	ContactRow row = { 0 };
	int32 contact_id;

	loyalty_call_begin(&call, fcinfo);
	row.contact = loyalty_arg_key(fcinfo, 1, "contact");
	arg_contact(fcinfo, &call, &row);
	if (row.name == NULL)
		loyalty_raise_missing("name");
	if (row.email == NULL && row.mobile == NULL)
		loyalty_raise_missing("email");
	row.contact_id = loyalty_next_reference_id();
	contact_id = loyalty_org_contact_insert(call.org->org_id, &row);
	if (contact_id == 0)
		loyalty_raise_duplicate("contact", row.contact);
	loyalty_call_end(&call);
	PG_RETURN_INT32(contact_id);
}

/* Reads argument 1 of a call about a contact there is, under the org's lock: LYM11. */
static int32
arg_known_contact(FunctionCallInfo fcinfo, LoyaltyCall *call)
{
	const char *contact = loyalty_arg_text(fcinfo, 1, "contact", LOYALTY_MAX_CODE);

	loyalty_call_lock_org(call);
	return loyalty_org_contact_get(call->org->org_id, contact);
}

/*
 * Changes what is given of a contact. Topics come as a whole: an empty list is one, and takes all of them away.
 */
Datum
loyalty_update_contact(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	ContactRow row = { 0 };

	loyalty_call_begin(&call, fcinfo);
	arg_contact(fcinfo, &call, &row);
	row.contact_id = arg_known_contact(fcinfo, &call);
	loyalty_org_contact_update(call.org->org_id, &row);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Forgets a contact, but for its code. */
Datum
loyalty_retire_contact(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	int32 contact_id;

	loyalty_call_begin(&call, fcinfo);
	contact_id = arg_known_contact(fcinfo, &call);
	loyalty_org_contact_retire(call.org->org_id, contact_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Returns contacts by a part of their names. A part of accents alone, which every name would have, is none. */
Datum
loyalty_search_contacts(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *part;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	part = loyalty_folded_text(loyalty_arg_text(fcinfo, 1, "name_part", LOYALTY_MAX_NAME));
	if (part[0] == '\0')
		loyalty_raise_missing("name_part");
	loyalty_set_add_rows(fcinfo, loyalty_contacts_search(call.org->org_id, part));
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Says when contacts of a topic are told. An amount belongs to only_when, and to nothing else. */
Datum
loyalty_set_contact_topic(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	ContactTopic choice = { 0 };
	const char *topic;

	loyalty_call_begin(&call, fcinfo);
	topic = loyalty_arg_key(fcinfo, 1, "topic");
	choice.notify =
		loyalty_notify_choices[loyalty_arg_word(fcinfo, 2, "notify", loyalty_notify_words, NOTIFY_COUNT)];
	if (choice.notify == NOTIFY_ONLY_WHEN)
		choice.amount = loyalty_arg_amount(fcinfo, 3, "amount");
	else if (!PG_ARGISNULL(3))
		loyalty_raise_not_allowed("amount", "none where notify is not only_when");
	loyalty_call_lock_org(&call);
	loyalty_contact_topic_store(call.org->org_id, topic, &choice);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
