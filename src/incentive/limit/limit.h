/*
 * limit.h: limits of uses that are exact and have no hot row.
 *
 * A limit in total has slots whose remaining uses add up to what is left. A use takes from a slot that nobody else holds, so
 * uses wait for each other only where the last ones are still undecided. A limit of a customer is counted in customer_use,
 * under the customer's lock, over the merge group.
 *
 * Locks: customers first, then codes and coupons, slots last, ascending by limit: they are held for the commit alone.
 */
#ifndef LOYALTY_LIMIT_H
#define LOYALTY_LIMIT_H

#include "common/refusal.h"
#include "customer/customer_store.h"
#include "org/call.h"

/* Kinds of limits, by the letters of the table. */
typedef enum LimitKind
{
	LIMIT_TOTAL = 't',			 /* redemptions in total */
	LIMIT_CODE = 'c',			 /* redemptions of one code */
	LIMIT_ISSUES = 'i',			 /* coupons issued */
	LIMIT_CUSTOMER = 'u',		 /* redemptions of a customer */
	LIMIT_CUSTOMER_ISSUES = 'h', /* coupons of a customer */
} LimitKind;

/* Maximum of what has none: it is counted all the same, so that another one can be set. */
#define LIMIT_UNBOUNDED INT64CONST(1000000000000000000)

/* A limit, as its row has it. */
typedef struct LoyaltyLimit
{
	int32 org_id;
	int32 limit_id;
	int32 owner_id;	 /* the promotion or the series */
	int32 change_no; /* how often there became more or less of it */
	LimitKind kind;
	int64 maximum;			  /* LIMIT_UNBOUNDED */
	int64 notify_at;		  /* -1: nobody is told */
	TimestampTz notified_at;  /* infinity: contacts were not told that so few are left */
	TimestampTz exhausted_at; /* infinity: they were not told that none are */
	const char *code;		  /* NULL: whatever code */
} LoyaltyLimit;

/* Makes a limit, with its slots where it is one in total; returns its id. The owner's row is locked, or new. */
extern int32 loyalty_limit_create(int32 org_id, int32 owner_id, LimitKind kind, const char *code,
								  int64 maximum, int64 notify_at);

/* Reads the limit of that kind that an owner has, of whatever code; false where it has none. */
extern bool loyalty_limit_find(int32 org_id, int32 owner_id, LimitKind kind, LoyaltyLimit *limit);

/* Reads a limit by its id, which is there. */
extern void loyalty_limit_read(int32 org_id, int32 limit_id, LoyaltyLimit *limit);

/*
 * Takes uses of a limit in total; LY910 where fewer are left. Waits for open transactions that could still give some back.
 * The caller has taken every other lock that it needs.
 */
extern bool loyalty_limit_take(LoyaltyCall *call, const LoyaltyLimit *limit, int64 uses,
							   LoyaltyRefusal *refusal);

/* Takes as many as are left of those that are wanted, for a batch; returns how many. Waits as well. */
extern int64 loyalty_limit_take_most(const LoyaltyLimit *limit, int64 uses);

/* Gives uses back. */
extern void loyalty_limit_give_back(LoyaltyCall *call, const LoyaltyLimit *limit, int64 uses);

/* The uses that are left of a limit in total, as far as it is committed and by this transaction. */
extern int64 loyalty_limit_left(const LoyaltyLimit *limit);

/*
 * Gives a limit in total another maximum, exact against uses in flight, which are waited for: LY910 for one below what is used.
 * Contacts are told of the new one anew. The caller keeps others from changing it.
 */
extern void loyalty_limit_change(LoyaltyLimit *limit, int64 maximum, int64 notify_at);

/* Leaves nothing of a limit in total, exact against uses in flight: what is used by now becomes its maximum. */
extern void loyalty_limit_close(LoyaltyLimit *limit);

/* Says that there is more than before, though not of the limit (codes were uploaded): contacts are told anew. */
extern void loyalty_limit_renew(const LoyaltyLimit *limit);

/*
 * Tells contacts, once, that no more than notify_at are left, and that none are. "offer" is the code of the owner. Where it
 * cannot be said the call goes on with a warning, and check_limits tries again. Returns how many messages went out.
 */
extern int loyalty_limit_watch(LoyaltyCall *call, LoyaltyLimit *limit, const char *offer, int64 left);

/* The uses that the merge group of a locked customer has. */
extern int64 loyalty_limit_used(const LoyaltyLimit *limit, const LoyaltyCustomer *customer);

/* Counts uses of a locked customer; LY910 where its merge group would have more than the maximum. */
extern bool loyalty_limit_take_own(const LoyaltyLimit *limit, const LoyaltyCustomer *customer, int64 uses,
								   LoyaltyRefusal *refusal);

/* Takes back what was counted of a customer of the locked merge group. */
extern void loyalty_limit_give_back_own(const LoyaltyLimit *limit, const LoyaltyCustomer *customer,
										int64 uses);

#endif
