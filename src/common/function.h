/* function.h: what the catalogue says of a function of ours, kept by the backend until the function changes. */
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

/* The position of an argument in a function, from 0; -1: it has none of that name. */
extern int loyalty_function_place(const LoyaltyFunction *function, const char *argument);

/* The positions of the arguments of all fields (a constant list), -1 for one that the function lacks. */
extern const int *loyalty_function_places(const LoyaltyFunction *function, const LoyaltyRequestField *fields,
										  int count);

/* Puts defaults into arguments that are no call's own, as loyalty_function_defaults does into those of a call. */
extern void loyalty_arguments_default(const LoyaltyFunction *function, NullableDatum *arguments);

/*
 * Puts the default into each argument that is NULL or an empty text and has one: clients that bind every argument send
 * these for what is not given. Comes before any argument is read; loyalty_call_begin does it first.
 */
extern void loyalty_function_defaults(FunctionCallInfo fcinfo);

/* Makes the cache and registers what notes that a function changed; called once at load. */
extern void loyalty_function_init(void);

#endif
