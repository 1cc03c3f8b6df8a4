/*
 * return_lines.c: reading the lines that a return names.
 *
 * Numbers come as those of a bill's lines do, in texts too, and become millionths at once, a line's number too, so that 1.5
 * is told from 1. A field that is not known is refused, other than with a bill: an amount would be passed over, and the
 * whole line come back. A key that comes twice cannot be: jsonb keeps one. Nothing is decided here and nothing read from
 * tables; the rules of return_rules.c judge what is asked.
 */
#include "postgres.h"

#include "bill/line_items.h"
#include "bill/return_lines.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"

#define MILLION 1000000

/* Raises what is wrong with a line; "problem" is a sentence without its full stop. */
pg_noreturn static void
refuse(int item, const char *problem)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID), errmsg("returned line %d is not valid", item),
			 errdetail("%s.", problem),
			 errhint("A returned line is an object with line_no and, for a part of the line, quantity.")));
}

/* Reads a number that is not negative, in millionths. */
static int64
read_number(int item, const JsonbValue *value)
{
	Datum numeric;
	int64 number = 0;

	if (!loyalty_line_number(value, &numeric) || loyalty_millionths(numeric, &number) != LOYALTY_NUMERIC_OK ||
		number < 0)
		refuse(item, "line_no and quantity are numbers of 0 or more with at most six decimals");
	return number;
}

/* Reads one member of an object. A quantity of null is as one that is left out: all that is left of the line. */
static void
read_field(int item, const JsonbValue *key, const JsonbValue *value, AskedLine *line)
{
	if (key->val.string.len == 7 && memcmp(key->val.string.val, "line_no", 7) == 0)
	{
		int64 number = read_number(item, value);

		if (number % MILLION != 0 || number < MILLION || number / MILLION > LOYALTY_MAX_LINES)
			refuse(item, "line_no is not the number of a line");
		line->line_no = (int32) (number / MILLION);
	}
	else if (key->val.string.len == 8 && memcmp(key->val.string.val, "quantity", 8) == 0)
		line->quantity = value->type == jbvNull ? ALL_LEFT : read_number(item, value);
	else
		refuse(item, "Its fields are line_no and quantity");
}

/* Reads one object, whose beginning the iterator has just given. */
static void
read_line(JsonbIterator **iterator, int item, AskedLine *line)
{
	JsonbValue key;
	JsonbValue value;

	*line = (AskedLine){ .quantity = ALL_LEFT };
	while (JsonbIteratorNext(iterator, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(iterator, &value, true);
		read_field(item, &key, &value, line);
	}
	if (line->line_no == 0)
		refuse(item, "line_no is required");
}

/*
 * Refuses an empty list: a till that means the whole bill leaves the argument out, and an empty list is more
 * likely a mistake. Members are skipped over as a whole (JsonbIteratorNext with true), so nested values are
 * refused without being walked.
 */
int
loyalty_return_lines_read(Jsonb *json, AskedLine **lines)
{
	JsonbIterator *iterator;
	JsonbValue value;
	int count = (int) JB_ROOT_COUNT(json);
	int i;

	if (!JB_ROOT_IS_ARRAY(json) || JB_ROOT_IS_SCALAR(json) || count == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID),
						errmsg("returned lines are not a list of lines"),
						errhint("Leave the argument out to return the whole bill.")));
	if (count > LOYALTY_MAX_LINES)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID), errmsg("there are too many returned lines"),
				 errdetail("There are %d; at most %d are allowed.", count, LOYALTY_MAX_LINES)));
	*lines = palloc(sizeof(AskedLine) * count);
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
