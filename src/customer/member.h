/* member.h: the frame of calls about one customer who exists. */
#ifndef LOYALTY_MEMBER_H
#define LOYALTY_MEMBER_H

#include "postgres.h"

#include "fmgr.h"

#include "common/pg_compat.h"
#include "common/refusal.h"
#include "customer/customer_store.h"
#include "customer/profile_store.h"
#include "customer/proof_hooks.h"

/* Call about a customer whose row this transaction has locked. */
typedef struct LoyaltyMember
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	LoyaltyProofUse proof; /* of a change of identifiers, if one was taken */
	bool is_proved;		   /* one was taken, or the call has asked for all that it needs */
} LoyaltyMember;

/*
 * Locks the customer of a call that is open, judges whether its status allows the operation, and tells subscribers: LY107, LY125,
 * LY201, LY206.
 */
extern void loyalty_member_lock(LoyaltyMember *member, int64 customer_id, const char *operation);

/*
 * Opens the frame for a call that writes: argument 0 is the org, argument 1 the customer, whose row is locked. Raises
 * LY107 where it does not exist, LY125 where it was merged into another one, and what the guard of statuses says
 * against the operation.
 */
extern void loyalty_member_begin(LoyaltyMember *member, FunctionCallInfo fcinfo, const char *operation);

/*
 * Opens the frame for a call that writes identifiers, too: which of them are keys stays as it is until the
 * transaction ends.
 */
extern void loyalty_member_begin_identifiers(LoyaltyMember *member, FunctionCallInfo fcinfo,
											 const char *operation);

/* Closes the frame of a call that changed what is known of the customer: tells who lives by it (customer/change_hooks.h). */
extern void loyalty_member_end(LoyaltyMember *member);

/* Tells subscribers of a change of a customer, for whoever makes one without such a begin. */
extern void loyalty_member_tell(LoyaltyMember *member, const char *operation);

/* Raises LY107: the org has no customer of that id. */
pg_noreturn extern void loyalty_raise_customer_unknown(int64 customer_id);

/*
 * Raises LY125, which names the survivor, for a customer who was merged into another one; the second form is a
 * judgement: it returns false where it refuses.
 */
extern void loyalty_customer_require_root(const LoyaltyCustomer *customer);
extern bool loyalty_customer_judge_root(const LoyaltyCustomer *customer, LoyaltyRefusal *refusal);

/*
 * Locks the roots of some customers' groups, ascending, and puts their ids in the place of those given. A merge that
 * commits meanwhile is followed. Ids that nobody has stay.
 */
extern void loyalty_customers_lock_roots(int32 org_id, int64 *ids, int count);

/* Locks a customer; raises LY107 and LY125. With loyalty.follow_merges the survivor is locked where it was merged. */
extern void loyalty_customer_lock_root(int32 org_id, int64 customer_id, LoyaltyCustomer *customer);

/* Identifiers as a source gives them, and how messages call each. */
typedef struct LoyaltyGiven
{
	const char *values[IDENTIFIER_TYPE_COUNT];
	const char *fields[IDENTIFIER_TYPE_COUNT];
	const pg_uuid_t *verification; /* the proof of what changes; NULL: none */
} LoyaltyGiven;

/*
 * Writes what a source says of a customer: the profile, its identifiers and the source's own keys. Raises LY102 to LY104 for
 * values without a normal form, LY113 for a key of somebody else, LY117 for an orphan.
 */
extern void loyalty_profile_upsert(LoyaltyMember *member, LoyaltyProfile *profile, const LoyaltyGiven *given);

#endif
