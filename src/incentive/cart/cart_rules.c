/*
 * cart_rules.c: which promotions apply to a cart, in which order.
 *
 * All are judged by what is known before any of them applies: window, store, customer, key, uses. Then they have their turns: by
 * phase, by priority, those with a key before automatic ones, by id. In its turn a promotion's condition is judged on what is left
 * by then, and then whether those before it let it apply. Nothing is tried in combinations: each has one turn. A stacking group
 * has its turn when the first of it would have its own: what each of them would give is weighed, the one that gives most applies,
 * and of equal ones the first. A group is weighed phase by phase, and ends with the first of it that applied.
 */
#include "incentive/cart/cart_rules.h"

#include <stdlib.h>

#include "incentive/cart/cart_benefit_rules.h"

/* Names as documents write them. */
const char *const loyalty_cart_benefit_names[CART_BENEFIT_COUNT] = {
	[CART_PERCENT] = "percent",
	[CART_FIXED] = "fixed",
	[CART_FIXED_PER_UNIT] = "fixed_per_unit",
	[CART_PRICE] = "price",
	[CART_BUNDLE_PRICE] = "bundle_price",
	[CART_COMBO_PERCENT] = "combo_percent",
	[CART_BUY_X_GET_Y] = "buy_x_get_y",
	[CART_FREE_PRODUCT] = "free_product",
	[CART_POINTS_MULTIPLIER] = "points_multiplier",
	[CART_BONUS_POINTS] = "bonus_points",
};

/* Names as answers write them; what applies has none. */
const char *const loyalty_cart_obstacle_names[CART_OBSTACLE_COUNT] = {
	[CART_FINE] = "",
	[CART_NOT_BEGUN] = "not_begun",
	[CART_EXPIRED] = "expired",
	[CART_LATE] = "late",
	[CART_WEEKDAY] = "weekday",
	[CART_HOURS] = "hours",
	[CART_STORE] = "store",
	[CART_NEEDS_CUSTOMER] = "needs_customer",
	[CART_CUSTOMER] = "customer",
	[CART_KEY] = "key",
	[CART_USED_UP] = "used_up",
	[CART_CONDITION] = "condition",
	[CART_STOPPED] = "stopped",
	[CART_BILL_APPLIED] = "bill_applied",
	[CART_NOT_ALONE] = "not_alone",
	[CART_GROUP] = "group",
	[CART_NO_ITEM] = "no_item",
	[CART_NOT_PIECES] = "not_pieces",
	[CART_PIECES] = "pieces",
	[CART_GIFT] = "gift",
	[CART_NOTHING_TO_TAKE] = "nothing_to_take",
};

/* A promotion whose turn may come, with what it is sorted by. */
typedef struct Candidate
{
	int64_t promotion_id;
	int32_t place; /* in the list */
	int32_t phase; /* by its place among the phases of this cart */
	int32_t priority;
	int32_t group;	/* 0: none */
	int32_t member; /* place among the members of groups */
	bool keyed;
	bool is_done; /* it had its turn with its group */
} Candidate;

/* A member of a stacking group. */
typedef struct Member
{
	int32_t group;
	int32_t candidate; /* its place in the order of turns */
	bool has_applied;  /* the group; noted with its first member */
} Member;

/* An evaluation. */
typedef struct Turns
{
	CartWork work;
	const CartPromotion *promotions;
	CartVerdict *verdicts;
	Candidate *candidates;
	int count;
	Member *members;
	int member_count;
	CartShareSink share;
	void *sink;
	bool stopped;
	bool applied;	   /* any so far */
	bool bill_applied; /* any of the bill so far */
} Turns;

/* Adds up the lines, the candidates and the members, which stand behind one another. */
size_t
loyalty_cart_bytes(const Cart *cart, int promotion_count)
{
	_Static_assert(sizeof(Candidate) % 8 == 0, "members stand behind candidates");
	return loyalty_cart_line_bytes(cart) + (size_t) promotion_count * (sizeof(Candidate) + sizeof(Member)) +
		   8;
}

/*
 * Translates what the terms of a promotion say against a bill; the minimum is judged as a condition, in its turn, by what is left
 * then. It is the last of the terms, so that nothing stands behind it.
 */
static CartObstacle
obstacle_of_terms(const CartPromotion *promotion, const Cart *cart)
{
	switch (loyalty_promotion_judge(&promotion->terms, &cart->bill))
	{
		case OBSTACLE_NOT_BEGUN:
			return CART_NOT_BEGUN;
		case OBSTACLE_EXPIRED:
			return CART_EXPIRED;
		case OBSTACLE_WEEKDAY:
			return CART_WEEKDAY;
		case OBSTACLE_HOURS:
			return CART_HOURS;
		case OBSTACLE_STORE:
			return CART_STORE;
		case OBSTACLE_NEEDS_CUSTOMER:
			return CART_NEEDS_CUSTOMER;
		case OBSTACLE_NONE:
		case OBSTACLE_MINIMUM_BILL:
			break;
	}
	return CART_FINE;
}

/*
 * Tells whether a promotion has ended by the time at which the bill comes, and the bill comes too late for that: tills that were
 * offline hand bills in later, and nobody shall write one for last week. A promotion that goes on is as good as it was.
 */
static bool
is_late(const CartPromotion *promotion, const Cart *cart)
{
	int64_t last;

	if (promotion->terms.ends_at == INT64_MAX || cart->recorded_at < promotion->terms.ends_at)
		return false;
	return !__builtin_add_overflow(cart->bill.at, cart->late, &last) && cart->recorded_at > last;
}

/*
 * Judges what is known before any promotion applies. An obstacle of the window comes before lateness, lateness before the
 * others: who is late need not hear that it was the wrong weekday.
 */
static CartObstacle
first_obstacle(const CartPromotion *promotion, const Cart *cart)
{
	CartObstacle obstacle = obstacle_of_terms(promotion, cart);

	if (obstacle == CART_NOT_BEGUN || obstacle == CART_EXPIRED)
		return obstacle;
	if (is_late(promotion, cart))
		return CART_LATE;
	if (obstacle != CART_FINE)
		return obstacle;
	if (promotion->is_for_others)
		return CART_CUSTOMER;
	if (promotion->keyed && !promotion->has_key)
		return CART_KEY;
	return promotion->uses_left <= 0 ? CART_USED_UP : CART_FINE;
}

/*
 * Orders candidates as their turns come. Whoever asks lists a promotion once, however many keys to it were presented; should two have
 * one id, their places decide.
 */
static int
compare_turns(const void *left, const void *right)
{
	const Candidate *l = left;
	const Candidate *r = right;

	if (l->phase != r->phase)
		return l->phase - r->phase;
	if (l->priority != r->priority)
		return l->priority < r->priority ? -1 : 1;
	if (l->keyed != r->keyed)
		return l->keyed ? -1 : 1;
	if (l->promotion_id != r->promotion_id)
		return l->promotion_id < r->promotion_id ? -1 : 1;
	return l->place - r->place;
}

/* Orders members by group, then as their turns come. */
static int
compare_members(const void *left, const void *right)
{
	const Member *l = left;
	const Member *r = right;

	if (l->group != r->group)
		return l->group < r->group ? -1 : 1;
	return l->candidate - r->candidate;
}

/* Says in which place a phase comes. Points are always last: they follow what was paid. */
static int32_t
phase_place(const Cart *cart, CartPhase phase)
{
	if (!cart->bill_first || phase == CART_POINTS_PHASE)
		return phase;
	return phase == CART_BILL_PHASE ? CART_ITEM_PHASE : CART_BILL_PHASE;
}

/* Lists promotions without an obstacle as candidates, in the order of their turns. */
static void
list_candidates(Turns *turns, int promotion_count)
{
	const Cart *cart = turns->work.cart;
	int i;

	for (i = 0; i < promotion_count; i++)
	{
		const CartPromotion *promotion = &turns->promotions[i];
		CartVerdict *verdict = &turns->verdicts[i];

		*verdict = (CartVerdict){ .obstacle = first_obstacle(promotion, cart), .value = promotion->value };
		if (verdict->obstacle == CART_USED_UP)
			verdict->required = 1;
		if (verdict->obstacle != CART_FINE)
			continue;
		turns->candidates[turns->count++] = (Candidate){ .promotion_id = promotion->promotion_id,
														 .place = i,
														 .phase = phase_place(cart, promotion->phase),
														 .priority = promotion->priority,
														 .group = promotion->stacking_group,
														 .keyed = promotion->keyed };
	}
	if (turns->count > 0)
		qsort(turns->candidates, (size_t) turns->count, sizeof(Candidate), compare_turns);
}

/* Lists the members of groups, and notes with each candidate which member it is. */
static void
list_members(Turns *turns)
{
	int i;

	for (i = 0; i < turns->count; i++)
		if (turns->candidates[i].group != 0)
			turns->members[turns->member_count++] =
				(Member){ .group = turns->candidates[i].group, .candidate = i };
	if (turns->member_count > 0)
		qsort(turns->members, (size_t) turns->member_count, sizeof(Member), compare_members);
	for (i = 0; i < turns->member_count; i++)
		turns->candidates[turns->members[i].candidate].member = i;
}

/*
 * Says what those that applied before have against a promotion. It is asked after the condition was judged, which is a
 * promotion's own.
 */
static CartObstacle
stacking_obstacle(const Turns *turns, const CartPromotion *promotion)
{
	if (turns->stopped)
		return CART_STOPPED;
	if (turns->work.cart->bill_first && promotion->phase == CART_ITEM_PHASE && turns->bill_applied)
		return CART_BILL_APPLIED;
	if (promotion->stacking == CART_ALONE && turns->applied)
		return CART_NOT_ALONE;
	return CART_FINE;
}

/*
 * Weighs a promotion in its turn. False: it cannot apply, and its verdict says why. Nothing of the cart is changed, so that the
 * members of a group can be weighed one after the other.
 */
static bool
weigh(Turns *turns, int32_t place)
{
	const CartPromotion *promotion = &turns->promotions[place];
	CartVerdict *verdict = &turns->verdicts[place];
	CartUnits units;

	*verdict = (CartVerdict){ .value = promotion->value };
	if (!loyalty_cart_is_earned(&turns->work, promotion, verdict, &units))
		return false;
	verdict->obstacle = stacking_obstacle(turns, promotion);
	return verdict->obstacle == CART_FINE && loyalty_cart_weigh(&turns->work, promotion, verdict, &units);
}

/* Gives what was weighed last, whose pieces are still planned, and notes what follows from it. */
static void
give(Turns *turns, int32_t place)
{
	const CartPromotion *promotion = &turns->promotions[place];

	loyalty_cart_give(&turns->work, promotion, place, &turns->verdicts[place], turns->share, turns->sink);
	turns->applied = true;
	turns->bill_applied |= promotion->phase == CART_BILL_PHASE;
	turns->stopped |= promotion->stacking != CART_STACK;
}

/* Tells what a verdict gives: a discount, or points in their phase. */
static int64_t
given(const CartVerdict *verdict)
{
	return verdict->discount + verdict->points;
}

/*
 * Finds the first member of a group, by going back: members of one phase are weighed together, so this happens once for each
 * phase that a group is in.
 */
static Member *
first_member(Turns *turns, int32_t member)
{
	while (member > 0 && turns->members[member - 1].group == turns->members[member].group)
		member--;
	return &turns->members[member];
}

/* Says to a member that another one gives more, and how much that is. */
static void
lose(CartVerdict *verdict, int64_t most)
{
	int64_t own = given(verdict);

	verdict->obstacle = CART_GROUP;
	verdict->required = most;
	verdict->actual = own;
	verdict->discount = verdict->points = 0;
}

/*
 * Weighs all members of a group in a phase, and gives the most. The best one is weighed once more before it is given: the plan of its
 * pieces has made room for those of the others.
 */
static void
take_group_turn(Turns *turns, const Candidate *first)
{
	Member *group = first_member(turns, first->member);
	const Member *end = turns->members + turns->member_count;
	int32_t best = -1;
	const Member *member;
	int64_t most = 0;

	for (member = &turns->members[first->member]; member < end && member->group == first->group; member++)
	{
		Candidate *candidate = &turns->candidates[member->candidate];

		if (candidate->phase != first->phase)
			break;
		candidate->is_done = true;
		if (!weigh(turns, candidate->place))
			continue;
		if (given(&turns->verdicts[candidate->place]) > most && !group->has_applied)
		{
			best = candidate->place;
			most = given(&turns->verdicts[best]);
		}
	}
	end = member;
	for (member = &turns->members[first->member]; member < end; member++)
	{
		int32_t place = turns->candidates[member->candidate].place;

		if (place != best && turns->verdicts[place].obstacle == CART_FINE)
			lose(&turns->verdicts[place], most);
	}
	if (best < 0 || !weigh(turns, best))
		return;
	give(turns, best);
	group->has_applied = true;
}

/*
 * Gives every candidate its turn. The work goes with what the candidates look at: their own lines, and lines that they give
 * something to. A cart of 10,000 lines under 10,000 promotions of an item each is gone through a few times, not 10,000 times.
 */
int64_t
loyalty_cart_evaluate(const Cart *cart, const CartPromotion *promotions, int promotion_count, void *memory,
					  CartVerdict *verdicts, CartShareSink share, void *sink)
{
	Turns turns = { .promotions = promotions, .verdicts = verdicts, .share = share, .sink = sink };
	char *behind = (char *) memory + loyalty_cart_line_bytes(cart);
	int i;

	loyalty_cart_line_begin(&turns.work, cart, memory);
	turns.candidates = (Candidate *) (void *) behind;
	turns.members = (Member *) (void *) (behind + (size_t) promotion_count * sizeof(Candidate));
	list_candidates(&turns, promotion_count);
	list_members(&turns);
	for (i = 0; i < turns.count; i++)
	{
		Candidate *candidate = &turns.candidates[i];

		turns.work.looked_at++;
		if (candidate->is_done)
			continue;
		if (candidate->group != 0)
			take_group_turn(&turns, candidate);
		else if (weigh(&turns, candidate->place))
			give(&turns, candidate->place);
	}
	return turns.work.looked_at;
}
