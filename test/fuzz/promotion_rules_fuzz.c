/*
 * promotion_rules_fuzz.c: any promotion for any bill. A discount is never more than the bill or its maximum; whatever stands
 * against a promotion does so by itself, found here by another way.
 */
// sources: promotion_rules.c currency_rules.c
#include "fuzz_input.h"
#include "incentive/promotion/promotion_rules.h"
#include "org/currency_rules.h"

static const int32_t stores[] = { 2, 5, 9 };

static PromotionDefinition
some_promotion(FuzzInput *input, int64_t step)
{
	PromotionDefinition promotion = { .benefit = fuzz_bool(input) ? BENEFIT_PERCENT : BENEFIT_FIXED,
									  .maximum_discount = PROMOTION_UNBOUNDED };

	if (promotion.benefit == BENEFIT_PERCENT)
		promotion.value = fuzz_number(input, 1, PROMOTION_WHOLE_PERCENT);
	else
		promotion.value = fuzz_number(input, 1, INT64_C(999999999999999)) * step;
	if (fuzz_bool(input))
		promotion.maximum_discount = fuzz_number(input, 1, INT64_C(999999999999999)) * step;
	promotion.minimum_bill = fuzz_number(input, 0, INT64_C(999999999999999999));
	promotion.more_than = fuzz_bool(input);
	promotion.anonymous = fuzz_bool(input);
	promotion.weekdays = fuzz_byte(input) & 0x7F;
	promotion.from_minute = (int) fuzz_number(input, -1, PROMOTION_DAY_MINUTES - 1);
	promotion.to_minute = (int) fuzz_number(input, 0, PROMOTION_DAY_MINUTES);
	promotion.store_ids = stores;
	promotion.store_count = fuzz_choice(input, 4);
	promotion.starts_at = fuzz_number(input, INT64_MIN, INT64_MAX);
	promotion.ends_at = fuzz_number(input, INT64_MIN, INT64_MAX);
	return promotion;
}

static PromotionBill
some_bill(FuzzInput *input, int64_t step)
{
	PromotionBill bill = { .step = step };

	bill.amount = fuzz_number(input, INT64_C(-999999999999999999), INT64_C(999999999999999999));
	bill.store_id = (int32_t) fuzz_number(input, 0, 10);
	bill.at = fuzz_number(input, INT64_MIN, INT64_MAX);
	bill.weekday = fuzz_choice(input, PROMOTION_WEEKDAYS);
	bill.minute = (int) fuzz_number(input, 0, PROMOTION_DAY_MINUTES - 1);
	bill.has_customer = fuzz_bool(input);
	return bill;
}

/* Minutes of the week, counted one by one from each beginning of the hours. */
static bool
is_in_hours(const PromotionDefinition *promotion, const PromotionBill *bill)
{
	int day;

	for (day = 0; day < PROMOTION_WEEKDAYS; day++)
	{
		int minute = day * PROMOTION_DAY_MINUTES + (promotion->from_minute < 0 ? 0 : promotion->from_minute);
		int length = promotion->from_minute < 0 ? PROMOTION_DAY_MINUTES
												: promotion->to_minute - promotion->from_minute;
		int at = bill->weekday * PROMOTION_DAY_MINUTES + bill->minute;

		if (promotion->weekdays != 0 && (promotion->weekdays & 1u << day) == 0)
			continue;
		if (length < 0)
			length += PROMOTION_DAY_MINUTES;
		if ((at - minute + 7 * PROMOTION_DAY_MINUTES) % (7 * PROMOTION_DAY_MINUTES) < length)
			return true;
	}
	return false;
}

static void
fuzz_discount(const PromotionDefinition *promotion, const PromotionBill *bill)
{
	int64_t discount = loyalty_promotion_discount(promotion, bill->amount, bill->step);

	REQUIRE(discount >= 0 && discount <= promotion->maximum_discount);
	REQUIRE(discount <= (bill->amount > 0 ? bill->amount : 0));
	if (bill->amount % bill->step == 0)
		REQUIRE(discount % bill->step == 0);
	if (promotion->benefit == BENEFIT_PERCENT && promotion->value == PROMOTION_WHOLE_PERCENT &&
		promotion->maximum_discount == PROMOTION_UNBOUNDED && bill->amount > 0)
		REQUIRE(discount == bill->amount);
	if (bill->amount > bill->step)
		REQUIRE(loyalty_promotion_discount(promotion, bill->amount - bill->step, bill->step) <= discount);
}

static void
fuzz_texts(FuzzInput *input)
{
	char text[8];
	int minute = -1;

	fuzz_word(input, text, 6, "0123459: ");
	if (loyalty_promotion_minute(text, &minute))
	{
		char again[32];

		REQUIRE(minute >= 0 && minute <= PROMOTION_DAY_MINUTES);
		snprintf(again, sizeof(again), "%02d:%02d", minute / 60, minute % 60);
		REQUIRE(strcmp(text, again) == 0);
	}
	fuzz_word(input, text, 4, "EURJPYKWD ");
	REQUIRE(loyalty_currency_step(text) == 10 || loyalty_currency_is_known(text));
}

static void
fuzz_code(FuzzInput *input)
{
	PromoCodeUse use = { .is_of_other = fuzz_bool(input), .is_revoked = fuzz_bool(input) };
	PromoCodeObstacle obstacle;

	use.expires_at = fuzz_number(input, INT64_MIN, INT64_MAX);
	use.at = fuzz_number(input, INT64_MIN, INT64_MAX);
	use.left = fuzz_number(input, 0, INT64_MAX);
	obstacle = loyalty_promo_code_obstacle(&use);
	REQUIRE((obstacle == CODE_FINE) == (!use.is_of_other && !use.is_revoked && use.left > 0 &&
										(use.at < use.expires_at || use.expires_at == INT64_MAX)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t steps[] = { 1, 10, 1000 };
	FuzzInput input = { data, size };
	int64_t step = steps[fuzz_choice(&input, 3)];
	PromotionDefinition promotion = some_promotion(&input, step);
	PromotionBill bill = some_bill(&input, step);
	PromotionObstacle obstacle;

	fuzz_texts(&input);
	fuzz_code(&input);
	fuzz_discount(&promotion, &bill);
	if (promotion.from_minute == promotion.to_minute)
		return 0;
	obstacle = loyalty_promotion_judge(&promotion, &bill);
	if (obstacle > OBSTACLE_HOURS || obstacle == OBSTACLE_NONE)
		REQUIRE(is_in_hours(&promotion, &bill));
	if (obstacle == OBSTACLE_HOURS || obstacle == OBSTACLE_WEEKDAY)
		REQUIRE(!is_in_hours(&promotion, &bill));
	if (obstacle == OBSTACLE_NONE)
	{
		REQUIRE(bill.amount >= promotion.minimum_bill && bill.at >= promotion.starts_at);
		REQUIRE(bill.has_customer || promotion.anonymous);
	}
	return 0;
}
