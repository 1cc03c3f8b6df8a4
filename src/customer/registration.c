/*
 * registration.c: the frame of registrations: the steps that register_customer and register_customer_json share.
 *
 * A call first puts its idempotency key down, so that whoever repeats it waits there and holds nothing. Then it
 * checks what its arguments say by themselves. Then come rounds: read who owns the incoming keys, lock those owners
 * ascending by id, read again, decide by the rules alone, merge owners where the decision says so, and claim the keys
 * that nobody owns. A round that met a change of somebody else's is undone as a whole, locks included, and the next
 * one reads anew. The decision is written after the rounds: a customer that joins another one (registration_merge.c),
 * row, identifiers, profile, fields, accounts.
 *
 * Locks, in this order: the key of the request; the table of identifiers in a mode that keeps no other writer out but
 * a change of which types are keys (config_guard.c); the e-mail of a campaign user, where e-mails are no keys
 * (registration_owners.c); the owners' rows, and their merge groups where there are several
 * owners; the entries of the index of keys, by the names of their types. A customer that is made here needs no lock:
 * nobody sees it before the commit.
 *
 * Nothing is late here: when the call returns, keys, profile and accounts of the customer are there.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "common/crypto.h"
#include "common/ids.h"
#include "common/request.h"
#include "common/subtransaction.h"
#include "customer/config_guard.h"
#include "customer/group.h"
#include "customer/member.h"
#include "customer/registration.h"
#include "customer/registration_hooks.h"
#include "customer/registration_proof.h"
#include "customer/status_hooks.h"

#define MAX_ROUNDS 100 /* each lost round means that another call has committed something in our way */

/* Hooks of the capabilities above; loyalty.c fills them when the library is loaded. */
LoyaltyRegistrationHooks loyalty_registration_hooks;

/* Words of the outcomes that a call can return; the others are errors. */
static const char *const outcome_names[] = {
	[REGISTRATION_CREATED] = "created",
	[REGISTRATION_UPDATED] = "updated",
	[REGISTRATION_MERGED] = "merged",
};

static bool is_repeated(Registration *reg, FunctionCallInfo fcinfo);
static void resolve(Registration *reg);
static bool attempt(void *arg);
static void check_status(Registration *reg);
static void generate_external_id(Registration *reg);
static bool lock_owners(Registration *reg);
static void write_customer(Registration *reg);
static void answer_request(Registration *reg);

/*
 * Runs all steps. The hold on the configuration comes before the arguments are checked, since which of them are keys
 * is read there and must still be true when the keys are claimed. It comes after the idempotency key, so that a
 * repeated call takes no lock but the wait for its forerunner.
 */
bool
loyalty_registration_run(Registration *reg, FunctionCallInfo fcinfo)
{
	if (is_repeated(reg, fcinfo))
		return false;
	loyalty_config_hold(&reg->call);
	loyalty_registration_check(reg);
	loyalty_registration_hold_email(reg);
	loyalty_registration_judge_proof(reg);
	resolve(reg);
	write_customer(reg);
	loyalty_registration_use_proof(reg);
	loyalty_registration_release_email(reg);
	return true;
}

/*
 * Tells whether the idempotency key of the call was used before; then the request holds the first result. Otherwise
 * the key is taken now, before anything is locked, with the likeliest result (created, under an id that is drawn here
 * and kept over all rounds), which answer_request() puts right where it was another one. An insert that meets the key
 * of a call under way waits for the end of that call: after its commit this one repeats it, after its abort the key
 * is free.
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
	/* Kept aside: the row that is read below overwrites it. */
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
 * Decides and claims the keys, against whoever registers at the same time. A round that lost is undone, locks and
 * claims alike, before the next one begins: so nobody waits for a row while it holds what another one waits for, and
 * two calls with crossing identifiers cannot wait for each other. A customer's row that vanished or was merged, keys
 * that changed hands, a group that grew, and a key that was taken first all lose a round.
 *
 * The usual registration, one key that nobody owns, locks nothing, and its one claim leaves nothing behind where it
 * fails, so it needs no subtransaction, which costs more than the claim.
 */
static void
resolve(Registration *reg)
{
	int64 distinct[REGISTRATION_OWNERS];
	int round;

	for (round = 0; round < MAX_ROUNDS; round++)
	{
		bool nothing_to_undo;

		CHECK_FOR_INTERRUPTS();
		loyalty_registration_owners(reg, false, reg->owners);
		nothing_to_undo = !reg->generates && reg->key_count == 1 &&
						  loyalty_registration_distinct(reg->owners, distinct) == 0;
		if (nothing_to_undo ? attempt(reg) : loyalty_subtransaction(attempt, reg))
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not register because of concurrent registrations"), errhint("Repeat the call.")));
}

/*
 * Returns the customer that is updated, or the id of the one that is created, the same in every round: the row of the
 * idempotency key names it already, and ids are not drawn in vain.
 */
static int64
customer_concerned(Registration *reg)
{
	if (reg->decision.customer != REGISTRATION_NOBODY)
		return reg->facts.owners[reg->decision.customer].customer_id;
	if (reg->new_id == 0)
		reg->new_id = loyalty_next_id();
	return reg->new_id;
}

/* Claims the keys of the source that the customer gets, behind all others; false where somebody was faster. */
static bool
claim_source_keys(const Registration *reg)
{
	int key;

	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		if (reg->decision.key_actions[key] == IDENTIFIER_ATTACHED &&
			!loyalty_key_claim(reg->call.org->org_id, reg->request.customer_id, loyalty_source_key_names[key],
							   reg->source_keys[key]))
			return false;
	return true;
}

/*
 * Makes one round; false where it came to nothing. Refusals are raised only here, with the owners locked: what an
 * unlocked look says could be over by the time it is told. Merges come before the claims, since they hand the
 * victims' keys to the survivor and may bring it the external id that would be generated otherwise.
 */
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
	loyalty_registration_check_decided(reg);
	if (REGISTRATION_REFUSED(decision->outcome))
		loyalty_registration_refuse(reg);
	check_status(reg);
	loyalty_registration_require_none(reg);
	if (decision->outcome == REGISTRATION_MERGED)
		loyalty_registration_merge(reg);
	generate_external_id(reg);
	reg->request.customer_id = customer_concerned(reg);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		if (!decision->claims[type])
			continue;
		claims.values[type] = reg->keys.values[type];
		/* A generated external id is claimed in place of the one that was given. */
		if (type == IDENTIFIER_EXTERNAL_ID && reg->generated != NULL)
			claims.values[type] = reg->generated;
		wanted++;
	}
	return loyalty_identifier_claim(reg->call.org->org_id, reg->request.customer_id, &claims) == wanted &&
		   claim_source_keys(reg);
}

/*
 * Raises where the status of somebody whom the registration touches does not allow it: the customer that is updated,
 * and on either side of a merge. Their rows are locked, so a status cannot change between this look and the writes.
 */
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
 * Gives a loyalty customer without an external id a generated one, where the source has them, whatever the call
 * gives; an external id that the call gave is dropped then, which a warning says. The generated one is claimed where
 * external ids are keys. Each round draws a new number; the one that a lost round drew does not come again.
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

/*
 * Locks the owners, lowest id first, and fills the facts for the rules; false where they are no longer what was read.
 *
 * One owner is locked alone: whoever joins it is new, and nobody else is merged then. Several may be merged, which writes the rows of their
 * victims, too, so their groups are locked with them, all in one ascending sequence. The second look at the owners is
 * what makes the lock worth something: a key that moved before its owner was locked cannot move any more, because
 * every writer of somebody's identifiers holds that row.
 */
static bool
lock_owners(Registration *reg)
{
	int32 org_id = reg->call.org->org_id;
	int64 distinct[REGISTRATION_OWNERS];
	int64 now[REGISTRATION_OWNERS];
	LoyaltyCustomer *customers = reg->customers;
	int count = loyalty_registration_distinct(reg->owners, distinct);
	int i;

	loyalty_registration_no_owners(reg);
	if (count == 0)
		return true;
	if (count == 1 ? !loyalty_customer_lock(org_id, distinct[0], &customers[0])
				   : !loyalty_groups_lock(org_id, distinct, count, customers))
		return false;
	for (i = 0; i < count; i++)
		/* A merge that came first leaves its victim behind, whose keys find the survivor in the next round. */
		if (customers[i].customer_id == 0 || customers[i].merged_into != 0)
			return false;
	loyalty_registration_owners(reg, false, now);
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

/*
 * Writes the new row, or what changes in the old one, and returns when the customer was registered: for the accounts
 * that an enrolment opens, which begin with the later of the first registration and this one.
 */
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
	customer->loyalty |= decision->enrols;
	return Max(reg->registered_on, reg->facts.owners[decision->customer].registered_on);
}

/*
 * Writes identifiers that are new to the customer; those that they replace go to history first and are free again.
 * Attached ones are held from the date of the registration, which may lie in the past; a replacing one from now, as
 * its forerunner was held until now.
 */
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
	for (type = 0; type < SOURCE_KEY_COUNT; type++)
		if (reg->decision.key_actions[type] == IDENTIFIER_ATTACHED)
			loyalty_identifier_add(org_id, customer_id, loyalty_source_key_names[type],
								   reg->source_keys[type], reg->call.now, reg->call.actor);
}

/* Returns what the customer holds of a type already, as read last; NULL: nothing, or the customer is new. */
static const char *
held_before(const Registration *reg, int type)
{
	int customer = reg->decision.customer;

	return customer == REGISTRATION_NOBODY ? NULL : reg->facts.owners[customer].held[type];
}

/*
 * Tells whether the incoming identifier is what the customer has on its own record from now on. One that it has by a
 * customer who was merged into it is not.
 */
static bool
shows_incoming(const Registration *reg, int type)
{
	IdentifierAction action = reg->decision.actions[type];
	const char *held = held_before(reg, type);

	if (action == IDENTIFIER_UNCHANGED)
		return held != NULL && strcmp(held, reg->facts.incoming[type]) == 0;
	return action == IDENTIFIER_ATTACHED || action == IDENTIFIER_REPLACES;
}

/*
 * Writes the profile of the source. An INSTORE profile shows what the customer has, so an identifier that was not
 * taken is left out of it, and one that was not given but is held fills a gap; a profile of another source keeps what
 * that source says, but for what belongs to somebody else. Where an identifier was attached or replaced, INSTORE
 * profiles show the new one, and so does every other that had one of that type where the org synchronises
 * identifiers.
 */
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

		if (action == IDENTIFIER_IGNORED)
			*shown[type] = NULL;
		if (reg->profile.source_id == SOURCE_INSTORE && !shows_incoming(reg, type))
			*shown[type] = held_before(reg, type);
	}
	for (type = 0; type < SOURCE_KEY_COUNT; type++)
		if (reg->decision.key_actions[type] == IDENTIFIER_IGNORED)
			reg->profile.keys[type] = NULL;
	loyalty_profile_store(org_id, reg->request.customer_id, &reg->profile, reg->call.now);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (reg->decision.customer != REGISTRATION_NOBODY &&
			(reg->decision.actions[type] == IDENTIFIER_ATTACHED ||
			 reg->decision.actions[type] == IDENTIFIER_REPLACES))
			loyalty_profile_identifier(org_id, reg->request.customer_id, &reg->profile, (IdentifierType) type,
									   *shown[type],
									   reg->call.org->config_number[CONFIG_SYNC_IDENTIFIERS] != 0,
									   reg->call.now);
}

/* Tells the ledger that a customer has become a loyalty customer; accounts are opened in every program. */
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

/*
 * Tells the capabilities above that all is written: cards are issued, bills that waited for the customer are
 * attached.
 */
static void
tell_registered(Registration *reg)
{
	LoyaltyRegistered registered = { .customer_id = reg->request.customer_id,
									 .loyalty = reg->customer.loyalty,
									 .created = reg->decision.customer == REGISTRATION_NOBODY,
									 .card_series = reg->args.card_series,
									 .merged_count = reg->customer.merged_count,
									 .merged_ids = reg->customer.merged_ids };

	if (loyalty_registration_hooks.after_register != NULL)
		loyalty_registration_hooks.after_register(&reg->call, &registered);
}

/*
 * Writes what was decided; the keys are there already. Required fields are asked of new customers alone: an org that
 * starts to require a field must not lose its old ones. The accounts are opened before the label is set, and the hook
 * of the registration comes last but one, since cards and waiting bills need all of the customer.
 */
static void
write_customer(Registration *reg)
{
	TimestampTz enrolled_on;

	if (reg->decision.joins)
		loyalty_registration_join(reg);
	enrolled_on = write_customer_row(reg);
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

/*
 * Completes the result, and the stored request where it was written with another one: created without a warning is
 * what is_repeated() wrote, which row 1 leaves as it is unless an external id was generated.
 */
static void
answer_request(Registration *reg)
{
	reg->request.outcome = outcome_names[reg->decision.outcome];
	reg->request.warnings = loyalty_registration_warnings(reg);
	if (reg->args.idempotency_key != NULL && (reg->decision.row != ROW_CREATE || reg->generated != NULL))
		loyalty_request_result(reg->call.org->org_id, &reg->request);
}
