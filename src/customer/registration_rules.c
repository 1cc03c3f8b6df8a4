/*
 * registration_rules.c: the decision table of registration. A is the customer whom the registration names
 * first, B are the owners of the other keys it brings.
 */
#include "customer/registration_rules.h"

#include <string.h>

bool
loyalty_registration_is_key(const RegistrationConfig *config, IdentifierType type)
{
	return loyalty_identifier_is_key(type, config->primary, config->email_unique);
}

/* A registration that brings no key could never be found again, so at least one is required in any case. */
bool
loyalty_registration_lacks(const RegistrationConfig *config, const bool *given, IdentifierType *missing)
{
	int keys = 0;
	int type;

	*missing = config->primary;
	if (!given[config->primary] && (config->primary_required || !config->any_identifier))
		return true;
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		*missing = (IdentifierType) type;
		if (!given[type] && config->required[type] && type != (int) config->primary)
			return true;
		keys += given[type] && loyalty_registration_is_key(config, *missing);
	}
	*missing = IDENTIFIER_TYPE_COUNT;
	return keys == 0;
}

static bool
is_incoming_key(const RegistrationCase *facts, int type)
{
	return facts->incoming[type] != NULL &&
		   loyalty_registration_is_key(&facts->config, (IdentifierType) type);
}

/* A: the owner of the primary; where the primary did not come, of the first key that has an owner. */
static int
find_a(const RegistrationCase *facts)
{
	int type;

	if (facts->incoming[facts->config.primary] != NULL)
		return facts->owner[facts->config.primary];
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (is_incoming_key(facts, type) && facts->owner[type] != REGISTRATION_NOBODY)
			return facts->owner[type];
	return REGISTRATION_NOBODY;
}

/* B, counted: owners of incoming keys without A. */
static int
count_b(const RegistrationCase *facts, int a)
{
	bool seen[IDENTIFIER_TYPE_COUNT] = { false };
	int count = 0;
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		int owner = is_incoming_key(facts, type) ? facts->owner[type] : REGISTRATION_NOBODY;

		if (owner == REGISTRATION_NOBODY || owner == a || seen[owner])
			continue;
		seen[owner] = true;
		count++;
	}
	return count;
}

static IdentifierAction
action_for(const RegistrationCase *facts, int a, int type)
{
	const char *incoming = facts->incoming[type];
	const char *held = a == REGISTRATION_NOBODY ? NULL : facts->owners[a].held[type];

	if (incoming == NULL)
		return IDENTIFIER_NOT_GIVEN;
	if (a != REGISTRATION_NOBODY && is_incoming_key(facts, type) && facts->owner[type] == a)
		return IDENTIFIER_UNCHANGED;
	if (held == NULL)
		return IDENTIFIER_ATTACHED;
	return strcmp(held, incoming) == 0 ? IDENTIFIER_UNCHANGED : IDENTIFIER_KEPT;
}

/* What is written about the incoming identifiers of a customer that is created (a: nobody) or updated. */
static void
decide_identifiers(const RegistrationCase *facts, int a, RegistrationDecision *decision)
{
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		IdentifierAction action = action_for(facts, a, type);

		decision->actions[type] = action;
		decision->claims[type] = is_incoming_key(facts, type) && facts->owner[type] == REGISTRATION_NOBODY &&
								 action != IDENTIFIER_KEPT;
	}
}

/* Row 2: A is brought up to date. */
static void
decide_update(const RegistrationCase *facts, int a, RegistrationDecision *decision)
{
	bool enrolled = facts->owners[a].loyalty;

	decision->row = REGISTRATION_ROW_UPDATE;
	decision->customer = a;
	if (enrolled && !facts->loyalty)
	{
		decision->outcome = REGISTRATION_TYPE_CONFLICT;
		return;
	}
	decision->outcome = REGISTRATION_UPDATED;
	decision->enrols = facts->loyalty && !enrolled;
	decide_identifiers(facts, a, decision);
}

RegistrationDecision
loyalty_registration_decide(const RegistrationCase *facts)
{
	RegistrationDecision decision = { .row = REGISTRATION_ROW_NONE,
									  .outcome = REGISTRATION_CONFLICT,
									  .customer = REGISTRATION_NOBODY };
	int a = find_a(facts);

	if (count_b(facts, a) > 0)
		return decision;
	if (a != REGISTRATION_NOBODY)
	{
		decide_update(facts, a, &decision);
		return decision;
	}
	decision.row = REGISTRATION_ROW_CREATE;
	decision.outcome = REGISTRATION_CREATED;
	decision.enrols = facts->loyalty;
	decide_identifiers(facts, REGISTRATION_NOBODY, &decision);
	return decision;
}
