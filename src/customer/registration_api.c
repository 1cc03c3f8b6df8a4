/*
 * registration_api.c: registering customers and finding them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/request.h"
#include "common/subtransaction.h"
#include "customer/config_guard.h"
#include "customer/group.h"
#include "customer/identifier_resolver.h"
#include "customer/member.h"
#include "customer/registration.h"
#include "customer/registration_hooks.h"
#include "customer/status_hooks.h"

#define MAX_ROUNDS 100 /* each lost round means that another call has committed something in our way */

LoyaltyRegistrationHooks loyalty_registration_hooks;

static const char *const outcome_names[] = {
	[REGISTRATION_CREATED] = "created",
	[REGISTRATION_UPDATED] = "updated",
	[REGISTRATION_MERGED] = "merged",
};

static int64 find(const LoyaltyOrg *org, IdentifierType type, const char *value);
static bool is_repeated(Registration *reg, FunctionCallInfo fcinfo);
static void resolve(Registration *reg);
static bool attempt(void *arg);
static void check_status(Registration *reg);
static void merge_owners(Registration *reg);
static void generate_external_id(Registration *reg);
static bool lock_owners(Registration *reg);
static void write_customer(Registration *reg);
static void answer_request(Registration *reg);

LOYALTY_FUNCTION(loyalty_register_customer);
LOYALTY_FUNCTION(loyalty_find_customer);

Datum
loyalty_register_customer(PG_FUNCTION_ARGS)
{
	Registration *reg = palloc0(sizeof(Registration));

	loyalty_call_begin(&reg->call, fcinfo);
	loyalty_registration_arguments(&reg->args, fcinfo);
	loyalty_registration_run(reg, fcinfo);
	return loyalty_registration_result(reg, fcinfo);
}

bool
loyalty_registration_run(Registration *reg, FunctionCallInfo fcinfo)
{
	if (is_repeated(reg, fcinfo))
		return false;
	loyalty_config_hold(&reg->call);
	loyalty_registration_check(reg);
	resolve(reg);
	write_customer(reg);
	return true;
}

Datum
loyalty_registration_result(Registration *reg, FunctionCallInfo fcinfo)
{
	Datum values[3];
	bool nulls[3] = { false };

	values[0] = Int64GetDatum(reg->request.customer_id);
	values[1] = CStringGetTextDatum(reg->request.outcome);
	values[2] = reg->request.warnings;
	return loyalty_call_result(&reg->call, fcinfo, values, nulls);
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
	resolver = loyalty_identifier_resolver_find(name);
	type = resolver ? IDENTIFIER_TYPE_COUNT : loyalty_identifier_type_arg(name);
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
	KeyConfig keys;
	int64 customer_id;

	if (type == IDENTIFIER_MOBILE && loyalty_mobile_guess(org, value, key))
	{
		customer_id = loyalty_identifier_find(org->org_id, type, key);
		if (customer_id != 0)
			return customer_id;
	}
	if (!loyalty_identifier_normalise(org, type, value, key, typed))
		return 0;
	loyalty_key_config((const char *const *) org->config, &keys);
	if (loyalty_identifier_is_key(&keys, type))
		return loyalty_identifier_find(org->org_id, type, key);
	return keys.dual ? 0 : loyalty_contact_find(org->org_id, type, key);
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

/*
 * Decides and claims the keys, against whoever registers at the same time: reads the owners, locks them in
 * ascending order, reads again, and claims what nobody owns. Where something has changed meanwhile the round is
 * undone, locks and claims alike, before the next one: nobody waits for a row while it holds what another waits
 * for. A round that would leave nothing behind needs no subtransaction.
 */
static void
resolve(Registration *reg)
{
	int64 distinct[IDENTIFIER_TYPE_COUNT];
	int round;

	for (round = 0; round < MAX_ROUNDS; round++)
	{
		bool nothing_to_undo;

		CHECK_FOR_INTERRUPTS();
		loyalty_identifier_owners(reg->call.org->org_id, &reg->keys, reg->owners);
		nothing_to_undo = !reg->generates && reg->key_count == 1 &&
						  loyalty_registration_distinct(reg->owners, distinct) == 0;
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
	loyalty_registration_check_orphan(reg);
	if (REGISTRATION_REFUSED(decision->outcome))
		loyalty_registration_refuse(reg);
	check_status(reg);
	if (decision->outcome == REGISTRATION_MERGED)
		merge_owners(reg);
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

/* The statuses of those whom the registration touches. */
static void
check_status(Registration *reg)
{
	RegistrationOperation operations[MAX_REGISTRATION_OPERATIONS];
	int count = loyalty_registration_operations(reg, operations);
	int i;

	for (i = 0; i < count; i++)
		loyalty_status_hooks.guard(&reg->call, &reg->customers[operations[i].owner], operations[i].operation);
}

/*
 * A comes first, then the others ascending: the survivor takes from each what it lacks. It is read again: identifiers
 * and the date of registration may be a victim's now.
 */
static void
merge_owners(Registration *reg)
{
	RegistrationCase *facts = &reg->facts;
	RegistrationOwner *survivor = &facts->owners[reg->decision.customer];
	LoyaltyCustomer *customer = &reg->customers[reg->decision.customer];
	int a = loyalty_registration_a(facts);
	LoyaltyIdentifiers held;
	int i;

	for (i = -1; i < facts->owner_count; i++)
	{
		int victim = i < 0 ? a : i;

		if (victim != REGISTRATION_NOBODY && reg->decision.merged[victim] && (i < 0 || victim != a))
			loyalty_registration_hooks.auto_merge(&reg->call, survivor->customer_id,
												  facts->owners[victim].customer_id, reg->till);
	}
	if (!loyalty_customer_lock(reg->call.org->org_id, survivor->customer_id, customer))
		elog(ERROR, "the survivor of a merge has vanished");
	survivor->registered_on = customer->registered_on;
	loyalty_identifiers_read(reg->call.org->org_id, survivor->customer_id, &held);
	memcpy(survivor->held, held.values, sizeof(held.values));
}

/*
 * Where they are generated, a loyalty customer without an external id gets one, whatever the call gives. It is
 * claimed where external ids are keys.
 */
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
	decision->claims[IDENTIFIER_EXTERNAL_ID] =
		loyalty_identifier_is_key(&reg->facts.config.keys, IDENTIFIER_EXTERNAL_ID);
}

/* Locks the owners, lowest id first, several with their groups, and fills the facts; false where they are no longer what
 * was read. */
static bool
lock_owners(Registration *reg)
{
	int32 org_id = reg->call.org->org_id;
	int64 distinct[IDENTIFIER_TYPE_COUNT];
	int64 now[IDENTIFIER_TYPE_COUNT];
	LoyaltyCustomer *customers = reg->customers;
	int count = loyalty_registration_distinct(reg->owners, distinct);
	int i;

	reg->facts.owner_count = 0;
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		reg->facts.owner[i] = REGISTRATION_NOBODY;
	if (count == 0)
		return true;
	if (count == 1 ? !loyalty_customer_lock(org_id, distinct[0], &customers[0])
				   : !loyalty_groups_lock(org_id, distinct, count, customers))
		return false;
	for (i = 0; i < count; i++)
		if (customers[i].customer_id == 0 || customers[i].merged_into != 0)
			return false;
	loyalty_identifier_owners(org_id, &reg->keys, now);
	if (memcmp(now, reg->owners, sizeof(now)) != 0)
		return false;
	for (i = 0; i < count; i++)
	{
		LoyaltyIdentifiers held;

		loyalty_identifiers_read(org_id, distinct[i], &held);
		loyalty_registration_add_owner(reg, &customers[i], &held);
	}
	return true;
}

/* The new row, or what changes in the old one; answers when the customer was registered. */
static TimestampTz
write_customer_row(Registration *reg)
{
	const RegistrationDecision *decision = &reg->decision;
	LoyaltyCustomer *customer = &reg->customer;
	int32 org_id = reg->call.org->org_id;

	if (decision->customer == REGISTRATION_NOBODY)
	{
		*customer = (LoyaltyCustomer){ .customer_id = reg->request.customer_id,
									   .registered_on = reg->registered_on,
									   .loyalty = reg->facts.loyalty,
									   .status_label_id = loyalty_status_hooks.label_of_new(&reg->call) };
		loyalty_customer_insert(org_id, customer, reg->call.now, reg->profile.source_id,
								reg->till ? reg->till->till_id : 0,
								reg->base_till ? reg->base_till->till_id : 0);
		return reg->registered_on;
	}
	*customer = reg->customers[decision->customer];
	if (reg->base_till != NULL)
		loyalty_customer_base_till(org_id, customer->customer_id, reg->base_till->till_id);
	if (decision->enrols)
		loyalty_customer_enrol(org_id, customer->customer_id);
	return Max(reg->registered_on, reg->facts.owners[decision->customer].registered_on);
}

/* Identifiers that are new to the customer; those that they replace go to history and are free again. */
static void
write_identifiers(Registration *reg)
{
	int64 customer_id = reg->request.customer_id;
	int32 org_id = reg->call.org->org_id;
	LoyaltyIdentifiers added = { { NULL } };
	LoyaltyIdentifiers replacing = { { NULL } };
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (reg->decision.actions[type] == IDENTIFIER_ATTACHED)
			added.values[type] = reg->facts.incoming[type];
		if (type == IDENTIFIER_EXTERNAL_ID && reg->generated != NULL)
			added.values[type] = reg->profile.external_id = reg->generated;
		if (reg->decision.actions[type] != IDENTIFIER_REPLACES)
			continue;
		replacing.values[type] = reg->facts.incoming[type];
		loyalty_identifier_close(org_id, customer_id, loyalty_identifier_type_names[type],
								 reg->facts.owners[reg->decision.customer].held[type], reg->call.now,
								 "registration", reg->call.actor);
	}
	loyalty_identifiers_insert(org_id, customer_id, &added, reg->registered_on, reg->call.actor);
	loyalty_identifiers_insert(org_id, customer_id, &replacing, reg->call.now, reg->call.actor);
}

/* An INSTORE profile shows what the customer has; a profile of another source keeps what that source says. */
static void
write_profile(Registration *reg)
{
	const char **shown[IDENTIFIER_TYPE_COUNT] = { &reg->profile.mobile, &reg->profile.email,
												  &reg->profile.external_id };
	int32 org_id = reg->call.org->org_id;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		IdentifierAction action = reg->decision.actions[type];

		if (action == IDENTIFIER_IGNORED ||
			(action == IDENTIFIER_KEPT && reg->profile.source_id == SOURCE_INSTORE))
			*shown[type] = NULL;
	}
	loyalty_profile_store(org_id, reg->request.customer_id, &reg->profile, reg->call.now);
	loyalty_cuid_write(&reg->call, &reg->customer, &reg->profile, false);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (reg->decision.actions[type] == IDENTIFIER_REPLACES)
			loyalty_profile_identifier(org_id, reg->request.customer_id, &reg->profile, (IdentifierType) type,
									   *shown[type],
									   reg->call.org->config_number[CONFIG_SYNC_IDENTIFIERS] != 0,
									   reg->call.now);
}

static void
enrol(Registration *reg, TimestampTz enrolled_on)
{
	LoyaltyEnrolment enrolment = { .customer_id = reg->request.customer_id,
								   .registered_on = enrolled_on,
								   .source_id = reg->profile.source_id,
								   .till_id = reg->till ? reg->till->till_id : 0,
								   .store_id = reg->till ? reg->till->store_id : 0 };

	if (loyalty_registration_hooks.after_enrol != NULL)
		loyalty_registration_hooks.after_enrol(&reg->call, &enrolment);
}

static void
tell_registered(Registration *reg)
{
	LoyaltyRegistered registered = { .customer_id = reg->request.customer_id,
									 .created = reg->decision.customer == REGISTRATION_NOBODY,
									 .card_series = reg->args.card_series };

	if (loyalty_registration_hooks.after_register != NULL)
		loyalty_registration_hooks.after_register(&reg->call, &registered);
}

/* What was decided goes to the tables; the keys are there already. */
static void
write_customer(Registration *reg)
{
	TimestampTz enrolled_on = write_customer_row(reg);

	if (reg->decision.customer == REGISTRATION_NOBODY)
		loyalty_fields_require(&reg->fields);
	write_identifiers(reg);
	write_profile(reg);
	loyalty_fields_write(reg->call.org->org_id, reg->request.customer_id, &reg->fields, reg->call.now);
	if (reg->decision.enrols)
		enrol(reg, enrolled_on);
	if (reg->args.status_label != NULL)
		loyalty_status_hooks.set_label(&reg->call, &reg->customer, reg->args.status_label,
									   reg->args.status_label_reason);
	tell_registered(reg);
	answer_request(reg);
}

/* Completes the answer, and the request where it was written with another one. */
static void
answer_request(Registration *reg)
{
	reg->request.outcome = outcome_names[reg->decision.outcome];
	reg->request.warnings = loyalty_registration_warnings(reg);
	if (reg->args.idempotency_key != NULL && (reg->decision.row != ROW_CREATE || reg->generated != NULL))
		loyalty_request_result(reg->call.org->org_id, &reg->request);
}
