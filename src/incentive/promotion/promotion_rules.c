/*
 * promotion_rules.c: whether a bill that is known by its amount alone gets a promotion, and how much that is.
 *
 * What does not depend on the bill's amount is judged first: a till can then tell whether buying more would help. Hours that go
 * past midnight belong to the day on which they began: "Friday, 22:00 to 02:00" ends in the night to Saturday.
 */
#include "incentive/promotion/promotion_rules.h"

#include "bill/return_rules.h"

/* Names as documents write them. */
const char *const loyalty_benefit_names[BENEFIT_COUNT] = {
	[BENEFIT_PERCENT] = "percent",
	[BENEFIT_FIXED] = "fixed",
};

/* Names as documents write them. */
const char *const loyalty_weekday_names[PROMOTION_WEEKDAYS] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
};

/* Reads two digits below a bound; -1 for anything else. */
static int
two_digits(const char *text, int bound)
{
	int value;

	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return -1;
	value = (text[0] - '0') * 10 + text[1] - '0';
	return value < bound ? value : -1;
}

/* Takes 24:00 for the end of a day, and no other minute of that hour. */
bool
loyalty_promotion_minute(const char *text, int *minute)
{
	int hours = two_digits(text, 25);
	int minutes = hours >= 0 && text[2] == ':' ? two_digits(text + 3, 60) : -1;

	if (minutes < 0 || text[5] != '\0')
		return false;
	*minute = hours * 60 + minutes;
	return *minute <= PROMOTION_DAY_MINUTES;
}

/* Tells whether hours began on the day before and have not ended yet. */
static bool
is_of_night_before(const PromotionDefinition *promotion, int minute)
{
	return promotion->from_minute >= 0 && promotion->to_minute < promotion->from_minute &&
		   minute < promotion->to_minute;
}

/* Tells whether a day is among those of a promotion. */
static bool
has_weekday(const PromotionDefinition *promotion, const PromotionBill *bill)
{
	int day = bill->weekday;

	if (is_of_night_before(promotion, bill->minute))
		day = (day + PROMOTION_WEEKDAYS - 1) % PROMOTION_WEEKDAYS;
	return promotion->weekdays == 0 || (promotion->weekdays >> day & 1) != 0;
}

/* Tells whether a minute is among the hours of a promotion. */
static bool
has_minute(const PromotionDefinition *promotion, int minute)
{
	if (promotion->from_minute < 0 || is_of_night_before(promotion, minute))
		return true;
	return minute >= promotion->from_minute &&
		   (minute < promotion->to_minute || promotion->to_minute < promotion->from_minute);
}

/* Looks for a store; a bill of an unknown one is in none. */
static bool
has_store(const PromotionDefinition *promotion, int32_t store_id)
{
	int i;

	for (i = 0; i < promotion->store_count; i++)
		if (promotion->store_ids[i] == store_id)
			return true;
	return promotion->store_count == 0;
}

/* Goes through the obstacles in their order. */
PromotionObstacle
loyalty_promotion_judge(const PromotionDefinition *promotion, const PromotionBill *bill)
{
	if (bill->at < promotion->starts_at)
		return OBSTACLE_NOT_BEGUN;
	if (bill->at >= promotion->ends_at && promotion->ends_at != INT64_MAX)
		return OBSTACLE_EXPIRED;
	if (!has_weekday(promotion, bill))
		return OBSTACLE_WEEKDAY;
	if (!has_minute(promotion, bill->minute))
		return OBSTACLE_HOURS;
	if (!has_store(promotion, bill->store_id))
		return OBSTACLE_STORE;
	if (!promotion->anonymous && !bill->has_customer)
		return OBSTACLE_NEEDS_CUSTOMER;
	if (bill->amount < promotion->minimum_bill ||
		(promotion->more_than && bill->amount == promotion->minimum_bill))
		return OBSTACLE_MINIMUM_BILL;
	return OBSTACLE_NONE;
}

/*
 * Rounds what a percentage gives; a fixed discount is whole steps by definition, and so is a maximum. A bill below zero has nothing
 * to take off. Rounding never takes more than the bill, though half of one step is rounded up to a whole one.
 */
int64_t
loyalty_promotion_discount(const PromotionDefinition *promotion, int64_t amount, int64_t step)
{
	int64_t discount = promotion->value;

	if (amount <= 0)
		return 0;
	if (promotion->benefit == BENEFIT_PERCENT)
		discount = loyalty_share(amount, promotion->value, PROMOTION_WHOLE_PERCENT, step, ROUNDING_HALF_UP);
	if (discount > promotion->maximum_discount)
		discount = promotion->maximum_discount;
	return discount < amount ? discount : amount;
}

/* Goes through the obstacles in their order: whose it is comes first, since the rest is nobody else's business. */
PromoCodeObstacle
loyalty_promo_code_obstacle(const PromoCodeUse *use)
{
	if (use->is_of_other)
		return CODE_OF_ANOTHER;
	if (use->is_revoked)
		return CODE_TAKEN_BACK;
	if (use->at >= use->expires_at && use->expires_at != INT64_MAX)
		return CODE_HAS_EXPIRED;
	return use->left > 0 ? CODE_FINE : CODE_USED_UP;
}
