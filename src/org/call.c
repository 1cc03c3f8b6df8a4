/*
 * call.c: the frame of every API call about an org.
 */
#include "postgres.h"

#include "utils/inval.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/function.h"
#include "common/names.h"
#include "common/srf.h"
#include "org/call.h"

/* What others committed since the transaction began may not have been heard of: nothing was locked yet. */
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

/* The lock is an update: its trigger drops the cached org. */
void
loyalty_call_lock_org(LoyaltyCall *call)
{
	const char *code = call->org->org;

	loyalty_org_lock(call->org->org_id);
	call->org = loyalty_org_find(code);
	if (call->org == NULL)
		elog(ERROR, "org \"%s\" is gone", code);
}

/* What others committed while the call waited for a row is heard of first. */
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

void
loyalty_call_end(LoyaltyCall *call)
{
	loyalty_org_leave();
	loyalty_owner_leave(&call->owner);
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}

Datum
loyalty_call_result(LoyaltyCall *call, FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	MemoryContext spi_context = MemoryContextSwitchTo(call->result_context);
	Datum result = loyalty_row_result(fcinfo, values, nulls);

	MemoryContextSwitchTo(spi_context);
	loyalty_call_end(call);
	return result;
}
