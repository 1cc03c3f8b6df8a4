/*
 * registration_checks.c: the checks of a registration's arguments before customers are looked at, what the rounds
 * ask of the facts, and the words of refusals and warnings.
 *
 * Checks run in the order that docs/customer.md gives, so that of several mistakes the same one is always told
 * first: identifiers, date, source, tills, loyalty type, fields, label. They read the org's cached configuration
 * and the definitions of fields, and lock nothing; the caller holds what they rely on (loyalty_config_hold).
 * explain_registration runs the same functions, so an explanation cannot differ from the registration. No message
 * has the value of an identifier.
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
#include "common/word_rules.h"
#include "customer/registration.h"
#include "customer/registration_hooks.h"
#include "customer/requirement_rules.h"
#include "customer/status_hooks.h"

#define NON_LOYALTY "non_loyalty" /* the word for campaign users */

static void check_required(Registration *reg);
static void check_identifiers(Registration *reg);
static void check_source(Registration *reg);
static TimestampTz checked_registered_on(const Registration *reg);
static bool checked_loyalty(const Registration *reg);

/* Positions of the arguments of register_customer and of explain_registration, from 0, which is the org. */
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

/*
 * Reads arguments by their positions; only their sizes are judged here, before an idempotency key is looked for. Keys
 * of the source stay NULL: only the document form has them.
 */
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

/*
 * Runs the checks in their order. Whether external ids are generated is asked last: it needs source and account, and
 * a non_loyalty customer gets none.
 */
void
loyalty_registration_check(Registration *reg)
{
	const RegistrationArguments *args = &reg->args;
	int key;

	reg->call.actor = args->actor;
	loyalty_registration_config(reg->call.org, &reg->facts.config);
	check_identifiers(reg);
	reg->registered_on = checked_registered_on(reg);
	check_source(reg);
	reg->profile.first_name = args->first_name;
	reg->profile.last_name = args->last_name;
	for (key = 0; key < SOURCE_KEY_COUNT; key++)
	{
		reg->profile.keys[key] = args->keys[key];
		reg->source_keys[key] = loyalty_source_key_value(&reg->profile, (SourceKey) key);
		reg->facts.key_given[key] = args->keys[key] != NULL;
		reg->key_count += reg->facts.key_given[key];
	}
	reg->till = args->till ? loyalty_org_till(reg->call.org, args->till) : NULL;
	reg->base_till = args->base_till ? loyalty_org_till(reg->call.org, args->base_till) : NULL;
	reg->facts.loyalty = checked_loyalty(reg);
	loyalty_fields_check(reg->call.org, FIELD_OF_CUSTOMER, args->fields, &reg->fields);
	if (args->status_label != NULL)
		loyalty_status_hooks.check_label(&reg->call, args->status_label);
	else if (args->status_label_reason != NULL)
		loyalty_raise_missing("status_label");
	reg->generates = reg->facts.loyalty && loyalty_registration_hooks.generates_external_id != NULL &&
					 loyalty_registration_hooks.generates_external_id(&reg->call, reg->profile.source_id,
																	  reg->profile.account_id);
}

/* Tells whether a campaign user is asked for. Whether the word is one at all is judged later, by checked_loyalty(). */
static bool
is_campaign(const RegistrationArguments *args)
{
	return args->loyalty_type != NULL && loyalty_same_word(args->loyalty_type, NON_LOYALTY);
}

/* Raises LY101. */
pg_noreturn static void
raise_missing(const Registration *reg)
{
	if (reg->missing == IDENTIFIER_TYPE_COUNT)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_IDENTIFIER_MISSING),
				 errmsg("registration needs an identifier that finds the customer again"),
				 is_campaign(&reg->args)
					 ? errhint("Give a mobile or an e-mail.")
					 : errhint(
						   "Give a mobile or an external id, or an e-mail where the org has it as a key.")));
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_IDENTIFIER_MISSING),
			 errmsg("registration needs identifier \"%s\"", loyalty_identifier_type_names[reg->missing]),
			 errhint("The configuration of the org says which identifiers are required.")));
}

/*
 * Raises where an identifier that the configuration requires is missing, or a campaign user is given one that it
 * cannot have. It looks at what was given, not at normal forms: a mobile without a normal form is told of as that.
 */
static void
check_required(Registration *reg)
{
	bool campaign = is_campaign(&reg->args);
	bool given[IDENTIFIER_TYPE_COUNT];
	int type;
	int key;

	if (campaign && reg->args.identifiers[IDENTIFIER_EXTERNAL_ID] != NULL)
		loyalty_raise_not_allowed(loyalty_identifier_type_names[IDENTIFIER_EXTERNAL_ID],
								  LOYALTY_CAMPAIGN_USER_KNOWN_BY);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = reg->args.identifiers[type] != NULL;
	reg->lacks = loyalty_registration_lacks(&reg->facts.config, !campaign, given, &reg->missing);
	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		if (reg->args.keys[key] != NULL)
			return;
	if (reg->lacks)
		raise_missing(reg);
}

/*
 * Fills the incoming identifiers in normal form, those of them that are keys, and the values of the profile as they
 * are shown. An external id that the org does not use is refused before anything is normalised.
 */
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

/*
 * Returns the date of the registration, now where none is given. The future is judged in seconds, with a tolerance
 * for tills whose clocks are ahead; the first date of the org is compared with the clock on the wall of the org,
 * since an org means its own midnight by it. Equal passes.
 */
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

/* Fills source and account of the profile. The document form leaves the source NULL where it means INSTORE. */
static void
check_source(Registration *reg)
{
	const char *source = reg->args.source ? reg->args.source : "INSTORE";

	loyalty_source_checked(reg->call.org, source, reg->args.account_id, &reg->profile);
}

/* Returns true where a loyalty customer is asked for. Under dual eligibility everybody is one. */
static bool
checked_loyalty(const Registration *reg)
{
	const char *loyalty_type = reg->args.loyalty_type;

	if (loyalty_type == NULL || loyalty_same_word(loyalty_type, "loyalty"))
		return true;
	if (!is_campaign(&reg->args))
		loyalty_raise_not_allowed("loyalty_type", "loyalty, " NON_LOYALTY);
	if (reg->facts.config.keys.dual)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUAL_NEEDS_LOYALTY),
						errmsg("a non_loyalty customer cannot be registered under dual eligibility"),
						errhint("CONF_INSTORE_V2_ENABLED is on.")));
	return false;
}

/*
 * Tells whether the customer whom the source names has no primary identifier either, where the org requires one. A
 * refusal names its own reason. One that stayed with a victim is enough, as for updates.
 */
static bool
lacks_primary(const Registration *reg)
{
	const RegistrationConfig *config = &reg->facts.config;
	const RegistrationDecision *decision = &reg->decision;

	return reg->facts.loyalty && config->primary_required && !REGISTRATION_REFUSED(decision->outcome) &&
		   reg->facts.incoming[config->keys.primary] == NULL &&
		   reg->facts.owners[decision->customer].held[config->keys.primary] == NULL &&
		   !loyalty_group_holds(reg->call.org->org_id, &reg->customers[decision->customer],
								config->keys.primary);
}

/*
 * Looks at the customer whom the registration names, A, and not at the one it comes to: in a merge that survivor may
 * have the INSTORE profile that A lacks, but the source did not speak of the survivor. Where there is no A, at whom
 * the decision concerns.
 */
void
loyalty_registration_check_decided(const Registration *reg)
{
	int a = loyalty_registration_a(&reg->facts);
	int customer = a != REGISTRATION_NOBODY ? a : reg->decision.customer;

	if (reg->lacks &&
		(!loyalty_registration_is_named_by_source(&reg->facts, &reg->decision) || lacks_primary(reg)))
		raise_missing(reg);
	loyalty_orphan_checked(reg->call.org, reg->profile.source_id,
						   customer == REGISTRATION_NOBODY ? 0 : reg->facts.owners[customer].customer_id);
}

/*
 * Lists what the guard of statuses is asked. A new customer has no status, and a refused registration touches nobody.
 * Changing an identifier is an operation of its own, since an org may let a customer register again and forbid that;
 * a merge asks about its survivor and every victim.
 */
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
	for (i = 0; i < SOURCE_KEY_COUNT; i++)
		changes = changes || decision->key_actions[i] == IDENTIFIER_ATTACHED;
	operations[count++] = (RegistrationOperation){ decision->customer, "registration" };
	if (changes)
		operations[count++] = (RegistrationOperation){ decision->customer, "change_identifier" };
	/* Skipped secondaries (row 15) leave their owners alone, who are not asked about. */
	for (i = 0; i < reg->facts.owner_count && decision->outcome == REGISTRATION_MERGED; i++)
		if (i == decision->customer || decision->merged[i])
			operations[count++] = (RegistrationOperation){ i, "automatic_merge" };
	return count;
}

/* Appends whose an identifier of the type of that name is. */
static void
append_owner(StringInfo owners, const char *type, int64 owner)
{
	appendStringInfo(owners, "%s\"%s\" belongs to ", owners->len > 0 ? ", " : "", type);
	if (owner != 0)
		appendStringInfo(owners, "customer " INT64_FORMAT, owner);
	else
		appendStringInfoString(owners, "nobody");
}

/* Returns the owners of the incoming keys as text: ids and types, never values. */
static char *
owners_detail(const Registration *reg)
{
	StringInfoData owners;
	int i;

	initStringInfo(&owners);
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		if (reg->keys.values[i] != NULL || reg->owners[i] != 0)
			append_owner(&owners, loyalty_identifier_type_names[i], reg->owners[i]);
	for (i = 0; i < SOURCE_KEY_COUNT; i++)
		if (reg->source_keys[i] != NULL)
			append_owner(&owners, loyalty_source_key_names[i], reg->owners[IDENTIFIER_TYPE_COUNT + i]);
	return owners.data;
}

/*
 * Raises the error of each outcome that refuses. All but the three that have an error of their own are conflicts of
 * customers.
 */
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

/* Makes the warning of an identifier that was not taken over, or returns 0 where there is nothing to say of it. */
static Datum
warning_of(const char *type, IdentifierAction action)
{
	static const char *const suffixes[IDENTIFIER_ACTION_COUNT] = {
		[IDENTIFIER_KEPT] = "kept",
		[IDENTIFIER_IGNORED] = "ignored",
	};

	return suffixes[action] ? CStringGetTextDatum(psprintf("%s_%s", type, suffixes[action])) : (Datum) 0;
}

/*
 * Makes words of what the caller may not expect: an identifier that was not taken over (kept, ignored), and a generated
 * external id, alone or in place of one that was given. There are at most two more than types.
 */
Datum
loyalty_registration_warnings(const Registration *reg)
{
	const RegistrationDecision *decision = &reg->decision;
	Datum warnings[REGISTRATION_OWNERS + 2];
	int count = 0;
	int i;

	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		if ((warnings[count] = warning_of(loyalty_identifier_type_names[i], decision->actions[i])) != 0)
			count++;
	for (i = 0; i < SOURCE_KEY_COUNT; i++)
		if ((warnings[count] = warning_of(loyalty_source_key_names[i], decision->key_actions[i])) != 0)
			count++;
	if (reg->generated != NULL)
		warnings[count++] = CStringGetTextDatum("external_id_generated");
	if (reg->generated != NULL && reg->args.identifiers[IDENTIFIER_EXTERNAL_ID] != NULL)
		warnings[count++] = CStringGetTextDatum("external_id_replaced");
	return PointerGetDatum(construct_array(warnings, count, TEXTOID, -1, false, TYPALIGN_INT));
}
