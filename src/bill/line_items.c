/*
 * line_items.c: reading the line items of a bill.
 *
 * A sale is not refused for what a till writes beside it: whatever can be taken exactly is taken. A null is a field
 * that is left out; a number may come as a text, and a text as a number; a field that the library does not know is kept
 * with the line as it is. What cannot be taken exactly is refused with the line and the field: amounts with four
 * decimals, a number that is none.
 *
 * Every number becomes thousandths of an int64 as it is read, quantities millionths, so nobody behind has to ask again.
 * The first thing that is wrong ends the reading; a batch keeps its code alone.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "bill/line_items.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/points.h"
#include "common/points_limit.h"
#include "common/text.h"

#define ONE_PIECE 1000000 /* a quantity, in millionths */

/* Bytes that the unknown fields of one line may take; it bounds what a bill writes. */
#define MAX_ATTRIBUTES 8000

/* Digits of a number that comes as a text; more than any number of ours has. */
#define MAX_NUMBER_TEXT 40

/* Kinds of numbers of a line. */
typedef enum NumberKind
{
	NUMBER_QUANTITY, /* with six decimals */
	NUMBER_AMOUNT,	 /* with three, as the next */
	NUMBER_POINTS,	 /* not below zero */
} NumberKind;

/* The fields that are numbers, and where they go. */
static const struct
{
	const char *name;
	NumberKind kind;
	size_t member;
} number_fields[] = {
	{ "quantity", NUMBER_QUANTITY, offsetof(TransactionLine, quantity) },
	{ "amount", NUMBER_AMOUNT, offsetof(TransactionLine, amount) },
	{ "discount", NUMBER_AMOUNT, offsetof(TransactionLine, discount) },
	{ "points", NUMBER_POINTS, offsetof(TransactionLine, points) },
	{ "promotion_points", NUMBER_POINTS, offsetof(TransactionLine, promotion_points) },
};

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

/*
 * Tells whether a text is a plain decimal number: a sign, digits, a point and digits. Blanks around it do not count.
 * No exponents: a till does not write them, and a code of digits and an "e" is none.
 */
static bool
is_decimal(const char *text)
{
	size_t length;
	size_t digits;

	text += strspn(text, " ");
	text += *text == '-' || *text == '+';
	digits = strspn(text, "0123456789");
	length = digits;
	if (text[length] == '.')
	{
		size_t decimals = strspn(text + length + 1, "0123456789");

		digits += decimals;
		length += 1 + decimals;
	}
	return digits > 0 && text[length + strspn(text + length, " ")] == '\0';
}

/* Copies a text before it is read: a text of jsonb does not end with a zero. */
bool
loyalty_line_number(const JsonbValue *value, Datum *numeric)
{
	char *text;

	if (value->type == jbvNumeric)
	{
		*numeric = NumericGetDatum(value->val.numeric);
		return true;
	}
	if (value->type != jbvString || value->val.string.len > MAX_NUMBER_TEXT)
		return false;
	text = pnstrdup(value->val.string.val, value->val.string.len);
	if (!is_decimal(text))
		return false;
	*numeric = DirectFunctionCall3(numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
								   Int32GetDatum(-1));
	return true;
}

/* Reads a number of a kind. */
static bool
read_number(int line, const char *field, NumberKind kind, const JsonbValue *value, int64 *number,
			LoyaltyRefusal *refusal)
{
	Datum numeric;
	LoyaltyNumericKind fits;

	if (!loyalty_line_number(value, &numeric))
		return refuse(line, psprintf("%s is no number", field), refusal);
	fits =
		kind == NUMBER_QUANTITY ? loyalty_millionths(numeric, number) : loyalty_thousandths(numeric, number);
	if (fits == LOYALTY_NUMERIC_TOO_PRECISE)
		return refuse(line,
					  psprintf("%s has more than %s decimals", field,
							   kind == NUMBER_QUANTITY ? "six" : "three"),
					  refusal);
	if (fits != LOYALTY_NUMERIC_OK)
		return refuse(line,
					  psprintf("%s is not below %s", field,
							   kind == NUMBER_QUANTITY ? "1000000000000" : POINTS_LIMIT_TEXT),
					  refusal);
	if (kind == NUMBER_POINTS && *number < 0)
		return refuse(line, psprintf("%s is negative", field), refusal);
	return true;
}

/*
 * Reads a text of 1 to 100 bytes as it is stored, in its normal form if it has one: a sale is not refused for a code
 * that another system made. Limits of other texts count characters. A number is its digits: many tills keep codes of
 * digits as numbers.
 */
static bool
read_item_code(int line, const JsonbValue *value, const char **item_code, LoyaltyRefusal *refusal)
{
	if (value->type == jbvString)
		*item_code = pnstrdup(value->val.string.val, value->val.string.len);
	else if (value->type == jbvNumeric)
		*item_code = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	if (*item_code != NULL && loyalty_normal_text(*item_code) != NULL)
		*item_code = loyalty_normal_text(*item_code);
	if (*item_code == NULL || (*item_code)[0] == '\0')
		return refuse(line, "item_code is a text that is not empty, or a number", refusal);
	if (strlen(*item_code) > LOYALTY_MAX_CODE)
		return refuse(line, psprintf("item_code has more than %d bytes", LOYALTY_MAX_CODE), refusal);
	return true;
}

/* Adds a field that the library does not know to those that are kept, in the order of the object's keys. */
static void
keep_field(JsonbParseState **kept, const JsonbValue *key, const JsonbValue *value)
{
	JsonbValue copy = *key;

	if (*kept == NULL)
		(void) pushJsonbValue(kept, WJB_BEGIN_OBJECT, NULL);
	(void) pushJsonbValue(kept, WJB_KEY, &copy);
	copy = *value;
	(void) pushJsonbValue(kept, WJB_VALUE, &copy);
}

/* Reads one member of a line; a null of a field that is known is one that is left out. */
static bool
read_field(int line, const JsonbValue *key, const JsonbValue *value, TransactionLine *item,
		   JsonbParseState **kept, LoyaltyRefusal *refusal)
{
	size_t i;

	for (i = 0; i < lengthof(number_fields); i++)
		if (is_key(key, number_fields[i].name))
			return value->type == jbvNull ||
				   read_number(line, number_fields[i].name, number_fields[i].kind, value,
							   (int64 *) ((char *) item + number_fields[i].member), refusal);
	if (is_key(key, "item_code"))
		return value->type == jbvNull || read_item_code(line, value, &item->item_code, refusal);
	keep_field(kept, key, value);
	return true;
}

/* Puts the fields that are kept into the line. */
static bool
take_kept(int line, JsonbParseState **kept, TransactionLine *item, LoyaltyRefusal *refusal)
{
	Jsonb *attributes;

	if (*kept == NULL)
		return true;
	attributes = JsonbValueToJsonb(pushJsonbValue(kept, WJB_END_OBJECT, NULL));
	if (VARSIZE(attributes) > MAX_ATTRIBUTES)
		return refuse(line, psprintf("Its other fields have more than %d bytes", MAX_ATTRIBUTES), refusal);
	item->attributes = attributes;
	return true;
}

/*
 * Reads one object, whose beginning the iterator has just given. Members are taken as a whole, so nested ones
 * are never walked.
 */
static bool
read_line(JsonbIterator **iterator, int line, TransactionLine *item, LoyaltyRefusal *refusal)
{
	JsonbParseState *kept = NULL;
	JsonbValue key;
	JsonbValue value;

	*item =
		(TransactionLine){ .quantity = ONE_PIECE, .amount = LOYALTY_NOT_GIVEN, .points = LOYALTY_NOT_GIVEN };
	while (JsonbIteratorNext(iterator, &key, true) == WJB_KEY)
	{
		(void) JsonbIteratorNext(iterator, &value, true);
		if (!read_field(line, &key, &value, item, &kept, refusal))
			return false;
	}
	if (item->item_code == NULL)
		return refuse(line, "item_code is required", refusal);
	if (item->amount == LOYALTY_NOT_GIVEN)
		return refuse(line, "amount is required", refusal);
	return take_kept(line, &kept, item, refusal);
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
