/* request.h: telling a repeated request from another one. */
#ifndef LOYALTY_REQUEST_H
#define LOYALTY_REQUEST_H

#include "postgres.h"

#include "fmgr.h"

#include "common/pg_compat.h"

/* A digest of the function and all its arguments: texts as given, numbers by value, so 10 and 10.0 are one. */
extern int64 loyalty_request_digest(FunctionCallInfo fcinfo);

/* The digest of a request that is no call of its own: an item of a batch. */
extern int64 loyalty_values_digest(const char *name, const Datum *values, const bool *nulls, const Oid *types,
								   int count);

/* Raises LY020. */
pg_noreturn extern void loyalty_raise_idempotency_mismatch(void);

#endif
