/* requirement_rules_test.c: what must be brought, and what may be given up, at every boundary of the configuration. */
#include "customer/requirement_rules.h"
#include "tap.h"

static const RegistrationConfig by_mobile = { .keys = { .primary = IDENTIFIER_MOBILE } };

/* ---------------------------------------------------------------- required identifiers */

static bool
lacks(RegistrationConfig config, int given_bits, IdentifierType wanted)
{
	bool given[IDENTIFIER_TYPE_COUNT];
	IdentifierType missing;

	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = (given_bits & (1 << type)) != 0;
	return loyalty_registration_lacks(&config, true, given, &missing) && missing == wanted;
}

static bool
complete(RegistrationConfig config, int given_bits)
{
	bool given[IDENTIFIER_TYPE_COUNT];
	IdentifierType missing;

	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = (given_bits & (1 << type)) != 0;
	return !loyalty_registration_lacks(&config, true, given, &missing);
}

/* What a campaign user lacks: a type, IDENTIFIER_TYPE_COUNT for any, or -1 for nothing. */
static int
campaign_lacks(RegistrationConfig config, int given_bits)
{
	bool given[IDENTIFIER_TYPE_COUNT];
	IdentifierType missing;

	for (int type = 0; type < IDENTIFIER_TYPE_COUNT; type++)
		given[type] = (given_bits & (1 << type)) != 0;
	return loyalty_registration_lacks(&config, false, given, &missing) ? (int) missing : -1;
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
	any.keys.email_unique = true;
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

static void
test_campaign_users(void)
{
	for (int primary = 0; primary < IDENTIFIER_TYPE_COUNT; primary++)
	{
		RegistrationConfig config = { .keys = { .primary = (IdentifierType) primary } };

		config.primary_required = config.required[IDENTIFIER_EXTERNAL_ID] = true;
		ok(campaign_lacks(config, MOBILE) == -1 && campaign_lacks(config, EMAIL) == -1 &&
			   campaign_lacks(config, MOBILE | EMAIL) == -1,
		   "a mobile or an e-mail is enough for a campaign user, whatever the primary");
		ok(campaign_lacks(config, 0) == IDENTIFIER_TYPE_COUNT &&
			   campaign_lacks(config, EXTERNAL_ID) == IDENTIFIER_TYPE_COUNT,
		   "nothing else is");
		config.required[IDENTIFIER_EMAIL] = true;
		ok(campaign_lacks(config, MOBILE) == IDENTIFIER_EMAIL && campaign_lacks(config, EMAIL) == -1,
		   "the e-mail may be required of everybody");
		config.required[IDENTIFIER_MOBILE] = true;
		ok(campaign_lacks(config, EMAIL) == IDENTIFIER_MOBILE && campaign_lacks(config, MOBILE | EMAIL) == -1,
		   "so may the mobile");
	}
}

/* ---------------------------------------------------------------- giving up */

static bool
may_release(RegistrationConfig config, bool loyalty, IdentifierType type, int left_bits, bool source_key)
{
	IdentifiersLeft left = { .source_key = source_key };

	for (int i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		left.types[i] = (left_bits & (1 << i)) != 0;
	return loyalty_release_allowed(&config, loyalty, type, &left);
}

static void
test_release(void)
{
	RegistrationConfig config = by_mobile;

	ok(!may_release(config, true, IDENTIFIER_MOBILE, 0, false) &&
		   !may_release(config, true, IDENTIFIER_MOBILE, EMAIL, false) &&
		   may_release(config, true, IDENTIFIER_MOBILE, EXTERNAL_ID, false) &&
		   may_release(config, true, IDENTIFIER_MOBILE, 0, true) &&
		   may_release(config, true, IDENTIFIER_MOBILE, MOBILE, false),
	   "something must be left that finds the customer");
	ok(may_release(config, true, IDENTIFIER_EMAIL, 0, false), "contact data finds nobody");
	ok(!may_release(config, true, IDENTIFIER_TYPE_COUNT, EMAIL, false) &&
		   may_release(config, true, IDENTIFIER_TYPE_COUNT, MOBILE, false) &&
		   may_release(config, true, IDENTIFIER_TYPE_COUNT, 0, true),
	   "a key of a source may be the last");
	ok(may_release(config, false, IDENTIFIER_MOBILE, EMAIL, false) &&
		   may_release(config, false, IDENTIFIER_EMAIL, MOBILE, false) &&
		   !may_release(config, false, IDENTIFIER_EMAIL, EXTERNAL_ID, true) &&
		   !may_release(config, false, IDENTIFIER_MOBILE, 0, true),
	   "a campaign user keeps a mobile or an e-mail");
	config.primary_required = true;
	ok(!may_release(config, true, IDENTIFIER_MOBILE, EXTERNAL_ID, true) &&
		   may_release(config, true, IDENTIFIER_MOBILE, MOBILE, false) &&
		   may_release(config, false, IDENTIFIER_MOBILE, EMAIL, false),
	   "the primary where it is required, of loyalty customers");
	config.required[IDENTIFIER_EMAIL] = true;
	ok(!may_release(config, true, IDENTIFIER_EMAIL, MOBILE, false) &&
		   !may_release(config, false, IDENTIFIER_EMAIL, MOBILE, false) &&
		   may_release(config, true, IDENTIFIER_EMAIL, MOBILE | EMAIL, false),
	   "others where they are");
	config.keys.dual = true;
	ok(may_release(config, true, IDENTIFIER_EXTERNAL_ID, 0, false),
	   "dual eligibility: secondaries find nobody");
}

int
main(void)
{
	plan(7 + 12 + 7);
	test_required();
	test_campaign_users();
	test_release();
	return tap_exit();
}
