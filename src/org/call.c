/*
 * call.c: the frame of every API call about an org.
 *
 * In this order: defaults are put in the place of NULLs; invalidations are heard of, so that the cache is of
 * now; the call is counted, so that the cached orgs that it gets stay; the clock is read once; SPI is
 * connected; the owner is switched to, with its search path; the org is found; access is judged of the caller,
 * who is remembered by the switch. An org that does not exist and one that the caller may not see give the same
 * error: their codes are nobody's business.
 *
 * Nothing is locked, but for an org on request: by an update of its row, which at higher isolation levels makes
 * a rival's change a serialization failure. Nothing is late here but the cache, by what is not committed yet.
 */
#include "postgres.h"

#include "utils/inval.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/function.h"
#include "common/names.h"
#include "common/srf.h"
#include "org/call.h"

/*
 * Accepts invalidations itself: nothing was locked yet in this transaction, perhaps, and what others have
 * committed since it began may not have been heard of.
 */
void
loyalty_call_begin_without_org(LoyaltyCall *call)
{
	AcceptInvalidationMessages();
	loyalty_org_enter();
	call->org = NULL;
	call->actor = NULL;
	call->result_context = CurrentMemoryContext;
	call->now = loyalty_now();
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	loyalty_owner_enter(&call->owner);
}

/* Reads the code before the switch to the owner, so that a missing one is refused as the caller. */
void
loyalty_call_begin(LoyaltyCall *call, FunctionCallInfo fcinfo)
{
	const char *org;

	loyalty_function_defaults(fcinfo);
	org = loyalty_arg_text(fcinfo, 0, "org", LOYALTY_MAX_CODE);
	loyalty_call_begin_without_org(call);
	call->org = loyalty_org_find(org);
	if (call->org == NULL || !loyalty_org_allows(call->org, call->owner.caller))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ORG_UNKNOWN), errmsg("org \"%s\" does not exist", org),
						errhint("An org is created with loyalty.create_org() and opened to a role with "
								"loyalty.grant_org().")));
}

/* Locks by an update: its trigger drops the cached org, which is then read with all that the lock waited for. */
void
loyalty_call_lock_org(LoyaltyCall *call)
{
	const char *code = call->org->org;

	loyalty_org_lock(call->org->org_id);
	call->org = loyalty_org_find(code);
	if (call->org == NULL)
		elog(ERROR, "org \"%s\" is gone", code);
}

/*
 * Hears first of what others committed while the call waited for a row. The relation is looked up so that an
 * invalidation is known for what it is.
 */
LoyaltyOrg *
loyalty_call_org_now(const LoyaltyCall *call)
{
	LoyaltyOrg *now = call->org;

	AcceptInvalidationMessages();
	(void) loyalty_relation(LOYALTY_REL_ORG);
	if (now->generation != loyalty_reference_generation())
		now = loyalty_org_find(call->org->org);
	if (now == NULL)
		elog(ERROR, "org \"%s\" is gone", call->org->org);
	return now;
}

/* Switches back to the caller before SPI ends, so that whatever follows runs as the caller. */
void
loyalty_call_end(LoyaltyCall *call)
{
	loyalty_org_leave();
	loyalty_owner_leave(&call->owner);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}

/* Makes the row in the caller's context, for that of SPI goes away. */
Datum
loyalty_call_result(LoyaltyCall *call, FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	MemoryContext spi_context = MemoryContextSwitchTo(call->result_context);
	Datum result = loyalty_row_result(fcinfo, values, nulls);

	MemoryContextSwitchTo(spi_context);
	loyalty_call_end(call);
	return result;
}
