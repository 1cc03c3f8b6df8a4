/*
 * args.c: reading the arguments of functions that may be called with anything. Messages name the argument,
 * never its value: it may be personal data.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"

#define EARLIEST_TIME INT64CONST(-3155673600000000) /* 1900-01-01 */
#define LATEST_TIME INT64CONST(252455615999999999)	/* the last instant of 9999-12-31 */

bool
loyalty_refuse_missing(const char *name, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_ARGUMENT_MISSING, errmsg("argument \"%s\" is required", name));
}

void
loyalty_raise_missing(const char *name)
{
	(void) loyalty_refuse_missing(name, LOYALTY_RAISES);
	pg_unreachable();
}

bool
loyalty_refuse_not_allowed(const char *name, const char *allowed, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_ARGUMENT_INVALID,
				   errmsg("argument \"%s\" is not an allowed value", name),
				   errhint("Allowed are: %s.", allowed));
}

void
loyalty_raise_not_allowed(const char *name, const char *allowed)
{
	(void) loyalty_refuse_not_allowed(name, allowed, LOYALTY_RAISES);
	pg_unreachable();
}

/* The size is judged before the value is fetched: a text may be as large as 1 GB. */
const char *
loyalty_text_within(Datum value, int limit)
{
	Size size = toast_raw_datum_size(value) - VARHDRSZ;
	char *given;

	if (size > (Size) limit * pg_database_encoding_max_length())
		return NULL;
	given = TextDatumGetCString(value);
	return pg_mbstrlen_with_len(given, (int) size) <= limit ? given : NULL;
}

static bool
check_text(Datum value, const char *name, int limit, const char **text, LoyaltyRefusal *refusal)
{
	*text = loyalty_text_within(value, limit);
	if (*text == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TEXT_TOO_LONG, errmsg("argument \"%s\" is too long", name),
					   errdetail("At most %d characters are allowed.", limit));
	return true;
}

const char *
loyalty_checked_text(Datum value, const char *name, int limit)
{
	const char *text;

	(void) check_text(value, name, limit, &text, LOYALTY_RAISES);
	return text;
}

bool
loyalty_read_text_or_null(const NullableDatum *given, const char *name, int limit, const char **text,
						  LoyaltyRefusal *refusal)
{
	*text = NULL;
	if (given->isnull)
		return true;
	if (!check_text(given->value, name, limit, text, refusal))
		return false;
	if (**text == '\0')
		*text = NULL;
	return true;
}

bool
loyalty_read_text(const NullableDatum *given, const char *name, int limit, const char **text,
				  LoyaltyRefusal *refusal)
{
	if (!loyalty_read_text_or_null(given, name, limit, text, refusal))
		return false;
	return *text != NULL || loyalty_refuse_missing(name, refusal);
}

const char *
loyalty_arg_text_or_null(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *text;

	(void) loyalty_read_text_or_null(&fcinfo->args[n], name, limit, &text, LOYALTY_RAISES);
	return text;
}

const char *
loyalty_arg_text(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *text;

	(void) loyalty_read_text(&fcinfo->args[n], name, limit, &text, LOYALTY_RAISES);
	return text;
}

int64
loyalty_arg_int8(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		loyalty_raise_missing(name);
	return PG_GETARG_INT64(n);
}

int32
loyalty_arg_int4(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		loyalty_raise_missing(name);
	return PG_GETARG_INT32(n);
}

bool
loyalty_read_bool(const NullableDatum *given, const char *name, bool *value, LoyaltyRefusal *refusal)
{
	if (given->isnull)
		return loyalty_refuse_missing(name, refusal);
	*value = DatumGetBool(given->value);
	return true;
}

int
loyalty_arg_word(FunctionCallInfo fcinfo, int n, const char *name, const char *const *words, int count)
{
	const char *given = loyalty_arg_text(fcinfo, n, name, LOYALTY_MAX_CODE);
	char *allowed = NULL;
	int i;

	for (i = 0; i < count; i++)
	{
		if (strcmp(words[i], given) == 0)
			return i;
		allowed = allowed ? psprintf("%s, %s", allowed, words[i]) : pstrdup(words[i]);
	}
	loyalty_raise_not_allowed(name, allowed);
}

bool
loyalty_arg_bool(FunctionCallInfo fcinfo, int n, const char *name)
{
	bool value;

	(void) loyalty_read_bool(&fcinfo->args[n], name, &value, LOYALTY_RAISES);
	return value;
}

bool
loyalty_read_time_or(const NullableDatum *given, const char *name, TimestampTz fallback, TimestampTz *at,
					 LoyaltyRefusal *refusal)
{
	*at = given->isnull ? fallback : DatumGetTimestampTz(given->value);
	if (!given->isnull && (*at < EARLIEST_TIME || *at > LATEST_TIME))
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TIME_INVALID,
					   errmsg("argument \"%s\" is not a supported time", name),
					   errdetail("Times lie between the years 1900 and 9999."));
	return true;
}

TimestampTz
loyalty_arg_time_or(FunctionCallInfo fcinfo, int n, const char *name, TimestampTz fallback)
{
	TimestampTz at;

	(void) loyalty_read_time_or(&fcinfo->args[n], name, fallback, &at, LOYALTY_RAISES);
	return at;
}
