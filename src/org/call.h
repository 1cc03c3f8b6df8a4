/*
 * call.h: the frame of every API call about an org: who calls, may they, and as whom statements run.
 */
#ifndef LOYALTY_CALL_H
#define LOYALTY_CALL_H

#include "postgres.h"

#include "fmgr.h"

#include "common/owner.h"
#include "org/org_store.h"

typedef struct LoyaltyCall
{
	LoyaltyOrg *org;
	LoyaltyOwner owner;
	TimestampTz now;			  /* loyalty.clock() of this call */
	const char *actor;			  /* who asks, as the call says; NULL: it does not, or keeps it elsewhere */
	MemoryContext result_context; /* outlives the SPI connection */
} LoyaltyCall;

/*
 * Opens the frame: argument 0 is the org's code. Connects to SPI, switches to the owner, and raises LY004 where the
 * org does not exist or the caller has no access, which look the same.
 */
extern void loyalty_call_begin(LoyaltyCall *call, FunctionCallInfo fcinfo);

/* The same for calls that concern no org yet: no org is looked up. */
extern void loyalty_call_begin_without_org(LoyaltyCall *call);

/*
 * Locks the org's reference data against every other change of it until the transaction ends, and reads it anew:
 * call->org is another one afterwards.
 */
extern void loyalty_call_lock_org(LoyaltyCall *call);

/* The call's org as it is now: another one where something was changed since the call began. */
extern LoyaltyOrg *loyalty_call_org_now(const LoyaltyCall *call);

/* Closes the frame: back to the caller, out of SPI. */
extern void loyalty_call_end(LoyaltyCall *call);

/* Closes it with one composite row as the answer; by-reference values may live in the SPI context. */
extern Datum loyalty_call_result(LoyaltyCall *call, FunctionCallInfo fcinfo, Datum *values, bool *nulls);

#endif
