/*
 * request.h: filling requests, and telling a repeated one from another one.
 *
 * A request is a struct that has what an operation asks for, a NullableDatum for each argument, in a field of its name.
 * Whoever asks fills the same struct: a call from its arguments, a batch from the columns of an item. What stands in it is
 * read by the judgement (loyalty_read_text() and others in args.h), so that both are refused in one order.
 */
#ifndef LOYALTY_REQUEST_H
#define LOYALTY_REQUEST_H

#include "postgres.h"

#include "fmgr.h"

#include "common/function.h"
#include "common/pg_compat.h"
#include "common/refusal.h"

/*
 * A digest of the function and its arguments: short texts in normal form, numbers by value, so 10 and 10.0 are one. Ids of customers
 * are left out: a key is looked for under the customer, who may be called by another id after a merge.
 */
extern int64 loyalty_request_digest(FunctionCallInfo fcinfo);

/* The digest of a request that is no call of its own: an item of a batch, from its first argument on. */
extern int64 loyalty_arguments_digest(const char *name, const LoyaltyFunction *function,
									  const NullableDatum *arguments, int first);

/* The digest of a request about two customers: that of its other arguments, and the id of the second one. */
extern int64 loyalty_pair_digest(int64 request_digest, int64 customer_id);

/* Fills the fields of a request from the arguments of their names. */
extern void loyalty_request_fill(const LoyaltyFunction *function, const LoyaltyRequestField *fields,
								 int count, const NullableDatum *arguments, void *request);

/* Refuse or raise LY020: the key was used before with other arguments. */
extern bool loyalty_refuse_idempotency_mismatch(LoyaltyRefusal *refusal);
pg_noreturn extern void loyalty_raise_idempotency_mismatch(void);

#endif
