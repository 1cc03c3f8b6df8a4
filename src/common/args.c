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

void
loyalty_raise_missing(const char *name)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_MISSING), errmsg("argument \"%s\" is required", name)));
}

void
loyalty_raise_not_allowed(const char *name, const char *allowed)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
			 errmsg("argument \"%s\" is not an allowed value", name), errhint("Allowed are: %s.", allowed)));
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

const char *
loyalty_checked_text(Datum value, const char *name, int limit)
{
	const char *given = loyalty_text_within(value, limit);

	if (given != NULL)
		return given;
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEXT_TOO_LONG), errmsg("argument \"%s\" is too long", name),
					errdetail("At most %d characters are allowed.", limit)));
}

const char *
loyalty_arg_text_or_null(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *text;

	if (PG_ARGISNULL(n))
		return NULL;
	text = loyalty_checked_text(PG_GETARG_DATUM(n), name, limit);
	return text[0] == '\0' ? NULL : text;
}

const char *
loyalty_arg_text(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *text = loyalty_arg_text_or_null(fcinfo, n, name, limit);

	if (text == NULL)
		loyalty_raise_missing(name);
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
loyalty_arg_bool(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		loyalty_raise_missing(name);
	return PG_GETARG_BOOL(n);
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
loyalty_time_is_supported(TimestampTz at)
{
	return at >= EARLIEST_TIME && at <= LATEST_TIME;
}

static TimestampTz
arg_time(FunctionCallInfo fcinfo, int n, const char *name)
{
	TimestampTz at;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing(name);
	at = PG_GETARG_TIMESTAMPTZ(n);
	if (!loyalty_time_is_supported(at))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_INVALID),
						errmsg("argument \"%s\" is not a supported time", name),
						errdetail("Times lie between the years 1900 and 9999.")));
	return at;
}

TimestampTz
loyalty_arg_time_or(FunctionCallInfo fcinfo, int n, const char *name, TimestampTz fallback)
{
	return PG_ARGISNULL(n) ? fallback : arg_time(fcinfo, n, name);
}
