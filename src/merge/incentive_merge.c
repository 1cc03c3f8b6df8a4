/*
 * incentive_merge.c: coupons, gift vouchers and linked codes, in merges.
 *
 * Nothing moves: what was issued to a victim stays under its id, and is the survivor's because its group has the victim. So the survivor
 * redeems all that either could, and limits of a customer count all that either has used; whoever is over one by the merge keeps
 * what it has. Active coupons, vouchers and links are counted on both sides and again for the joined group. Redeemed and expired ones
 * are not: only that there are any is shown, as bills are, since that could be a long history.
 */
#include "postgres.h"

#include "incentive/coupon/coupon_holding_store.h"
#include "merge/participants.h"

#define PARTICIPANT "incentives"
#define ACTIVE "active coupons"
#define REDEEMED "redeemed coupons"
#define EXPIRED "expired coupons"
#define VOUCHERS "vouchers"
#define LINKS "linked codes"

/* Returns a number as previews show it, NULL for none. */
static const char *
count_text(int64 count)
{
	return count > 0 ? psprintf(INT64_FORMAT, count) : NULL;
}

/* Returns a word for what is not counted, NULL for none. */
static const char *
any_text(bool any)
{
	return any ? "yes" : NULL;
}

/* Counts what a customer has, with everybody who was merged into it. */
static void
count_group(const LoyaltyMerge *merge, const LoyaltyCustomer *customer, IncentiveCounts *counts)
{
	int64 *ids;
	int count = loyalty_customer_group(customer, &ids);
	int i;

	for (i = 0; i < count; i++)
		loyalty_incentives_count(merge->pair.org_id, ids[i], merge->call->now, merge->preview, counts);
}

/* Adds a line of what is counted, if either has any. */
static void
add_sum(LoyaltyMerge *merge, const char *item, int64 survivor, int64 victim)
{
	if (survivor + victim > 0)
		loyalty_merge_line(merge, PARTICIPANT, item, count_text(survivor), count_text(victim),
						   count_text(survivor + victim), MERGE_RULE_SUM);
}

/* Adds a line of what is not counted, if either has any. */
static void
add_any(LoyaltyMerge *merge, const char *item, bool survivor, bool victim)
{
	if (survivor || victim)
		loyalty_merge_line(merge, PARTICIPANT, item, any_text(survivor), any_text(victim), any_text(true),
						   MERGE_RULE_ALL);
}

/* Adds a line for each kind. Returns something where either has anything. */
static void *
preview(LoyaltyMerge *merge)
{
	IncentiveCounts survivor = { 0 };
	IncentiveCounts victim = { 0 };

	count_group(merge, &merge->survivor, &survivor);
	count_group(merge, &merge->victim, &victim);
	add_sum(merge, ACTIVE, survivor.active, victim.active);
	add_any(merge, REDEEMED, survivor.redeemed, victim.redeemed);
	add_any(merge, EXPIRED, survivor.expired, victim.expired);
	add_sum(merge, VOUCHERS, survivor.vouchers, victim.vouchers);
	add_sum(merge, LINKS, survivor.links, victim.links);
	return survivor.active + survivor.vouchers + survivor.links + victim.active + victim.vouchers +
						   victim.links >
					   0 ||
				   survivor.redeemed || survivor.expired || victim.redeemed || victim.expired
			   ? merge
			   : NULL;
}

/* Does nothing: what belongs to the group belongs to the survivor. */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
}

/* Counts the joined group, unless neither had anything: both are locked, so neither has got anything since. */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	IncentiveCounts joined = { 0 };

	if (facts == NULL)
		return;
	count_group(merge, &merge->survivor, &joined);
	loyalty_merge_expect(merge, PARTICIPANT, ACTIVE, count_text(joined.active));
	loyalty_merge_expect(merge, PARTICIPANT, REDEEMED, any_text(joined.redeemed));
	loyalty_merge_expect(merge, PARTICIPANT, EXPIRED, any_text(joined.expired));
	loyalty_merge_expect(merge, PARTICIPANT, VOUCHERS, count_text(joined.vouchers));
	loyalty_merge_expect(merge, PARTICIPANT, LINKS, count_text(joined.links));
}

const LoyaltyMergeParticipant loyalty_incentive_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
