/*
 * line_items.c: reading the line items of a bill.
 *
 * Every number becomes thousandths of an int64 as it is read: one that has more decimals, is negative or too
 * large is refused here, so nobody behind has to ask again. The first thing that is wrong ends the reading; a
 * batch keeps its code alone.
 */
#include "postgres.h"

#include "bill/line_items.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/points.h"
#include "common/points_limit.h"

#define ONE_PIECE 1000 /* a quantity, in thousandths */

/* Refuses a line; "problem" is a sentence without its full stop. Lines are counted from 1. */
static bool
refuse(int line, const char *problem, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(
		refusal, ERRCODE_LOYALTY_LINE_ITEMS_INVALID, errmsg("line item %d is not valid", line),
		errdetail("%s.", problem),
		errhint(
			"A line item is an object with item_code, amount and, if need be, quantity, discount and points."));
}

/* Tells whether a member has a name; strings of jsonb do not end with a zero. */
static bool
is_key(const JsonbValue *key, const char *name)
{
	return key->val.string.len == (int) strlen(name) &&
		   memcmp(key->val.string.val, name, key->val.string.len) == 0;
}

/* Reads a number of 0 or more, in thousandths. */
static bool
read_number(int line, const JsonbValue *value, int64 *number, LoyaltyRefusal *refusal)
{
	if (value->type != jbvNumeric)
		return refuse(line, "Quantity, amount, discount and points are numbers", refusal);
	if (loyalty_thousandths(NumericGetDatum(value->val.numeric), number) == LOYALTY_NUMERIC_OK &&
		*number >= 0)
		return true;
	return refuse(line,
				  "Quantity, amount, discount and points are not negative, have at most three decimals "
				  "and are below " POINTS_LIMIT_TEXT,
				  refusal);
}

/* Reads a text of 1 to 100 bytes as it is stored; limits of other texts count characters. */
static bool
read_item_code(int line, const JsonbValue *value, const char **item_code, LoyaltyRefusal *refusal)
{
	if (value->type != jbvString || value->val.string.len == 0)
		return refuse(line, "item_code is a text that is not empty", refusal);
	if (value->val.string.len > LOYALTY_MAX_CODE)
		return refuse(line, psprintf("item_code has more than %d bytes", LOYALTY_MAX_CODE), refusal);
	*item_code = pnstrdup(value->val.string.val, value->val.string.len);
	return true;
}

/*
 * Reads one member of a line. An unknown one is refused: a misspelt "points" would give the bill's points
 * silently.
 */
static bool
read_field(int line, const JsonbValue *key, const JsonbValue *value, TransactionLine *item,
		   LoyaltyRefusal *refusal)
{
	if (is_key(key, "item_code"))
		return read_item_code(line, value, &item->item_code, refusal);
	if (is_key(key, "quantity"))
		return read_number(line, value, &item->quantity, refusal);
	if (is_key(key, "amount"))
		return read_number(line, value, &item->amount, refusal);
	if (is_key(key, "discount"))
		return read_number(line, value, &item->discount, refusal);
	if (is_key(key, "points"))
		return read_number(line, value, &item->points, refusal);
	if (is_key(key, "promotion_points"))
		return read_number(line, value, &item->promotion_points, refusal);
	return refuse(line, "Its fields are item_code, quantity, amount, discount, points and promotion_points",
				  refusal);
}

/*
 * Reads one object, whose beginning the iterator has just given. Members are taken as a whole, so nested ones
 * are refused and never walked.
 */
static bool
read_line(JsonbIterator **iterator, int line, TransactionLine *item, LoyaltyRefusal *refusal)
{
	JsonbValue key;
	JsonbValue value;

	*item =
		(TransactionLine){ .quantity = ONE_PIECE, .amount = LOYALTY_NOT_GIVEN, .points = LOYALTY_NOT_GIVEN };
	while (JsonbIteratorNext(iterator, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(iterator, &value, true);
		if (!read_field(line, &key, &value, item, refusal))
			return false;
	}
	if (item->item_code == NULL || item->amount == LOYALTY_NOT_GIVEN)
		return refuse(line, "item_code and amount are required", refusal);
	return true;
}

/* Counts the lines before any is read, so that a list of millions costs nothing. */
static bool
count_lines(Jsonb *json, int *count, LoyaltyRefusal *refusal)
{
	*count = (int) JB_ROOT_COUNT(json);
	if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json))
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_LINE_ITEMS_INVALID, errmsg("line items are not a list"));
	if (*count > LOYALTY_MAX_LINES)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_LINE_ITEMS_INVALID, errmsg("there are too many line items"),
					   errdetail("There are %d; at most %d are allowed.", *count, LOYALTY_MAX_LINES));
	return true;
}

/* Allocates for one line at least: an empty list is allowed, and is a bill without lines. */
bool
loyalty_line_items(Jsonb *json, TransactionLine **lines, int *count, LoyaltyRefusal *refusal)
{
	JsonbIterator *iterator;
	JsonbValue value;
	int i;

	if (!count_lines(json, count, refusal))
		return false;
	*lines = palloc(sizeof(TransactionLine) * Max(*count, 1));
	iterator = JsonbIteratorInit(&json->root);
	(void) JsonbIteratorNext(&iterator, &value, false);
	for (i = 0; i < *count; i++)
	{
		if (JsonbIteratorNext(&iterator, &value, false) != WJB_BEGIN_OBJECT)
			return refuse(i + 1, "It is not an object", refusal);
		if (!read_line(&iterator, i + 1, &(*lines)[i], refusal))
			return false;
	}
	return true;
}
