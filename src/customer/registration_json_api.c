/*
 * registration_json_api.c: register_customer_json: a registration as one document, of several sources.
 *
 * The document becomes the arguments that register_customer would have had, from its first profile and its own keys,
 * and goes through the frame of registration.c. The other profiles, and channels and consents of all, are written
 * afterwards under the lock that the registration took. Names of keys are checked by common/json.c, so a misspelt one is refused
 * and not overlooked.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "common/time_rules.h"
#include "common/word_rules.h"
#include "customer/change_hooks.h"
#include "customer/channels.h"
#include "customer/member.h"
#include "customer/proof_hooks.h"
#include "customer/registration.h"

LOYALTY_FUNCTION(loyalty_register_customer_json);

/* Words of one source about the customer, as the document has them. */
typedef struct SourceProfile
{
	LoyaltyJsonObject place; /* the profile in the document */
	const char *source;		 /* NULL: INSTORE */
	const char *account_id;
	const char *first_name;
	const char *last_name;
	const char *keys[SOURCE_KEY_COUNT]; /* checked, unlike the identifiers in "given" */
	LoyaltyGiven given;					/* identifiers, and where each stands, for messages */
	LoyaltyJsonList channels;			/* not looked at before they are written */
	LoyaltyJsonList consents;			/* nor these */
} SourceProfile;

/* Keys that the document, a profile and an identifier may have; NULL ends each list. */
static const char *const payload_keys[] = {
	"profiles",		  "loyaltyType",  "registeredTill", "baseTill",			 "createDate",
	"extendedFields", "customFields", "statusLabel",	"statusLabelReason", NULL
};
static const char *const profile_keys[] = { "source",		 "accountId",	"firstName",
											"lastName",		 "identifiers", "commChannels",
											"subscriptions", "fields",		NULL };
static const char *const consent_keys[] = { "channel",	   "device",		"purpose", "status",
											"consentedAt", "consentSource", NULL };
static const char *const identifier_keys[] = { "type", "value", NULL };

static void read_payload(Registration *reg, const LoyaltyJsonObject *payload);
static void read_profile(SourceProfile *profile, const LoyaltyJsonObject *place);
static const Jsonb *read_fields(const SourceProfile *profiles, int count);
static void write_profiles(Registration *reg, SourceProfile *profiles, int count);

/*
 * Registers a customer from a document. The first profile registers; the others are written as upsert_profile would.
 * All of the document but its channels and consents is read before anything is written or looked for. A repeated call (an
 * idempotency key seen before) writes no profile either.
 */
Datum
loyalty_register_customer_json(PG_FUNCTION_ARGS)
{
	Registration *reg = palloc0(sizeof(Registration));
	LoyaltyJsonObject payload;
	LoyaltyJsonList list;
	SourceProfile *profiles;
	int i;

	loyalty_call_begin(&reg->call, fcinfo);
	if (PG_ARGISNULL(1))
		loyalty_raise_missing("payload");
	reg->args.actor = loyalty_arg_text_or_null(fcinfo, 2, "actor", LOYALTY_MAX_NAME);
	reg->args.idempotency_key = loyalty_arg_text_or_null(fcinfo, 3, "idempotency_key", LOYALTY_MAX_NAME);
	payload = loyalty_json_root(PG_GETARG_JSONB_P(1), "payload", payload_keys);
	list = loyalty_json_list(&payload, "profiles", profile_keys);
	if (list.n == 0)
		loyalty_raise_missing("payload.profiles");
	profiles = palloc0(sizeof(SourceProfile) * list.n);
	for (i = 0; i < list.n; i++)
		read_profile(&profiles[i], &list.items[i]);
	read_payload(reg, &payload);
	memcpy(reg->args.identifiers, profiles[0].given.values, sizeof(reg->args.identifiers));
	reg->args.source = profiles[0].source;
	reg->args.account_id = profiles[0].account_id;
	reg->args.first_name = profiles[0].first_name;
	reg->args.last_name = profiles[0].last_name;
	memcpy(reg->args.keys, profiles[0].keys, sizeof(reg->args.keys));
	reg->args.fields[FIELD_STANDARD] = read_fields(profiles, list.n);
	if (loyalty_registration_run(reg, fcinfo))
		write_profiles(reg, profiles, list.n);
	return loyalty_registration_result(reg, fcinfo);
}

/* Raises the error of a text that is no time, naming the field and not the text. */
pg_noreturn static void
raise_time(const char *field)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_LOYALTY_TIME_INVALID), errmsg("argument \"%s\" is not a supported time", field),
		 errhint(
			 "Give it in ISO 8601, as in 2024-05-02T10:00:00+08:00; without a zone the org's is meant.")));
}

/* Reads the time at which the customer came, by the org's clock where the text names no zone. */
static TimestampTz
read_time(const LoyaltyOrg *org, const char *given, const char *field)
{
	LoyaltyLocalTime time;
	TimestampTz at;

	if (!loyalty_time_read(given, &time) || !loyalty_time_instant(&time, org->zone, &at))
		raise_time(field);
	return at;
}

/* Reads what stands beside the profiles: till, loyalty type, label, date, and the fields that belong to no source. */
static void
read_payload(Registration *reg, const LoyaltyJsonObject *payload)
{
	RegistrationArguments *args = &reg->args;
	const char *created = loyalty_json_text(payload, "createDate", LOYALTY_MAX_CODE);

	args->loyalty_type = loyalty_json_text(payload, "loyaltyType", LOYALTY_MAX_CODE);
	args->till = loyalty_json_text(payload, "registeredTill", LOYALTY_MAX_CODE);
	args->base_till = loyalty_json_text(payload, "baseTill", LOYALTY_MAX_CODE);
	args->status_label = loyalty_json_text(payload, "statusLabel", LOYALTY_MAX_CODE);
	args->status_label_reason = loyalty_json_text(payload, "statusLabelReason", LOYALTY_MAX_TEXT);
	args->has_registered_on = created != NULL;
	if (created != NULL)
		args->registered_on = read_time(reg->call.org, created, "payload.createDate");
	args->fields[FIELD_EXTENDED] = loyalty_json_document(payload, "extendedFields");
	args->fields[FIELD_CUSTOM] = loyalty_json_document(payload, "customFields");
}

/* Puts a value into its place; each type comes once. */
static void
put_value(const char **slot, const char *value, const LoyaltyJsonObject *place)
{
	if (*slot != NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAYLOAD_INVALID),
						errmsg("\"%s\" is of a type that came before", place->path)));
	*slot = value;
}

/*
 * Reads one identifier of a profile. An unknown type is refused before its value is read, whose limit depends on the
 * type. A key of the source is checked at once; the others are checked by whoever writes the profile, under the path
 * that is kept here.
 */
static void
read_identifier(SourceProfile *profile, const LoyaltyJsonObject *place)
{
	static const int longest[IDENTIFIER_TYPE_COUNT] = { LOYALTY_PHONE_MAX, EMAIL_MAX_BYTES, EXTERNAL_ID_MAX };
	const char *type = loyalty_json_text(place, "type", LOYALTY_MAX_CODE);
	const char *path = loyalty_json_path(place, "value");
	IdentifierType known;
	SourceKey key;

	if (type == NULL)
		loyalty_raise_missing(loyalty_json_path(place, "type"));
	key = loyalty_source_key_find(type);
	if (key != SOURCE_KEY_COUNT)
	{
		const char *value = loyalty_json_text(place, "value", loyalty_source_key_longest[key]);

		put_value(&profile->keys[key], loyalty_source_key_checked(value, path), place);
		return;
	}
	known = loyalty_identifier_type_find(type);
	if (known == IDENTIFIER_TYPE_COUNT)
		loyalty_raise_identifier_type(LOYALTY_IDENTIFIER_TYPES ", " LOYALTY_SOURCE_KEYS);
	profile->given.fields[known] = path;
	put_value(&profile->given.values[known], loyalty_json_text(place, "value", longest[known]), place);
}

/* Reads one profile. Its standard fields are read with those of the others. */
static void
read_profile(SourceProfile *profile, const LoyaltyJsonObject *place)
{
	LoyaltyJsonList identifiers = loyalty_json_list(place, "identifiers", identifier_keys);
	int i;

	profile->place = *place;
	profile->source = loyalty_json_text(place, "source", LOYALTY_MAX_CODE);
	profile->account_id = loyalty_json_text(place, "accountId", LOYALTY_MAX_CODE);
	profile->first_name = loyalty_json_text(place, "firstName", LOYALTY_MAX_NAME);
	profile->last_name = loyalty_json_text(place, "lastName", LOYALTY_MAX_NAME);
	for (i = 0; i < identifiers.n; i++)
		read_identifier(profile, &identifiers.items[i]);
	profile->channels = loyalty_json_list(place, "commChannels", loyalty_channel_keys);
	profile->consents = loyalty_json_list(place, "subscriptions", consent_keys);
}

/* Reads a text of an object that has to have it. */
static const char *
required_text(const LoyaltyJsonObject *object, const char *key)
{
	const char *text = loyalty_json_text(object, key, LOYALTY_MAX_CODE);

	if (text == NULL)
		loyalty_raise_missing(loyalty_json_path(object, key));
	return text;
}

/* Tells whether a status is opt_in and not opt_out; the field's API writes OPTIN. */
static bool
read_opted_in(const char *status, const char *field)
{
	bool in = loyalty_same_word(status, "opt_in");

	if (!in && !loyalty_same_word(status, "opt_out"))
		loyalty_raise_not_allowed(field, "OPTIN, OPTOUT");
	return in;
}

/* Writes what a source was told of consents, each for that source and account, as set_subscription would. */
static void
write_consents(Registration *reg, const LoyaltyProfile *profile, const LoyaltyJsonList *list)
{
	int i;

	for (i = 0; i < list->n; i++)
	{
		const LoyaltyJsonObject *item = &list->items[i];
		const char *at = loyalty_json_text(item, "consentedAt", LOYALTY_MAX_CODE);
		LoyaltyConsent consent = { .source_id = profile->source_id, .account_id = profile->account_id };

		consent.channel = loyalty_consent_channel_checked(required_text(item, "channel"),
														  loyalty_json_text(item, "device", LOYALTY_MAX_CODE),
														  loyalty_json_path(item, "channel"));
		consent.purpose =
			loyalty_purpose_checked(required_text(item, "purpose"), loyalty_json_path(item, "purpose"));
		consent.opted_in = read_opted_in(required_text(item, "status"), loyalty_json_path(item, "status"));
		consent.consented_at =
			at ? read_time(reg->call.org, at, loyalty_json_path(item, "consentedAt")) : reg->call.now;
		consent.consent_source = loyalty_json_text(item, "consentSource", LOYALTY_MAX_NAME);
		loyalty_consent_write(&reg->call, reg->request.customer_id, &consent);
	}
}

/*
 * Reads the standard fields of all profiles as one document: fields belong to the customer, and to no source. Of one
 * that several profiles have, the first one's counts. jsonb_concat() keeps what stands on its right.
 */
static const Jsonb *
read_fields(const SourceProfile *profiles, int count)
{
	const Jsonb *fields = NULL;
	int i;

	for (i = 0; i < count; i++)
	{
		const Jsonb *more = loyalty_json_document(&profiles[i].place, "fields");

		if (fields == NULL || more == NULL)
			fields = more ? more : fields;
		else
			fields = DatumGetJsonbP(
				DirectFunctionCall2(jsonb_concat, JsonbPGetDatum(more), JsonbPGetDatum(fields)));
	}
	return fields;
}

/*
 * Writes the profiles after the first, and channels and consents of all. The customer's row is locked, or new; the frame of a
 * call about a member is filled by hand from the registration, since its statuses were judged there. For the first
 * profile the source is only looked up, to name the profile that its channels and consents belong to. What a profile brings may
 * be the last that a participation waits for.
 */
static void
write_profiles(Registration *reg, SourceProfile *profiles, int count)
{
	LoyaltyMember member = { .call = reg->call, .customer = reg->customer };
	bool is_new = reg->decision.customer == REGISTRATION_NOBODY;
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyProfile profile = { .first_name = profiles[i].first_name, .last_name = profiles[i].last_name };

		memcpy(profile.keys, profiles[i].keys, sizeof(profile.keys));
		loyalty_source_checked(reg->call.org, profiles[i].source ? profiles[i].source : "INSTORE",
							   profiles[i].account_id, &profile);
		profiles[i].given.is_proved = is_new;
		if (i > 0)
			loyalty_profile_upsert(&member, &profile, &profiles[i].given);
		if (!is_new && profiles[i].channels.n > 0)
			loyalty_proof_require_none(&reg->call, "identifier_change", reg->request.customer_id);
		loyalty_channel_items_write(&reg->call, reg->request.customer_id, &profile, &profiles[i].channels);
		write_consents(reg, &profile, &profiles[i].consents);
	}
	loyalty_change_hooks.customer_changed(&reg->call, reg->request.customer_id);
}
