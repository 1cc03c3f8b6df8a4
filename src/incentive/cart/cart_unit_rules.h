/*
 * cart_unit_rules.h: which pieces of a cart a promotion counts. Knows no server.
 */
#ifndef LOYALTY_CART_UNIT_RULES_H
#define LOYALTY_CART_UNIT_RULES_H

#include "incentive/cart/cart_line_rules.h"

/* Roles of pieces; those of a bundle have one for each component. */
#define ROLE_BOUGHT 1u
#define ROLE_GOT 2u

/* Pieces that a promotion counts, and what they come to. */
typedef struct CartUnits
{
	bool has_items;		  /* the cart has any of its items */
	bool has_fraction;	  /* a line of these is no whole number of pieces */
	int64_t free_pieces;  /* pieces that it could count */
	int64_t full;		  /* full groups of these, or pieces that get it by themselves */
	int64_t groups;		  /* those of them that take something off, no more than times_per_bill */
	int64_t gain;		  /* what they take off, before a percentage of it */
	int64_t missing_gift; /* pieces that would be given, were they in the cart */
} CartUnits;

/* Forgets the promotion at hand: its runs, and what lines say of it. */
extern void loyalty_cart_units_clear(CartWork *work);

/* Gives free pieces of lines of these items a role: in addition to others, or where they have none yet. */
extern void loyalty_cart_units_add(CartWork *work, CartUnits *units, const CartItems *items, unsigned role,
								   bool in_addition);

/* Sorts runs by price, where asked for after their roles, in the order that the promotion favours. */
extern void loyalty_cart_units_sort(CartWork *work, const CartPromotion *promotion, bool by_role);

/* Adds what runs have up by line: pieces that are counted, and gifts. */
extern void loyalty_cart_units_note(CartWork *work, const CartPromotion *promotion);

/* Plans a gift of so many pieces of its items, or as many of them as there are. */
extern CartUnits loyalty_cart_units_gift(CartWork *work, const CartPromotion *promotion, int64_t pieces);

/* Plans full groups of X pieces that are bought and Y that are got. */
extern CartUnits loyalty_cart_units_get(CartWork *work, const CartPromotion *promotion);

/* Plans full groups of all components, of which each takes something off; "value" is the price of a bundle. */
extern CartUnits loyalty_cart_units_bundle(CartWork *work, const CartPromotion *promotion, int64_t value);

/* Plans pieces that get something by themselves: "value" is what is taken off each, or what each costs. */
extern CartUnits loyalty_cart_units_each(CartWork *work, const CartPromotion *promotion, int64_t value);

#endif
