/*
 * points.c: points and amounts between numeric and whole thousandths.
 *
 * Tables and callers see numeric(18,3); C counts in an int64 of thousandths, which holds all of it exactly, so no sum
 * is ever rounded. Numbers of callers are judged by their magnitude first and then by their decimals; numbers of our
 * tables were judged when they were written and take a short way. Nothing here reads tables.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "common/points_limit.h"

#define THOUSANDTHS_DIGITS 3
#define THOUSANDTHS 1000
#define MILLIONTHS_DIGITS 6
#define MILLIONTHS 1000000

/* Returns the numeric of a factor, made once in memory that stays. */
static Datum
factor(Datum *value, int64 number)
{
	if (*value == 0)
	{
		MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);

		*value = NumericGetDatum(int64_to_numeric(number));
		MemoryContextSwitchTo(caller);
	}
	return *value;
}

/* Returns the numeric 1000. */
static Datum
one_thousand(void)
{
	static Datum value = 0;

	return factor(&value, THOUSANDTHS);
}

/* Returns the numeric 1000000. */
static Datum
one_million(void)
{
	static Datum value = 0;

	return factor(&value, MILLIONTHS);
}

/*
 * Judges and converts a number of a caller to so many parts of one. Its magnitude comes first, so that nothing
 * overflows behind it.
 */
static LoyaltyNumericKind
parts_of(Datum numeric, int64 parts_of_one, Datum parts_of_one_numeric, int64 *parts)
{
	Datum scaled;
	Datum whole;

	if (numeric_is_nan(DatumGetNumeric(numeric)) || numeric_is_inf(DatumGetNumeric(numeric)))
		return LOYALTY_NUMERIC_NOT_FINITE;
	/* The magnitude first: a numeric may have 131072 digits, and 17 of them times a thousand leave an int64. */
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, DirectFunctionCall1(numeric_abs, numeric),
										  NumericGetDatum(int64_to_numeric(POINTS_LIMIT / parts_of_one)))) >=
		0)
		return LOYALTY_NUMERIC_TOO_LARGE;
	scaled = DirectFunctionCall2(numeric_mul, numeric, parts_of_one_numeric);
	whole = DirectFunctionCall1(numeric_int8, scaled);
	if (!DatumGetBool(
			DirectFunctionCall2(numeric_eq, scaled, NumericGetDatum(int64_to_numeric(DatumGetInt64(whole))))))
		return LOYALTY_NUMERIC_TOO_PRECISE;
	*parts = DatumGetInt64(whole);
	return LOYALTY_NUMERIC_OK;
}

/* Converts with three decimals. */
LoyaltyNumericKind
loyalty_thousandths(Datum numeric, int64 *thousandths)
{
	return parts_of(numeric, THOUSANDTHS, one_thousand(), thousandths);
}

/* Converts with six decimals. */
LoyaltyNumericKind
loyalty_millionths(Datum numeric, int64 *millionths)
{
	return parts_of(numeric, MILLIONTHS, one_million(), millionths);
}

/*
 * Reads a numeric in the short form that tables keep: two bytes with sign, scale and weight, then digits of four
 * decimals each. The form is that of the disk, which no version may change. False where the value has another form.
 */
static bool
short_thousandths(const struct varlena *value, int64 *thousandths)
{
	const char *bytes = VARDATA_ANY(value);
	int digits;
	int weight;
	int i;
	int64 whole = 0;
	int16 digit = 0;
	uint16 header;

	if (VARATT_IS_EXTENDED(value) && !VARATT_IS_SHORT(value))
		return false;
	digits = (VARSIZE_ANY_EXHDR(value) - sizeof(header)) / sizeof(digit);
	memcpy(&header, bytes, sizeof(header));
	weight = (header & 0x0040 ? ~0x003F : 0) | (header & 0x003F);
	if ((header & 0xC000) != 0x8000 || weight > 3 || digits > weight + 2)
		return false;
	for (i = 0; i <= weight; i++)
	{
		if (i < digits)
			memcpy(&digit, bytes + sizeof(header) + i * sizeof(digit), sizeof(digit));
		whole = whole * 10000 + (i < digits ? digit : 0);
	}
	digit = 0;
	if (weight >= -1 && weight + 1 < digits)
		memcpy(&digit, bytes + sizeof(header) + (weight + 1) * sizeof(digit), sizeof(digit));
	*thousandths = whole * THOUSANDTHS + digit / 10;
	if (header & 0x2000)
		*thousandths = -*thousandths;
	return digit % 10 == 0;
}

/* Converts a number of a table. The column's type has seen to it that it fits: a call reads many of these. */
int64
loyalty_stored_thousandths(Datum numeric)
{
	int64 thousandths;

	if (short_thousandths((const struct varlena *) DatumGetPointer(numeric), &thousandths))
		return thousandths;
	return DatumGetInt64(
		DirectFunctionCall1(numeric_int8, DirectFunctionCall2(numeric_mul, numeric, one_thousand())));
}

/* Converts a quantity of a table. Whole ones have a scale of three decimals to spare. */
int64
loyalty_stored_millionths(Datum numeric)
{
	int64 thousandths;

	if (short_thousandths((const struct varlena *) DatumGetPointer(numeric), &thousandths))
		return thousandths * (MILLIONTHS / THOUSANDTHS);
	return DatumGetInt64(
		DirectFunctionCall1(numeric_int8, DirectFunctionCall2(numeric_mul, numeric, one_million())));
}

/* Makes the numeric of a quantity. */
Datum
loyalty_numeric_of_millionths(int64 millionths)
{
	return NumericGetDatum(int64_div_fast_to_numeric(millionths, MILLIONTHS_DIGITS));
}

/* Makes a numeric. Most numbers of a row are 0, which is made once. */
Datum
loyalty_numeric(int64 thousandths)
{
	static Datum zero = 0;

	if (thousandths != 0)
		return NumericGetDatum(int64_div_fast_to_numeric(thousandths, THOUSANDTHS_DIGITS));
	if (zero == 0)
	{
		MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);

		zero = NumericGetDatum(int64_div_fast_to_numeric(0, THOUSANDTHS_DIGITS));
		MemoryContextSwitchTo(caller);
	}
	return zero;
}

/* Adds, and raises LY404 where the sum leaves an int64: totals of a program may. */
void
loyalty_add_points(int64 *sum, int64 thousandths)
{
	if (pg_add_s64_overflow(*sum, thousandths, sum))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW), errmsg("a sum of points is too large")));
}

/* Returns a number without trailing zeroes, in the current context. */
const char *
loyalty_points_text(int64 thousandths)
{
	char *text = palloc(MAXINT8LEN + 3); /* a zero and a point besides */
	uint64 amount = thousandths < 0 ? -(uint64) thousandths : (uint64) thousandths;
	int fraction = (int) (amount % 1000);
	char *end = text;

	if (thousandths < 0)
		*end++ = '-';
	end += pg_ulltoa_n(amount / 1000, end);
	if (fraction > 0)
	{
		*end++ = '.';
		*end++ = (char) ('0' + fraction / 100);
		*end++ = (char) ('0' + fraction / 10 % 10);
		*end++ = (char) ('0' + fraction % 10);
		while (end[-1] == '0')
			end--;
	}
	*end = '\0';
	return text;
}

/* Reads a number of a request and says in words what is wrong with it. */
bool
loyalty_read_thousandths(const NullableDatum *given, const char *name, int too_precise, int64 *thousandths,
						 LoyaltyRefusal *refusal)
{
	*thousandths = 0;
	if (given->isnull)
		return loyalty_refuse_missing(name, refusal);
	switch (loyalty_thousandths(given->value, thousandths))
	{
		case LOYALTY_NUMERIC_OK:
			break;
		case LOYALTY_NUMERIC_NOT_FINITE:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_NOT_FINITE,
						   errmsg("argument \"%s\" is not a finite number", name));
		case LOYALTY_NUMERIC_TOO_PRECISE:
			LOYALTY_REFUSE(refusal, too_precise, errmsg("argument \"%s\" has too many decimals", name),
						   errdetail("At most three decimals are kept."));
		case LOYALTY_NUMERIC_TOO_LARGE:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_OVERFLOW,
						   errmsg("argument \"%s\" is too large", name),
						   errdetail("Its absolute value must be below " POINTS_LIMIT_TEXT "."));
	}
	return true;
}

/* Reads argument "n" as loyalty_read_thousandths does. */
int64
loyalty_arg_thousandths(FunctionCallInfo fcinfo, int n, const char *name, int too_precise)
{
	int64 thousandths;

	(void) loyalty_read_thousandths(&fcinfo->args[n], name, too_precise, &thousandths, LOYALTY_RAISES);
	return thousandths;
}

/* Lets zero pass. */
int64
loyalty_arg_amount(FunctionCallInfo fcinfo, int n, const char *name)
{
	int64 amount = loyalty_arg_thousandths(fcinfo, n, name, ERRCODE_LOYALTY_AMOUNT_INVALID);

	if (amount < 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_AMOUNT_INVALID), errmsg("argument \"%s\" is negative", name)));
	return amount;
}
