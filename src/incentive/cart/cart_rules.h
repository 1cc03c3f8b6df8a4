/*
 * cart_rules.h: what a cart gets by the promotions that are asked about: which of them apply, in which order, and how much each
 * line gets of each. Knows no server. Amounts and points are thousandths, quantities millionths, percentages thousandths of a
 * percent; amounts of a cart and of its promotions are whole steps of the currency.
 */
#ifndef LOYALTY_CART_RULES_H
#define LOYALTY_CART_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "incentive/promotion/promotion_rules.h"
#include "org/program_rules.h"

#define CART_MOST_LINES 10000
#define CART_PIECE INT64_C(1000000) /* a quantity of one */

/*
 * A line of a cart, as a bill has it. Its pieces are what its quantity counts, if that is a whole number: 1.250 kg are none. One
 * below zero, in amount or quantity, takes off the price of the others: it lowers the bill, is of no item and gets nothing.
 */
typedef struct CartLine
{
	int32_t item_id; /* 0: nobody knows it */
	int category_count;
	const int32_t *category_ids; /* all that the item is in, up to the topmost */
	int64_t quantity;			 /* whole pieces, or a measure */
	int64_t amount;
} CartLine;

/* A cart with what is known of its bill. */
typedef struct Cart
{
	PromotionBill bill;	 /* its step, store, time and customer; the amount is that of the lines */
	int64_t recorded_at; /* when it is handed in */
	int64_t late;	 /* microseconds that it may be handed in late, to a promotion that has ended by then */
	bool bill_first; /* promotions of lines only where none of the bill applied */
	const ProgramRules *program; /* whose points promotions give; NULL: they give none */
	int line_count;
	const CartLine *lines;
} Cart;

/* Items and categories, which have their ids of one series; none: the whole bill. */
typedef struct CartItems
{
	int node_count;
	const int32_t *node_ids; /* none of them twice */
} CartItems;

/* Conditions; the first two measure. */
typedef enum CartConditionType
{
	CONDITION_AMOUNT,
	CONDITION_QUANTITY,
	CONDITION_ALL,
	CONDITION_ANY,
	CONDITION_TYPE_COUNT
} CartConditionType;

/* A condition of a cart: one that measures, or several of which all or any must hold. */
typedef struct CartCondition
{
	CartConditionType type;
	CartItems items;
	bool more_than; /* what is measured must exceed what is required */
	int64_t required;
	int part_count;
	const struct CartCondition *parts;
} CartCondition;

/* A value from so much on: of several the highest that is reached counts. */
typedef struct CartStep
{
	int64_t from; /* amount or quantity, as the promotion measures */
	int64_t value;
} CartStep;

/*
 * Benefits. The first two go by amounts, the six that follow count pieces, the last two give points. Two of them have the
 * names that a promotion of a bill has, which is known by its amount alone (BenefitType).
 */
typedef enum CartBenefit
{
	CART_PERCENT,
	CART_FIXED,
	CART_FIXED_PER_UNIT,
	CART_PRICE, /* of each piece */
	CART_BUNDLE_PRICE,
	CART_COMBO_PERCENT,
	CART_BUY_X_GET_Y,
	CART_FREE_PRODUCT,
	CART_POINTS_MULTIPLIER,
	CART_BONUS_POINTS,
	CART_BENEFIT_COUNT
} CartBenefit;

/* Names of benefits, in their order. */
extern const char *const loyalty_cart_benefit_names[CART_BENEFIT_COUNT];

/* Phases, in their order; a bill_first cart has the second before the first. */
typedef enum CartPhase
{
	CART_ITEM_PHASE,
	CART_BILL_PHASE, /* percent and fixed */
	CART_POINTS_PHASE,
	CART_PHASE_COUNT
} CartPhase;

/* Ways to stack: what follows after a promotion applied, and what it asks of those before it. */
typedef enum CartStacking
{
	CART_STACK, /* nothing */
	CART_STOP,	/* nothing applies after it */
	CART_ALONE, /* the same, and nothing before it */
	CART_STACKING_COUNT
} CartStacking;

/* So many pieces of some items. */
typedef struct CartComponent
{
	CartItems items;
	int64_t pieces;
} CartComponent;

#define CART_MOST_COMPONENTS 10
#define CART_MOST_STEPS 20
#define CART_MOST_DEPTH 5		 /* of conditions in conditions */
#define CART_MOST_PARTS 20		 /* of a condition */
#define CART_MOST_PIECES 1000000 /* of a component, of gifts */

/*
 * A promotion that a cart is asked about. The first part is its definition, as a version of it says; the last one is what the
 * caller knows of this cart: whether its key was presented, whom it is for, how many uses are left. Of the terms, benefit and
 * value count for nothing here.
 */
typedef struct CartPromotion
{
	int64_t promotion_id;
	PromotionDefinition terms;
	CartBenefit benefit;
	int64_t value;		 /* percent, amount, price, pieces of a gift, multiplier (thousandths) or points */
	CartItems items;	 /* which lines get it; of a free product, the gift */
	int component_count; /* of bundles and combos; buy_x_get_y has two: what is bought, and what is got */
	const CartComponent *components;
	const CartCondition *condition; /* NULL: none beside minimum_bill */
	const CartCondition
		*measure;	/* what the steps go by: a condition that measures; its "required" counts for nothing */
	int step_count; /* 0: the value is always the same */
	const CartStep *steps;	/* ascending by "from" */
	int64_t times_per_bill; /* groups of pieces, or pieces that get it; PROMOTION_UNBOUNDED */
	Rounding rounding;
	bool gross; /* percentages and conditions go by prices, not by what other promotions left of them */
	bool favour_customer; /* the dearest pieces come first, not the cheapest */
	bool no_spread;		  /* what is free is free, and the others of its group cost what they cost */
	CartPhase phase;
	int32_t priority; /* the lower comes first */
	CartStacking stacking;
	int32_t stacking_group; /* 0: none */
	bool keyed;				/* it needs a code or a coupon */
	bool has_key;			/* which was presented */
	bool is_for_others;		/* the customer is not one of those whom it is for */
	int64_t uses_left;		/* PROMOTION_UNBOUNDED: no limit */
} CartPromotion;

/* First thing that stands against a promotion, in the order in which they are judged. */
typedef enum CartObstacle
{
	CART_FINE, /* it applies */
	CART_NOT_BEGUN,
	CART_EXPIRED,
	CART_LATE, /* it has ended, and the bill is handed in too late */
	CART_WEEKDAY,
	CART_HOURS,
	CART_STORE,
	CART_NEEDS_CUSTOMER,
	CART_CUSTOMER,
	CART_KEY,
	CART_USED_UP,
	CART_CONDITION,
	CART_STOPPED,		  /* one before it stopped all others */
	CART_BILL_APPLIED,	  /* promotions of lines come only where none of the bill applied */
	CART_NOT_ALONE,		  /* one before it applied */
	CART_GROUP,			  /* another of its group discounts more */
	CART_NO_ITEM,		  /* the cart has none of its items */
	CART_NOT_PIECES,	  /* it counts pieces, and a line has a fraction */
	CART_PIECES,		  /* there are fewer than a group takes, or others took them */
	CART_GIFT,			  /* the gift is not in the cart */
	CART_NOTHING_TO_TAKE, /* it would give nothing */
	CART_OBSTACLE_COUNT
} CartObstacle;

/* Names of obstacles, in their order. */
extern const char *const loyalty_cart_obstacle_names[CART_OBSTACLE_COUNT];

/*
 * Tells what became of a promotion. What does not apply has no discount and no points; what is missing is said of it all the
 * same, where its condition was judged: a customer may be told that a mug is free from 5.00 more on.
 */
typedef struct CartVerdict
{
	CartObstacle obstacle;
	const CartCondition *failed; /* of CART_CONDITION: what does not hold; NULL: minimum_bill */
	int64_t required; /* of conditions, uses and pieces (a quantity): what is asked for, as the next two */
	int64_t actual;
	bool more_than;
	int64_t value;	 /* that of the step that was reached */
	int64_t offered; /* the discount before it was capped */
	int64_t discount;
	int64_t points;
	int64_t groups; /* of pieces */
	int64_t
		missing_step; /* amount or quantity that is missing for the next step, or to satisfy a condition; 0: none */
	int64_t next_value;	  /* the next step's; 0: there is none */
	int64_t missing_gift; /* pieces of a gift that would be given, were they in the cart */
	const CartItems *gift;
} CartVerdict;

/* Is told what each line gets of a promotion that applies, in the order in which they apply. */
typedef struct CartShare
{
	int promotion; /* its place in the list, as the next */
	int line;
	int64_t pieces; /* of the line that it counted */
	int64_t discount;
	int64_t points;
} CartShare;

typedef void (*CartShareSink)(void *sink, const CartShare *share);

/* Problems of a cart, and of a promotion. */
typedef enum CartProblem
{
	CART_POSSIBLE,
	CART_TOO_MANY,	  /* lines */
	CART_TOO_LARGE,	  /* amounts or quantities in all */
	CART_NOT_STEPS,	  /* an amount that is not whole steps of the currency */
	CART_VALUE,		  /* none that the benefit can have */
	CART_STEPS,		  /* none, too many, not ascending, or with nothing that they go by */
	CART_COMPONENTS,  /* too many, too few, or without pieces */
	CART_WRONG_PHASE, /* of the bill are percent and fixed, of points what gives points */
	CART_DEPTH,		  /* conditions too deep, of too many parts or without any, or below zero */
} CartProblem;

/* Problem of a cart; the evaluation takes carts and promotions that have none. */
extern CartProblem loyalty_cart_problem(const Cart *cart);
extern CartProblem loyalty_cart_promotion_problem(const CartPromotion *promotion, int64_t step);

/* Bytes that an evaluation needs. */
extern size_t loyalty_cart_bytes(const Cart *cart, int promotion_count);

/*
 * Judges all promotions for a cart. "verdicts" has one for each, in the order of the list; "share" is called for each line that
 * gets something. Returns how many lines and runs of pieces were looked at.
 */
extern int64_t loyalty_cart_evaluate(const Cart *cart, const CartPromotion *promotions, int promotion_count,
									 void *memory, CartVerdict *verdicts, CartShareSink share, void *sink);

#endif
