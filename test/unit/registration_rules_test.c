/*
 * registration_rules_test.c: the decision about every combination of identifiers, owners and configuration,
 * against the text of the decision table.
 */
// sources: src/customer/registration_rules.c src/customer/identity_rules.c
#include <string.h>

#include "customer/registration_rules.h"
#include "tap.h"

/* How an identifier comes: not at all, owned by nobody, or by one of three customers. */
#define WAYS 5
#define NOT_GIVEN 0
#define UNOWNED 1
#define FIRST_OWNER 2
#define OWNERS 3

/* What a customer holds of a type: nothing, the incoming value, or another one. */
#define HOLDINGS 3

static const char *const holdings[HOLDINGS] = { NULL, "incoming", "other" };

static const RegistrationConfig by_mobile = { .primary = IDENTIFIER_MOBILE };

/* ---------------------------------------------------------------- required identifiers */

static bool
lacks(RegistrationConfig config, int given_bits, IdentifierType wanted)
{
	bool given[IDENTIFIER_TYPE_COUNT];
	IdentifierType missing;

	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = (given_bits & (1 << type)) != 0;
	return loyalty_registration_lacks(&config, given, &missing) && missing == wanted;
}

static bool
complete(RegistrationConfig config, int given_bits)
{
	bool given[IDENTIFIER_TYPE_COUNT];
	IdentifierType missing;

	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = (given_bits & (1 << type)) != 0;
	return !loyalty_registration_lacks(&config, given, &missing);
}

#define MOBILE (1 << IDENTIFIER_MOBILE)
#define EMAIL (1 << IDENTIFIER_EMAIL)
#define EXTERNAL_ID (1 << IDENTIFIER_EXTERNAL_ID)

static void
test_required(void)
{
	RegistrationConfig any = by_mobile;
	RegistrationConfig all = by_mobile;

	any.any_identifier = true;
	ok(lacks(by_mobile, 0, IDENTIFIER_MOBILE) && lacks(by_mobile, EMAIL | EXTERNAL_ID, IDENTIFIER_MOBILE) &&
		   complete(by_mobile, MOBILE),
	   "the primary is required");
	ok(lacks(any, 0, IDENTIFIER_TYPE_COUNT) && complete(any, EXTERNAL_ID) && complete(any, MOBILE),
	   "any identifier: one key is enough");
	ok(lacks(any, EMAIL, IDENTIFIER_TYPE_COUNT), "any identifier: contact data is not");
	any.email_unique = true;
	ok(complete(any, EMAIL), "any identifier: an e-mail that is a key is");
	any.primary_required = true;
	ok(lacks(any, EMAIL | EXTERNAL_ID, IDENTIFIER_MOBILE),
	   "any identifier: the primary may be required all the same");
	all.required[IDENTIFIER_EMAIL] = all.required[IDENTIFIER_EXTERNAL_ID] = true;
	ok(lacks(all, MOBILE, IDENTIFIER_EMAIL) && lacks(all, MOBILE | EMAIL, IDENTIFIER_EXTERNAL_ID) &&
		   complete(all, MOBILE | EMAIL | EXTERNAL_ID),
	   "others are required one by one");
	all = by_mobile;
	all.any_identifier = all.required[IDENTIFIER_MOBILE] = true;
	ok(complete(all, EXTERNAL_ID), "the key that requires a type is not applied to the primary");
}

/* ---------------------------------------------------------------- the decision, exhaustively */

/* A case, built from the way in which each identifier comes. Owner i has id 100 + i. */
static RegistrationCase
case_of(const RegistrationConfig *config, const int *ways, bool loyalty, const bool *enrolled,
		const char *held)
{
	RegistrationCase facts = { .config = *config, .loyalty = loyalty, .owner_count = OWNERS };

	for (int owner = 0; owner < OWNERS; owner++)
	{
		facts.owners[owner].customer_id = 100 + owner;
		facts.owners[owner].loyalty = enrolled[owner];
		for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
			facts.owners[owner].held[type] = ways[type] == FIRST_OWNER + owner ? "incoming" : held;
	}
	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
	{
		bool key = loyalty_registration_is_key(config, (IdentifierType) type);

		facts.incoming[type] = ways[type] == NOT_GIVEN ? NULL : "incoming";
		facts.owner[type] = key && ways[type] >= FIRST_OWNER ? ways[type] - FIRST_OWNER : REGISTRATION_NOBODY;
	}
	return facts;
}

/* A by the words of the design: the primary's owner; without a primary the first key's that has one. */
static int
model_a(const RegistrationCase *facts)
{
	static const IdentifierType order[] = { IDENTIFIER_MOBILE, IDENTIFIER_EMAIL, IDENTIFIER_EXTERNAL_ID };

	if (facts->incoming[facts->config.primary])
		return facts->owner[facts->config.primary];
	for (int i = 0; i < 3; i++)
		if (facts->owner[order[i]] >= 0)
			return facts->owner[order[i]];
	return REGISTRATION_NOBODY;
}

static bool
model_b_is_empty(const RegistrationCase *facts, int a)
{
	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (facts->owner[type] >= 0 && facts->owner[type] != a)
			return false;
	return true;
}

static bool
model_identifier_agrees(const RegistrationCase *facts, const RegistrationDecision *decision, int a, int type)
{
	const char *held = a < 0 ? NULL : facts->owners[a].held[type];
	IdentifierAction wanted;

	if (facts->incoming[type] == NULL)
		wanted = IDENTIFIER_NOT_GIVEN;
	else if (held == NULL && (a < 0 || facts->owner[type] != a))
		wanted = IDENTIFIER_ATTACHED;
	else if (held == NULL || strcmp(held, "incoming") == 0)
		wanted = IDENTIFIER_UNCHANGED;
	else
		wanted = IDENTIFIER_KEPT;
	return decision->actions[type] == wanted &&
		   decision->claims[type] ==
			   (loyalty_registration_is_key(&facts->config, (IdentifierType) type) &&
				facts->owner[type] < 0 && (wanted == IDENTIFIER_ATTACHED || wanted == IDENTIFIER_UNCHANGED));
}

static bool
model_agrees(const RegistrationCase *facts)
{
	RegistrationDecision decision = loyalty_registration_decide(facts);
	int a = model_a(facts);

	if (!model_b_is_empty(facts, a))
		return decision.outcome == REGISTRATION_CONFLICT && decision.row == REGISTRATION_ROW_NONE &&
			   decision.customer == REGISTRATION_NOBODY;
	if (a >= 0 && facts->owners[a].loyalty && !facts->loyalty)
		return decision.outcome == REGISTRATION_TYPE_CONFLICT && decision.row == REGISTRATION_ROW_UPDATE &&
			   decision.customer == a;
	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		if (!model_identifier_agrees(facts, &decision, a, type))
			return false;
	if (a < 0)
		return decision.outcome == REGISTRATION_CREATED && decision.row == REGISTRATION_ROW_CREATE &&
			   decision.customer == REGISTRATION_NOBODY && decision.enrols == facts->loyalty;
	return decision.outcome == REGISTRATION_UPDATED && decision.row == REGISTRATION_ROW_UPDATE &&
		   decision.customer == a && decision.enrols == (facts->loyalty && !facts->owners[a].loyalty);
}

static int
count_disagreements(const RegistrationConfig *config, int *cases)
{
	int wrong = 0;

	for (int bits = 0; bits < WAYS * WAYS * WAYS * 2 * 8 * HOLDINGS; bits++)
	{
		int rest = bits;
		int ways[IDENTIFIER_TYPE_COUNT];
		bool enrolled[OWNERS];
		bool loyalty;
		RegistrationCase facts;

		for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++, rest /= WAYS)
			ways[type] = rest % WAYS;
		for (int owner = 0; owner < OWNERS; owner++, rest /= 2)
			enrolled[owner] = rest % 2;
		loyalty = rest % 2;
		facts = case_of(config, ways, loyalty, enrolled, holdings[rest / 2]);
		wrong += !model_agrees(&facts);
		(*cases)++;
	}
	return wrong;
}

static void
test_every_case(void)
{
	int cases = 0;

	for (int primary = 0; primary < IDENTIFIER_TYPE_COUNT; primary++)
		for (int unique = 0; unique < 2; unique++)
		{
			RegistrationConfig config = { .primary = (IdentifierType) primary,
										  .any_identifier = true,
										  .email_unique = unique };
			char name[100];

			snprintf(name, sizeof(name), "every case: primary %s, e-mail %s",
					 loyalty_identifier_type_names[primary], unique ? "unique" : "not unique");
			ok(count_disagreements(&config, &cases) == 0, name);
		}
	printf("# %d cases\n", cases);
}

/* ---------------------------------------------------------------- some of them in words */

static RegistrationDecision
decide(const int *ways, bool loyalty, bool enrolled, const char *held)
{
	bool all[OWNERS] = { enrolled, enrolled, enrolled };
	RegistrationCase facts = case_of(&by_mobile, ways, loyalty, all, held);

	return loyalty_registration_decide(&facts);
}

static void
test_in_words(void)
{
	RegistrationDecision d;

	d = decide((int[]){ UNOWNED, UNOWNED, UNOWNED }, true, false, NULL);
	ok(d.row == 1 && d.enrols && d.claims[IDENTIFIER_MOBILE] && d.claims[IDENTIFIER_EXTERNAL_ID] &&
		   !d.claims[IDENTIFIER_EMAIL] && d.actions[IDENTIFIER_EMAIL] == IDENTIFIER_ATTACHED,
	   "nobody knows them: created; the e-mail is contact data and no key");
	d = decide((int[]){ FIRST_OWNER, NOT_GIVEN, UNOWNED }, true, true, "other");
	ok(d.row == 2 && d.actions[IDENTIFIER_EXTERNAL_ID] == IDENTIFIER_KEPT &&
		   !d.claims[IDENTIFIER_EXTERNAL_ID],
	   "the owner of the mobile has another external id: it stays, and the new one is not claimed");
	d = decide((int[]){ FIRST_OWNER, NOT_GIVEN, FIRST_OWNER + 1 }, true, true, NULL);
	ok(d.outcome == REGISTRATION_CONFLICT, "mobile and external id of different customers");
	d = decide((int[]){ UNOWNED, NOT_GIVEN, FIRST_OWNER }, true, true, NULL);
	ok(d.outcome == REGISTRATION_CONFLICT, "a new mobile with the external id of a customer");
	d = decide((int[]){ FIRST_OWNER, NOT_GIVEN, NOT_GIVEN }, true, false, NULL);
	ok(d.row == 2 && d.enrols, "a non_loyalty customer is enrolled");
	d = decide((int[]){ FIRST_OWNER, NOT_GIVEN, NOT_GIVEN }, false, true, NULL);
	ok(d.outcome == REGISTRATION_TYPE_CONFLICT, "a loyalty customer does not become non_loyalty");
	d = decide((int[]){ NOT_GIVEN, NOT_GIVEN, FIRST_OWNER + 2 }, true, true, NULL);
	ok(d.row == 2 && d.customer == 2, "without the primary the external id names the customer");
}

int
main(void)
{
	plan(20);
	test_required();
	test_every_case();
	test_in_words();
	return tap_exit();
}
