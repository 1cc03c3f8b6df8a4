/*
 * args.c: reading the arguments of functions that may be called with anything.
 *
 * Each kind of argument has one reader, which takes a NullableDatum and a LoyaltyRefusal; the reader of a call's
 * argument is the same one with LOYALTY_RAISES, so that a batch refuses an item for what a call would raise. Messages
 * name the argument, never its value: it may be personal data. Nothing is read from tables and no lock is taken; texts
 * are palloc'd in the current context.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/text.h"
#include "common/word_rules.h"

/* Refuses with LY001. */
bool
loyalty_refuse_missing(const char *name, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_ARGUMENT_MISSING, errmsg("argument \"%s\" is required", name));
}

/* Raises LY001. */
void
loyalty_raise_missing(const char *name)
{
	(void) loyalty_refuse_missing(name, LOYALTY_RAISES);
	pg_unreachable();
}

/* Refuses with LY003; the hint lists the words that are taken, which are ours and no secret. */
bool
loyalty_refuse_not_allowed(const char *name, const char *allowed, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_ARGUMENT_INVALID,
				   errmsg("argument \"%s\" is not an allowed value", name),
				   errhint("Allowed are: %s.", allowed));
}

/* Raises LY003. */
void
loyalty_raise_not_allowed(const char *name, const char *allowed)
{
	(void) loyalty_refuse_not_allowed(name, allowed, LOYALTY_RAISES);
	pg_unreachable();
}

/* Raises LY009; codes are no secret of whoever gives them. */
void
loyalty_raise_duplicate(const char *kind, const char *code)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUPLICATE_NAME), errmsg("%s \"%s\" exists already", kind, code)));
}

/*
 * Returns the text where it is short enough. The size is judged before the value is fetched: a text may be as large as
 * 1 GB, and in the encoding of the database a character has several bytes. A normal form may be the longer one, so it is
 * measured as well.
 */
const char *
loyalty_text_within(Datum value, int limit)
{
	Size size = toast_raw_datum_size(value) - VARHDRSZ;
	const char *given;
	const char *normal;

	if (size > (Size) limit * pg_database_encoding_max_length())
		return NULL;
	given = TextDatumGetCString(value);
	if (pg_mbstrlen_with_len(given, (int) size) > limit)
		return NULL;
	normal = limit > LOYALTY_MAX_SHORT ? given : loyalty_normal_text(given);
	if (normal == NULL || normal == given)
		return given;
	return pg_mbstrlen(normal) <= limit ? normal : NULL;
}

/* Reads a text and refuses one that is too long (LY002). */
static bool
check_text(Datum value, const char *name, int limit, const char **text, LoyaltyRefusal *refusal)
{
	*text = loyalty_text_within(value, limit);
	if (*text == NULL)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TEXT_TOO_LONG, errmsg("argument \"%s\" is too long", name),
					   errdetail("At most %d characters are allowed.", limit));
	return true;
}

/* Raises LY002 for an element that is too long; an empty one is returned as it is. */
const char *
loyalty_checked_text(Datum value, const char *name, int limit)
{
	const char *text;

	(void) check_text(value, name, limit, &text, LOYALTY_RAISES);
	return text;
}

/*
 * Reads a text; an empty one, or one of blanks, is none, since clients that bind every argument send '' for what is not
 * there, and blanks where a field has a fixed length.
 */
bool
loyalty_read_text_or_null(const NullableDatum *given, const char *name, int limit, const char **text,
						  LoyaltyRefusal *refusal)
{
	*text = NULL;
	if (given->isnull)
		return true;
	if (!check_text(given->value, name, limit, text, refusal))
		return false;
	if (loyalty_text_is_blank(given->value))
		*text = NULL;
	return true;
}

/* Refuses a text without normal form as the key of something new (LY003): another key would look like it. */
bool
loyalty_refuse_unseen(const char *name, const char *key, LoyaltyRefusal *refusal)
{
	if (loyalty_normal_text(key) == NULL)
		return loyalty_refuse_not_allowed(name,
										  "texts without control characters and others that are not seen",
										  refusal);
	return true;
}

/* Reads a text that something new is to be known by. */
bool
loyalty_read_key(const NullableDatum *given, const char *name, const char **key, LoyaltyRefusal *refusal)
{
	return loyalty_read_text(given, name, LOYALTY_MAX_CODE, key, refusal) &&
		   loyalty_refuse_unseen(name, *key, refusal);
}

/* Reads what a text may be known by, if anything. */
bool
loyalty_read_key_or_null(const NullableDatum *given, const char *name, int limit, const char **key,
						 LoyaltyRefusal *refusal)
{
	return loyalty_read_text_or_null(given, name, limit, key, refusal) &&
		   (*key == NULL || loyalty_refuse_unseen(name, *key, refusal));
}

/* Reads a text that must be there (LY001). */
bool
loyalty_read_text(const NullableDatum *given, const char *name, int limit, const char **text,
				  LoyaltyRefusal *refusal)
{
	if (!loyalty_read_text_or_null(given, name, limit, text, refusal))
		return false;
	return *text != NULL || loyalty_refuse_missing(name, refusal);
}

/* Reads argument "n" as loyalty_read_text_or_null does. */
const char *
loyalty_arg_text_or_null(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *text;

	(void) loyalty_read_text_or_null(&fcinfo->args[n], name, limit, &text, LOYALTY_RAISES);
	return text;
}

/* Reads argument "n" as loyalty_read_text does. */
const char *
loyalty_arg_text(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *text;

	(void) loyalty_read_text(&fcinfo->args[n], name, limit, &text, LOYALTY_RAISES);
	return text;
}

/* Reads argument "n" as loyalty_read_key does. */
const char *
loyalty_arg_key(FunctionCallInfo fcinfo, int n, const char *name)
{
	const char *key;

	(void) loyalty_read_key(&fcinfo->args[n], name, &key, LOYALTY_RAISES);
	return key;
}

/* Reads argument "n" as loyalty_read_key_or_null does. */
const char *
loyalty_arg_key_or_null(FunctionCallInfo fcinfo, int n, const char *name, int limit)
{
	const char *key;

	(void) loyalty_read_key_or_null(&fcinfo->args[n], name, limit, &key, LOYALTY_RAISES);
	return key;
}

/* Reads an id; LY001 where it is missing. The caller finds out if there is such a row. */
int64
loyalty_arg_int8(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		loyalty_raise_missing(name);
	return PG_GETARG_INT64(n);
}

/* Reads a number; LY001 where it is missing. */
int32
loyalty_arg_int4(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		loyalty_raise_missing(name);
	return PG_GETARG_INT32(n);
}

/* Reads a boolean that must be there. */
bool
loyalty_read_bool(const NullableDatum *given, const char *name, bool *value, LoyaltyRefusal *refusal)
{
	if (given->isnull)
		return loyalty_refuse_missing(name, refusal);
	*value = DatumGetBool(given->value);
	return true;
}

/* Raises LY003 with the list of words, which is made only then. */
pg_noreturn static void
raise_no_word(const char *name, const char *const *words, int count)
{
	char *allowed = pstrdup(words[0]);
	int i;

	for (i = 1; i < count; i++)
		allowed = psprintf("%s, %s", allowed, words[i]);
	loyalty_raise_not_allowed(name, allowed);
}

/* Finds a word among those that are allowed. */
int
loyalty_arg_word(FunctionCallInfo fcinfo, int n, const char *name, const char *const *words, int count)
{
	int place = loyalty_word_place(loyalty_arg_text(fcinfo, n, name, LOYALTY_MAX_CODE), words, count);

	if (place < 0)
		raise_no_word(name, words, count);
	return place;
}

/* Finds each of a list; a list is short, so it is bounded before it is taken apart. */
bool
loyalty_arg_words(FunctionCallInfo fcinfo, int n, const char *name, const char *const *words, int count,
				  bool *chosen)
{
	Datum *items;
	bool *nulls;
	int given;
	int i;

	memset(chosen, 0, sizeof(bool) * count);
	if (PG_ARGISNULL(n))
		return false;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &items, &nulls, &given);
	if (given > LOYALTY_MAX_CODE)
		raise_no_word(name, words, count);
	for (i = 0; i < given; i++)
	{
		const NullableDatum item = { items[i], nulls[i] };
		const char *word;
		int place;

		(void) loyalty_read_text(&item, name, LOYALTY_MAX_CODE, &word, LOYALTY_RAISES);
		place = loyalty_word_place(word, words, count);
		if (place < 0)
			raise_no_word(name, words, count);
		chosen[place] = true;
	}
	return given > 0;
}

/* Reads argument "n" as loyalty_read_bool does. */
bool
loyalty_arg_bool(FunctionCallInfo fcinfo, int n, const char *name)
{
	bool value;

	(void) loyalty_read_bool(&fcinfo->args[n], name, &value, LOYALTY_RAISES);
	return value;
}

/* Reads a time. The infinities lie outside the range, too: no call may happen at the end of time. */
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

/* Reads argument "n" as loyalty_read_time_or does. */
TimestampTz
loyalty_arg_time_or(FunctionCallInfo fcinfo, int n, const char *name, TimestampTz fallback)
{
	TimestampTz at;

	(void) loyalty_read_time_or(&fcinfo->args[n], name, fallback, &at, LOYALTY_RAISES);
	return at;
}

/* Reads a day that may be NULL; the infinities lie outside the range, too. */
NullableDatum
loyalty_arg_day(FunctionCallInfo fcinfo, int n, const char *name)
{
	NullableDatum day = fcinfo->args[n];

	if (!day.isnull && (DatumGetDateADT(day.value) < EARLIEST_TIME / USECS_PER_DAY ||
						DatumGetDateADT(day.value) > LATEST_DAY))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_INVALID),
						errmsg("argument \"%s\" is not a supported date", name),
						errdetail("Dates lie between the years 1900 and 9999.")));
	return day;
}
