/*
 * cart_bundle_rules.c: full groups of the components of a bundle or a combo.
 *
 * The pieces of each component are taken along their order, a group after the other. A group that takes nothing off is none: its
 * pieces stay as they are, and it counts for none of times_per_bill. Three shirts for 50.00 are no reason to sell three shirts of
 * 10.00 for more, nor to leave three of 30.00 at 90.00.
 *
 * As many equal groups as the runs at hand allow are made at once. A group that needs more than these is made by itself, and uses a run
 * up: there are no more of them than runs.
 */
#include "incentive/cart/cart_unit_rules.h"

/* A component while groups are made. */
typedef struct Stack
{
	int64_t pieces; /* of a group */
	int cursor;		/* the first run of it that may have any left */
	int end;		/* behind its last run */
} Stack;

/* A bundle or a combo while groups are made. */
typedef struct Bundle
{
	CartWork *work;
	const CartPromotion *promotion;
	int64_t price; /* of a group */
	Stack stacks[CART_MOST_COMPONENTS];
} Bundle;

/*
 * Finds the runs of each component, which stand together since they were sorted by role, and counts full groups: the scarcest
 * component decides.
 */
static int64_t
lay_out(Bundle *bundle)
{
	CartWork *work = bundle->work;
	int64_t full = INT64_MAX;
	int next = 0;
	int i;

	for (i = 0; i < bundle->promotion->component_count; i++)
	{
		Stack *stack = &bundle->stacks[i];
		int64_t pieces = 0;

		*stack = (Stack){ .pieces = bundle->promotion->components[i].pieces, .cursor = next };
		for (; next < work->run_count && work->runs[next].roles == 1u << i; next++)
			pieces += work->runs[next].pieces;
		stack->end = next;
		if (pieces / stack->pieces < full)
			full = pieces / stack->pieces;
	}
	return full;
}

/* Returns what a group takes off whose pieces cost so much together; of a combo what its percentage is of. */
static int64_t
gain_of(const Bundle *bundle, int64_t cost)
{
	int64_t gain = bundle->promotion->benefit == CART_BUNDLE_PRICE ? cost - bundle->price : cost;

	return gain > 0 ? gain : 0;
}

/* Goes to the first run of a component that has any left. */
static CartRun *
seek(Bundle *bundle, Stack *stack)
{
	CartRun *runs = bundle->work->runs;

	while (runs[stack->cursor].passed == runs[stack->cursor].pieces)
		stack->cursor++;
	return &runs[stack->cursor];
}

/*
 * Counts groups that the runs at hand allow for all components at once, with what one of them costs. Pieces that are not there
 * are not multiplied: only those of one cart together are known to fit an int64.
 */
static int64_t
equal_groups(Bundle *bundle, int64_t full, int64_t *cost)
{
	int i;

	for (i = 0; i < bundle->promotion->component_count; i++)
	{
		Stack *stack = &bundle->stacks[i];
		const CartRun *run = seek(bundle, stack);

		if ((run->pieces - run->passed) / stack->pieces < full)
			full = (run->pieces - run->passed) / stack->pieces;
	}
	*cost = 0;
	for (i = 0; full > 0 && i < bundle->promotion->component_count; i++)
		*cost += bundle->stacks[i].pieces * bundle->work->runs[bundle->stacks[i].cursor].price;
	bundle->work->looked_at++;
	return full;
}

/* Adds up what the next group costs, from however many runs. */
static int64_t
next_cost(Bundle *bundle)
{
	int64_t cost = 0;
	int i;

	for (i = 0; i < bundle->promotion->component_count; i++)
	{
		int64_t need = bundle->stacks[i].pieces;
		const CartRun *run = seek(bundle, &bundle->stacks[i]);

		for (; need > 0; run++)
		{
			int64_t pieces = run->pieces - run->passed < need ? run->pieces - run->passed : need;

			cost += pieces * run->price;
			need -= pieces;
		}
	}
	return cost;
}

/* Passes the pieces of so many groups, and counts them if they are any. */
static void
pass(Bundle *bundle, int64_t groups, bool counts)
{
	int i;

	for (i = 0; i < bundle->promotion->component_count; i++)
	{
		int64_t need = bundle->stacks[i].pieces * groups;

		while (need > 0)
		{
			CartRun *run = seek(bundle, &bundle->stacks[i]);
			int64_t pieces = run->pieces - run->passed < need ? run->pieces - run->passed : need;

			run->passed += pieces;
			run->bought += counts ? pieces : 0;
			need -= pieces;
			bundle->work->looked_at++;
		}
	}
}

/*
 * Makes groups until there are no more pieces, or as many as may be. Groups that are none are passed as well, so that those behind
 * them have their turn.
 */
static void
make_groups(Bundle *bundle, CartUnits *units)
{
	int64_t full = units->full;

	while (full > 0 && units->groups < bundle->promotion->times_per_bill)
	{
		int64_t cost;
		int64_t groups = equal_groups(bundle, full, &cost);
		int64_t left = bundle->promotion->times_per_bill - units->groups;
		int64_t gain;

		if (groups == 0)
		{
			groups = 1;
			cost = next_cost(bundle);
		}
		gain = gain_of(bundle, cost);
		if (gain > 0 && groups > left)
			groups = left;
		pass(bundle, groups, gain > 0);
		full -= groups;
		units->groups += gain > 0 ? groups : 0;
		units->gain += gain * groups;
	}
}

/* Gives each line the first component that names it. */
CartUnits
loyalty_cart_units_bundle(CartWork *work, const CartPromotion *promotion, int64_t value)
{
	CartUnits units = { 0 };
	Bundle bundle = { .work = work, .promotion = promotion, .price = value };
	int i;

	loyalty_cart_units_clear(work);
	for (i = 0; i < promotion->component_count; i++)
		loyalty_cart_units_add(work, &units, &promotion->components[i].items, 1u << i, false);
	loyalty_cart_units_sort(work, promotion, true);
	units.full = lay_out(&bundle);
	make_groups(&bundle, &units);
	loyalty_cart_units_note(work, promotion);
	return units;
}
