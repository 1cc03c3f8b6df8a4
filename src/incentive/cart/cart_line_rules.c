/*
 * cart_line_rules.c: the lines of a cart while promotions are applied to it.
 *
 * Pieces of a line differ by a step at most, so they are two numbers and no list: how many are free, and what is left of them
 * together; the split by floor makes their prices anew. A line of 10^11 pieces costs what a line of three costs. Lines are found
 * through an index of their items and categories, so that a promotion looks at its own lines alone.
 */
#include "incentive/cart/cart_line_rules.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 8

/* Rounds up to what any of our structs may begin at. */
static size_t
aligned(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Counts items and categories of all lines. */
static size_t
count_nodes(const Cart *cart)
{
	size_t count = 0;
	int i;

	for (i = 0; i < cart->line_count; i++)
		count += 1 + (size_t) cart->lines[i].category_count;
	return count;
}

/*
 * Adds up the arrays: a line has two runs at most, and is a part of an application once. All memory is the caller's, who knows
 * where it is taken from and when it goes.
 */
size_t
loyalty_cart_line_bytes(const Cart *cart)
{
	size_t lines = (size_t) cart->line_count;

	return aligned(lines * sizeof(CartLineState)) + aligned(count_nodes(cart) * sizeof(CartNode)) +
		   aligned(lines * sizeof(int32_t)) + aligned(2 * lines * sizeof(CartRun)) +
		   aligned(lines * sizeof(ReturnedPart));
}

/* Takes the next array out of the memory. */
static void *
next_array(char **memory, size_t count, size_t size)
{
	void *array = *memory;

	*memory += aligned(count * size);
	return array;
}

/* Orders by id, then by line. */
static int
compare_nodes(const void *left, const void *right)
{
	const CartNode *l = left;
	const CartNode *r = right;

	if (l->node_id != r->node_id)
		return l->node_id < r->node_id ? -1 : 1;
	return l->line < r->line ? -1 : l->line > r->line;
}

/* Notes the item and the categories of a line, unless it takes off: then nobody looks for it. */
static void
add_nodes(CartWork *work, int32_t line)
{
	const CartLine *of = &work->cart->lines[line];
	int i;

	if (!work->lines[line].is_goods)
		return;
	if (of->item_id != 0)
		work->nodes[work->node_count++] = (CartNode){ of->item_id, line };
	for (i = 0; i < of->category_count; i++)
		work->nodes[work->node_count++] = (CartNode){ of->category_ids[i], line };
}

/*
 * Begins with everything left and every piece free. A line below zero has neither pieces nor a quantity that counts, but lowers the
 * price of the bill.
 */
static void
add_line(CartWork *work, int32_t line)
{
	const CartLine *of = &work->cart->lines[line];
	CartLineState *state = &work->lines[line];

	*state = (CartLineState){ .left = of->amount };
	state->is_goods = of->amount >= 0 && of->quantity >= 0;
	state->has_fraction = of->quantity % CART_PIECE != 0;
	work->price += of->amount;
	if (!state->is_goods)
		return;
	work->goods++;
	work->goods_left += of->amount;
	work->quantity += of->quantity;
	if (state->has_fraction || of->quantity == 0)
		return;
	state->free_pieces = of->quantity / CART_PIECE;
	state->free_left = of->amount;
}

/*
 * Fills the lines, then sorts their items and categories. A line that is in a category twice, by two ways up, is found once all
 * the same.
 */
void
loyalty_cart_line_begin(CartWork *work, const Cart *cart, void *memory)
{
	char *next = memory;
	size_t lines = (size_t) cart->line_count;
	int32_t i;

	*work = (CartWork){ .cart = cart };
	work->lines = next_array(&next, lines, sizeof(CartLineState));
	work->nodes = next_array(&next, count_nodes(cart), sizeof(CartNode));
	work->found = next_array(&next, lines, sizeof(int32_t));
	work->runs = next_array(&next, 2 * lines, sizeof(CartRun));
	work->parts = next_array(&next, lines, sizeof(ReturnedPart));
	for (i = 0; i < cart->line_count; i++)
	{
		add_line(work, i);
		add_nodes(work, i);
	}
	if (work->node_count > 0)
		qsort(work->nodes, (size_t) work->node_count, sizeof(CartNode), compare_nodes);
	work->left = work->price;
	work->looked_at = cart->line_count + work->node_count;
}

/* Notes a line as found, once: the number of the search stands for a mark that nobody has to wipe out. */
static void
add_found(CartWork *work, int32_t line)
{
	CartLineState *state = &work->lines[line];

	work->looked_at++;
	if (!state->is_goods || state->found == work->search)
		return;
	state->found = work->search;
	work->found[work->found_count++] = line;
}

/* Finds the first place of an item or a category, by halving. */
static int
first_place(const CartWork *work, int32_t node_id)
{
	int low = 0;
	int high = work->node_count;

	while (low < high)
	{
		int middle = (low + high) / 2;

		if (work->nodes[middle].node_id < node_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Begins a new search. */
void
loyalty_cart_find(CartWork *work, const CartItems *items)
{
	work->search++;
	work->found_count = 0;
	loyalty_cart_find_more(work, items);
}

/* Goes through the lines of each item and category, or through all lines where none are named. */
void
loyalty_cart_find_more(CartWork *work, const CartItems *items)
{
	int32_t line;
	int i;

	for (line = 0; items->node_count == 0 && line < work->cart->line_count; line++)
		add_found(work, line);
	for (i = 0; i < items->node_count; i++)
	{
		int place = first_place(work, items->node_ids[i]);

		work->looked_at++;
		for (; place < work->node_count && work->nodes[place].node_id == items->node_ids[i]; place++)
			add_found(work, work->nodes[place].line);
	}
}

/* Keeps what is left of the line as it is: the discount of these pieces comes off afterwards. */
void
loyalty_cart_take_pieces(CartLineState *line, int64_t pieces, int64_t left)
{
	line->free_pieces -= pieces;
	line->free_left -= left;
}

/*
 * Splits as any discount is split; of equal remainders the taken ones come first. What is left of free pieces is split by floor anew
 * when they are looked at next, so that they never differ by more than a step.
 */
void
loyalty_cart_take_off(CartWork *work, int32_t line, int64_t share, bool taken_alone)
{
	CartLineState *state = &work->lines[line];
	ReturnedPart parts[2] = { loyalty_allocation_part(line, 0, state->left - state->free_left),
							  loyalty_allocation_part(line, 1, state->free_left) };

	if (!taken_alone)
	{
		loyalty_allocation_split(parts, 2, share, work->cart->bill.step);
		state->free_left -= parts[1].now;
	}
	state->left -= share;
	work->left -= share;
	work->goods_left -= share;
}
