/*
 * cart_benefit_rules.c: how much a promotion gives, and to which lines.
 *
 * How much is computed from sums alone, so that a promotion which loses against another of its group, or has nothing to give,
 * costs no more than a look at its own lines; those of the whole bill look at none. Lines are weighed as a promotion is given.
 *
 * Three things bound a discount: its maximum, what is left of the lines that it comes off, what is left of the bill. The last one is
 * less than the lines where some are below zero: a rebate that was given by hand must not leave a bill that the shop pays.
 */
#include "incentive/cart/cart_benefit_rules.h"

/* Tells the six benefits of pieces from the others. */
static bool
counts_pieces(const CartPromotion *promotion)
{
	return promotion->benefit >= CART_FIXED_PER_UNIT && promotion->benefit <= CART_FREE_PRODUCT;
}

/* Plans what is given before anything is measured; a free product is planned with its step. */
bool
loyalty_cart_is_earned(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict, CartUnits *units)
{
	*units = (CartUnits){ 0 };
	loyalty_cart_units_clear(work);
	if (promotion->benefit == CART_BUY_X_GET_Y)
		*units = loyalty_cart_units_get(work, promotion);
	return loyalty_cart_condition(work, promotion, verdict, units);
}

/* Sums of the lines that a promotion is about. Lines below zero lower the bill, and nothing comes off them. */
typedef struct Touched
{
	bool any;
	int64_t base; /* for percentages: prices, or what is left of them */
	int64_t left;
} Touched;

/*
 * Takes the sums of the bill where no items are named. What is left is then the bill's, or that of its goods where lines that
 * were taken back have an amount above zero.
 */
static Touched
touched_lines(CartWork *work, const CartPromotion *promotion)
{
	Touched touched = { .any = work->goods > 0,
						.base = promotion->gross ? work->price : work->left,
						.left = work->goods_left < work->left ? work->goods_left : work->left };
	int i;

	if (promotion->items.node_count == 0)
		return touched;
	loyalty_cart_find(work, &promotion->items);
	touched = (Touched){ .any = work->found_count > 0 };
	for (i = 0; i < work->found_count; i++)
	{
		int32_t line = work->found[i];

		touched.left += work->lines[line].left;
		touched.base += promotion->gross ? work->cart->lines[line].amount : work->lines[line].left;
	}
	return touched;
}

/* Caps a discount, and notes it beside what was offered. */
static bool
offer(CartVerdict *verdict, const CartPromotion *promotion, int64_t offered, int64_t left)
{
	verdict->offered = offered;
	verdict->discount = loyalty_allocation_capped(offered, promotion->terms.maximum_discount, left);
	if (verdict->discount == 0)
		verdict->obstacle = CART_NOTHING_TO_TAKE;
	return verdict->discount > 0;
}

/*
 * Weighs what goes by amounts. A percentage of prices may be more than is left; an amount is offered whole, however little there
 * is to take it off.
 */
static bool
weigh_amounts(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict)
{
	Touched touched = touched_lines(work, promotion);
	int64_t offered = verdict->value;

	if (!touched.any)
	{
		verdict->obstacle = CART_NO_ITEM;
		return false;
	}
	if (promotion->benefit == CART_PERCENT)
		offered = touched.base <= 0 ? 0
									: loyalty_allocation_percent(touched.base, verdict->value,
																 work->cart->bill.step, promotion->rounding);
	return offer(verdict, promotion, offered, touched.left < work->left ? touched.left : work->left);
}

/*
 * Weighs what gives points. A multiplier is about what was paid for its lines, after all discounts: points come last. Points that a
 * program does not keep, as halves of a whole one, are not given.
 */
static bool
weigh_points(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict)
{
	Touched touched = touched_lines(work, promotion);
	const ProgramRules *program = work->cart->program;
	bool fits = true;

	if (!touched.any)
	{
		verdict->obstacle = CART_NO_ITEM;
		return false;
	}
	if (program != NULL && promotion->benefit == CART_BONUS_POINTS)
		verdict->points = verdict->value - verdict->value % loyalty_program_step(program);
	else if (program != NULL)
		fits = loyalty_allocation_multiplied(program, touched.left, verdict->value, &verdict->points);
	if (!fits || verdict->points <= 0)
	{
		verdict->points = 0;
		verdict->obstacle = CART_NOTHING_TO_TAKE;
		return false;
	}
	return true;
}

/* Tells how many pieces a group takes. */
static int64_t
pieces_of_group(const CartPromotion *promotion, int64_t value)
{
	int64_t pieces = 0;
	int i;

	for (i = 0; i < promotion->component_count; i++)
		pieces += promotion->components[i].pieces;
	if (promotion->benefit == CART_FREE_PRODUCT)
		return value;
	return pieces == 0 ? 1 : pieces;
}

/*
 * Says why pieces make no group. Goods by measure are told from pieces that are missing, since no more of them would help; a gift
 * from other pieces, since the customer need not buy anything but it.
 */
static CartObstacle
pieces_obstacle(const CartPromotion *promotion, const CartUnits *units)
{
	if (units->free_pieces == 0 && units->has_fraction)
		return CART_NOT_PIECES;
	if (promotion->benefit == CART_FREE_PRODUCT || (units->groups == 0 && units->missing_gift > 0))
		return CART_GIFT;
	if (!units->has_items)
		return CART_NO_ITEM;
	return units->full == 0 ? CART_PIECES : CART_NOTHING_TO_TAKE;
}

/*
 * Weighs what counts pieces. What is got, or is free, was planned before the condition was judged; the others are planned now, as
 * their value may follow from a step.
 */
static bool
weigh_pieces(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict, CartUnits *units)
{
	bool has_percent = promotion->benefit == CART_COMBO_PERCENT || promotion->benefit == CART_BUY_X_GET_Y;

	if (promotion->benefit == CART_FIXED_PER_UNIT || promotion->benefit == CART_PRICE)
		*units = loyalty_cart_units_each(work, promotion, verdict->value);
	else if (promotion->benefit == CART_BUNDLE_PRICE || promotion->benefit == CART_COMBO_PERCENT)
		*units = loyalty_cart_units_bundle(work, promotion, verdict->value);
	verdict->groups = units->groups;
	verdict->missing_gift = units->missing_gift;
	if (promotion->benefit == CART_FREE_PRODUCT)
		verdict->gift = &promotion->items;
	else if (promotion->benefit == CART_BUY_X_GET_Y)
		verdict->gift = &promotion->components[1].items;
	if (units->groups == 0)
	{
		verdict->obstacle = pieces_obstacle(promotion, units);
		verdict->required = pieces_of_group(promotion, verdict->value) * CART_PIECE;
		verdict->actual = units->free_pieces * CART_PIECE;
		return false;
	}
	return offer(verdict, promotion,
				 has_percent ? loyalty_allocation_percent(units->gain, verdict->value, work->cart->bill.step,
														  promotion->rounding)
							 : units->gain,
				 work->left);
}

/* Chooses by the benefit. */
bool
loyalty_cart_weigh(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict, CartUnits *units)
{
	if (counts_pieces(promotion))
		return weigh_pieces(work, promotion, verdict, units);
	if (promotion->benefit == CART_PERCENT || promotion->benefit == CART_FIXED)
		return weigh_amounts(work, promotion, verdict);
	return weigh_points(work, promotion, verdict);
}

/* Lines of which a discount takes pieces that were counted, and lines of which it takes any. */
#define OF_ANY_PIECES 0
#define OF_COUNTED_PIECES 1

/*
 * Tells by what a line of a promotion that counts pieces is weighed: by what its pieces get each where they stand by
 * themselves, by what is given where that bears the discount alone, else by what is left of all pieces that were counted.
 */
static int64_t
weight_of_pieces(const CartPromotion *promotion, const CartLineState *line)
{
	if (promotion->benefit == CART_FIXED_PER_UNIT || promotion->benefit == CART_PRICE)
		return line->weight;
	if (promotion->benefit == CART_FREE_PRODUCT)
		return line->gift_left;
	return promotion->benefit == CART_BUY_X_GET_Y && promotion->no_spread ? line->gift_left
																		  : line->pieces_left;
}

/*
 * Makes a part of each line whose pieces were counted, and takes these. A line may have two runs, and may have been found as one
 * that helped to earn a gift: then it is a part already, with all that is left of it.
 */
static int
parts_of_pieces(CartWork *work, const CartPromotion *promotion, int count)
{
	int i;

	for (i = 0; i < work->run_count; i++)
	{
		int32_t line = work->runs[i].line;
		CartLineState *state = &work->lines[line];

		if (state->pieces == 0 || state->roles == 0)
			continue;
		loyalty_cart_take_pieces(state, state->pieces, state->pieces_left);
		state->roles = 0;
		if (state->found != work->search)
			work->parts[count++] =
				loyalty_allocation_part(line, OF_COUNTED_PIECES, weight_of_pieces(promotion, state));
	}
	return count;
}

/* Makes a part of each line that was found. */
static int
parts_of_found(CartWork *work)
{
	int i;

	for (i = 0; i < work->found_count; i++)
		work->parts[i] =
			loyalty_allocation_part(work->found[i], OF_ANY_PIECES, work->lines[work->found[i]].left);
	return work->found_count;
}

/* Finds the lines that a condition measures. */
static void
find_measured(CartWork *work, const CartCondition *condition)
{
	int i;

	if (condition->type == CONDITION_AMOUNT || condition->type == CONDITION_QUANTITY)
		loyalty_cart_find_more(work, &condition->items);
	for (i = 0; i < condition->part_count; i++)
		find_measured(work, &condition->parts[i]);
}

/* Finds the lines that a free product is spread over beside itself: all that helped to earn it. */
static void
find_helping(CartWork *work, const CartPromotion *promotion)
{
	static const CartItems whole_bill = { 0 };

	work->search++;
	work->found_count = 0;
	if (promotion->no_spread)
		return;
	if (promotion->terms.minimum_bill > 0 || promotion->terms.more_than)
		loyalty_cart_find_more(work, &whole_bill);
	if (promotion->condition != NULL)
		find_measured(work, promotion->condition);
	if (promotion->step_count > 0)
		find_measured(work, promotion->measure);
}

/* Makes the parts that a discount or points are split over. */
static int
make_parts(CartWork *work, const CartPromotion *promotion)
{
	if (promotion->benefit == CART_FREE_PRODUCT)
	{
		find_helping(work, promotion);
		return parts_of_pieces(work, promotion, parts_of_found(work));
	}
	if (counts_pieces(promotion))
	{
		work->search++;
		return parts_of_pieces(work, promotion, 0);
	}
	loyalty_cart_find(work, &promotion->items);
	return parts_of_found(work);
}

/* Splits a discount, which also puts the parts in the order of their lines, as points need them. */
static void
split(CartWork *work, const CartVerdict *verdict, int count)
{
	loyalty_allocation_split(work->parts, count, verdict->discount, work->cart->bill.step);
	if (verdict->points > 0)
		loyalty_allocation_points(work->parts, count, verdict->points,
								  loyalty_program_step(work->cart->program));
}

/*
 * Takes each share off its line and tells of it. Lines that get nothing are not told of, unless a piece of them was counted: it is
 * used up, and belongs to what comes back together.
 */
void
loyalty_cart_give(CartWork *work, const CartPromotion *promotion, int place, const CartVerdict *verdict,
				  CartShareSink share, void *sink)
{
	int count = make_parts(work, promotion);
	int i;

	split(work, verdict, count);
	work->looked_at += count;
	for (i = 0; i < count; i++)
	{
		const ReturnedPart *part = &work->parts[i];
		CartShare told = { .promotion = place,
						   .line = part->line_no,
						   .pieces = work->lines[part->line_no].pieces };

		if (verdict->points > 0)
			told.points = part->now;
		else
		{
			told.discount = part->now;
			loyalty_cart_take_off(work, part->line_no, part->now, part->order == OF_COUNTED_PIECES);
		}
		if (told.pieces > 0 || told.discount > 0 || told.points > 0)
			share(sink, &told);
	}
}
