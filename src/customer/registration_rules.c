/*
 * registration_rules.c: the decision table of registration, as docs/customer.md has it.
 *
 * A is the customer whom the registration names first, B are the owners of the other keys it brings. The decision is
 * taken in steps that each narrow it: the sides are found; the row is found by how many of B there are, how many of
 * them are loyalty customers, and the configuration; the row says which customer it concerns and what it comes to;
 * then two checks may still refuse it (a primary that may not be replaced, a non_loyalty registration of a loyalty
 * customer); and last each incoming identifier gets its action.
 *
 * Nothing here looks anything up: the same facts always give the same decision, so an explanation, a registration and
 * its repeated rounds agree. The caller has locked the owners, or takes the decision for a guess.
 */
#include "customer/registration_rules.h"

#include <string.h>

/* Facts about A and B that the rows ask for. Customers are indexes into the owners of the facts. */
typedef struct Sides
{
	bool primary_given;
	int a;							  /* REGISTRATION_NOBODY: there is none */
	int count;						  /* of B */
	int loyal;						  /* loyalty customers among B */
	int only_loyal;					  /* the last of them: the one, where there is one */
	int oldest;						  /* of B */
	bool member[REGISTRATION_OWNERS]; /* true: that owner belongs to B */
} Sides;

/* Sentences of the rows, as explain_registration shows them; index 0 is no row. */
static const char *const row_texts[REGISTRATION_ROWS + 1] = {
	[ROW_CREATE] = "nobody owns the identifiers: create",
	[ROW_UPDATE] = "one customer owns them: update",
	[ROW_GIVE_PRIMARY] = "the owner of the secondaries has no primary: update it with the primary",
	[ROW_CREATE_PRIMARY_ONLY] = "secondaries of others are skipped: create with the primary only",
	[ROW_STRICT] = "strict check: a secondary belongs to another account",
	[ROW_TAKE_OVER_NON_LOYALTY] = "the non_loyalty owner of the secondaries has another primary: replace it",
	[ROW_TAKE_OVER_LOYALTY] =
		"the loyalty owner of the secondaries has another primary: replace it, as updates allow",
	[ROW_PRIMARY_MISMATCH] =
		"the loyalty owner of the secondaries has another primary, which may not be replaced",
	[ROW_OLDEST] = "several non_loyalty owners of the secondaries: merge them into the oldest",
	[ROW_THE_LOYALTY_ONE] =
		"several owners of the secondaries, one of them loyalty: merge the others into it",
	[ROW_MERGE_INTO_A] = "the other owners are non_loyalty: merge them into the owner of the primary",
	[ROW_MERGE_INTO_LOYALTY] = "the owner of the primary is non_loyalty: merge it into the loyalty one",
	[ROW_CONFLICT_SKIP] = "non_loyalty owner of the primary, loyalty owner of a secondary, skip on: conflict",
	[ROW_MERGE_BY_EMAIL] =
		"two loyalty customers, one by its unique e-mail: merge it into the owner of the primary",
	[ROW_UPDATE_SKIP] = "secondaries of loyalty customers are skipped: update the owner of the primary",
	[ROW_CONFLICT] = "a loyalty customer owns a secondary: conflict",
	[ROW_CONFLICT_NOBODY] = "several loyalty customers own the secondaries: conflict",
	[ROW_JOIN_BY_EMAIL] =
		"the loyalty owner of the unique e-mail has another primary, which stays: create, and merge into it",
};

/* Returns a constant, which nobody frees. */
const char *
loyalty_registration_row_text(RegistrationRow row)
{
	return row_texts[row];
}

/*
 * Tells whether the registration brings an identifier of a type that is a key. Contact data plays no part in the
 * rows, but for the e-mail of a campaign user whom it names.
 */
static bool
is_incoming_key(const RegistrationCase *facts, int type)
{
	return facts->incoming[type] != NULL &&
		   loyalty_identifier_is_key(&facts->config.keys, (IdentifierType) type);
}

/* Returns the owner of what names a customer, or REGISTRATION_NOBODY. */
static int
key_owner(const RegistrationCase *facts, int type)
{
	bool names = is_incoming_key(facts, type) || (type == IDENTIFIER_EMAIL && facts->email_names);

	return names ? facts->owner[type] : REGISTRATION_NOBODY;
}

/* Returns the owner of a key of the source, or REGISTRATION_NOBODY. */
static int
source_owner(const RegistrationCase *facts, int key)
{
	return facts->key_given[key] ? facts->key_owner[key] : REGISTRATION_NOBODY;
}

/*
 * Tells whether a customer who has another primary, which may not be replaced, takes the incoming one in by a merge:
 * the e-mail says that both are one person, where it is unique.
 */
static bool
takes_in(const RegistrationCase *facts, int customer)
{
	return facts->config.keys.email_unique && key_owner(facts, IDENTIFIER_EMAIL) == customer;
}

/*
 * Does not fall back to other keys where the primary is given and nobody has it: the rows without A are about exactly
 * that. Types are tried in the order of their enumeration: mobile, e-mail, external id.
 */
int
loyalty_registration_a(const RegistrationCase *facts)
{
	int type;

	if (facts->incoming[facts->config.keys.primary] != NULL)
		return facts->owner[facts->config.keys.primary];
	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (key_owner(facts, type) != REGISTRATION_NOBODY)
			return facts->owner[type];
	for (type = 0; type < SOURCE_KEY_COUNT; type++)
		if (source_owner(facts, type) != REGISTRATION_NOBODY)
			return facts->key_owner[type];
	return REGISTRATION_NOBODY;
}

/*
 * Tells whether one is registered earlier, or at the same time under a lower id, so that there is always one oldest.
 */
static bool
is_older(const RegistrationOwner *one, const RegistrationOwner *other)
{
	return one->registered_on < other->registered_on ||
		   (one->registered_on == other->registered_on && one->customer_id < other->customer_id);
}

/* Adds an owner to B, unless it is A, nobody, or there already. */
static void
add_member(const RegistrationCase *facts, Sides *sides, int b)
{
	if (b == REGISTRATION_NOBODY || b == sides->a || sides->member[b])
		return;
	sides->member[b] = true;
	sides->count++;
	if (facts->owners[b].loyalty)
	{
		sides->loyal++;
		sides->only_loyal = b;
	}
	if (sides->oldest == REGISTRATION_NOBODY || is_older(&facts->owners[b], &facts->owners[sides->oldest]))
		sides->oldest = b;
}

/* Finds A, and B: every owner of a key but A, once, though it may own several. */
static Sides
find_sides(const RegistrationCase *facts)
{
	Sides sides = { .primary_given = facts->incoming[facts->config.keys.primary] != NULL,
					.a = loyalty_registration_a(facts),
					.only_loyal = REGISTRATION_NOBODY,
					.oldest = REGISTRATION_NOBODY };
	int i;

	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		add_member(facts, &sides, key_owner(facts, i));
	for (i = 0; i < SOURCE_KEY_COUNT; i++)
		add_member(facts, &sides, source_owner(facts, i));
	return sides;
}

/*
 * Finds the row among 3 to 10, 17 and 18: nobody has the primary, somebody has a secondary. The order is that of the
 * table: giving a primary to the one who has none (3) comes first, and skip (4) before strict (5), which it
 * overrides.
 */
static RegistrationRow
row_without_a(const RegistrationCase *facts, const Sides *sides)
{
	const RegistrationConfig *config = &facts->config;
	IdentifierType primary = config->keys.primary;
	const RegistrationOwner *b = &facts->owners[sides->oldest];

	if (sides->count == 1 && b->held[primary] == NULL && (config->skip || !config->strict))
		return ROW_GIVE_PRIMARY;
	if (config->skip)
		return ROW_CREATE_PRIMARY_ONLY;
	if (config->strict)
		return ROW_STRICT;
	if (sides->count == 1 && !b->loyalty)
		return ROW_TAKE_OVER_NON_LOYALTY;
	/* A primary that it holds already, though its key is nobody's, takes nothing over. */
	if (sides->count == 1 &&
		(config->replaceable[primary] || strcmp(b->held[primary], facts->incoming[primary]) == 0))
		return ROW_TAKE_OVER_LOYALTY;
	if (sides->count == 1)
		return takes_in(facts, sides->only_loyal) ? ROW_JOIN_BY_EMAIL : ROW_PRIMARY_MISMATCH;
	if (sides->loyal == 0)
		return ROW_OLDEST;
	return sides->loyal == 1 ? ROW_THE_LOYALTY_ONE : ROW_CONFLICT_NOBODY;
}

/*
 * Finds the row among 11 to 16: A, and others. Counts of loyalty customers decide, since two of them are never merged
 * but where a unique e-mail says that they are one person (row 14).
 */
static RegistrationRow
row_with_a(const RegistrationCase *facts, const Sides *sides)
{
	const RegistrationConfig *config = &facts->config;
	bool a_loyal = facts->owners[sides->a].loyalty;

	if (sides->loyal == 0)
		return ROW_MERGE_INTO_A;
	if (!a_loyal && sides->loyal == 1)
		return config->skip ? ROW_CONFLICT_SKIP : ROW_MERGE_INTO_LOYALTY;
	if (a_loyal && sides->loyal == 1 && !config->skip && config->keys.email_unique &&
		key_owner(facts, IDENTIFIER_EMAIL) == sides->only_loyal)
		return ROW_MERGE_BY_EMAIL;
	return a_loyal && config->skip ? ROW_UPDATE_SKIP : ROW_CONFLICT;
}

/* Finds the first row that fits; B alone tells which half of the table that is in. */
static RegistrationRow
find_row(const RegistrationCase *facts, const Sides *sides)
{
	if (sides->count == 0)
		return sides->a == REGISTRATION_NOBODY ? ROW_CREATE : ROW_UPDATE;
	return sides->a == REGISTRATION_NOBODY ? row_without_a(facts, sides) : row_with_a(facts, sides);
}

/*
 * Returns the customer that a row concerns. In the rows that refuse for other reasons, and those that create, there
 * is none; row 8 refuses, and its error names the customer.
 */
static int
customer_of(RegistrationRow row, const Sides *sides)
{
	switch (row)
	{
		case ROW_UPDATE:
		case ROW_MERGE_INTO_A:
		case ROW_MERGE_BY_EMAIL:
		case ROW_UPDATE_SKIP:
			return sides->a;
		case ROW_GIVE_PRIMARY:
		case ROW_TAKE_OVER_NON_LOYALTY:
		case ROW_TAKE_OVER_LOYALTY:
		case ROW_PRIMARY_MISMATCH:
		case ROW_OLDEST:
			return sides->oldest;
		case ROW_THE_LOYALTY_ONE:
		case ROW_MERGE_INTO_LOYALTY:
		case ROW_JOIN_BY_EMAIL:
			return sides->only_loyal;
		default:
			return REGISTRATION_NOBODY;
	}
}

/* Returns the result of a row, but for what its customer's loyalty type and primary say against it. */
static RegistrationOutcome
outcome_of(RegistrationRow row)
{
	switch (row)
	{
		case ROW_CREATE:
		case ROW_CREATE_PRIMARY_ONLY:
			return REGISTRATION_CREATED;
		case ROW_UPDATE:
		case ROW_GIVE_PRIMARY:
		case ROW_TAKE_OVER_NON_LOYALTY:
		case ROW_TAKE_OVER_LOYALTY:
		case ROW_UPDATE_SKIP:
			return REGISTRATION_UPDATED;
		case ROW_OLDEST:
		case ROW_THE_LOYALTY_ONE:
		case ROW_MERGE_INTO_A:
		case ROW_MERGE_INTO_LOYALTY:
		case ROW_MERGE_BY_EMAIL:
		case ROW_JOIN_BY_EMAIL:
			return REGISTRATION_MERGED;
		case ROW_STRICT:
			return REGISTRATION_SECONDARY_TAKEN;
		case ROW_PRIMARY_MISMATCH:
			return REGISTRATION_PRIMARY_MISMATCH;
		default:
			return REGISTRATION_CONFLICT;
	}
}

/*
 * Tells whether the loyalty customer of rows 10, 12 and 18 has another primary, which may not be replaced. The first
 * two take the place of rows 3, 7, 8 and 18 for it. Row 9 needs no such check, since primaries of non_loyalty
 * customers may be.
 */
static bool
keeps_primary(const RegistrationCase *facts, const Sides *sides, const RegistrationDecision *decision)
{
	IdentifierType primary = facts->config.keys.primary;
	const char *held;

	if (decision->row != ROW_THE_LOYALTY_ONE && decision->row != ROW_MERGE_INTO_LOYALTY &&
		decision->row != ROW_JOIN_BY_EMAIL)
		return false;
	held = facts->owners[decision->customer].held[primary];
	return sides->primary_given && held != NULL && strcmp(held, facts->incoming[primary]) != 0 &&
		   !facts->config.replaceable[primary];
}

/*
 * Returns the identifier of a type that the customer has once the others are merged into it: its own, else A's, else
 * that of the lowest id. loyalty_registration_merge() merges in this order; both must say the same.
 */
static const char *
held_after(const RegistrationCase *facts, const Sides *sides, const RegistrationDecision *decision, int type)
{
	int i;

	if (decision->customer == REGISTRATION_NOBODY)
		return NULL;
	if (facts->owners[decision->customer].held[type] != NULL)
		return facts->owners[decision->customer].held[type];
	if (sides->a != REGISTRATION_NOBODY && decision->merged[sides->a] &&
		facts->owners[sides->a].held[type] != NULL)
		return facts->owners[sides->a].held[type];
	for (i = 0; i < facts->owner_count; i++)
		if (decision->merged[i] && facts->owners[i].held[type] != NULL)
			return facts->owners[i].held[type];
	return NULL;
}

/*
 * Tells whether skip leaves an identifier aside: all secondaries where only the primary is created (row 4), and those
 * that belong to somebody else where A is updated (row 15). The primary is never ignored.
 */
static bool
is_ignored(const RegistrationCase *facts, const RegistrationDecision *decision, int type)
{
	if (type == (int) facts->config.keys.primary)
		return false;
	if (decision->row == ROW_CREATE_PRIMARY_ONLY)
		return true;
	return decision->row == ROW_UPDATE_SKIP && key_owner(facts, type) != REGISTRATION_NOBODY &&
		   facts->owner[type] != decision->customer;
}

/*
 * Decides about one identifier, from the strongest reason to the weakest. The owner of a key has it already, even
 * where its record does not hold it: a victim's identifier that the survivor did not take stays on the victim's
 * record and finds the survivor. So an owned secondary changes nothing, whoever of those who are merged had it; the
 * primary alone may still replace another one, unless the customer keeps its own.
 */
static IdentifierAction
action_for(const RegistrationCase *facts, const Sides *sides, const RegistrationDecision *decision, int type)
{
	const char *incoming = facts->incoming[type];
	const char *held = held_after(facts, sides, decision, type);
	bool replaces = type == (int) facts->config.keys.primary && !keeps_primary(facts, sides, decision);
	int owner = key_owner(facts, type);

	if (incoming == NULL)
		return IDENTIFIER_NOT_GIVEN;
	if (is_ignored(facts, decision, type))
		return IDENTIFIER_IGNORED;
	if (held != NULL && strcmp(held, incoming) == 0)
		return IDENTIFIER_UNCHANGED;
	if (owner != REGISTRATION_NOBODY && (owner == decision->customer || !replaces))
		return IDENTIFIER_UNCHANGED;
	if (held == NULL)
		return owner == REGISTRATION_NOBODY ? IDENTIFIER_ATTACHED : IDENTIFIER_UNCHANGED;
	return replaces || facts->config.replaceable[type] ? IDENTIFIER_REPLACES : IDENTIFIER_KEPT;
}

/*
 * Fills the actions, and the claims: keys that nobody owns and that the customer really gets, by itself or by the one
 * that joins it, which holds what it keeps out. Others that are kept out or ignored stay free.
 */
static void
decide_identifiers(const RegistrationCase *facts, const Sides *sides, RegistrationDecision *decision)
{
	int type;

	for (type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		IdentifierAction action = action_for(facts, sides, decision, type);
		bool is_free = is_incoming_key(facts, type) && facts->owner[type] == REGISTRATION_NOBODY;

		decision->actions[type] = action;
		decision->joined[type] = decision->joins && is_free && action == IDENTIFIER_KEPT;
		decision->claims[type] =
			is_free && action != IDENTIFIER_IGNORED && (action != IDENTIFIER_KEPT || decision->joined[type]);
	}
}

/* Tells whether an owner is the customer, or merged into it. */
static bool
is_concerned(const RegistrationDecision *decision, int owner)
{
	return owner != REGISTRATION_NOBODY && (owner == decision->customer || decision->merged[owner]);
}

/* A key of somebody whom the decision leaves alone is no way to name its customer. */
bool
loyalty_registration_is_named_by_source(const RegistrationCase *facts, const RegistrationDecision *decision)
{
	int key;

	for (key = 0; key < SOURCE_KEY_COUNT; key++)
		if (is_concerned(decision, source_owner(facts, key)))
			return true;
	return false;
}

/* Tells whether the customer has another key of that type from the source, or gets one by a merge. */
static bool
has_other_key(const RegistrationCase *facts, const RegistrationDecision *decision, int key)
{
	int i;

	for (i = 0; i < facts->owner_count; i++)
		if (is_concerned(decision, i) && facts->owners[i].other_key[key])
			return true;
	return false;
}

/*
 * Decides about the keys of the source. A registration never replaces one: upsert_profile does that. Of others they
 * are left where skip leaves secondaries.
 */
static void
decide_keys(const RegistrationCase *facts, RegistrationDecision *decision)
{
	int key;

	for (key = 0; key < SOURCE_KEY_COUNT; key++)
	{
		int owner = source_owner(facts, key);

		if (!facts->key_given[key])
			decision->key_actions[key] = IDENTIFIER_NOT_GIVEN;
		else if (owner != REGISTRATION_NOBODY)
			decision->key_actions[key] =
				is_concerned(decision, owner) ? IDENTIFIER_UNCHANGED : IDENTIFIER_IGNORED;
		else
			decision->key_actions[key] =
				has_other_key(facts, decision, key) ? IDENTIFIER_KEPT : IDENTIFIER_ATTACHED;
	}
}

/*
 * Decides in the order that the head of this file gives. A refusal returns early, so that nobody carries out the rest
 * of it by mistake. Only a loyalty customer can be refused for its type: a non_loyalty one that comes as loyalty
 * enrols.
 */
RegistrationDecision
loyalty_registration_decide(const RegistrationCase *facts)
{
	Sides sides = find_sides(facts);
	RegistrationDecision decision = { .row = find_row(facts, &sides) };
	bool enrolled;
	bool keeps;
	int i;

	decision.outcome = outcome_of(decision.row);
	decision.customer = customer_of(decision.row, &sides);
	enrolled = decision.customer != REGISTRATION_NOBODY && facts->owners[decision.customer].loyalty;
	keeps = keeps_primary(facts, &sides, &decision);
	if (keeps && !takes_in(facts, decision.customer))
		decision.outcome = REGISTRATION_PRIMARY_MISMATCH;
	else if (!REGISTRATION_REFUSED(decision.outcome) && enrolled && !facts->loyalty)
		decision.outcome = REGISTRATION_TYPE_CONFLICT;
	if (REGISTRATION_REFUSED(decision.outcome))
		return decision;
	for (i = 0; i < REGISTRATION_OWNERS && decision.outcome == REGISTRATION_MERGED; i++)
		decision.merged[i] = i != decision.customer && (sides.member[i] || i == sides.a);
	decision.joins = keeps && sides.a == REGISTRATION_NOBODY;
	decision.enrols = facts->loyalty && !enrolled;
	decide_identifiers(facts, &sides, &decision);
	decide_keys(facts, &decision);
	return decision;
}
