/*
 * merge_rules.c: the table of docs/merge.md, a function for each line.
 *
 * A rule sees two values, or only whether there are any, and says whose is final. Participants ask these functions
 * in a preview, and the merge writes what they said, so a rule stands here once and nowhere else. Some rules are
 * about things that do not exist yet (tiers, coupons): nobody asks them but their tests.
 */
#include "merge/merge_rules.h"

#include "common/points_limit.h"

/* Names of the rules. Records of merges keep them for ever, so a name does not change. */
static const char *const rule_names[MERGE_RULE_COUNT] = {
	[MERGE_RULE_SURVIVOR] = "survivor",
	[MERGE_RULE_SURVIVOR_FIRST] = "survivor_first",
	[MERGE_RULE_VICTIM_FIRST] = "victim_first",
	[MERGE_RULE_EARLIER] = "earlier_registration",
	[MERGE_RULE_SUM] = "sum",
	[MERGE_RULE_ALL] = "all",
	[MERGE_RULE_HIGHER] = "higher",
	[MERGE_RULE_GRAVER] = "graver",
	[MERGE_RULE_ACTIVE] = "active_of_either",
	[MERGE_RULE_REMAINING_MOBILE] = "remaining_mobile",
	[MERGE_RULE_STAYS] = "stays",
	[MERGE_RULE_SKIPPED] = "skipped",
};

/* Returns a constant. */
const char *
loyalty_merge_rule_name(MergeRule rule)
{
	return rule_names[rule];
}

/*
 * Puts reasons that nothing can lift (the same customer, a merge before) in front of those that an admin can: a
 * status, or the other direction.
 */
MergeRefusal
loyalty_merge_refusal(bool same, const MergeParty *survivor, const MergeParty *victim)
{
	if (same)
		return MERGE_SAME_CUSTOMER;
	if (victim->merged)
		return MERGE_VICTIM_MERGED;
	if (survivor->merged)
		return MERGE_SURVIVOR_MERGED;
	if (survivor->deleted || victim->deleted)
		return MERGE_PARTY_DELETED;
	return survivor->blocked || victim->blocked ? MERGE_PARTY_BLOCKED : MERGE_ALLOWED;
}

/* Returns the survivor where both have one, else the side that has it. */
static MergeSide
survivor_first(bool survivor_has, bool victim_has)
{
	if (survivor_has)
		return MERGE_SURVIVOR;
	return victim_has ? MERGE_VICTIM : MERGE_NOBODY;
}

/* Never replaces an identifier of the survivor: it is what the person is found by today. */
MergeSide
loyalty_merge_identifier(bool survivor_has, bool victim_has)
{
	return survivor_first(survivor_has, victim_has);
}

/* Lets the survivor's stay where the dates are equal. */
MergeSide
loyalty_merge_registration(int64_t survivor_registered_on, int64_t victim_registered_on)
{
	return victim_registered_on < survivor_registered_on ? MERGE_VICTIM : MERGE_SURVIVOR;
}

/* Asks skip before overwrite, which is about extended fields alone: a field that is skipped is not touched at all. */
MergeRule
loyalty_merge_field_rule(MergeFieldKind kind, const MergeFieldConfig *config)
{
	if ((kind == MERGE_FIELD_EXTENDED && config->skip_extended) ||
		(kind == MERGE_FIELD_CUSTOM && config->skip_custom))
		return MERGE_RULE_SKIPPED;
	return kind == MERGE_FIELD_EXTENDED && config->overwrite_extended ? MERGE_RULE_VICTIM_FIRST
																	  : MERGE_RULE_SURVIVOR_FIRST;
}

/* Leaves a skipped field to the survivor, though it may have none. */
MergeSide
loyalty_merge_field(MergeRule rule, bool survivor_has, bool victim_has)
{
	if (rule == MERGE_RULE_SKIPPED)
		return survivor_has ? MERGE_SURVIVOR : MERGE_NOBODY;
	if (rule == MERGE_RULE_VICTIM_FIRST && victim_has)
		return MERGE_VICTIM;
	return survivor_first(survivor_has, victim_has);
}

/* Fills the gaps of a profile that both have: what the person once told is not forgotten. */
MergeSide
loyalty_merge_profile(bool survivor_has, bool victim_has)
{
	return survivor_has && victim_has ? MERGE_BOTH : survivor_first(survivor_has, victim_has);
}

/* Returns both: a person may be reached by any of its addresses. */
MergeSide
loyalty_merge_channels(void)
{
	return MERGE_BOTH;
}

/* Never makes a loyalty customer disappear: points need somebody who is enrolled. */
MergeSide
loyalty_merge_loyalty_type(bool survivor_loyalty, bool victim_loyalty)
{
	return victim_loyalty && !survivor_loyalty ? MERGE_VICTIM : MERGE_SURVIVOR;
}

/* Checks the machine's range first, then that of the column. */
bool
loyalty_merge_sum(int64_t survivor, int64_t victim, int64_t *sum)
{
	return !__builtin_add_overflow(survivor, victim, sum) && loyalty_points_fit(*sum);
}

/* Keeps the survivor's where the ranks are equal. */
MergeSide
loyalty_merge_tier(int survivor_rank, int victim_rank)
{
	return loyalty_merge_tier_rises(survivor_rank, victim_rank) ? MERGE_VICTIM : MERGE_SURVIVOR;
}

/* Compares ranks, where higher is better. */
bool
loyalty_merge_tier_rises(int survivor_rank, int victim_rank)
{
	return victim_rank > survivor_rank;
}

/* Returns both: a coupon that was issued stays issued. */
MergeSide
loyalty_merge_coupons(void)
{
	return MERGE_BOTH;
}

/* Returns both sides where the configuration lets cards go over. */
MergeSide
loyalty_merge_cards(bool transfer_allowed)
{
	return transfer_allowed ? MERGE_BOTH : MERGE_SURVIVOR;
}

/* Passes over a survivor who had too many cards already: it is not warned of, unless more come. */
bool
loyalty_merge_cards_pass(int64_t survivor_held, int64_t victim_held, int64_t maximum)
{
	return maximum > 0 && victim_held > 0 && survivor_held + victim_held > maximum;
}

/* Goes with the mobile, by the rule of identifiers. */
MergeSide
loyalty_merge_ndnc(bool survivor_has_mobile, bool victim_has_mobile)
{
	return loyalty_merge_identifier(survivor_has_mobile, victim_has_mobile);
}

/* Compares what both say of the same thing: a source of 0 is every source. */
bool
loyalty_merge_refusal_is_lost(const MergeConsent *survivor, const MergeConsent *victim)
{
	return survivor->given && !victim->given && victim->at >= survivor->at &&
		   (survivor->source_id == victim->source_id || survivor->source_id == 0 || victim->source_id == 0);
}

/* Returns the survivor: a consent is given by somebody to somebody and does not wander. */
MergeSide
loyalty_merge_subscriptions(void)
{
	return MERGE_SURVIVOR;
}

/* Returns the survivor, so that a merge does not move anybody between groups of a test. */
MergeSide
loyalty_merge_test_control(void)
{
	return MERGE_SURVIVOR;
}

/* Relies on the order of the enumeration: "internal" is the gravest there, so either's makes it final. */
MergeFraud
loyalty_merge_fraud(MergeFraud survivor, MergeFraud victim)
{
	return victim > survivor ? victim : survivor;
}

/* Lets the survivor keep its own label where both are equally grave. */
MergeSide
loyalty_merge_status(MergeStatus survivor, MergeStatus victim)
{
	return victim > survivor ? MERGE_VICTIM : MERGE_SURVIVOR;
}
