/*
 * verify_channels_api.c: verify_channels: whether messages and events are what they must be.
 *
 * Each invariant has a row, whether it holds or not, so that a reader sees what was looked at; detail names the first break by
 * ids. All are judged under the caller's snapshot, and nothing is locked: writers are not kept waiting.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/pg_compat.h"
#include "common/srf.h"
#include "event/event_check.h"
#include "message/delivery/channel_check_store.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_verify_channels);

/* Adds the verdict on an invariant. */
static void
add_verdict(FunctionCallInfo fcinfo, const char *invariant, const char *first_break)
{
	Datum values[3] = { CStringGetTextDatum(invariant), BoolGetDatum(first_break == NULL), (Datum) 0 };
	bool nulls[3] = { false, false, first_break == NULL };

	if (first_break != NULL)
		values[2] = CStringGetTextDatum(first_break);
	loyalty_set_add(fcinfo, values, nulls);
}

/* Judges one after the other. */
Datum
loyalty_verify_channels(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const LoyaltyEventCheck *of_events;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	for (i = 0; i < CHANNEL_CHECKS; i++)
	{
		CHECK_FOR_INTERRUPTS();
		add_verdict(fcinfo, loyalty_channel_checks[i].invariant,
					loyalty_channel_break(&loyalty_channel_checks[i], call.org->org_id));
	}
	for (i = 0; (of_events = loyalty_event_check_at(i)) != NULL; i++)
	{
		CHECK_FOR_INTERRUPTS();
		add_verdict(fcinfo, of_events->invariant, loyalty_event_break(of_events, call.org->org_id));
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
