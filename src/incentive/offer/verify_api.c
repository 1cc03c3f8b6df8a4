/*
 * verify_api.c: verify_incentives: whether counters, limits and balances are what rows add up to.
 *
 * Each invariant has a row, whether it holds or not; detail names the first break by ids. All are judged under the caller's snapshot, and
 * nothing is locked: whoever redeems is not kept waiting.
 *
 * A break says that rows were changed behind the library's back, or that the library is wrong: no call, rollback or crash leaves one. It
 * is for an operator to look at the rows that detail names; nothing is repaired here. verify_ledger does the same for points.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/pg_compat.h"
#include "common/srf.h"
#include "incentive/offer/incentive_check_store.h"
#include "ledger/verify/verify_store.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_verify_incentives);

/* Judges one after the other. */
Datum
loyalty_verify_incentives(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	for (i = 0; i < INCENTIVE_CHECKS; i++)
	{
		const IncentiveCheck *check = &loyalty_incentive_checks[i];
		char *first_break = loyalty_check_run(check->broken, call.org->org_id);
		Datum values[3] = { CStringGetTextDatum(check->invariant), BoolGetDatum(first_break == NULL) };
		bool nulls[3] = { false, false, first_break == NULL };

		CHECK_FOR_INTERRUPTS();
		if (first_break != NULL)
			values[2] = CStringGetTextDatum(first_break);
		loyalty_set_add(fcinfo, values, nulls);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
