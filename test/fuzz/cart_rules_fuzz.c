/*
 * cart_rules_fuzz.c: any promotions for any cart. Shares add up and stay within their lines, their maximum and the bill; whoever
 * stops or stands alone does; the order in which promotions are listed does not matter; a higher price gives no lower discount
 * where a percentage or an amount is taken off. Pieces and what is left of them never leave their lines.
 */
// sources: cart_rules.c cart_line_rules.c cart_unit_rules.c cart_bundle_rules.c cart_condition_rules.c cart_benefit_rules.c cart_check_rules.c
#include "fuzz_input.h"
#include "incentive/cart/cart_rules.h"

#define MAX_LINES 6
#define MAX_PROMOTIONS 5
#define MAX_CONDITIONS 4

static const int32_t nodes[] = { 1, 2, 11, 12, 3, 13 };
static const int32_t categories[] = { 11, 12, 13 };

/* What the pieces of a promotion point to. */
typedef struct Definition
{
	CartComponent components[3];
	CartCondition conditions[MAX_CONDITIONS];
	CartCondition measure;
	CartStep steps[3];
} Definition;

typedef struct Evaluation
{
	int64_t discounts[MAX_PROMOTIONS];
	int64_t points[MAX_PROMOTIONS];
	int64_t lines[MAX_LINES];
	int64_t pieces[MAX_LINES];
	CartVerdict verdicts[MAX_PROMOTIONS];
} Evaluation;

static CartItems
some_items(FuzzInput *input)
{
	CartItems items = { .node_ids = nodes + fuzz_choice(input, 4), .node_count = fuzz_choice(input, 3) };

	return items;
}

static void
some_lines(FuzzInput *input, CartLine *lines, int count, int64_t step)
{
	int64_t most = fuzz_bool(input) ? INT64_C(999999999999999) / step : 100;
	int i;

	for (i = 0; i < count; i++)
	{
		lines[i].item_id = fuzz_choice(input, 4);
		lines[i].category_ids = categories + fuzz_choice(input, 2);
		lines[i].category_count = fuzz_choice(input, 3);
		lines[i].amount = fuzz_number(input, fuzz_choice(input, 8) == 0 ? -most : 0, most) * step;
		lines[i].quantity = fuzz_number(input, 1, 12) * CART_PIECE;
		if (fuzz_choice(input, 8) == 0)
			lines[i].quantity = fuzz_number(input, -CART_PIECE, INT64_C(99999999999999999));
	}
}

static int64_t
some_value(FuzzInput *input, CartBenefit benefit, int64_t step)
{
	switch (benefit)
	{
		case CART_PERCENT:
		case CART_COMBO_PERCENT:
		case CART_BUY_X_GET_Y:
			return fuzz_number(input, 1, PROMOTION_WHOLE_PERCENT);
		case CART_FREE_PRODUCT:
			return fuzz_number(input, 1, CART_MOST_PIECES);
		case CART_POINTS_MULTIPLIER:
			return fuzz_number(input, 1001, 1000000);
		default:
			return fuzz_number(input, 1, fuzz_bool(input) ? 100 : INT64_C(999999999999999)) * step;
	}
}

static CartCondition
some_measure(FuzzInput *input, int64_t step)
{
	CartCondition measure = { .type = fuzz_bool(input) ? CONDITION_AMOUNT : CONDITION_QUANTITY };

	measure.items = some_items(input);
	measure.more_than = fuzz_bool(input);
	measure.required = measure.type == CONDITION_AMOUNT ? fuzz_number(input, 0, 1000) * step
														: fuzz_number(input, 0, 10 * CART_PIECE);
	return measure;
}

/* Fills conditions from a place on; returns the place behind them. Parts stand behind all their siblings. */
static int
some_conditions(FuzzInput *input, Definition *definition, int64_t step)
{
	int i;

	for (i = 0; i < MAX_CONDITIONS; i++)
		definition->conditions[i] = some_measure(input, step);
	if (fuzz_bool(input))
	{
		definition->conditions[0] = (CartCondition){ .type = fuzz_bool(input) ? CONDITION_ALL : CONDITION_ANY,
													 .part_count = 2,
													 .parts = &definition->conditions[1] };
		if (fuzz_bool(input))
			definition->conditions[2] =
				(CartCondition){ .type = fuzz_bool(input) ? CONDITION_ALL : CONDITION_ANY,
								 .part_count = 1,
								 .parts = &definition->conditions[3] };
	}
	return MAX_CONDITIONS;
}

static void
some_structure(FuzzInput *input, CartPromotion *promotion, Definition *definition, int64_t step)
{
	int i;

	promotion->components = definition->components;
	for (i = 0; i < 3; i++)
	{
		definition->components[i].items = some_items(input);
		definition->components[i].pieces = fuzz_number(input, 1, fuzz_bool(input) ? 3 : CART_MOST_PIECES);
	}
	if (promotion->benefit == CART_BUNDLE_PRICE || promotion->benefit == CART_COMBO_PERCENT)
		promotion->component_count = 1 + fuzz_choice(input, 3);
	else
		promotion->component_count = promotion->benefit == CART_BUY_X_GET_Y ? 2 : 0;
	some_conditions(input, definition, step);
	if (fuzz_choice(input, 4) == 0)
		promotion->condition = definition->conditions;
	definition->measure = some_measure(input, step);
	promotion->measure = &definition->measure;
	promotion->steps = definition->steps;
	promotion->step_count = fuzz_choice(input, 4) == 0 ? fuzz_choice(input, 4) : 0;
	for (i = 0; i < 3; i++)
	{
		definition->steps[i].from = (i > 0 ? definition->steps[i - 1].from : 0) + fuzz_number(input, 1, 5000);
		definition->steps[i].value = some_value(input, promotion->benefit, step);
	}
}

static CartPromotion
some_promotion(FuzzInput *input, Definition *definition, int id, int64_t step)
{
	CartPromotion promotion = { .promotion_id = id,
								.benefit = (CartBenefit) fuzz_choice(input, CART_BENEFIT_COUNT),
								.terms = { .maximum_discount = PROMOTION_UNBOUNDED,
										   .anonymous = true,
										   .from_minute = -1,
										   .starts_at = INT64_MIN,
										   .ends_at = INT64_MAX } };

	promotion.value = some_value(input, promotion.benefit, step);
	promotion.items = some_items(input);
	if (promotion.benefit == CART_FREE_PRODUCT && promotion.items.node_count == 0)
		promotion.items.node_count = 1;
	some_structure(input, &promotion, definition, step);
	promotion.phase = promotion.benefit >= CART_POINTS_MULTIPLIER			? CART_POINTS_PHASE
					  : promotion.benefit <= CART_FIXED && fuzz_bool(input) ? CART_BILL_PHASE
																			: CART_ITEM_PHASE;
	if (fuzz_bool(input))
		promotion.terms.maximum_discount = fuzz_number(input, 1, 1000) * step;
	promotion.terms.minimum_bill = fuzz_bool(input) ? 0 : fuzz_number(input, 0, 1000) * step;
	promotion.terms.more_than = fuzz_choice(input, 8) == 0;
	promotion.times_per_bill = fuzz_bool(input) ? PROMOTION_UNBOUNDED : fuzz_number(input, 1, 100);
	promotion.rounding = (Rounding) fuzz_choice(input, ROUNDING_COUNT);
	promotion.gross = fuzz_bool(input);
	promotion.favour_customer = fuzz_bool(input);
	promotion.no_spread = fuzz_bool(input);
	promotion.priority = fuzz_choice(input, 3);
	promotion.stacking = (CartStacking) (fuzz_choice(input, 8) % 5 % CART_STACKING_COUNT);
	promotion.stacking_group = fuzz_choice(input, 4) % 3;
	promotion.keyed = fuzz_bool(input);
	promotion.has_key = fuzz_choice(input, 4) > 0;
	promotion.uses_left = fuzz_choice(input, 8) > 0 ? PROMOTION_UNBOUNDED : 0;
	return promotion;
}

static void
note_share(void *sink, const CartShare *share)
{
	Evaluation *evaluation = sink;

	REQUIRE(share->discount >= 0 && share->points >= 0 && share->pieces >= 0);
	evaluation->discounts[share->promotion] += share->discount;
	evaluation->points[share->promotion] += share->points;
	evaluation->lines[share->line] += share->discount;
	evaluation->pieces[share->line] += share->pieces;
}

static void
evaluate(Evaluation *evaluation, const Cart *cart, const CartPromotion *promotions, int count)
{
	void *memory = malloc(loyalty_cart_bytes(cart, count));

	memset(evaluation, 0, sizeof(*evaluation));
	loyalty_cart_evaluate(cart, promotions, count, memory, evaluation->verdicts, note_share, evaluation);
	free(memory);
}

static void
check_lines(const Evaluation *evaluation, const Cart *cart)
{
	int64_t bill = 0;
	int64_t taken = 0;
	int i;

	for (i = 0; i < cart->line_count; i++)
	{
		const CartLine *line = &cart->lines[i];
		bool goods = line->amount >= 0 && line->quantity >= 0;

		REQUIRE(evaluation->lines[i] <= (goods ? line->amount : 0));
		REQUIRE(evaluation->pieces[i] <=
				(goods && line->quantity % CART_PIECE == 0 ? line->quantity / CART_PIECE : 0));
		REQUIRE(evaluation->lines[i] % cart->bill.step == 0);
		bill += line->amount;
		taken += evaluation->lines[i];
	}
	REQUIRE(taken <= (bill > 0 ? bill : 0));
}

static void
check_promotions(const Evaluation *evaluation, const Cart *cart, const CartPromotion *promotions, int count)
{
	int applied = 0;
	int alone = 0;
	int stop = 0;
	int groups[3] = { 0 };
	int i;

	for (i = 0; i < count; i++)
	{
		const CartVerdict *verdict = &evaluation->verdicts[i];
		bool gives = verdict->discount > 0 || verdict->points > 0;

		REQUIRE((verdict->obstacle == CART_FINE) == gives);
		REQUIRE(evaluation->discounts[i] == verdict->discount && evaluation->points[i] == verdict->points);
		REQUIRE(verdict->discount <= promotions[i].terms.maximum_discount);
		REQUIRE(verdict->discount == 0 || verdict->discount <= verdict->offered);
		REQUIRE(!gives || promotions[i].has_key || !promotions[i].keyed);
		REQUIRE(!gives || promotions[i].uses_left > 0);
		REQUIRE(!gives || verdict->groups <= promotions[i].times_per_bill ||
				promotions[i].benefit == CART_FREE_PRODUCT);
		REQUIRE(verdict->points == 0 || verdict->points % loyalty_program_step(cart->program) == 0);
		REQUIRE(verdict->missing_step >= 0 && verdict->missing_gift >= 0);
		applied += gives;
		alone += gives && promotions[i].stacking == CART_ALONE;
		stop += gives && promotions[i].stacking != CART_STACK;
		groups[promotions[i].stacking_group] += gives;
	}
	REQUIRE(alone == 0 || applied == 1);
	REQUIRE(stop <= 1 && groups[1] <= 1 && groups[2] <= 1);
}

/* Padding counts for nothing. */
static bool
same_verdict(const CartVerdict *one, const CartVerdict *other)
{
	return one->obstacle == other->obstacle && one->failed == other->failed &&
		   one->required == other->required && one->actual == other->actual && one->value == other->value &&
		   one->offered == other->offered && one->discount == other->discount &&
		   one->points == other->points && one->groups == other->groups &&
		   one->missing_step == other->missing_step && one->missing_gift == other->missing_gift;
}

/* The order of the list is nobody's meaning: each promotion has an id of its own. */
static void
check_order(const Evaluation *evaluation, const Cart *cart, const CartPromotion *promotions, int count)
{
	CartPromotion reversed[MAX_PROMOTIONS];
	Evaluation other;
	int i;

	for (i = 0; i < count; i++)
		reversed[count - 1 - i] = promotions[i];
	evaluate(&other, cart, reversed, count);
	for (i = 0; i < count; i++)
		REQUIRE(same_verdict(&other.verdicts[count - 1 - i], &evaluation->verdicts[i]));
	REQUIRE(memcmp(other.lines, evaluation->lines, sizeof(other.lines)) == 0);
}

/* A promotion by itself gives the same whatever the order of the lines; which of equal pieces are gifts may decide a condition. */
static void
check_line_order(const Cart *cart, const CartPromotion *promotion)
{
	CartLine reversed[MAX_LINES];
	Cart turned = *cart;
	Evaluation one;
	Evaluation other;
	int i;

	if (promotion->condition != NULL || promotion->step_count > 0)
		return;
	for (i = 0; i < cart->line_count; i++)
		reversed[cart->line_count - 1 - i] = cart->lines[i];
	turned.lines = reversed;
	evaluate(&one, cart, promotion, 1);
	evaluate(&other, &turned, promotion, 1);
	REQUIRE(promotion->gross || one.verdicts[0].obstacle == other.verdicts[0].obstacle);
	REQUIRE(promotion->gross || one.verdicts[0].discount == other.verdicts[0].discount);
}

/* A step more on a line gives no less, where a percentage or an amount is taken off. */
static void
check_monotone(const Cart *cart, const CartPromotion *promotion)
{
	CartLine dearer[MAX_LINES];
	Cart more = *cart;
	Evaluation one;
	Evaluation other;

	if (promotion->benefit > CART_FIXED || promotion->step_count > 0 || cart->line_count == 0)
		return;
	memcpy(dearer, cart->lines, sizeof(dearer));
	more.lines = dearer;
	if (dearer[0].amount < 0)
		return;
	dearer[0].amount += cart->bill.step;
	evaluate(&one, cart, promotion, 1);
	evaluate(&other, &more, promotion, 1);
	REQUIRE(other.verdicts[0].discount >= one.verdicts[0].discount);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t steps[] = { 1, 10, 1000 };
	static const ProgramRules program = { .points_per_unit = 1500000, .rounding = ROUNDING_HALF_UP };
	FuzzInput input = { data, size };
	CartLine lines[MAX_LINES] = { { 0 } };
	Definition definitions[MAX_PROMOTIONS] = { 0 };
	CartPromotion promotions[MAX_PROMOTIONS];
	Cart cart = { .bill = { .step = steps[fuzz_choice(&input, 3)] }, .program = &program, .lines = lines };
	Evaluation evaluation;
	int count = 1 + fuzz_choice(&input, MAX_PROMOTIONS);
	int i;

	cart.bill_first = fuzz_bool(&input);
	cart.line_count = fuzz_choice(&input, MAX_LINES + 1);
	some_lines(&input, lines, cart.line_count, cart.bill.step);
	for (i = 0; i < count; i++)
	{
		promotions[i] = some_promotion(&input, &definitions[i], i + 1, cart.bill.step);
		if (loyalty_cart_promotion_problem(&promotions[i], cart.bill.step) != CART_POSSIBLE)
			return 0;
	}
	REQUIRE(loyalty_cart_problem(&cart) == CART_POSSIBLE);
	evaluate(&evaluation, &cart, promotions, count);
	check_lines(&evaluation, &cart);
	check_promotions(&evaluation, &cart, promotions, count);
	check_order(&evaluation, &cart, promotions, count);
	check_line_order(&cart, &promotions[0]);
	check_monotone(&cart, &promotions[0]);
	return 0;
}
