/*
 * registration_api.c: registering customers and finding them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "common/request.h"
#include "common/subtransaction.h"
#include "customer/config_guard.h"
#include "customer/customer_store.h"
#include "customer/identifier_resolver.h"
#include "customer/registration_hooks.h"
#include "customer/registration_rules.h"

#define MAX_ROUNDS 100 /* each lost round means that another call has committed something in our way */

LoyaltyRegistrationHooks loyalty_registration_hooks;

static const char *const outcome_names[] = {
	[REGISTRATION_CREATED] = "created",
	[REGISTRATION_UPDATED] = "updated",
};

/* What has no normal form, by type. */
static const struct
{
	int sqlstate;
	const char *hint;
} invalid[IDENTIFIER_TYPE_COUNT] = {
	[IDENTIFIER_MOBILE] = { ERRCODE_LOYALTY_MOBILE_INVALID,
							"Give it with its country code, as in +65..., or in the form of the org's base country." },
	[IDENTIFIER_EMAIL] = { ERRCODE_LOYALTY_EMAIL_INVALID, "Give one address, as in name@example.com." },
	[IDENTIFIER_EXTERNAL_ID] = { ERRCODE_LOYALTY_EXTERNAL_ID_INVALID,
								 "Give 1 to 100 characters, none of them a control character." },
};

/* The texts of a call as given; NULL where they are NULL or empty. */
typedef struct Arguments
{
	const char *identifiers[IDENTIFIER_TYPE_COUNT];
	const char *first_name;
	const char *last_name;
	const char *source;
	const char *account_id;
	const char *till;
	const char *loyalty_type;
	const char *idempotency_key;
	const char *card_series;
	bool has_registered_on;
	TimestampTz registered_on;
} Arguments;

/* A registration on its way from its arguments to its answer. */
typedef struct Registration
{
	LoyaltyCall call;
	Arguments args;
	LoyaltyRegistrationRequest request; /* its answer is the call's, with or without a key */
	int64 new_id;						/* of the customer, where one is created; 0: not taken yet */
	LoyaltyProfile profile;
	TimestampTz registered_on;
	const LoyaltyTill *till; /* NULL: none */
	LoyaltyIdentifiers keys; /* the incoming ones that are keys */
	int key_count;
	int64 owners[IDENTIFIER_TYPE_COUNT]; /* of the keys, as read last; 0: nobody */
	RegistrationCase facts;
	RegistrationDecision decision;
	bool generates;		   /* registrations of this source get generated external ids */
	const char *generated; /* the one of this round; NULL: none */
} Registration;

static int64 find(const LoyaltyOrg *org, IdentifierType type, const char *value);
static void read_config(const LoyaltyOrg *org, RegistrationConfig *config);
static void read_arguments(Arguments *args, FunctionCallInfo fcinfo);
static bool is_repeated(Registration *reg, FunctionCallInfo fcinfo);
static void check_arguments(Registration *reg);
static TimestampTz checked_registered_on(const Registration *reg);
static bool checked_loyalty(const char *loyalty_type);
static void check_identifiers(Registration *reg);
static bool normalise(const LoyaltyOrg *org, IdentifierType type, const char *given, char *key, char *typed);
static void settle(Registration *reg);
static bool attempt(void *arg);
static void generate_external_id(Registration *reg);
static bool lock_owners(Registration *reg);
static int distinct_owners(const int64 *owners, int64 *distinct);
static void add_owner(Registration *reg, const LoyaltyCustomer *customer);
static void raise_refusal(const Registration *reg);
static void write_customer(Registration *reg);
static void answer_request(Registration *reg);

LOYALTY_FUNCTION(loyalty_register_customer);
LOYALTY_FUNCTION(loyalty_find_customer);

Datum
loyalty_register_customer(PG_FUNCTION_ARGS)
{
	Registration *reg = palloc0(sizeof(Registration));
	Datum values[3];
	bool nulls[3] = { false };

	loyalty_call_begin(&reg->call, fcinfo);
	read_arguments(&reg->args, fcinfo);
	if (!is_repeated(reg, fcinfo))
	{
		loyalty_config_hold(&reg->call);
		check_arguments(reg);
		settle(reg);
		write_customer(reg);
	}
	values[0] = Int64GetDatum(reg->request.customer_id);
	values[1] = CStringGetTextDatum(reg->request.outcome);
	values[2] = reg->request.warnings;
	return loyalty_call_answer(&reg->call, fcinfo, values, nulls);
}

Datum
loyalty_find_customer(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *name;
	const char *value;
	IdentifierType type;
	const LoyaltyIdentifierResolver *resolver;
	int64 customer_id = 0;

	loyalty_call_begin(&call, fcinfo);
	name = loyalty_arg_text(fcinfo, 1, "identifier_type", LOYALTY_MAX_CODE);
	if (PG_ARGISNULL(2))
		loyalty_raise_missing("identifier_value");
	value = loyalty_arg_text_or_null(fcinfo, 2, "identifier_value", LOYALTY_MAX_TEXT);
	type = loyalty_identifier_type_find(name);
	resolver = type == IDENTIFIER_TYPE_COUNT ? loyalty_identifier_resolver_find(name) : NULL;
	if (type == IDENTIFIER_TYPE_COUNT && resolver == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_IDENTIFIER_TYPE_UNKNOWN), errmsg("identifier type does not exist"),
				 errhint("Types are mobile, email, external_id, card_number and card_external_id.")));
	if (value != NULL)
		customer_id = resolver ? resolver->find(&call, value) : find(call.org, type, value);
	loyalty_call_end(&call);
	if (customer_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(customer_id);
}

/* The customer whom a value names, or 0. A mobile is looked for as guessed before the library is asked for its form. */
static int64
find(const LoyaltyOrg *org, IdentifierType type, const char *value)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char typed[IDENTIFIER_VALUE_BYTES];
	RegistrationConfig config;
	int64 customer_id;

	if (type == IDENTIFIER_MOBILE &&
		loyalty_phone_guess(value, org->base_country, org->config_number[CONFIG_COUNTRY_CODE_PASSED] != 0,
							key, sizeof(key)))
	{
		customer_id = loyalty_identifier_find(org->org_id, type, key);
		if (customer_id != 0)
			return customer_id;
	}
	if (!normalise(org, type, value, key, typed))
		return 0;
	read_config(org, &config);
	return loyalty_registration_is_key(&config, type) ? loyalty_identifier_find(org->org_id, type, key)
													  : loyalty_contact_find(org->org_id, type, key);
}

static void
read_config(const LoyaltyOrg *org, RegistrationConfig *config)
{
	config->primary = loyalty_identifier_type_find(org->config[CONFIG_PRIMARY_KEY]);
	config->any_identifier = org->config_number[CONFIG_ANY_IDENTIFIER] != 0;
	config->primary_required = org->config_number[CONFIG_PRIMARY_REQUIRED] != 0;
	config->required[IDENTIFIER_MOBILE] = org->config_number[CONFIG_MOBILE_REQUIRED] != 0;
	config->required[IDENTIFIER_EMAIL] = org->config_number[CONFIG_EMAIL_REQUIRED] != 0;
	config->required[IDENTIFIER_EXTERNAL_ID] = org->config_number[CONFIG_EXTERNAL_ID_REQUIRED] != 0;
	config->email_unique = org->config_number[CONFIG_EMAIL_UNIQUE] != 0;
}

/* A name without white space around it, or NULL where nothing is left. */
static const char *
trimmed_name(const char *name)
{
	size_t length;
	const char *start = name ? loyalty_trimmed(name, &length) : NULL;

	return start == NULL || length == 0 ? NULL : pnstrdup(start, length);
}

static void
read_arguments(Arguments *args, FunctionCallInfo fcinfo)
{
	args->identifiers[IDENTIFIER_MOBILE] = loyalty_arg_text_or_null(fcinfo, 1, "mobile", LOYALTY_PHONE_MAX);
	args->identifiers[IDENTIFIER_EMAIL] = loyalty_arg_text_or_null(fcinfo, 2, "email", EMAIL_MAX_BYTES);
	args->identifiers[IDENTIFIER_EXTERNAL_ID] =
		loyalty_arg_text_or_null(fcinfo, 3, "external_id", EXTERNAL_ID_MAX);
	args->first_name = trimmed_name(loyalty_arg_text_or_null(fcinfo, 4, "first_name", LOYALTY_MAX_NAME));
	args->last_name = trimmed_name(loyalty_arg_text_or_null(fcinfo, 5, "last_name", LOYALTY_MAX_NAME));
	args->source = loyalty_arg_text_or_null(fcinfo, 6, "source", LOYALTY_MAX_CODE);
	args->account_id = loyalty_arg_text_or_null(fcinfo, 7, "account_id", LOYALTY_MAX_CODE);
	args->till = loyalty_arg_text_or_null(fcinfo, 8, "till", LOYALTY_MAX_CODE);
	args->has_registered_on = !PG_ARGISNULL(9);
	args->registered_on = loyalty_arg_time_or(fcinfo, 9, "registered_on", 0);
	args->loyalty_type = loyalty_arg_text_or_null(fcinfo, 10, "loyalty_type", LOYALTY_MAX_CODE);
	args->idempotency_key = loyalty_arg_text_or_null(fcinfo, 11, "idempotency_key", LOYALTY_MAX_NAME);
	args->card_series = loyalty_arg_text_or_null(fcinfo, 12, "card_series", LOYALTY_MAX_CODE);
}

/*
 * Whether the key of the call was used before; then the request holds the first answer. Otherwise the key is
 * taken now, with the likeliest answer: whoever repeats the call meanwhile waits here, where it holds nothing.
 */
static bool
is_repeated(Registration *reg, FunctionCallInfo fcinfo)
{
	LoyaltyRegistrationRequest *request = &reg->request;
	int64 digest;

	request->outcome = outcome_names[REGISTRATION_CREATED];
	request->warnings = PointerGetDatum(construct_empty_array(TEXTOID));
	if (reg->args.idempotency_key == NULL)
		return false;
	reg->new_id = request->customer_id = loyalty_next_id();
	digest = request->request_digest = loyalty_request_digest(fcinfo);
	loyalty_idempotency_digest(reg->args.idempotency_key, &request->idempotency_digest);
	if (loyalty_request_insert(reg->call.org->org_id, request))
		return false;
	loyalty_request_read(reg->call.org->org_id, request);
	if (request->request_digest != digest)
		loyalty_raise_idempotency_mismatch();
	return true;
}

/* Everything that can be said of the arguments without looking at customers, in the documented order. */
static void
check_arguments(Registration *reg)
{
	const Arguments *args = &reg->args;

	read_config(reg->call.org, &reg->facts.config);
	check_identifiers(reg);
	reg->profile.source_id = loyalty_source_id(args->source ? args->source : "INSTORE");
	reg->profile.account_id = args->account_id ? args->account_id : "";
	reg->profile.first_name = args->first_name;
	reg->profile.last_name = args->last_name;
	reg->till = args->till ? loyalty_org_till(reg->call.org, args->till) : NULL;
	reg->registered_on = checked_registered_on(reg);
	reg->facts.loyalty = checked_loyalty(args->loyalty_type);
	reg->generates = loyalty_registration_hooks.generates_external_id != NULL &&
					 loyalty_registration_hooks.generates_external_id(&reg->call, reg->profile.source_id,
																	  reg->profile.account_id);
}

static TimestampTz
checked_registered_on(const Registration *reg)
{
	int64 tolerance = reg->call.org->config_number[CONFIG_EVENT_TIME_TOLERANCE];

	if (!reg->args.has_registered_on)
		return reg->call.now;
	if (reg->args.registered_on > reg->call.now + tolerance * USECS_PER_SEC)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("registered_on lies in the future"),
				 errdetail("At most %lld seconds after the clock are allowed.", (long long) tolerance)));
	return reg->args.registered_on;
}

static bool
checked_loyalty(const char *loyalty_type)
{
	if (loyalty_type == NULL || strcmp(loyalty_type, "loyalty") == 0)
		return true;
	if (strcmp(loyalty_type, "non_loyalty") != 0)
		loyalty_raise_not_allowed("loyalty_type", "loyalty, non_loyalty");
	return false;
}

static void
check_required(const Registration *reg)
{
	bool given[IDENTIFIER_TYPE_COUNT];
	IdentifierType missing;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = reg->args.identifiers[type] != NULL;
	if (!loyalty_registration_lacks(&reg->facts.config, given, &missing))
		return;
	if (missing == IDENTIFIER_TYPE_COUNT)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_IDENTIFIER_MISSING),
				 errmsg("registration needs an identifier that finds the customer again"),
				 errhint("Give a mobile or an external id, or an e-mail where the org has it as a key.")));
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_IDENTIFIER_MISSING),
					errmsg("registration needs identifier \"%s\"", loyalty_identifier_type_names[missing]),
					errhint("The configuration of the org says which identifiers are required.")));
}

/* Fills the incoming identifiers in normal form, and those of the profile as they are shown. */
static void
check_identifiers(Registration *reg)
{
	const char *shown[IDENTIFIER_TYPE_COUNT] = { NULL };
	int type;

	check_required(reg);
	if (reg->args.identifiers[IDENTIFIER_EXTERNAL_ID] != NULL &&
		!reg->call.org->config_number[CONFIG_USE_EXTERNAL_ID])
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_EXTERNAL_ID_NOT_USED), errmsg("org does not use external ids"),
				 errhint("CONF_USERS_USE_EXTERNAL_ID turns them on.")));
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		char key[IDENTIFIER_VALUE_BYTES];
		char typed[IDENTIFIER_VALUE_BYTES];

		if (reg->args.identifiers[type] == NULL)
			continue;
		if (!normalise(reg->call.org, type, reg->args.identifiers[type], key, typed))
			ereport(ERROR, (errcode(invalid[type].sqlstate),
							errmsg("argument \"%s\" has no normal form", loyalty_identifier_type_names[type]),
							errhint("%s", invalid[type].hint)));
		reg->facts.incoming[type] = pstrdup(key);
		shown[type] = pstrdup(typed);
		if (loyalty_registration_is_key(&reg->facts.config, type))
		{
			reg->keys.values[type] = reg->facts.incoming[type];
			reg->key_count++;
		}
	}
	reg->profile.mobile = shown[IDENTIFIER_MOBILE];
	reg->profile.email = shown[IDENTIFIER_EMAIL];
	reg->profile.external_id = shown[IDENTIFIER_EXTERNAL_ID];
}

/* Both forms go to buffers of IDENTIFIER_VALUE_BYTES: the one that is compared and the one that is shown. */
static bool
normalise(const LoyaltyOrg *org, IdentifierType type, const char *given, char *key, char *typed)
{
	bool known = false;

	switch (type)
	{
		case IDENTIFIER_MOBILE:
			known = loyalty_phone_normalise(given, org->base_country,
											org->config_number[CONFIG_COUNTRY_CODE_PASSED] != 0, key,
											IDENTIFIER_VALUE_BYTES);
			break;
		case IDENTIFIER_EMAIL:
			return loyalty_email_normal(given, key, typed);
		case IDENTIFIER_EXTERNAL_ID:
			known = loyalty_external_id_normal(given, key);
			break;
		case IDENTIFIER_TYPE_COUNT:
			break;
	}
	if (known)
		strlcpy(typed, key, IDENTIFIER_VALUE_BYTES);
	return known;
}

/*
 * Decides and claims the keys, against whoever registers at the same time: reads the owners, locks them in
 * ascending order, reads again, and claims what nobody owns. Where something has changed meanwhile the round is
 * undone, locks and claims alike, before the next one: nobody waits for a row while it holds what another waits
 * for. A round that would leave nothing behind needs no subtransaction.
 */
static void
settle(Registration *reg)
{
	int64 distinct[IDENTIFIER_TYPE_COUNT];
	int round;

	for (round = 0; round < MAX_ROUNDS; round++)
	{
		bool nothing_to_undo;

		CHECK_FOR_INTERRUPTS();
		loyalty_identifier_owners(reg->call.org->org_id, &reg->keys, reg->owners);
		nothing_to_undo =
			!reg->generates && reg->key_count == 1 && distinct_owners(reg->owners, distinct) == 0;
		if (nothing_to_undo ? attempt(reg) : loyalty_subtransaction(attempt, reg))
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not register because of concurrent registrations"), errhint("Repeat the call.")));
}

/* The customer that is updated, or the id of the one that is created, the same in every round. */
static int64
customer_concerned(Registration *reg)
{
	if (reg->decision.customer != REGISTRATION_NOBODY)
		return reg->facts.owners[reg->decision.customer].customer_id;
	if (reg->new_id == 0)
		reg->new_id = loyalty_next_id();
	return reg->new_id;
}

/* One round; false where it came to nothing. */
static bool
attempt(void *arg)
{
	Registration *reg = arg;
	RegistrationDecision *decision = &reg->decision;
	LoyaltyIdentifiers claims = { { NULL } };
	int wanted = 0;
	int type;

	if (!lock_owners(reg))
		return false;
	*decision = loyalty_registration_decide(&reg->facts);
	if (decision->outcome == REGISTRATION_CONFLICT || decision->outcome == REGISTRATION_TYPE_CONFLICT)
		raise_refusal(reg);
	generate_external_id(reg);
	reg->request.customer_id = customer_concerned(reg);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (!decision->claims[type])
			continue;
		claims.values[type] = reg->keys.values[type];
		if (type == IDENTIFIER_EXTERNAL_ID && reg->generated != NULL)
			claims.values[type] = reg->generated;
		wanted++;
	}
	return loyalty_identifier_claim(reg->call.org->org_id, reg->request.customer_id, &claims) == wanted;
}

/* Where they are generated, a customer without an external id gets one, whatever the call gives. */
static void
generate_external_id(Registration *reg)
{
	RegistrationDecision *decision = &reg->decision;

	reg->generated = NULL;
	if (!reg->generates || (decision->customer != REGISTRATION_NOBODY &&
							reg->facts.owners[decision->customer].held[IDENTIFIER_EXTERNAL_ID] != NULL))
		return;
	reg->generated = loyalty_registration_hooks.external_id(&reg->call);
	decision->actions[IDENTIFIER_EXTERNAL_ID] = IDENTIFIER_ATTACHED;
	decision->claims[IDENTIFIER_EXTERNAL_ID] = true;
}

/* Locks the owners, lowest id first, and fills the facts; false where they are no longer what was read. */
static bool
lock_owners(Registration *reg)
{
	int32 org_id = reg->call.org->org_id;
	int64 distinct[IDENTIFIER_TYPE_COUNT];
	int64 now[IDENTIFIER_TYPE_COUNT];
	int count = distinct_owners(reg->owners, distinct);
	int i;

	reg->facts.owner_count = 0;
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		reg->facts.owner[i] = REGISTRATION_NOBODY;
	for (i = 0; i < count; i++)
	{
		LoyaltyCustomer customer;

		if (!loyalty_customer_lock(org_id, distinct[i], &customer) || customer.merged_into != 0)
			return false;
		add_owner(reg, &customer);
	}
	if (count == 0)
		return true;
	loyalty_identifier_owners(org_id, &reg->keys, now);
	if (memcmp(now, reg->owners, sizeof(now)) != 0)
		return false;
	for (i = 0; i < count; i++)
	{
		LoyaltyIdentifiers held;

		loyalty_held_read(org_id, distinct[i], &held);
		memcpy(reg->facts.owners[i].held, held.values, sizeof(held.values));
	}
	return true;
}

/* Each owner once, ascending; answers how many there are. */
static int
distinct_owners(const int64 *owners, int64 *distinct)
{
	int count = 0;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		int at = 0;

		if (owners[type] == 0)
			continue;
		while (at < count && distinct[at] < owners[type])
			at++;
		if (at < count && distinct[at] == owners[type])
			continue;
		memmove(&distinct[at + 1], &distinct[at], sizeof(int64) * (count - at));
		distinct[at] = owners[type];
		count++;
	}
	return count;
}

static void
add_owner(Registration *reg, const LoyaltyCustomer *customer)
{
	RegistrationCase *facts = &reg->facts;
	int index = facts->owner_count++;
	int type;

	facts->owners[index].customer_id = customer->customer_id;
	facts->owners[index].registered_on = customer->registered_on;
	facts->owners[index].loyalty = customer->loyalty;
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (reg->owners[type] == customer->customer_id)
			facts->owner[type] = index;
}

/* Names the customers by id and the identifiers by type. */
static void
raise_refusal(const Registration *reg)
{
	StringInfoData owners;
	int type;

	if (reg->decision.outcome == REGISTRATION_TYPE_CONFLICT)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_LOYALTY_TYPE_CONFLICT),
						errmsg("a loyalty customer cannot be registered as non_loyalty"),
						errdetail("The identifiers belong to customer %lld.",
								  (long long) reg->facts.owners[reg->decision.customer].customer_id)));
	initStringInfo(&owners);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (reg->keys.values[type] == NULL)
			continue;
		appendStringInfo(&owners, "%s\"%s\" belongs to ", owners.len > 0 ? ", " : "",
						 loyalty_identifier_type_names[type]);
		if (reg->owners[type] != 0)
			appendStringInfo(&owners, "customer %lld", (long long) reg->owners[type]);
		else
			appendStringInfoString(&owners, "nobody");
	}
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_CONFLICT),
					errmsg("the identifiers belong to different customers"),
					errdetail("Identifier %s.", owners.data)));
}

/* The new row, or what changes in the old one; answers when the customer was registered. */
static TimestampTz
write_customer_row(Registration *reg)
{
	const RegistrationDecision *decision = &reg->decision;
	LoyaltyCustomer customer = { .customer_id = reg->request.customer_id,
								 .registered_on = reg->registered_on,
								 .loyalty = reg->facts.loyalty };
	int32 org_id = reg->call.org->org_id;

	if (decision->customer == REGISTRATION_NOBODY)
	{
		loyalty_customer_insert(org_id, &customer, reg->call.now, reg->profile.source_id,
								reg->till ? reg->till->till_id : 0);
		return reg->registered_on;
	}
	if (decision->enrols)
		loyalty_customer_enrol(org_id, customer.customer_id);
	return Max(reg->registered_on, reg->facts.owners[decision->customer].registered_on);
}

/* What was decided goes to the tables; the keys are there already. */
static void
write_customer(Registration *reg)
{
	const RegistrationDecision *decision = &reg->decision;
	int64 customer_id = reg->request.customer_id;
	int32 org_id = reg->call.org->org_id;
	LoyaltyIdentifiers added = { { NULL } };
	TimestampTz enrolled_on = write_customer_row(reg);
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (decision->actions[type] == IDENTIFIER_ATTACHED)
			added.values[type] = reg->facts.incoming[type];
	if (reg->generated != NULL)
		added.values[IDENTIFIER_EXTERNAL_ID] = reg->profile.external_id = reg->generated;
	loyalty_held_insert(org_id, customer_id, &added, reg->registered_on);
	if (decision->actions[IDENTIFIER_MOBILE] == IDENTIFIER_KEPT)
		reg->profile.mobile = NULL;
	if (decision->actions[IDENTIFIER_EMAIL] == IDENTIFIER_KEPT)
		reg->profile.email = NULL;
	if (decision->actions[IDENTIFIER_EXTERNAL_ID] == IDENTIFIER_KEPT)
		reg->profile.external_id = NULL;
	loyalty_profile_store(org_id, customer_id, &reg->profile, reg->call.now);
	if (decision->enrols && loyalty_registration_hooks.after_enrol != NULL)
	{
		LoyaltyEnrolment enrolment = { .customer_id = customer_id,
									   .registered_on = enrolled_on,
									   .source_id = reg->profile.source_id,
									   .till_id = reg->till ? reg->till->till_id : 0,
									   .store_id = reg->till ? reg->till->store_id : 0 };

		loyalty_registration_hooks.after_enrol(&reg->call, &enrolment);
	}
	if (loyalty_registration_hooks.after_register != NULL)
	{
		LoyaltyRegistered registered = { .customer_id = customer_id,
										 .created = decision->customer == REGISTRATION_NOBODY,
										 .card_series = reg->args.card_series };

		loyalty_registration_hooks.after_register(&reg->call, &registered);
	}
	answer_request(reg);
}

/* Completes the answer, and the request where it was written with another one. */
static void
answer_request(Registration *reg)
{
	Datum warnings[IDENTIFIER_TYPE_COUNT + 2];
	int count = 0;
	int type;

	if (reg->decision.outcome == REGISTRATION_CREATED && reg->generated == NULL)
		return;
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (reg->decision.actions[type] == IDENTIFIER_KEPT)
			warnings[count++] = CStringGetTextDatum(psprintf("%s_kept", loyalty_identifier_type_names[type]));
	if (reg->generated != NULL)
		warnings[count++] = CStringGetTextDatum("external_id_generated");
	if (reg->generated != NULL && reg->args.identifiers[IDENTIFIER_EXTERNAL_ID] != NULL)
		warnings[count++] = CStringGetTextDatum("external_id_replaced");
	reg->request.outcome = outcome_names[reg->decision.outcome];
	reg->request.warnings =
		PointerGetDatum(construct_array(warnings, count, TEXTOID, -1, false, TYPALIGN_INT));
	if (reg->args.idempotency_key != NULL)
		loyalty_request_answer(reg->call.org->org_id, &reg->request);
}
