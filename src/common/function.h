/* function.h: what the catalogue says of a function of ours, looked up once per backend. */
#ifndef LOYALTY_FUNCTION_H
#define LOYALTY_FUNCTION_H

#include "postgres.h"

#include "fmgr.h"

/* A field of a request: the argument that fills it, and where it stands in the request. */
typedef struct LoyaltyRequestField
{
	const char *argument;
	size_t offset; /* of a NullableDatum */
} LoyaltyRequestField;

/* Default of an argument, a constant. */
typedef struct LoyaltyDefault
{
	Datum value;
	bool isnull; /* the default is NULL */
	bool is_by_value;
	int16 length; /* of the type, as the catalogue has it */
} LoyaltyDefault;

/* Function of ours as the catalogue has it. */
typedef struct LoyaltyFunction
{
	const char *name;
	int count; /* of its arguments, with their names and types */
	const char *const *arguments;
	const Oid *types;
	const bool *is_customer;		/* which of them say whom the call is about */
	const LoyaltyDefault *defaults; /* of the last "default_count" arguments */
	int default_count;
	struct LoyaltyFilled *filled; /* which fields of requests its arguments fill, once that was asked */
} LoyaltyFunction;

/* The function that is called. It stays readable as long as the backend lives. */
extern const LoyaltyFunction *loyalty_function(FunctionCallInfo fcinfo);

/* The function of a name that people use, for requests that come to it in another way than by a call. */
extern const LoyaltyFunction *loyalty_function_named(const char *name);

/* The place of an argument among those of a function; -1: it has none of that name. */
extern int loyalty_function_place(const LoyaltyFunction *function, const char *argument);

/* The places of the arguments of all fields, which are constant; found once. */
extern const int *loyalty_function_places(const LoyaltyFunction *function, const LoyaltyRequestField *fields,
										  int count);

/* Puts the defaults of a function in the place of what is not given, as the next one does. */
extern void loyalty_arguments_default(const LoyaltyFunction *function, NullableDatum *arguments);

/*
 * NULL for an argument that has a default means the default, as a client that always binds every argument needs it, and so
 * does an empty text: puts the default in its place. Whatever reads arguments comes after it; loyalty_call_begin does it
 * first.
 */
extern void loyalty_function_defaults(FunctionCallInfo fcinfo);

/* Registers what drops the cache when a function changes; called once at load. */
extern void loyalty_function_init(void);

#endif
