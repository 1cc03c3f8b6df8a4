/*
 * merge_rules_fuzz.c: any two accounts. A value is never taken from who has none, and never lost where either has one; sums
 * and the graver of two do not ask who is who; whoever may be merged is alive, no loyalty customer disappears, and no refusal unseen.
 */
// sources: merge_rules.c
#include "common/points_limit.h"
#include "fuzz_input.h"
#include "merge/merge_rules.h"

static MergeParty
some_party(FuzzInput *input)
{
	return (MergeParty){ fuzz_choice(input, 4) == 0, fuzz_choice(input, 4) == 0, fuzz_choice(input, 4) == 0 };
}

static void
fuzz_refusal(FuzzInput *input)
{
	MergeParty survivor = some_party(input);
	MergeParty victim = some_party(input);
	MergeRefusal there = loyalty_merge_refusal(false, &survivor, &victim);
	MergeRefusal back = loyalty_merge_refusal(false, &victim, &survivor);
	bool fine = !survivor.merged && !victim.merged && !survivor.deleted && !victim.deleted &&
				!survivor.blocked && !victim.blocked;

	REQUIRE(there < MERGE_REFUSAL_COUNT &&
			loyalty_merge_refusal(true, &survivor, &victim) == MERGE_SAME_CUSTOMER);
	/* Who goes on is the caller's choice: both ways are open, or none. */
	REQUIRE((there == MERGE_ALLOWED) == fine && (back == MERGE_ALLOWED) == fine);
}

/* One side that has it, wherever one has. */
static void
check_side(MergeSide side, bool survivor_has, bool victim_has)
{
	REQUIRE(side == MERGE_NOBODY || side == MERGE_SURVIVOR || side == MERGE_VICTIM);
	REQUIRE(side != MERGE_SURVIVOR || survivor_has);
	REQUIRE(side != MERGE_VICTIM || victim_has);
	REQUIRE((side == MERGE_NOBODY) == (!survivor_has && !victim_has));
}

static void
fuzz_sides(FuzzInput *input)
{
	bool survivor_has = fuzz_bool(input);
	bool victim_has = fuzz_bool(input);
	MergeFieldConfig config = { fuzz_bool(input), fuzz_bool(input), fuzz_bool(input) };
	MergeFieldKind kind = (MergeFieldKind) fuzz_choice(input, MERGE_FIELD_KIND_COUNT);
	MergeRule rule = loyalty_merge_field_rule(kind, &config);

	check_side(loyalty_merge_identifier(survivor_has, victim_has), survivor_has, victim_has);
	if (survivor_has && victim_has)
		REQUIRE(loyalty_merge_profile(true, true) == MERGE_BOTH);
	else
		check_side(loyalty_merge_profile(survivor_has, victim_has), survivor_has, victim_has);
	/* Whoever is a loyalty customer stays one, and nobody becomes one by a merge of two who are not. */
	REQUIRE(
		(loyalty_merge_loyalty_type(survivor_has, victim_has) == MERGE_VICTIM ? victim_has : survivor_has) ==
		(survivor_has || victim_has));
	check_side(loyalty_merge_ndnc(survivor_has, victim_has), survivor_has, victim_has);
	REQUIRE(loyalty_merge_rule_name(rule) != NULL &&
			(kind != MERGE_FIELD_STANDARD || rule == MERGE_RULE_SURVIVOR_FIRST));
	check_side(loyalty_merge_field(rule, survivor_has, victim_has), survivor_has,
			   victim_has && rule != MERGE_RULE_SKIPPED);
	REQUIRE(loyalty_merge_coupons() == MERGE_BOTH && loyalty_merge_cards(true) == MERGE_BOTH);
	REQUIRE(loyalty_merge_cards(false) == MERGE_SURVIVOR && loyalty_merge_subscriptions() == MERGE_SURVIVOR);
	REQUIRE(loyalty_merge_test_control() == MERGE_SURVIVOR);
}

/* A refusal is lost of one of two alone, and one that comes later still or is of every source is lost all the more. */
static void
fuzz_consents(FuzzInput *input)
{
	MergeConsent one = { fuzz_bool(input), fuzz_number(input, INT64_MIN, INT64_MAX),
						 (int32_t) fuzz_choice(input, 3) };
	MergeConsent other = { fuzz_bool(input), fuzz_number(input, INT64_MIN, INT64_MAX),
						   (int32_t) fuzz_choice(input, 3) };
	bool lost = loyalty_merge_refusal_is_lost(&one, &other);

	REQUIRE(!lost || (one.given && !other.given && !loyalty_merge_refusal_is_lost(&other, &one)));
	REQUIRE(!loyalty_merge_refusal_is_lost(&one, &one));
	other.at = INT64_MAX;
	other.source_id = 0;
	REQUIRE(!lost || loyalty_merge_refusal_is_lost(&one, &other));
}

static void
fuzz_numbers(FuzzInput *input)
{
	int64_t one = fuzz_number(input, INT64_MIN, INT64_MAX);
	int64_t other = fuzz_number(input, INT64_MIN, INT64_MAX);
	__int128 exact = (__int128) one + other;
	int64_t sum;
	int64_t back;
	bool fits = loyalty_merge_sum(one, other, &sum);
	MergeSide earlier = loyalty_merge_registration(one, other);
	int ranks[2] = { (int) fuzz_number(input, INT32_MIN, INT32_MAX),
					 (int) fuzz_number(input, INT32_MIN, INT32_MAX) };

	REQUIRE(fits == (exact > -POINTS_LIMIT && exact < POINTS_LIMIT) && (!fits || sum == exact));
	REQUIRE(loyalty_merge_sum(other, one, &back) == fits && (!fits || back == sum));
	REQUIRE((earlier == MERGE_VICTIM ? other : one) == (one < other ? one : other));
	REQUIRE(loyalty_merge_tier_rises(ranks[0], ranks[1]) ==
			(loyalty_merge_tier(ranks[0], ranks[1]) == MERGE_VICTIM));
	REQUIRE(!loyalty_merge_tier_rises(ranks[0], ranks[1]) || !loyalty_merge_tier_rises(ranks[1], ranks[0]));
	REQUIRE(!loyalty_merge_tier_rises(ranks[0], ranks[0]));
}

static void
fuzz_cards(FuzzInput *input)
{
	int64_t held = fuzz_number(input, 0, INT32_MAX);
	int64_t more = fuzz_number(input, 0, INT32_MAX);
	int64_t maximum = fuzz_number(input, 0, INT32_MAX);
	bool passed = loyalty_merge_cards_pass(held, more, maximum);

	REQUIRE(!passed || (more > 0 && maximum > 0 && held + more > maximum));
	REQUIRE(!passed || loyalty_merge_cards_pass(held + 1, more, maximum));
	REQUIRE(!passed || loyalty_merge_cards_pass(held, more + 1, maximum));
}

static void
fuzz_gravity(FuzzInput *input)
{
	MergeFraud one = (MergeFraud) fuzz_choice(input, MERGE_FRAUD_COUNT);
	MergeFraud other = (MergeFraud) fuzz_choice(input, MERGE_FRAUD_COUNT);
	MergeFraud third = (MergeFraud) fuzz_choice(input, MERGE_FRAUD_COUNT);
	MergeFraud both = loyalty_merge_fraud(one, other);
	MergeStatus survivor = (MergeStatus) fuzz_choice(input, MERGE_STATUS_COUNT);
	MergeStatus victim = (MergeStatus) fuzz_choice(input, MERGE_STATUS_COUNT);
	MergeSide graver = loyalty_merge_status(survivor, victim);

	REQUIRE(both == loyalty_merge_fraud(other, one) && (both == one || both == other));
	REQUIRE(loyalty_merge_fraud(both, third) == loyalty_merge_fraud(one, loyalty_merge_fraud(other, third)));
	REQUIRE(loyalty_merge_fraud(one, one) == one && loyalty_merge_fraud(one, MERGE_NOT_FRAUD) == one);
	REQUIRE(survivor == victim ? graver == MERGE_SURVIVOR : graver != loyalty_merge_status(victim, survivor));
	REQUIRE((graver == MERGE_VICTIM ? victim : survivor) >= (graver == MERGE_VICTIM ? survivor : victim));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	int rule;

	for (rule = 0; rule < MERGE_RULE_COUNT; rule++)
		REQUIRE(loyalty_merge_rule_name((MergeRule) rule) != NULL);
	fuzz_refusal(&input);
	fuzz_sides(&input);
	fuzz_consents(&input);
	fuzz_numbers(&input);
	fuzz_cards(&input);
	fuzz_gravity(&input);
	return 0;
}
