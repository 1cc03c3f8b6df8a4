/*
 * cart_unit_rules.c: which pieces of a cart a promotion counts.
 *
 * Free pieces of its lines are runs of equal price, sorted from the cheapest, or from the dearest where it favours the customer;
 * of equal prices what has one role alone comes first, then the lower line. Groups are made along that order. As many equal ones as the runs at hand allow are
 * made at once, so that the work goes with the number of lines and not of pieces.
 *
 * Of what is bought and what is got, some pieces may do for both. As many full groups as there can be are made: there are enough
 * for each role, and enough together. So that no role takes what the other needs, each may have of the pieces for both what is
 * left when the other has its own number. A bundle's line serves the first component that names it.
 */
#include "incentive/cart/cart_unit_rules.h"

#include <stdlib.h>

#define ROLES_BOTH (ROLE_BOUGHT | ROLE_GOT)

/* Neither is evaluated twice, as it would be by a macro. */
static int64_t
least(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

/* Orders by price, then by roles: who can do one thing alone comes before who can do both. The lower line comes first. */
static int
compare_cheapest(const void *left, const void *right)
{
	const CartRun *l = left;
	const CartRun *r = right;

	if (l->price != r->price)
		return l->price < r->price ? -1 : 1;
	if (l->roles != r->roles)
		return l->roles < r->roles ? -1 : 1;
	return l->line < r->line ? -1 : l->line > r->line;
}

/* Orders by price, the highest first, then as the others. */
static int
compare_dearest(const void *left, const void *right)
{
	const CartRun *l = left;
	const CartRun *r = right;

	if (l->price != r->price)
		return l->price > r->price ? -1 : 1;
	return compare_cheapest(left, right);
}

/* Orders by the only role, then by price. */
static int
compare_role_cheapest(const void *left, const void *right)
{
	const CartRun *l = left;
	const CartRun *r = right;

	if (l->roles != r->roles)
		return l->roles < r->roles ? -1 : 1;
	return compare_cheapest(left, right);
}

/* Orders by the only role, then by price, the highest first. */
static int
compare_role_dearest(const void *left, const void *right)
{
	const CartRun *l = left;
	const CartRun *r = right;

	if (l->roles != r->roles)
		return l->roles < r->roles ? -1 : 1;
	return compare_dearest(left, right);
}

/*
 * Goes through the runs: no other line was written to. A promotion is thus cleared at the cost of what it looked at itself, and
 * not of the whole cart.
 */
void
loyalty_cart_units_clear(CartWork *work)
{
	int i;

	for (i = 0; i < work->run_count; i++)
	{
		CartLineState *line = &work->lines[work->runs[i].line];

		line->roles = 0;
		line->gifts = line->gift_left = line->gift_price = 0;
		line->pieces = line->pieces_left = line->weight = 0;
	}
	work->run_count = 0;
	work->gifts = work->gift_left = work->gift_price = 0;
}

/*
 * Makes the runs of a line's free pieces: those at the price by floor, and those a step above it. Three for 10.00 are a run of two at
 * 3.33 and a run of one at 3.34.
 */
static void
add_runs(CartWork *work, int32_t line)
{
	const CartLineState *state = &work->lines[line];
	int64_t step = work->cart->bill.step;
	CartPieces split = loyalty_allocation_pieces(state->free_left, state->free_pieces, step);

	if (split.cheaper > 0)
		work->runs[work->run_count++] =
			(CartRun){ .line = line, .price = split.price, .pieces = split.cheaper };
	if (split.dearer > 0)
		work->runs[work->run_count++] =
			(CartRun){ .line = line, .price = split.price + step, .pieces = split.dearer };
}

/*
 * Makes runs of lines that have no role so far. Without "in addition" a line keeps the first role that it was given, so that no
 * piece stands in two components of a bundle.
 */
void
loyalty_cart_units_add(CartWork *work, CartUnits *units, const CartItems *items, unsigned role,
					   bool in_addition)
{
	int i;

	loyalty_cart_find(work, items);
	for (i = 0; i < work->found_count; i++)
	{
		CartLineState *line = &work->lines[work->found[i]];

		units->has_items = true;
		units->has_fraction |= line->has_fraction;
		if (line->free_pieces == 0 || (line->roles != 0 && !in_addition))
			continue;
		if (line->roles == 0)
		{
			add_runs(work, work->found[i]);
			units->free_pieces += line->free_pieces;
		}
		line->roles |= role;
	}
}

/*
 * Sorts after all roles are known, since they are part of the order: a piece that does for one role alone is used up before an
 * equal one that does for both. So what is given does not depend on how the lines were typed in.
 */
void
loyalty_cart_units_sort(CartWork *work, const CartPromotion *promotion, bool by_role)
{
	int (*by_price)(const void *, const void *) =
		promotion->favour_customer ? compare_dearest : compare_cheapest;
	int (*compare)(const void *, const void *) = !by_role					  ? by_price
												 : promotion->favour_customer ? compare_role_dearest
																			  : compare_role_cheapest;
	int i;

	for (i = 0; i < work->run_count; i++)
		work->runs[i].roles = work->lines[work->runs[i].line].roles;
	if (work->run_count > 0)
		qsort(work->runs, (size_t) work->run_count, sizeof(CartRun), compare);
	work->looked_at += work->run_count;
}

/*
 * Sums over both runs of a line first: the price of its gifts, before any discount, is that of all of them together. It is asked for
 * by conditions that go by prices.
 */
void
loyalty_cart_units_note(CartWork *work, const CartPromotion *promotion)
{
	int i;

	for (i = 0; i < work->run_count; i++)
	{
		const CartRun *run = &work->runs[i];
		CartLineState *line = &work->lines[run->line];

		line->pieces += run->bought + run->got;
		line->pieces_left += (run->bought + run->got) * run->price;
		line->gifts += run->got;
		line->gift_left += run->got * run->price;
		work->gifts += run->got;
		work->gift_left += run->got * run->price;
	}
	for (i = 0; i < work->run_count; i++)
	{
		const CartLine *of = &work->cart->lines[work->runs[i].line];
		CartLineState *line = &work->lines[work->runs[i].line];

		if (line->gifts == 0 || line->gift_price > 0)
			continue;
		line->gift_price =
			loyalty_allocation_taken(of->amount, of->quantity / CART_PIECE, work->cart->bill.step,
									 line->gifts, promotion->favour_customer);
		work->gift_price += line->gift_price;
	}
}

/*
 * Gives the first pieces of the order. Fewer than are to be given are given, too: the customer has earned them, and is told how many
 * more there would be.
 */
CartUnits
loyalty_cart_units_gift(CartWork *work, const CartPromotion *promotion, int64_t pieces)
{
	CartUnits units = { 0 };
	int64_t need = pieces;
	int i;

	loyalty_cart_units_clear(work);
	loyalty_cart_units_add(work, &units, &promotion->items, ROLE_GOT, false);
	loyalty_cart_units_sort(work, promotion, false);
	for (i = 0; i < work->run_count && need > 0; i++)
	{
		work->runs[i].got = least(work->runs[i].pieces, need);
		need -= work->runs[i].got;
	}
	loyalty_cart_units_note(work, promotion);
	units.full = units.groups = pieces - need;
	units.gain = work->gift_left;
	units.missing_gift = need;
	return units;
}

/* A role while groups of what is bought and what is got are made. */
typedef struct Side
{
	unsigned role;
	int64_t pieces;	 /* of a group */
	int64_t of_both; /* pieces that it may still have of those that would do for both */
	int cursor;		 /* the first run that may have any */
} Side;

/* Counts pieces of a run that have no role so far. */
static int64_t
pieces_of(const CartRun *run)
{
	return run->pieces - run->bought - run->got;
}

/*
 * Counts a run's pieces for a role, as far as there are any and the other role can spare them. What a role may have of pieces for both
 * never grows, nor do the pieces of a run: a run without any has none later.
 */
static int64_t
available(const CartRun *run, const Side *side)
{
	if ((run->roles & side->role) == 0)
		return 0;
	return run->roles == ROLES_BOTH ? least(pieces_of(run), side->of_both) : pieces_of(run);
}

/* Takes pieces of a run for a role. */
static void
take(CartRun *run, Side *side, int64_t pieces)
{
	*(side->role == ROLE_GOT ? &run->got : &run->bought) += pieces;
	if (run->roles == ROLES_BOTH)
		side->of_both -= pieces;
}

/* Goes to the first run that has any for a role: those before it never have any again. */
static CartRun *
seek(CartWork *work, Side *side)
{
	while (side->cursor < work->run_count && available(&work->runs[side->cursor], side) == 0)
	{
		side->cursor++;
		work->looked_at++;
	}
	return &work->runs[side->cursor];
}

/* Takes so many pieces for a role along the order. There are enough. */
static void
take_all(CartWork *work, Side *side, int64_t need)
{
	while (need > 0)
	{
		CartRun *run = seek(work, side);
		int64_t pieces;

		if (side->cursor >= work->run_count)
			return;
		pieces = least(available(run, side), need);
		take(run, side, pieces);
		need -= pieces;
	}
}

/*
 * Counts groups that the runs at hand allow for both roles at once. Each of them takes the same pieces as the one before it would
 * have left in front, so that making them together is making them one by one.
 */
static int64_t
equal_groups(const CartRun *bought, const Side *buy, const CartRun *got, const Side *get)
{
	int64_t groups = least(available(bought, buy) / buy->pieces, available(got, get) / get->pieces);

	return bought == got ? least(groups, pieces_of(bought) / (buy->pieces + get->pieces)) : groups;
}

/*
 * Makes groups one after the other from the dearest on: in each, what is bought comes first. A group that needs more than the runs at
 * hand is made by itself, and uses one of them up: there are no more of these than runs.
 */
static void
take_groups(CartWork *work, Side *buy, Side *get, int64_t groups)
{
	while (groups > 0)
	{
		CartRun *bought = seek(work, buy);
		CartRun *got = seek(work, get);
		int64_t equal;

		if (buy->cursor >= work->run_count || get->cursor >= work->run_count)
			return;
		equal = least(groups, equal_groups(bought, buy, got, get));
		work->looked_at++;
		if (equal > 0)
		{
			take(bought, buy, equal * buy->pieces);
			take(got, get, equal * get->pieces);
			groups -= equal;
			continue;
		}
		take_all(work, buy, buy->pieces);
		take_all(work, get, get->pieces);
		groups--;
	}
}

/* Pieces for what is bought, for what is got, and for either. */
typedef struct RoleCounts
{
	int64_t bought;
	int64_t got;
	int64_t either;
} RoleCounts;

/* Counts a piece that would do for both in each of the three. */
static RoleCounts
count_roles(const CartWork *work)
{
	RoleCounts counts = { 0 };
	int i;

	for (i = 0; i < work->run_count; i++)
	{
		const CartRun *run = &work->runs[i];

		counts.bought += run->roles & ROLE_BOUGHT ? run->pieces : 0;
		counts.got += run->roles & ROLE_GOT ? run->pieces : 0;
		counts.either += run->pieces;
	}
	return counts;
}

/*
 * Counts pieces of a gift that would make one group more. Nothing is said where something is to be bought first: then more is
 * missing than a group gives.
 */
static int64_t
missing_gift(const RoleCounts *counts, int64_t buy, int64_t get, int64_t groups)
{
	int64_t missing = groups * get - counts->got;
	int64_t together = groups * (buy + get) - counts->either;

	if (counts->bought < groups * buy)
		return 0;
	missing = missing > together ? missing : together;
	return missing <= get ? missing : 0;
}

/*
 * Makes the cheapest pieces of all those that are given, and takes the cheapest that are left for what is bought; in favour of
 * the customer it goes group by group from the dearest.
 */
CartUnits
loyalty_cart_units_get(CartWork *work, const CartPromotion *promotion)
{
	CartUnits units = { 0 };
	int64_t x = promotion->components[0].pieces;
	int64_t y = promotion->components[1].pieces;
	RoleCounts counts;
	Side buy = { .role = ROLE_BOUGHT, .pieces = x };
	Side get = { .role = ROLE_GOT, .pieces = y };

	loyalty_cart_units_clear(work);
	loyalty_cart_units_add(work, &units, &promotion->components[0].items, ROLE_BOUGHT, true);
	loyalty_cart_units_add(work, &units, &promotion->components[1].items, ROLE_GOT, true);
	loyalty_cart_units_sort(work, promotion, false);
	counts = count_roles(work);
	units.full = least(least(counts.bought / x, counts.got / y), counts.either / (x + y));
	units.groups = least(units.full, promotion->times_per_bill);
	if (units.groups < promotion->times_per_bill)
		units.missing_gift = missing_gift(&counts, x, y, units.groups + 1);
	buy.of_both = counts.got - units.groups * y;
	get.of_both = counts.bought - units.groups * x;
	if (promotion->favour_customer)
		take_groups(work, &buy, &get, units.groups);
	else
	{
		take_all(work, &get, units.groups * y);
		take_all(work, &buy, units.groups * x);
	}
	loyalty_cart_units_note(work, promotion);
	units.gain = work->gift_left;
	return units;
}

/*
 * Takes what each piece gives, as long as it may. A piece that gives nothing, as one that is cheaper than its price already, is not
 * counted: another promotion may have it.
 */
CartUnits
loyalty_cart_units_each(CartWork *work, const CartPromotion *promotion, int64_t value)
{
	CartUnits units = { 0 };
	int i;

	loyalty_cart_units_clear(work);
	loyalty_cart_units_add(work, &units, &promotion->items, ROLE_BOUGHT, false);
	loyalty_cart_units_sort(work, promotion, false);
	for (i = 0; i < work->run_count; i++)
	{
		CartRun *run = &work->runs[i];
		int64_t gain = promotion->benefit == CART_PRICE ? run->price - value : least(value, run->price);

		if (gain <= 0)
			continue;
		run->bought = least(run->pieces, promotion->times_per_bill - units.groups);
		units.groups += run->bought;
		units.gain += run->bought * gain;
		work->lines[run->line].weight += run->bought * gain;
	}
	units.full = units.free_pieces;
	loyalty_cart_units_note(work, promotion);
	return units;
}
