/*
 * call.h: the frame of every API call about an org: who calls, may they, and as whom statements run. Whoever
 * begins a call ends it by one of the two functions at the end; an error ends it by itself.
 */
#ifndef LOYALTY_CALL_H
#define LOYALTY_CALL_H

#include "postgres.h"

#include "fmgr.h"

#include "common/owner.h"
#include "org/org_store.h"

/*
 * A call that is open. Between its begin and its end statements run as the owner, inside SPI; what is allocated
 * meanwhile goes with the SPI connection.
 */
typedef struct LoyaltyCall
{
	LoyaltyOrg *org;	/* NULL: the call concerns no org */
	LoyaltyOwner owner; /* and the caller to go back to */
	TimestampTz now;	/* loyalty.clock() of this call */
	const char *actor;	/* the person or program that asks, as the call says; NULL: none, or kept elsewhere */
	MemoryContext result_context; /* outlives the SPI connection */
} LoyaltyCall;

/*
 * Opens the frame: argument 0 is the org's code, and NULLs among the arguments become defaults. Connects to
 * SPI, switches to the owner, and raises LY004 where the org does not exist or the caller has no access, which
 * look the same.
 */
extern void loyalty_call_begin(LoyaltyCall *call, FunctionCallInfo fcinfo);

/* Opens the frame for calls that concern no org yet: no org is looked up, and access is for the call to judge. */
extern void loyalty_call_begin_without_org(LoyaltyCall *call);

/*
 * Locks the org's reference data against every other change of it until the transaction ends, and reads it
 * anew: call->org is another one afterwards. Comes before customers are locked.
 */
extern void loyalty_call_lock_org(LoyaltyCall *call);

/*
 * Returns the call's org as it is now: another one where something was changed since the call began. For what
 * is judged after the call waited for a lock.
 */
extern LoyaltyOrg *loyalty_call_org_now(const LoyaltyCall *call);

/* Closes the frame: back to the caller, out of SPI. */
extern void loyalty_call_end(LoyaltyCall *call);

/* Closes the frame with one composite row as the result; by-reference values may live in the SPI context. */
extern Datum loyalty_call_result(LoyaltyCall *call, FunctionCallInfo fcinfo, Datum *values, bool *nulls);

#endif
