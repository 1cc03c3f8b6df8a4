/*
 * checksum_api.c: check digits for whoever needs them. The functions are strict and immutable, and belong to no org.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "card/checksum_rules.h"
#include "common/errors.h"
#include "common/pg_compat.h"

LOYALTY_FUNCTION(loyalty_luhn_check_digit);
LOYALTY_FUNCTION(loyalty_luhn_is_valid);
LOYALTY_FUNCTION(loyalty_mod7_check_digit);
LOYALTY_FUNCTION(loyalty_mod7_is_valid);

/* Returns the one-character text of a check digit; LY305 for a text that is no number. */
static Datum
check_digit(FunctionCallInfo fcinfo, ChecksumKind kind)
{
	const text *digits = PG_GETARG_TEXT_PP(0);
	char digit = loyalty_check_digit(kind, VARDATA_ANY(digits), VARSIZE_ANY_EXHDR(digits));

	if (digit == '\0')
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_NOT_DIGITS),
						errmsg("a check digit belongs to a number of one digit or more"),
						errhint("Leave out blanks, hyphens and letters.")));
	return PointerGetDatum(cstring_to_text_with_len(&digit, 1));
}

/* Tells whether a number ends with its check digit; a text that is no number does not. */
static Datum
is_valid(FunctionCallInfo fcinfo, ChecksumKind kind)
{
	const text *number = PG_GETARG_TEXT_PP(0);

	return BoolGetDatum(loyalty_checksum_is_valid(kind, VARDATA_ANY(number), VARSIZE_ANY_EXHDR(number)));
}

/* Returns the check digit by Luhn's method. */
Datum
loyalty_luhn_check_digit(PG_FUNCTION_ARGS)
{
	return check_digit(fcinfo, CHECKSUM_LUHN);
}

/* Tells whether a number is valid by Luhn's method. */
Datum
loyalty_luhn_is_valid(PG_FUNCTION_ARGS)
{
	return is_valid(fcinfo, CHECKSUM_LUHN);
}

/* Returns the check digit modulo 7. */
Datum
loyalty_mod7_check_digit(PG_FUNCTION_ARGS)
{
	return check_digit(fcinfo, CHECKSUM_MOD7);
}

/* Tells whether a number is valid modulo 7. */
Datum
loyalty_mod7_is_valid(PG_FUNCTION_ARGS)
{
	return is_valid(fcinfo, CHECKSUM_MOD7);
}
