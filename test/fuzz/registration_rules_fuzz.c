/*
 * registration_rules_fuzz.c: any configuration, identifiers and owners. A refusal decides nothing else; whoever is merged
 * is not whom it is merged into; loyalty customers stay what they are; nobody's key is taken from anybody.
 */
// sources: registration_rules.c
#include "customer/registration_rules.h"
#include "fuzz_input.h"
#include "registration_config.h"

static const char *const values[] = { "one", "two", "three" };

static const char *
some_value(FuzzInput *input)
{
	int choice = fuzz_choice(input, 4);

	return choice == 3 ? NULL : values[choice];
}

/* Owners, each of a key that comes in; a customer has what it owns, unless one that was merged into it has it. */
static RegistrationCase
some_case(FuzzInput *input)
{
	RegistrationCase facts = { .config = some_config(input), .loyalty = fuzz_bool(input) };
	int wanted = fuzz_choice(input, REGISTRATION_OWNERS + 1);
	int type;
	int key;
	int i;

	for (i = 0; i < wanted; i++)
	{
		facts.owners[i] = (RegistrationOwner){ .customer_id = 10 + i,
											   .registered_on = fuzz_choice(input, 3),
											   .loyalty = fuzz_bool(input) };
		for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
			facts.owners[i].held[type] = some_value(input);
		for (key = 0; key < SOURCE_KEY_COUNT; key++)
			facts.owners[i].other_key[key] = fuzz_bool(input);
	}
	for (key = 0; key < SOURCE_KEY_COUNT; key++)
	{
		facts.key_given[key] = fuzz_bool(input);
		facts.key_owner[key] =
			facts.key_given[key] ? fuzz_choice(input, wanted + 1) - 1 : REGISTRATION_NOBODY;
	}
	facts.owner_count = wanted;
	facts.email_names = !facts.config.keys.dual && fuzz_bool(input) &&
						!loyalty_identifier_is_key(&facts.config.keys, IDENTIFIER_EMAIL);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		facts.incoming[type] = some_value(input);
		facts.owner[type] = REGISTRATION_NOBODY;
		if (wanted == 0 || facts.incoming[type] == NULL ||
			!(loyalty_identifier_is_key(&facts.config.keys, (IdentifierType) type) ||
			  (type == IDENTIFIER_EMAIL && facts.email_names)))
			continue;
		facts.owner[type] = fuzz_choice(input, wanted + 1) - 1;
		/* Contact data names campaign users alone. */
		if (type == IDENTIFIER_EMAIL && facts.email_names && facts.owner[type] != REGISTRATION_NOBODY)
			facts.owners[facts.owner[type]].loyalty = false;
		if (facts.owner[type] != REGISTRATION_NOBODY && fuzz_bool(input))
			facts.owners[facts.owner[type]].held[type] = facts.incoming[type];
	}
	return facts;
}

/* Whether somebody owns a key that came in. */
static bool
is_named(const RegistrationCase *facts, int owner)
{
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (facts->owner[type] == owner)
			return true;
	for (type = 0; type < SOURCE_KEY_COUNT; type++)
		if (facts->key_owner[type] == owner)
			return true;
	return false;
}

static void
check_refusal(const RegistrationDecision *decision)
{
	int i;

	REQUIRE(!decision->enrols && !decision->joins);
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		REQUIRE(!decision->claims[i] && decision->actions[i] == IDENTIFIER_NOT_GIVEN);
	for (i = 0; i < REGISTRATION_OWNERS; i++)
		REQUIRE(!decision->merged[i]);
	for (i = 0; i < SOURCE_KEY_COUNT; i++)
		REQUIRE(decision->key_actions[i] == IDENTIFIER_NOT_GIVEN);
}

static void
check_customers(const RegistrationCase *facts, const RegistrationDecision *decision)
{
	bool exists = decision->customer != REGISTRATION_NOBODY;
	int merged = 0;
	int i;

	REQUIRE(exists == (decision->outcome != REGISTRATION_CREATED));
	REQUIRE(decision->enrols == (facts->loyalty && !(exists && facts->owners[decision->customer].loyalty)));
	REQUIRE(facts->loyalty || !exists || !facts->owners[decision->customer].loyalty);
	for (i = 0; i < REGISTRATION_OWNERS; i++)
	{
		if (!decision->merged[i])
			continue;
		merged++;
		REQUIRE(i < facts->owner_count && i != decision->customer && is_named(facts, i));
		REQUIRE(!facts->owners[i].loyalty || decision->row == ROW_MERGE_BY_EMAIL);
		REQUIRE(!facts->owners[i].loyalty || (facts->config.keys.email_unique && !facts->config.skip &&
											  facts->owner[IDENTIFIER_EMAIL] == i));
	}
	REQUIRE((merged > 0 || decision->joins) == (decision->outcome == REGISTRATION_MERGED));
}

static void
check_identifier(const RegistrationCase *facts, const RegistrationDecision *decision, int type)
{
	IdentifierAction action = decision->actions[type];
	const RegistrationOwner *customer =
		decision->customer == REGISTRATION_NOBODY ? NULL : &facts->owners[decision->customer];
	int owner = facts->owner[type];
	bool primary = type == (int) facts->config.keys.primary;

	REQUIRE((action == IDENTIFIER_NOT_GIVEN) == (facts->incoming[type] == NULL));
	REQUIRE(!primary || action != IDENTIFIER_IGNORED);
	/* A primary is kept out where somebody with it joins, by its e-mail; whatever joins is somebody's then. */
	REQUIRE(!primary || action != IDENTIFIER_KEPT || (decision->joins && decision->joined[type]));
	REQUIRE(!decision->joined[type] || (decision->claims[type] && action == IDENTIFIER_KEPT));
	if (decision->joins)
		REQUIRE(facts->loyalty && customer->loyalty && facts->config.keys.email_unique &&
				!facts->config.skip && !facts->config.strict &&
				facts->owner[IDENTIFIER_EMAIL] == decision->customer);
	if (decision->claims[type])
		REQUIRE(facts->incoming[type] != NULL && owner == REGISTRATION_NOBODY &&
				loyalty_identifier_is_key(&facts->config.keys, (IdentifierType) type));
	/* What is attached, or replaces, is nobody else's: its owner is whom it goes to, or becomes that. */
	if (action == IDENTIFIER_ATTACHED || action == IDENTIFIER_REPLACES)
		REQUIRE(owner == REGISTRATION_NOBODY || owner == decision->customer || decision->merged[owner]);
	if (action == IDENTIFIER_IGNORED)
		REQUIRE(facts->config.skip);
	if (action == IDENTIFIER_REPLACES && customer != NULL && customer->held[type] != NULL)
		REQUIRE(facts->config.replaceable[type] || (primary && !customer->loyalty));
	if (action == IDENTIFIER_REPLACES && !primary)
		REQUIRE(facts->config.replaceable[type]);
}

/* A key of the source is taken from nobody, and whose it is may be left aside where skip leaves others alone. */
static void
check_key(const RegistrationCase *facts, const RegistrationDecision *decision, int key)
{
	IdentifierAction action = decision->key_actions[key];
	int owner = facts->key_owner[key];
	bool is_customers =
		owner != REGISTRATION_NOBODY && (owner == decision->customer || decision->merged[owner]);

	REQUIRE((action == IDENTIFIER_NOT_GIVEN) == !facts->key_given[key]);
	REQUIRE(action != IDENTIFIER_REPLACES);
	REQUIRE((action == IDENTIFIER_UNCHANGED) == is_customers);
	REQUIRE(action != IDENTIFIER_IGNORED || (facts->config.skip && owner != REGISTRATION_NOBODY));
	REQUIRE(action != IDENTIFIER_ATTACHED || owner == REGISTRATION_NOBODY);
	REQUIRE(!is_customers || loyalty_registration_is_named_by_source(facts, decision));
}

static void
fuzz_decision(const RegistrationCase *facts)
{
	RegistrationDecision decision = loyalty_registration_decide(facts);
	int a = loyalty_registration_a(facts);
	int type;

	REQUIRE(decision.row >= ROW_CREATE && decision.row < REGISTRATION_ROW_END);
	REQUIRE(loyalty_registration_row_text(decision.row) != NULL);
	REQUIRE(decision.customer >= REGISTRATION_NOBODY && decision.customer < facts->owner_count);
	REQUIRE(a == REGISTRATION_NOBODY || is_named(facts, a));
	REQUIRE(decision.customer == REGISTRATION_NOBODY || is_named(facts, decision.customer));
	REQUIRE(decision.outcome != REGISTRATION_TYPE_CONFLICT ||
			(!facts->loyalty && facts->owners[decision.customer].loyalty));
	REQUIRE(decision.outcome != REGISTRATION_PRIMARY_MISMATCH ||
			!facts->config.replaceable[facts->config.keys.primary]);
	if (REGISTRATION_REFUSED(decision.outcome))
	{
		check_refusal(&decision);
		return;
	}
	check_customers(facts, &decision);
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		check_identifier(facts, &decision, type);
	for (type = 0; type < SOURCE_KEY_COUNT; type++)
		check_key(facts, &decision, type);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	RegistrationCase facts = some_case(&input);

	fuzz_decision(&facts);
	return 0;
}
