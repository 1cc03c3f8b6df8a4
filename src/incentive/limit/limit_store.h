/* limit_store.h: limits, their slots and what customers used, in tables. */
#ifndef LOYALTY_INCENTIVE_LIMIT_STORE_H
#define LOYALTY_INCENTIVE_LIMIT_STORE_H

#include "incentive/limit/limit.h"

/* A part of what a limit has left. */
typedef struct LimitSlot
{
	int32 org_id;
	int32 limit_id;
	int32 slot_no;
	int64 remaining;
} LimitSlot;

/* Write a limit and slots. */
extern void loyalty_use_limit_insert(const LoyaltyLimit *limit);
extern void loyalty_use_limit_update(const LoyaltyLimit *limit);
extern void loyalty_slots_insert(const LimitSlot *slots, int count);
extern void loyalty_slots_update(const LimitSlot *slots, int count);

/* Note that contacts were told: of few that are left, or of none; and that they are told anew. */
extern void loyalty_use_limit_told(const LoyaltyLimit *limit, bool exhausted, TimestampTz now);
extern void loyalty_use_limit_renew(const LoyaltyLimit *limit);

/* Read the limits of an owner, returning how many; one by its id, false where it is not there; and lock that one, whose slots are locked. */
extern int loyalty_use_limits_of_owner(int32 org_id, int32 owner_id, LoyaltyLimit **limits);
extern bool loyalty_use_limit_read(int32 org_id, int32 limit_id, LoyaltyLimit *limit);
extern bool loyalty_use_limit_lock(int32 org_id, int32 limit_id, LoyaltyLimit *limit);

/*
 * Locks one slot from "first" to before "end" that nobody else holds, the lowest: one that has something left, or any. False:
 * there is none.
 */
extern bool loyalty_slot_lock_free(const LoyaltyLimit *limit, int first, int end, bool with_rest,
								   LimitSlot *slot);

/* Locks the lowest slot from "first" on that has something left, and waits for who holds it. False: none has. */
extern bool loyalty_slot_lock_next(const LoyaltyLimit *limit, int first, LimitSlot *slot);

/* Locks all slots, ascending; returns how many there are. */
extern int loyalty_slots_lock(const LoyaltyLimit *limit, LimitSlot **slots);

/* The sum of what is left, as it is committed now and by this transaction. */
extern int64 loyalty_slots_sum(const LoyaltyLimit *limit);

/* Read and write what a customer used under its own id; -1: there is no row. */
extern int64 loyalty_customer_use_read(const LoyaltyLimit *limit, int64 customer_id);
extern void loyalty_customer_use_write(const LoyaltyLimit *limit, int64 customer_id, int64 used, bool is_new);

#endif
