/*
 * cart_line_rules.h: the lines of a cart while promotions are applied to it: what is left of each, which pieces are taken, and
 * how lines are found by their items and categories. Knows no server.
 */
#ifndef LOYALTY_CART_LINE_RULES_H
#define LOYALTY_CART_LINE_RULES_H

#include "incentive/cart/allocation_rules.h"
#include "incentive/cart/cart_rules.h"

/* A line while promotions are applied. */
typedef struct CartLineState
{
	bool is_goods;		 /* it is not below zero */
	bool has_fraction;	 /* it is no whole number of pieces */
	int64_t left;		 /* of its amount */
	int64_t free_pieces; /* pieces that no promotion has counted; 0 of a line with a fraction */
	int64_t free_left;	 /* what is left of these */
	int32_t found;		 /* number of the search that found it last */

	/* From here on it is about the promotion at hand: cleared before the next one is looked at. */
	unsigned roles; /* for which its pieces would do, a bit for each */
	int64_t
		gifts; /* pieces that it would give, with what is left of them, and their price before any discount */
	int64_t gift_left;
	int64_t gift_price;
	int64_t pieces; /* that it counts */
	int64_t pieces_left;
	int64_t weight; /* by which the discount is split */
} CartLineState;

/* An item or a category of a line. */
typedef struct CartNode
{
	int32_t node_id;
	int32_t line;
} CartNode;

/* Pieces of a line that cost the same. */
typedef struct CartRun
{
	int32_t line;
	unsigned roles;
	int64_t price;
	int64_t pieces;
	int64_t passed; /* pieces that were looked at, whatever became of them */
	int64_t bought; /* pieces that are counted and cost what they cost, or that a discount is of */
	int64_t got;	/* pieces that are given */
} CartRun;

/* A cart under evaluation. Sums are of all lines, also of those below zero, but for pieces and quantities. */
typedef struct CartWork
{
	const Cart *cart;
	CartLineState *lines;
	CartNode *nodes; /* by id, then by line */
	int node_count;
	int32_t *found; /* lines of the last search */
	int found_count;
	int32_t search;
	CartRun *runs; /* of the promotion at hand, as the next four */
	int run_count;
	int64_t gifts;
	int64_t gift_left;
	int64_t gift_price;
	ReturnedPart *parts;
	int goods;	   /* lines that are not below zero */
	int64_t price; /* of the bill */
	int64_t left;
	int64_t goods_left; /* of lines that are not below zero */
	int64_t quantity;
	int64_t looked_at; /* lines and runs so far */
} CartWork;

/* Bytes for the lines of a cart, all at addresses of 8 bytes. */
extern size_t loyalty_cart_line_bytes(const Cart *cart);

/* Lays the lines of a cart out in memory. */
extern void loyalty_cart_line_begin(CartWork *work, const Cart *cart, void *memory);

/* Finds lines of these items, or adds those that were not found yet. Lines below zero are of no items. */
extern void loyalty_cart_find(CartWork *work, const CartItems *items);
extern void loyalty_cart_find_more(CartWork *work, const CartItems *items);

/* Takes pieces out of those that are free, with what is left of them. */
extern void loyalty_cart_take_pieces(CartLineState *line, int64_t pieces, int64_t left);

/* Takes a share off a line, from taken and free pieces in proportion to what is left of each; or from the taken ones alone. */
extern void loyalty_cart_take_off(CartWork *work, int32_t line, int64_t share, bool taken_alone);

#endif
