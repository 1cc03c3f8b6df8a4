/*
 * promised_api.c: set_promised_rules.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "org/call.h"
#include "org/promised_store.h"

LOYALTY_FUNCTION(loyalty_set_promised_rules);

/* Whether the expiry counts from the award: the argument says "award" or "conversion". */
static bool
arg_from_award(FunctionCallInfo fcinfo, int n)
{
	const char *from = loyalty_arg_text(fcinfo, n, "expiry_from", LOYALTY_MAX_CODE);
	bool from_award = strcmp(from, "award") == 0;

	if (!from_award && strcmp(from, "conversion") != 0)
		loyalty_raise_not_allowed("expiry_from", "conversion, award");
	return from_award;
}

Datum
loyalty_set_promised_rules(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *program;
	int32 delay_days;
	bool from_award;

	loyalty_call_begin(&call, fcinfo);
	program = loyalty_arg_text(fcinfo, 1, "program", LOYALTY_MAX_CODE);
	delay_days = loyalty_arg_int4(fcinfo, 2, "delay_days");
	from_award = arg_from_award(fcinfo, 3);
	if (delay_days < 0 || delay_days > MAX_EXPIRY_DAYS)
		loyalty_raise_not_allowed("delay_days", psprintf("0 to %d", MAX_EXPIRY_DAYS));
	loyalty_call_lock_org(&call);
	loyalty_promised_rules_store(call.org->org_id, loyalty_org_program(call.org, program)->program_id,
								 delay_days, from_award);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
