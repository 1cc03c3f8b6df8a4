/*
 * registration_checks.c: what is said of a registration's arguments before customers are looked at, and of its
 * decision where that refuses.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/phone.h"
#include "customer/registration.h"
#include "customer/registration_hooks.h"
#include "customer/status_hooks.h"

static void check_required(const Registration *reg);
static void check_identifiers(Registration *reg);
static void check_source(Registration *reg);
static TimestampTz checked_registered_on(const Registration *reg);
static bool checked_loyalty(const Registration *reg);

/* A name without white space around it, or NULL where nothing is left. */
static const char *
trimmed_name(const char *name)
{
	size_t length;
	const char *start = name ? loyalty_trimmed(name, &length) : NULL;

	return start == NULL || length == 0 ? NULL : pnstrdup(start, length);
}

/* Of register_customer and of explain_registration. */
enum RegistrationArgument
{
	ARG_MOBILE = 1,
	ARG_EMAIL,
	ARG_EXTERNAL_ID,
	ARG_FIRST_NAME,
	ARG_LAST_NAME,
	ARG_REGISTERED_ON,
	ARG_LOYALTY_TYPE,
	ARG_BASE_TILL,
	ARG_FIELDS, /* then extended and custom ones */
	ARG_CARD_SERIES = ARG_FIELDS + FIELD_KIND_COUNT,
	ARG_STATUS_LABEL,
	ARG_STATUS_LABEL_REASON,
	ARG_TILL,
	ARG_SOURCE,
	ARG_ACCOUNT_ID,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
};

void
loyalty_registration_arguments(RegistrationArguments *args, FunctionCallInfo fcinfo)
{
	int kind;

	args->identifiers[IDENTIFIER_MOBILE] =
		loyalty_arg_text_or_null(fcinfo, ARG_MOBILE, "mobile", LOYALTY_PHONE_MAX);
	args->identifiers[IDENTIFIER_EMAIL] =
		loyalty_arg_text_or_null(fcinfo, ARG_EMAIL, "email", EMAIL_MAX_BYTES);
	args->identifiers[IDENTIFIER_EXTERNAL_ID] =
		loyalty_arg_text_or_null(fcinfo, ARG_EXTERNAL_ID, "external_id", EXTERNAL_ID_MAX);
	args->first_name = loyalty_arg_text_or_null(fcinfo, ARG_FIRST_NAME, "first_name", LOYALTY_MAX_NAME);
	args->last_name = loyalty_arg_text_or_null(fcinfo, ARG_LAST_NAME, "last_name", LOYALTY_MAX_NAME);
	args->has_registered_on = !PG_ARGISNULL(ARG_REGISTERED_ON);
	args->registered_on = loyalty_arg_time_or(fcinfo, ARG_REGISTERED_ON, "registered_on", 0);
	args->loyalty_type = loyalty_arg_text_or_null(fcinfo, ARG_LOYALTY_TYPE, "loyalty_type", LOYALTY_MAX_CODE);
	args->base_till = loyalty_arg_text_or_null(fcinfo, ARG_BASE_TILL, "base_till", LOYALTY_MAX_CODE);
	for (kind = 0; kind < FIELD_KIND_COUNT; kind++)
		args->fields[kind] = PG_ARGISNULL(ARG_FIELDS + kind) ? NULL : PG_GETARG_JSONB_P(ARG_FIELDS + kind);
	args->card_series = loyalty_arg_text_or_null(fcinfo, ARG_CARD_SERIES, "card_series", LOYALTY_MAX_CODE);
	args->status_label = loyalty_arg_text_or_null(fcinfo, ARG_STATUS_LABEL, "status_label", LOYALTY_MAX_CODE);
	args->status_label_reason =
		loyalty_arg_text_or_null(fcinfo, ARG_STATUS_LABEL_REASON, "status_label_reason", LOYALTY_MAX_TEXT);
	args->till = loyalty_arg_text_or_null(fcinfo, ARG_TILL, "till", LOYALTY_MAX_CODE);
	args->source = loyalty_arg_text_or_null(fcinfo, ARG_SOURCE, "source", LOYALTY_MAX_CODE);
	args->account_id = loyalty_arg_text_or_null(fcinfo, ARG_ACCOUNT_ID, "account_id", LOYALTY_MAX_CODE);
	args->actor = loyalty_arg_text_or_null(fcinfo, ARG_ACTOR, "actor", LOYALTY_MAX_NAME);
	args->idempotency_key =
		loyalty_arg_text_or_null(fcinfo, ARG_IDEMPOTENCY_KEY, "idempotency_key", LOYALTY_MAX_NAME);
}

void
loyalty_registration_check(Registration *reg)
{
	const RegistrationArguments *args = &reg->args;

	reg->call.actor = args->actor;
	loyalty_registration_config(reg->call.org, &reg->facts.config);
	check_identifiers(reg);
	reg->registered_on = checked_registered_on(reg);
	check_source(reg);
	reg->profile.first_name = trimmed_name(args->first_name);
	reg->profile.last_name = trimmed_name(args->last_name);
	reg->profile.cuid = args->cuid;
	reg->till = args->till ? loyalty_org_till(reg->call.org, args->till) : NULL;
	reg->base_till = args->base_till ? loyalty_org_till(reg->call.org, args->base_till) : NULL;
	reg->facts.loyalty = checked_loyalty(reg);
	loyalty_fields_check(reg->call.org, args->fields, &reg->fields);
	if (args->status_label != NULL)
		loyalty_status_hooks.check_label(&reg->call, args->status_label);
	else if (args->status_label_reason != NULL)
		loyalty_raise_missing("status_label");
	reg->generates = reg->facts.loyalty && loyalty_registration_hooks.generates_external_id != NULL &&
					 loyalty_registration_hooks.generates_external_id(&reg->call, reg->profile.source_id,
																	  reg->profile.account_id);
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
	if (reg->args.identifiers[IDENTIFIER_EXTERNAL_ID] != NULL)
		loyalty_external_id_used(reg->call.org);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (reg->args.identifiers[type] == NULL)
			continue;
		reg->facts.incoming[type] =
			loyalty_identifier_checked(reg->call.org, (IdentifierType) type, reg->args.identifiers[type],
									   loyalty_identifier_type_names[type], &shown[type]);
		if (loyalty_identifier_is_key(&reg->facts.config.keys, (IdentifierType) type))
		{
			reg->keys.values[type] = reg->facts.incoming[type];
			reg->key_count++;
		}
	}
	reg->profile.mobile = shown[IDENTIFIER_MOBILE];
	reg->profile.email = shown[IDENTIFIER_EMAIL];
	reg->profile.external_id = shown[IDENTIFIER_EXTERNAL_ID];
}

/* The first date is compared with the clock on the wall of the org. */
static TimestampTz
checked_registered_on(const Registration *reg)
{
	const LoyaltyOrg *org = reg->call.org;
	int64 tolerance = org->config_number[CONFIG_EVENT_TIME_TOLERANCE];
	TimestampTz at = reg->args.has_registered_on ? reg->args.registered_on : reg->call.now;

	if (reg->args.has_registered_on && at > reg->call.now + tolerance * USECS_PER_SEC)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("registered_on lies in the future"),
				 errdetail("At most " INT64_FORMAT " seconds after the clock are allowed.", tolerance)));
	if (org->config[CONFIG_MIN_REGISTRATION_DATE] != NULL &&
		loyalty_local_time(at, org->zone) < org->config_number[CONFIG_MIN_REGISTRATION_DATE] * USECS_PER_SEC)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_BEFORE_MIN_DATE),
						errmsg("registration is dated before the first date of the org"),
						errdetail("CONF_MIN_REGISTRATION_DATE is %s, local time.",
								  org->config[CONFIG_MIN_REGISTRATION_DATE])));
	return at;
}

static void
check_source(Registration *reg)
{
	const char *source = reg->args.source ? reg->args.source : "INSTORE";

	loyalty_source_checked(reg->call.org, source, reg->args.account_id, &reg->profile);
}

/* Campaign users are known by mobile or e-mail alone, or by what the org knows everybody by. */
static bool
checked_loyalty(const Registration *reg)
{
	const char *loyalty_type = reg->args.loyalty_type;

	if (loyalty_type == NULL || strcmp(loyalty_type, "loyalty") == 0)
		return true;
	if (strcmp(loyalty_type, "non_loyalty") != 0)
		loyalty_raise_not_allowed("loyalty_type", "loyalty, non_loyalty");
	if (reg->facts.config.keys.dual)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUAL_NEEDS_LOYALTY),
						errmsg("a non_loyalty customer cannot be registered under dual eligibility"),
						errhint("CONF_INSTORE_V2_ENABLED is on.")));
	if (reg->args.identifiers[IDENTIFIER_EXTERNAL_ID] != NULL &&
		reg->facts.config.keys.primary != IDENTIFIER_EXTERNAL_ID)
		loyalty_raise_not_allowed("external_id",
								  "none for a non_loyalty customer, known by mobile or e-mail only");
	return false;
}

void
loyalty_registration_check_orphan(const Registration *reg)
{
	int a = loyalty_registration_a(&reg->facts);
	int customer = a != REGISTRATION_NOBODY ? a : reg->decision.customer;

	loyalty_orphan_checked(reg->call.org, reg->profile.source_id,
						   customer == REGISTRATION_NOBODY ? 0 : reg->facts.owners[customer].customer_id);
}

int
loyalty_registration_distinct(const int64 *owners, int64 *distinct)
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

void
loyalty_registration_add_owner(Registration *reg, const LoyaltyCustomer *customer,
							   const LoyaltyIdentifiers *held)
{
	RegistrationCase *facts = &reg->facts;
	int index = facts->owner_count++;
	int type;

	facts->owners[index].customer_id = customer->customer_id;
	facts->owners[index].registered_on = customer->registered_on;
	facts->owners[index].loyalty = customer->loyalty;
	memcpy(facts->owners[index].held, held->values, sizeof(held->values));
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (reg->owners[type] == customer->customer_id)
			facts->owner[type] = index;
}

int
loyalty_registration_operations(const Registration *reg, RegistrationOperation *operations)
{
	const RegistrationDecision *decision = &reg->decision;
	bool changes = false;
	int count = 0;
	int i;

	if (decision->customer == REGISTRATION_NOBODY || REGISTRATION_REFUSED(decision->outcome))
		return 0;
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		changes = changes || decision->actions[i] == IDENTIFIER_ATTACHED ||
				  decision->actions[i] == IDENTIFIER_REPLACES;
	operations[count++] = (RegistrationOperation){ decision->customer, "registration" };
	if (changes)
		operations[count++] = (RegistrationOperation){ decision->customer, "change_identifier" };
	for (i = 0; i < reg->facts.owner_count && decision->outcome == REGISTRATION_MERGED; i++)
		if (i == decision->customer || decision->merged[i])
			operations[count++] = (RegistrationOperation){ i, "automatic_merge" };
	return count;
}

/* Which customers own the keys: ids and types, never values. */
static char *
owners_detail(const Registration *reg)
{
	StringInfoData owners;
	int type;

	initStringInfo(&owners);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (reg->keys.values[type] == NULL)
			continue;
		appendStringInfo(&owners, "%s\"%s\" belongs to ", owners.len > 0 ? ", " : "",
						 loyalty_identifier_type_names[type]);
		if (reg->owners[type] != 0)
			appendStringInfo(&owners, "customer " INT64_FORMAT, reg->owners[type]);
		else
			appendStringInfoString(&owners, "nobody");
	}
	return owners.data;
}

void
loyalty_registration_refuse(const Registration *reg)
{
	const RegistrationDecision *decision = &reg->decision;
	const char *owners = owners_detail(reg);

	switch (decision->outcome)
	{
		case REGISTRATION_TYPE_CONFLICT:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_LOYALTY_TYPE_CONFLICT),
							errmsg("a loyalty customer cannot be registered as non_loyalty"),
							errdetail("The identifiers belong to customer " INT64_FORMAT ".",
									  reg->facts.owners[decision->customer].customer_id)));
			break;
		case REGISTRATION_SECONDARY_TAKEN:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_SECONDARY_TAKEN),
							errmsg("a secondary identifier belongs to another account"),
							errdetail("Identifier %s.", owners),
							errhint("CONF_PRIMARY_IDENTIFIER_STRICT_CHECK is on.")));
			break;
		case REGISTRATION_PRIMARY_MISMATCH:
			ereport(ERROR,
					(errcode(ERRCODE_LOYALTY_PRIMARY_MISMATCH),
					 errmsg("customer " INT64_FORMAT " has another primary identifier",
							reg->facts.owners[decision->customer].customer_id),
					 errdetail("Identifier %s.", owners),
					 errhint("The configuration does not allow the primary identifier to be updated.")));
			break;
		default:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_CONFLICT),
							errmsg("the identifiers belong to different customers"),
							errdetail("Identifier %s.", owners)));
	}
	pg_unreachable();
}

Datum
loyalty_registration_warnings(const Registration *reg)
{
	static const char *const suffixes[IDENTIFIER_ACTION_COUNT] = {
		[IDENTIFIER_KEPT] = "kept",
		[IDENTIFIER_IGNORED] = "ignored",
	};
	const RegistrationDecision *decision = &reg->decision;
	Datum warnings[IDENTIFIER_TYPE_COUNT + 2];
	int count = 0;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (suffixes[decision->actions[type]] != NULL)
			warnings[count++] = CStringGetTextDatum(
				psprintf("%s_%s", loyalty_identifier_type_names[type], suffixes[decision->actions[type]]));
	if (reg->generated != NULL)
		warnings[count++] = CStringGetTextDatum("external_id_generated");
	if (reg->generated != NULL && reg->args.identifiers[IDENTIFIER_EXTERNAL_ID] != NULL)
		warnings[count++] = CStringGetTextDatum("external_id_replaced");
	return PointerGetDatum(construct_array(warnings, count, TEXTOID, -1, false, TYPALIGN_INT));
}
