/* args.h: reading the arguments of functions that may be called with anything. */
#ifndef LOYALTY_ARGS_H
#define LOYALTY_ARGS_H

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "common/pg_compat.h"
#include "common/refusal.h"

/*
 * Limits of texts, in characters; docs name them. Longer ones are LY002, whatever they say. Every text but prose is read
 * in its normal form (text.h), if it has one, whatever it is for: what is compared and looked for is the same then,
 * whoever wrote it, and a text of blanks is none. Whoever makes a key of one that was given asks that it has a normal
 * form (loyalty_read_key).
 */
#define LOYALTY_MAX_CODE 100 /* codes of orgs, stores, tills, programs; numbers of bills */
#define LOYALTY_MAX_NAME 200
#define LOYALTY_MAX_SHORT 254 /* characters of an e-mail: the longest texts that are no prose */
#define LOYALTY_MAX_TEXT 1000 /* prose, which is kept as given: reasons and the like */

/* A text that must be given and not be empty. "name" is the argument's, for the message. */
extern const char *loyalty_arg_text(FunctionCallInfo fcinfo, int n, const char *name, int limit);

/* A text, or NULL where it is NULL or empty. */
extern const char *loyalty_arg_text_or_null(FunctionCallInfo fcinfo, int n, const char *name, int limit);

/* A text that is part of an argument, such as an element of an array: LY002 for one that is too long. */
extern const char *loyalty_checked_text(Datum value, const char *name, int limit);

/* The code, number or name of something new: LY001 where there is none, LY003 where it has no normal form. */
extern const char *loyalty_arg_key(FunctionCallInfo fcinfo, int n, const char *name);

/* The same where it may be missing (NULL), of at most so many characters, which are no prose. */
extern const char *loyalty_arg_key_or_null(FunctionCallInfo fcinfo, int n, const char *name, int limit);

/* A text of at most so many characters, in its normal form as above; NULL for a longer one. */
extern const char *loyalty_text_within(Datum value, int limit);

/* Values that must be given: LY001 for NULL. */
extern int64 loyalty_arg_int8(FunctionCallInfo fcinfo, int n, const char *name);
extern int32 loyalty_arg_int4(FunctionCallInfo fcinfo, int n, const char *name);
extern bool loyalty_arg_bool(FunctionCallInfo fcinfo, int n, const char *name);

/* A finite time between the years 1900 and 9999, or the fallback where it is NULL. */
extern TimestampTz loyalty_arg_time_or(FunctionCallInfo fcinfo, int n, const char *name,
									   TimestampTz fallback);

/* A day of those years, or NULL. */
extern NullableDatum loyalty_arg_day(FunctionCallInfo fcinfo, int n, const char *name);

/* The position of a word among those that are allowed; LY003 for any other. */
extern int loyalty_arg_word(FunctionCallInfo fcinfo, int n, const char *name, const char *const *words,
							int count);

/* Marks which of the allowed words a list of texts has, LY003 for any other; false: there is no list, or nothing in it. */
extern bool loyalty_arg_words(FunctionCallInfo fcinfo, int n, const char *name, const char *const *words,
							  int count, bool *chosen);

/* Raises LY001 for an argument that is missing, LY003 for a word that is not among the allowed ones. */
pg_noreturn extern void loyalty_raise_missing(const char *name);
pg_noreturn extern void loyalty_raise_not_allowed(const char *name, const char *allowed);

/* Raises LY009 for something new whose code is taken: what kind of thing it is, and the code. */
pg_noreturn extern void loyalty_raise_duplicate(const char *kind, const char *code);

/*
 * Readers of values that stand in a request, whoever filled it; the readers of arguments above call them with
 * LOYALTY_RAISES. Each returns false where it refuses, and its result is not to be used then.
 */
extern bool loyalty_read_text(const NullableDatum *given, const char *name, int limit, const char **text,
							  LoyaltyRefusal *refusal);
extern bool loyalty_read_text_or_null(const NullableDatum *given, const char *name, int limit,
									  const char **text, LoyaltyRefusal *refusal);
extern bool loyalty_read_key(const NullableDatum *given, const char *name, const char **key,
							 LoyaltyRefusal *refusal);
extern bool loyalty_read_key_or_null(const NullableDatum *given, const char *name, int limit,
									 const char **key, LoyaltyRefusal *refusal);
extern bool loyalty_refuse_unseen(const char *name, const char *key, LoyaltyRefusal *refusal);
extern bool loyalty_read_bool(const NullableDatum *given, const char *name, bool *value,
							  LoyaltyRefusal *refusal);
extern bool loyalty_read_time_or(const NullableDatum *given, const char *name, TimestampTz fallback,
								 TimestampTz *at, LoyaltyRefusal *refusal);
extern bool loyalty_refuse_missing(const char *name, LoyaltyRefusal *refusal);
extern bool loyalty_refuse_not_allowed(const char *name, const char *allowed, LoyaltyRefusal *refusal);

#endif
