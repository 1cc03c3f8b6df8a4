/*
 * merge_rules_test.c: every line of the table of merges over all combinations, against what docs/merge.md says.
 */
#include <stdint.h>
#include <string.h>

#include "merge/merge_rules.h"
#include "tap.h"

#define LIMIT INT64_C(1000000000000000000)

/* All 2 x 8 x 8 cases: the first reason in the documented order, and none only where nothing stands against it. */
static void
test_refusals(void)
{
	int wrong = 0;

	for (int same = 0; same < 2; same++)
		for (int s = 0; s < 8; s++)
			for (int v = 0; v < 8; v++)
			{
				MergeParty survivor = { (s & 1) != 0, (s & 2) != 0, (s & 4) != 0 };
				MergeParty victim = { (v & 1) != 0, (v & 2) != 0, (v & 4) != 0 };
				bool reasons[MERGE_REFUSAL_COUNT] = {
					[MERGE_SAME_CUSTOMER] = same,		 [MERGE_VICTIM_MERGED] = v & 1,
					[MERGE_SURVIVOR_MERGED] = s & 1,	 [MERGE_PARTY_DELETED] = (s | v) & 2,
					[MERGE_PARTY_BLOCKED] = (s | v) & 4,
				};
				int expected = MERGE_ALLOWED;

				for (int i = MERGE_REFUSAL_COUNT - 1; i > MERGE_ALLOWED; i--)
					if (reasons[i])
						expected = i;
				if (loyalty_merge_refusal(same, &survivor, &victim) != (MergeRefusal) expected)
					wrong++;
			}
	ok(wrong == 0, "refusals: the first reason of the documented order, over all combinations");
}

static void
test_identifiers(void)
{
	ok(loyalty_merge_identifier(true, true) == MERGE_SURVIVOR,
	   "identifiers: the survivor's where both have one");
	ok(loyalty_merge_identifier(true, false) == MERGE_SURVIVOR, "identifiers: the survivor's alone");
	ok(loyalty_merge_identifier(false, true) == MERGE_VICTIM,
	   "identifiers: the victim's where it alone has one");
	ok(loyalty_merge_identifier(false, false) == MERGE_NOBODY, "identifiers: none where neither has one");
	ok(loyalty_merge_ndnc(true, true) == MERGE_SURVIVOR &&
		   loyalty_merge_ndnc(true, false) == MERGE_SURVIVOR &&
		   loyalty_merge_ndnc(false, true) == MERGE_VICTIM &&
		   loyalty_merge_ndnc(false, false) == MERGE_NOBODY,
	   "NDNC: that of the mobile that remains");
	ok(loyalty_merge_profile(true, true) == MERGE_BOTH &&
		   loyalty_merge_profile(true, false) == MERGE_SURVIVOR &&
		   loyalty_merge_profile(false, true) == MERGE_VICTIM &&
		   loyalty_merge_profile(false, false) == MERGE_NOBODY,
	   "profiles: the victim's sources are added, those of both are filled");
	ok(loyalty_merge_channels() == MERGE_BOTH, "channels: the addresses of both");
	ok(loyalty_merge_loyalty_type(true, true) == MERGE_SURVIVOR &&
		   loyalty_merge_loyalty_type(true, false) == MERGE_SURVIVOR &&
		   loyalty_merge_loyalty_type(false, true) == MERGE_VICTIM &&
		   loyalty_merge_loyalty_type(false, false) == MERGE_SURVIVOR,
	   "loyalty type: loyalty where either is");
}

/* A consent is lost only where one was given and the same, or all, was refused later or at once. */
static void
test_consents(void)
{
	static const int64_t times[] = { INT64_MIN, 0, 1, INT64_MAX };
	int wrong = 0;

	for (int given = 0; given < 4; given++)
		for (int s = 0; s < 4; s++)
			for (int v = 0; v < 4; v++)
				for (int sources = 0; sources < 9; sources++)
				{
					MergeConsent survivor = { (given & 1) != 0, times[s], sources % 3 };
					MergeConsent victim = { (given & 2) != 0, times[v], sources / 3 };
					bool same = sources % 3 == sources / 3 || sources % 3 == 0 || sources / 3 == 0;

					if (loyalty_merge_refusal_is_lost(&survivor, &victim) != (given == 1 && v >= s && same))
						wrong++;
				}
	ok(wrong == 0, "consents: a refusal of the same, or of all, that came later");
}

static void
test_registration(void)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, 1, INT64_MAX };
	int wrong = 0;

	for (int s = 0; s < 5; s++)
		for (int v = 0; v < 5; v++)
			if (loyalty_merge_registration(times[s], times[v]) != (v < s ? MERGE_VICTIM : MERGE_SURVIVOR))
				wrong++;
	ok(wrong == 0, "registration: all from the account registered earlier, the survivor's at equal dates");
}

/* Whose value each case ends with: S survivor, V victim, - none; survivor has, victim has: 00 01 10 11. */
static bool
field_is(MergeFieldKind kind, MergeFieldConfig config, MergeRule rule, const char *sides)
{
	static const char letters[] = "-SV";

	if (loyalty_merge_field_rule(kind, &config) != rule)
		return false;
	for (int i = 0; i < 4; i++)
		if (letters[loyalty_merge_field(rule, (i & 2) != 0, (i & 1) != 0)] != sides[i])
			return false;
	return true;
}

static void
test_fields(void)
{
	int wrong = 0;

	for (int i = 0; i < 8; i++)
	{
		MergeFieldConfig config = { .overwrite_extended = (i & 1) != 0,
									.skip_extended = (i & 2) != 0,
									.skip_custom = (i & 4) != 0 };

		if (!field_is(MERGE_FIELD_STANDARD, config, MERGE_RULE_SURVIVOR_FIRST, "-VSS"))
			wrong++;
		if (config.skip_extended ? !field_is(MERGE_FIELD_EXTENDED, config, MERGE_RULE_SKIPPED, "--SS")
			: config.overwrite_extended
				? !field_is(MERGE_FIELD_EXTENDED, config, MERGE_RULE_VICTIM_FIRST, "-VSV")
				: !field_is(MERGE_FIELD_EXTENDED, config, MERGE_RULE_SURVIVOR_FIRST, "-VSS"))
			wrong++;
		if (config.skip_custom ? !field_is(MERGE_FIELD_CUSTOM, config, MERGE_RULE_SKIPPED, "--SS")
							   : !field_is(MERGE_FIELD_CUSTOM, config, MERGE_RULE_SURVIVOR_FIRST, "-VSS"))
			wrong++;
	}
	ok(wrong == 0, "fields: over every kind, configuration and presence");
}

static void
test_sums(void)
{
	int64_t sum;

	ok(loyalty_merge_sum(5, 7, &sum) && sum == 12, "sums: add up");
	ok(loyalty_merge_sum(5, -7, &sum) && sum == -2, "sums: a negative balance lowers them");
	ok(loyalty_merge_sum(LIMIT - 2, 1, &sum) && sum == LIMIT - 1, "sums: up to the limit");
	ok(!loyalty_merge_sum(LIMIT - 1, 1, &sum), "sums: not beyond it");
	ok(loyalty_merge_sum(2 - LIMIT, -1, &sum) && sum == 1 - LIMIT, "sums: down to the limit");
	ok(!loyalty_merge_sum(1 - LIMIT, -1, &sum), "sums: not below it");
	ok(!loyalty_merge_sum(INT64_MAX, INT64_MAX, &sum), "sums: an overflow is refused");
	ok(!loyalty_merge_sum(INT64_MIN, INT64_MIN, &sum), "sums: in both directions");
}

static void
test_tiers(void)
{
	int wrong = 0;

	for (int s = 0; s < 4; s++)
		for (int v = 0; v < 4; v++)
			if (loyalty_merge_tier(s, v) != (v > s ? MERGE_VICTIM : MERGE_SURVIVOR) ||
				loyalty_merge_tier_rises(s, v) != (v > s))
				wrong++;
	ok(wrong == 0, "tiers: the higher one, a record only where the survivor rises");
}

static void
test_cards(void)
{
	int wrong = 0;

	ok(loyalty_merge_cards(true) == MERGE_BOTH, "cards: all go to the survivor");
	ok(loyalty_merge_cards(false) == MERGE_SURVIVOR, "cards: none goes where transfers are off");
	ok(loyalty_merge_coupons() == MERGE_BOTH, "coupons: all go to the survivor");
	for (int s = 0; s < 4; s++)
		for (int v = 0; v < 4; v++)
			for (int maximum = 0; maximum < 5; maximum++)
				if (loyalty_merge_cards_pass(s, v, maximum) != (maximum != 0 && v != 0 && s + v > maximum))
					wrong++;
	ok(wrong == 0, "cards: a warning where a maximum is passed");
}

static void
test_statuses(void)
{
	int wrong = 0;

	for (int s = 0; s < MERGE_FRAUD_COUNT; s++)
		for (int v = 0; v < MERGE_FRAUD_COUNT; v++)
		{
			bool internal = s == MERGE_FRAUD_INTERNAL || v == MERGE_FRAUD_INTERNAL;

			if (loyalty_merge_fraud(s, v) != (MergeFraud) (internal ? MERGE_FRAUD_INTERNAL : s > v ? s : v))
				wrong++;
		}
	ok(wrong == 0, "fraud status: internal if either is, else the graver");
	wrong = 0;
	for (int s = 0; s < MERGE_STATUS_COUNT; s++)
		for (int v = 0; v < MERGE_STATUS_COUNT; v++)
			if (loyalty_merge_status(s, v) != (v > s ? MERGE_VICTIM : MERGE_SURVIVOR))
				wrong++;
	ok(wrong == 0, "customer status: the survivor's label, the victim's where its status is graver");
	ok(loyalty_merge_subscriptions() == MERGE_SURVIVOR, "subscriptions: the survivor's");
	ok(loyalty_merge_test_control() == MERGE_SURVIVOR, "test and control: the survivor's");
}

static void
test_names(void)
{
	int wrong = 0;

	for (int i = 0; i < MERGE_RULE_COUNT; i++)
		for (int j = 0; j < i; j++)
			if (strcmp(loyalty_merge_rule_name(i), loyalty_merge_rule_name(j)) == 0)
				wrong++;
	ok(wrong == 0, "every rule has a name of its own");
}

int
main(void)
{
	plan(30);
	test_refusals();
	test_identifiers();
	test_consents();
	test_registration();
	test_fields();
	test_sums();
	test_tiers();
	test_cards();
	test_statuses();
	test_names();
	return tap_exit();
}
