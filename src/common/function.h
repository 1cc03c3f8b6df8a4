/* function.h: what the catalogue says of a function of ours, looked up once per backend. */
#ifndef LOYALTY_FUNCTION_H
#define LOYALTY_FUNCTION_H

#include "postgres.h"

#include "fmgr.h"

typedef struct LoyaltyDefault
{
	Datum value;
	bool isnull; /* the default is NULL */
	bool is_by_value;
	int16 length; /* of the type, as the catalogue has it */
} LoyaltyDefault;

typedef struct LoyaltyFunction
{
	const char *name;
	int count; /* of its arguments, with their types */
	const Oid *types;
	const LoyaltyDefault *defaults; /* of the last "default_count" arguments */
	int default_count;
} LoyaltyFunction;

/* The function that is called. It stays readable as long as the backend lives. */
extern const LoyaltyFunction *loyalty_function(FunctionCallInfo fcinfo);

/*
 * NULL for an argument that has a default means the default, as a client that always binds every argument needs it, and so
 * does an empty text: puts the default in its place. Whatever reads arguments comes after it; loyalty_call_begin does it
 * first.
 */
extern void loyalty_function_defaults(FunctionCallInfo fcinfo);

/* Registers what drops the cache when a function changes; called once at load. */
extern void loyalty_function_init(void);

#endif
