/*
 * cart_condition_rules.c: whether a cart is what a promotion asks for.
 *
 * A gift does not help to earn itself: what a promotion would give is planned first, and is taken out of what is measured. Where
 * the number of gifts depends on the step, each step is measured without its own gifts, from the highest down. Sums of the whole
 * bill are at hand; other measures look at the lines of their items.
 */
#include "incentive/cart/cart_condition_rules.h"

/* Measures the whole bill by its sums, which are kept as promotions apply: a condition of it looks at no line. */
static int64_t
measured_bill(const CartWork *work, const CartPromotion *promotion, CartConditionType type)
{
	if (type == CONDITION_QUANTITY)
		return work->quantity - work->gifts * CART_PIECE;
	return promotion->gross ? work->price - work->gift_price : work->left - work->gift_left;
}

/* Measures a line. */
static int64_t
measured_line(const CartWork *work, const CartPromotion *promotion, CartConditionType type, int32_t line)
{
	const CartLineState *state = &work->lines[line];

	if (type == CONDITION_QUANTITY)
		return work->cart->lines[line].quantity - state->gifts * CART_PIECE;
	return promotion->gross ? work->cart->lines[line].amount - state->gift_price
							: state->left - state->gift_left;
}

/*
 * Adds up what a condition is about. A line that is in several of its categories is found once. Lines below zero are part of the bill
 * and of nothing else.
 */
static int64_t
measured(CartWork *work, const CartPromotion *promotion, const CartCondition *condition)
{
	int64_t sum = 0;
	int i;

	if (condition->items.node_count == 0)
		return measured_bill(work, promotion, condition->type);
	loyalty_cart_find(work, &condition->items);
	for (i = 0; i < work->found_count; i++)
		sum += measured_line(work, promotion, condition->type, work->found[i]);
	return sum;
}

/* Returns by how much at least a measure must grow. Quantities that must exceed another grow to the next whole piece. */
static int64_t
lacking(const CartWork *work, const CartCondition *measure, int64_t required, int64_t actual)
{
	if (!measure->more_than)
		return required - actual;
	if (measure->type == CONDITION_QUANTITY)
		return (required / CART_PIECE + 1) * CART_PIECE - actual;
	return required - actual + work->cart->bill.step;
}

/* Compares as the condition says. */
static bool
reaches(const CartCondition *measure, int64_t required, int64_t actual)
{
	return measure->more_than ? actual > required : actual >= required;
}

/* Notes what does not hold. */
static void
note_failed(const CartWork *work, CartVerdict *verdict, const CartCondition *condition, int64_t required,
			int64_t actual)
{
	verdict->failed = condition;
	verdict->required = required;
	verdict->actual = actual;
	verdict->more_than = condition->more_than;
	verdict->missing_step = lacking(work, condition, required, actual);
}

/*
 * Finds the first condition that does not hold; of several of which any would do, the first. Which one is nearest to holding cannot
 * be said of an amount and a quantity.
 */
static bool
holds(CartWork *work, const CartPromotion *promotion, const CartCondition *condition, CartVerdict *verdict)
{
	CartVerdict first = *verdict;
	int64_t actual;
	int i;

	if (condition->type == CONDITION_AMOUNT || condition->type == CONDITION_QUANTITY)
	{
		actual = measured(work, promotion, condition);
		if (reaches(condition, condition->required, actual))
			return true;
		note_failed(work, verdict, condition, condition->required, actual);
		return false;
	}
	for (i = 0; i < condition->part_count; i++)
	{
		CartVerdict part = *verdict;

		if (holds(work, promotion, &condition->parts[i], &part) != (condition->type == CONDITION_ALL))
		{
			if (condition->type == CONDITION_ALL)
				*verdict = part;
			return condition->type == CONDITION_ANY;
		}
		if (i == 0)
			first = part;
	}
	if (condition->type == CONDITION_ANY)
		*verdict = first;
	return condition->type == CONDITION_ALL;
}

/* Judges what the bill must be at least, as any other condition. */
static bool
has_minimum(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict)
{
	CartCondition bill = { .type = CONDITION_AMOUNT,
						   .more_than = promotion->terms.more_than,
						   .required = promotion->terms.minimum_bill };

	if ((bill.required == 0 && !bill.more_than) || holds(work, promotion, &bill, verdict))
		return true;
	verdict->failed = NULL;
	return false;
}

/* Plans what is given at a value, for it to be left out of what is measured next. */
static void
plan_gift(CartWork *work, const CartPromotion *promotion, int64_t value, CartUnits *units)
{
	if (promotion->benefit == CART_FREE_PRODUCT)
		*units = loyalty_cart_units_gift(work, promotion, value);
}

/*
 * Goes down to the highest step that is reached; -1: none. What the step above it lacks is noted on the way. Only a free product is
 * measured for each step: no other benefit changes with its value what is given.
 */
static int
reached_step(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict, CartUnits *units)
{
	int64_t actual = 0;
	int i;

	for (i = promotion->step_count - 1; i >= 0; i--)
	{
		const CartStep *step = &promotion->steps[i];

		plan_gift(work, promotion, step->value, units);
		if (i == promotion->step_count - 1 || promotion->benefit == CART_FREE_PRODUCT)
			actual = measured(work, promotion, promotion->measure);
		if (reaches(promotion->measure, step->from, actual))
			return i;
		note_failed(work, verdict, promotion->measure, step->from, actual);
		verdict->next_value = step->value;
	}
	return -1;
}

/*
 * Finds the step first, since it says how much is given and so what is left out of all measures. Which of the three is answered
 * follows their order in the definition, not that in which they are judged.
 */
bool
loyalty_cart_condition(CartWork *work, const CartPromotion *promotion, CartVerdict *verdict, CartUnits *units)
{
	CartVerdict steps = *verdict;
	CartVerdict failed = *verdict;
	int reached = 0;

	plan_gift(work, promotion, promotion->value, units);
	verdict->value = promotion->value;
	if (promotion->step_count > 0)
		reached = reached_step(work, promotion, &steps, units);
	if (!has_minimum(work, promotion, &failed) ||
		(promotion->condition != NULL && !holds(work, promotion, promotion->condition, &failed)))
		*verdict = failed;
	else if (reached < 0)
		*verdict = steps;
	else
	{
		verdict->missing_step = steps.missing_step;
		verdict->next_value = steps.next_value;
		if (promotion->step_count > 0)
			verdict->value = promotion->steps[reached].value;
		return true;
	}
	verdict->obstacle = CART_CONDITION;
	return false;
}
