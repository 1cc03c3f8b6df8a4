/*
 * cart_text.h: carts and promotions as texts, so that a worked example is read as it is written, and another program can ask.
 *
 * A text has words; the first of a line says what the others are about, until the next such line:
 *
 *     cart step=0.01 bill_first at=5 recorded=7 late=2 store=3 weekday=0 minute=600 customer rate=1.5 decimals=0 points=half_up
 *     line item=1 in=7,8 quantity=3 amount=90.00
 *     promotion id=4 benefit=percent value=10 items=7 minimum=100 more_than maximum=15 times=2 gross favour_customer no_spread
 *               priority=1 keyed has_key others uses=5 phase=bill stacking=alone group=1 rounding=floor starts=0 ends=9
 *               weekdays=1 from=600 to=700 stores=1,2 only_customers
 *     component pieces=2 items=1              of the promotion above, as all that follows
 *     condition type=all parts=2              its parts are the conditions that follow
 *     measure type=amount items=1 more_than   what steps go by
 *     step from=100 value=15
 *
 * Lines end with \n or ;. A promotion's value is read as its benefit has it, which is named before.
 */
#ifndef LOYALTY_CART_TEXT_H
#define LOYALTY_CART_TEXT_H

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "incentive/cart/cart_benefit_rules.h"

#define TEXT_MOST 64

static const char *const phase_names[CART_PHASE_COUNT] = { "item", "bill", "points" };
static const char *const stacking_names[CART_STACKING_COUNT] = { "stack", "stop", "alone" };
static const char *const condition_names[CONDITION_TYPE_COUNT] = { "amount", "quantity", "all", "any" };

/* A cart that was read, with all that it points to. */
typedef struct CartText
{
	Cart cart;
	ProgramRules program;
	CartLine lines[TEXT_MOST];
	CartPromotion promotions[TEXT_MOST];
	int promotion_count;
	CartComponent components[TEXT_MOST];
	int component_count;
	CartCondition conditions[TEXT_MOST];
	int condition_count;
	CartStep steps[TEXT_MOST];
	int step_count;
	int32_t ids[16 * TEXT_MOST];
	int id_count;
	CartVerdict verdicts[TEXT_MOST];
	CartShare shares[TEXT_MOST * TEXT_MOST];
	int share_count;
	int64_t looked_at;
} CartText;

static inline void
text_fail(const char *word)
{
	fprintf(stderr, "a cart has no \"%s\"\n", word);
	exit(2);
}

/* Reads a number with so many decimals as a whole one. */
static inline int64_t
text_number(const char *text, int decimals)
{
	int64_t number = 0;
	bool negative = *text == '-';
	int after = -1;

	for (text += negative; *text != '\0' && *text != ','; text++)
	{
		if (*text == '.')
			after = 0;
		else
		{
			number = number * 10 + *text - '0';
			after += after >= 0;
		}
	}
	for (after = after < 0 ? 0 : after; after < decimals; after++)
		number *= 10;
	return negative ? -number : number;
}

static inline int
text_choice(const char *value, const char *const *names, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	text_fail(value);
	return 0;
}

/* Reads a list of ids. */
static inline const int32_t *
text_ids(CartText *text, const char *value, int *count)
{
	const int32_t *first = &text->ids[text->id_count];

	for (*count = 0; value != NULL && *value != '\0'; (*count)++)
	{
		text->ids[text->id_count++] = (int32_t) text_number(value, 0);
		value = strchr(value, ',');
		value = value == NULL ? NULL : value + 1;
	}
	return first;
}

static inline void
text_items(CartText *text, CartItems *items, const char *value)
{
	items->node_ids = text_ids(text, value, &items->node_count);
}

static inline void
text_cart_word(CartText *text, const char *key, const char *value)
{
	Cart *cart = &text->cart;

	if (strcmp(key, "step") == 0)
		cart->bill.step = text_number(value, 3);
	else if (strcmp(key, "bill_first") == 0)
		cart->bill_first = true;
	else if (strcmp(key, "at") == 0)
		cart->bill.at = cart->recorded_at = text_number(value, 0);
	else if (strcmp(key, "recorded") == 0)
		cart->recorded_at = text_number(value, 0);
	else if (strcmp(key, "late") == 0)
		cart->late = text_number(value, 0);
	else if (strcmp(key, "store") == 0)
		cart->bill.store_id = (int32_t) text_number(value, 0);
	else if (strcmp(key, "weekday") == 0)
		cart->bill.weekday = (int) text_number(value, 0);
	else if (strcmp(key, "minute") == 0)
		cart->bill.minute = (int) text_number(value, 0);
	else if (strcmp(key, "customer") == 0)
		cart->bill.has_customer = true;
	else if (strcmp(key, "rate") == 0)
		text->program.points_per_unit = text_number(value, 6);
	else if (strcmp(key, "decimals") == 0)
		text->program.decimals = (int) text_number(value, 0);
	else if (strcmp(key, "points") == 0)
		text->program.rounding = (Rounding) text_choice(value, loyalty_rounding_names, ROUNDING_COUNT);
	else
		text_fail(key);
	if (text->program.points_per_unit > 0)
		cart->program = &text->program;
}

static inline void
text_line_word(CartText *text, const char *key, const char *value)
{
	CartLine *line = &text->lines[text->cart.line_count - 1];

	if (strcmp(key, "item") == 0)
		line->item_id = (int32_t) text_number(value, 0);
	else if (strcmp(key, "in") == 0)
		line->category_ids = text_ids(text, value, &line->category_count);
	else if (strcmp(key, "quantity") == 0)
		line->quantity = text_number(value, 6);
	else if (strcmp(key, "amount") == 0)
		line->amount = text_number(value, 3);
	else
		text_fail(key);
}

/* Terms are those of any promotion, whatever it gives. */
static inline bool
text_terms_word(CartText *text, PromotionDefinition *terms, const char *key, const char *value)
{
	if (strcmp(key, "minimum") == 0)
		terms->minimum_bill = text_number(value, 3);
	else if (strcmp(key, "more_than") == 0)
		terms->more_than = true;
	else if (strcmp(key, "maximum") == 0)
		terms->maximum_discount = text_number(value, 3);
	else if (strcmp(key, "starts") == 0)
		terms->starts_at = text_number(value, 0);
	else if (strcmp(key, "ends") == 0)
		terms->ends_at = text_number(value, 0);
	else if (strcmp(key, "weekdays") == 0)
		terms->weekdays = (unsigned) text_number(value, 0);
	else if (strcmp(key, "from") == 0)
		terms->from_minute = (int) text_number(value, 0);
	else if (strcmp(key, "to") == 0)
		terms->to_minute = (int) text_number(value, 0);
	else if (strcmp(key, "stores") == 0)
		terms->store_ids = text_ids(text, value, &terms->store_count);
	else if (strcmp(key, "only_customers") == 0)
		terms->anonymous = false;
	else
		return false;
	return true;
}

static inline bool
text_flag(CartPromotion *promotion, const char *key)
{
	if (strcmp(key, "gross") == 0)
		promotion->gross = true;
	else if (strcmp(key, "favour_customer") == 0)
		promotion->favour_customer = true;
	else if (strcmp(key, "no_spread") == 0)
		promotion->no_spread = true;
	else if (strcmp(key, "keyed") == 0)
		promotion->keyed = true;
	else if (strcmp(key, "has_key") == 0)
		promotion->has_key = true;
	else if (strcmp(key, "others") == 0)
		promotion->is_for_others = true;
	else
		return false;
	return true;
}

/* A benefit is in the phase in which it can be, one that can be in two with the lines. */
static inline void
text_benefit(CartPromotion *promotion, const char *value)
{
	promotion->benefit = (CartBenefit) text_choice(value, loyalty_cart_benefit_names, CART_BENEFIT_COUNT);
	if (promotion->benefit >= CART_POINTS_MULTIPLIER)
		promotion->phase = CART_POINTS_PHASE;
}

static inline int
text_decimals(const CartPromotion *promotion)
{
	return promotion->benefit == CART_FREE_PRODUCT ? 0 : 3;
}

static inline void
text_promotion_word(CartText *text, const char *key, const char *value)
{
	CartPromotion *promotion = &text->promotions[text->promotion_count - 1];

	if (text_terms_word(text, &promotion->terms, key, value) || text_flag(promotion, key))
		return;
	if (strcmp(key, "id") == 0)
		promotion->promotion_id = text_number(value, 0);
	else if (strcmp(key, "benefit") == 0)
		text_benefit(promotion, value);
	else if (strcmp(key, "value") == 0)
		promotion->value = text_number(value, text_decimals(promotion));
	else if (strcmp(key, "items") == 0)
		text_items(text, &promotion->items, value);
	else if (strcmp(key, "times") == 0)
		promotion->times_per_bill = text_number(value, 0);
	else if (strcmp(key, "priority") == 0)
		promotion->priority = (int32_t) text_number(value, 0);
	else if (strcmp(key, "group") == 0)
		promotion->stacking_group = (int32_t) text_number(value, 0);
	else if (strcmp(key, "uses") == 0)
		promotion->uses_left = text_number(value, 0);
	else if (strcmp(key, "phase") == 0)
		promotion->phase = (CartPhase) text_choice(value, phase_names, CART_PHASE_COUNT);
	else if (strcmp(key, "stacking") == 0)
		promotion->stacking = (CartStacking) text_choice(value, stacking_names, CART_STACKING_COUNT);
	else if (strcmp(key, "rounding") == 0)
		promotion->rounding = (Rounding) text_choice(value, loyalty_rounding_names, ROUNDING_COUNT);
	else
		text_fail(key);
}

static inline void
text_component_word(CartText *text, const char *key, const char *value)
{
	CartComponent *component = &text->components[text->component_count - 1];

	if (strcmp(key, "pieces") == 0)
		component->pieces = text_number(value, 0);
	else if (strcmp(key, "items") == 0)
		text_items(text, &component->items, value);
	else
		text_fail(key);
}

/* "parts" is how many of the conditions that follow belong to it. */
static inline void
text_condition_word(CartText *text, const char *key, const char *value)
{
	CartCondition *condition = &text->conditions[text->condition_count - 1];

	if (strcmp(key, "type") == 0)
		condition->type = (CartConditionType) text_choice(value, condition_names, CONDITION_TYPE_COUNT);
	else if (strcmp(key, "items") == 0)
		text_items(text, &condition->items, value);
	else if (strcmp(key, "more_than") == 0)
		condition->more_than = true;
	else if (strcmp(key, "required") == 0)
		condition->required = text_number(value, condition->type == CONDITION_QUANTITY ? 6 : 3);
	else if (strcmp(key, "parts") == 0)
		condition->part_count = (int) text_number(value, 0);
	else
		text_fail(key);
}

static inline void
text_step_word(CartText *text, const char *key, const char *value)
{
	CartStep *step = &text->steps[text->step_count - 1];
	const CartPromotion *promotion = &text->promotions[text->promotion_count - 1];
	bool of_quantity = promotion->measure != NULL && promotion->measure->type == CONDITION_QUANTITY;

	if (strcmp(key, "from") == 0)
		step->from = text_number(value, of_quantity ? 6 : 3);
	else if (strcmp(key, "value") == 0)
		step->value = text_number(value, text_decimals(promotion));
	else
		text_fail(key);
}

/* Begins a promotion as it is where nothing is said. */
static inline void
text_begin_promotion(CartText *text)
{
	text->promotions[text->promotion_count] = (CartPromotion){
		.promotion_id = text->promotion_count + 1,
		.terms = { .maximum_discount = PROMOTION_UNBOUNDED,
				   .anonymous = true,
				   .from_minute = -1,
				   .starts_at = INT64_MIN,
				   .ends_at = INT64_MAX },
		.times_per_bill = PROMOTION_UNBOUNDED,
		.rounding = ROUNDING_HALF_UP,
		.priority = 100,
		.uses_left = PROMOTION_UNBOUNDED,
	};
	text->promotion_count++;
}

/* Begins what a line is about; returns who reads its other words. */
typedef void (*TextReader)(CartText *text, const char *key, const char *value);

static inline TextReader
text_begin(CartText *text, const char *what)
{
	CartPromotion *promotion = &text->promotions[text->promotion_count > 0 ? text->promotion_count - 1 : 0];

	if (strcmp(what, "cart") == 0)
		return text_cart_word;
	if (strcmp(what, "line") == 0)
	{
		text->lines[text->cart.line_count++] = (CartLine){ .quantity = CART_PIECE };
		return text_line_word;
	}
	if (strcmp(what, "promotion") == 0)
	{
		text_begin_promotion(text);
		return text_promotion_word;
	}
	if (strcmp(what, "component") == 0)
	{
		if (promotion->component_count++ == 0)
			promotion->components = &text->components[text->component_count];
		text->components[text->component_count++] = (CartComponent){ .pieces = 1 };
		return text_component_word;
	}
	if (strcmp(what, "condition") == 0 || strcmp(what, "measure") == 0)
	{
		CartCondition *condition = &text->conditions[text->condition_count++];

		*condition = (CartCondition){ 0 };
		if (strcmp(what, "measure") == 0)
			promotion->measure = condition;
		else if (promotion->condition == NULL)
			promotion->condition = condition;
		return text_condition_word;
	}
	if (strcmp(what, "step") != 0)
		text_fail(what);
	if (promotion->step_count++ == 0)
		promotion->steps = &text->steps[text->step_count];
	text->step_count++;
	return text_step_word;
}

/* Reads a cart; what it says of one before is forgotten. */
static inline void
text_read(CartText *text, const char *from)
{
	char *copy = malloc(strlen(from) + 1);
	char *next = strcpy(copy, from);
	char *line;

	memset(text, 0, offsetof(CartText, looked_at));
	text->cart.bill.step = 10;
	text->cart.late = INT64_MAX;
	text->program.rounding = ROUNDING_HALF_UP;
	text->cart.lines = text->lines;
	while ((line = next) != NULL)
	{
		size_t length = strcspn(line, ";\n");
		char *word;
		TextReader reader;

		next = line[length] == '\0' ? NULL : line + length + 1;
		line[length] = '\0';
		word = strtok(line, " \t");
		if (word == NULL)
			continue;
		reader = text_begin(text, word);
		while ((word = strtok(NULL, " \t")) != NULL)
		{
			char *value = strchr(word, '=');

			if (value != NULL)
				*value++ = '\0';
			reader(text, word, value == NULL ? "" : value);
		}
	}
	free(copy);
}

/* Gives conditions the parts that follow them; returns the place behind them. They are copied, so that they stand side by side. */
static inline int
text_parts(CartText *text, int place)
{
	int count = text->conditions[place].part_count;
	CartCondition *parts = count == 0 ? NULL : calloc((size_t) count, sizeof(CartCondition));
	int next = place + 1;
	int i;

	for (i = 0; i < count; i++)
	{
		int part = next;

		next = text_parts(text, next);
		parts[i] = text->conditions[part];
	}
	text->conditions[place].parts = parts;
	return next;
}

static inline void
text_free_parts(const CartCondition *condition)
{
	int i;

	for (i = 0; i < condition->part_count; i++)
		text_free_parts(&condition->parts[i]);
	free((void *) condition->parts);
}

static inline void
text_note(void *sink, const CartShare *share)
{
	CartText *text = sink;

	text->shares[text->share_count++] = *share;
}

/* Evaluates a cart that was read; memory is as large as was asked for. */
static inline void
text_evaluate(CartText *text)
{
	void *memory = malloc(loyalty_cart_bytes(&text->cart, text->promotion_count));
	int i;

	for (i = 0; i < text->promotion_count; i++)
		if (text->promotions[i].condition != NULL)
			(void) text_parts(text, (int) (text->promotions[i].condition - text->conditions));
	text->share_count = 0;
	text->looked_at = loyalty_cart_evaluate(&text->cart, text->promotions, text->promotion_count, memory,
											text->verdicts, text_note, text);
	free(memory);
}

/* Lays out the lines of a cart that was read, for a test of what works on them. The memory is that of the lines alone. */
static inline void
text_work(CartText *text, CartWork *work, const char *from)
{
	int i;

	text_read(text, from);
	for (i = 0; i < text->promotion_count; i++)
		if (text->promotions[i].condition != NULL)
			(void) text_parts(text, (int) (text->promotions[i].condition - text->conditions));
	loyalty_cart_line_begin(work, &text->cart, malloc(loyalty_cart_line_bytes(&text->cart)));
}

/* Gives the parts of conditions back; verdicts point to them. */
static inline void
text_free(CartText *text)
{
	int i;

	for (i = 0; i < text->promotion_count; i++)
		if (text->promotions[i].condition != NULL)
			text_free_parts(text->promotions[i].condition);
}

#endif
