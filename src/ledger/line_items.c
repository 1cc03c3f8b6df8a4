/*
 * line_items.c: reading the line items of a bill.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/points.h"
#include "common/points_limit.h"
#include "ledger/line_items.h"

#define ONE_PIECE 1000 /* a quantity, in thousandths */

static void
refuse(int line, const char *problem)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID), errmsg("line item %d is not valid", line),
		 errdetail("%s.", problem),
		 errhint(
			 "A line item is an object with item_code, amount and, if need be, quantity, discount and points.")));
}

static bool
is_key(const JsonbValue *key, const char *name)
{
	return key->val.string.len == (int) strlen(name) &&
		   memcmp(key->val.string.val, name, key->val.string.len) == 0;
}

static int64
read_number(int line, const JsonbValue *value)
{
	int64 number = 0;

	if (value->type != jbvNumeric)
		refuse(line, "Quantity, amount, discount and points are numbers");
	if (loyalty_thousandths(NumericGetDatum(value->val.numeric), &number) != LOYALTY_NUMERIC_OK || number < 0)
		refuse(line, "Quantity, amount, discount and points are not negative, have at most three decimals "
					 "and are below " POINTS_LIMIT_TEXT);
	return number;
}

static const char *
read_item_code(int line, const JsonbValue *value)
{
	if (value->type != jbvString || value->val.string.len == 0)
		refuse(line, "item_code is a text that is not empty");
	if (value->val.string.len > LOYALTY_MAX_CODE)
		refuse(line, psprintf("item_code has more than %d bytes", LOYALTY_MAX_CODE));
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static void
read_field(int line, const JsonbValue *key, const JsonbValue *value, TransactionLine *item)
{
	if (is_key(key, "item_code"))
		item->item_code = read_item_code(line, value);
	else if (is_key(key, "quantity"))
		item->quantity = read_number(line, value);
	else if (is_key(key, "amount"))
		item->amount = read_number(line, value);
	else if (is_key(key, "discount"))
		item->discount = read_number(line, value);
	else if (is_key(key, "points"))
		item->points = read_number(line, value);
	else if (is_key(key, "promotion_points"))
		item->promotion_points = read_number(line, value);
	else
		refuse(line, "Its fields are item_code, quantity, amount, discount, points and promotion_points");
}

/* Reads one object, whose beginning the iterator has just given. */
static void
read_line(JsonbIterator **iterator, int line, TransactionLine *item)
{
	JsonbValue key;
	JsonbValue value;

	*item =
		(TransactionLine){ .quantity = ONE_PIECE, .amount = LOYALTY_NOT_GIVEN, .points = LOYALTY_NOT_GIVEN };
	while (JsonbIteratorNext(iterator, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(iterator, &value, true);
		read_field(line, &key, &value, item);
	}
	if (item->item_code == NULL || item->amount == LOYALTY_NOT_GIVEN)
		refuse(line, "item_code and amount are required");
}

int
loyalty_line_items(Jsonb *json, TransactionLine **lines)
{
	JsonbIterator *iterator;
	JsonbValue value;
	int count = (int) JB_ROOT_COUNT(json);
	int i;

	if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID), errmsg("line items are not a list")));
	if (count > LOYALTY_MAX_LINES)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID), errmsg("there are too many line items"),
						errdetail("There are %d; at most %d are allowed.", count, LOYALTY_MAX_LINES)));
	*lines = palloc(sizeof(TransactionLine) * Max(count, 1));
	iterator = JsonbIteratorInit(&json->root);
	(void) JsonbIteratorNext(&iterator, &value, false);
	for (i = 0; i < count; i++)
	{
		if (JsonbIteratorNext(&iterator, &value, false) != WJB_BEGIN_OBJECT)
			refuse(i + 1, "It is not an object");
		read_line(&iterator, i + 1, &(*lines)[i]);
	}
	return count;
}
