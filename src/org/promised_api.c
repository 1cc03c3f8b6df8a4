/*
 * promised_api.c: set_promised_rules: how long points are promised before they become regular. Both rules are
 * written; they count for awards and conversions after the commit.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "org/call.h"
#include "org/promised_store.h"

LOYALTY_FUNCTION(loyalty_set_promised_rules);

/* Times that the expiry of points that become regular may count from. */
enum ExpiryOrigin
{
	FROM_CONVERSION,
	FROM_AWARD,
	ORIGIN_COUNT
};

static const char *const expiry_origins[ORIGIN_COUNT] = {
	[FROM_CONVERSION] = "conversion",
	[FROM_AWARD] = "award",
};

/* Sets both rules of a program. The arguments are judged before the org is locked; the program is looked up after. */
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
	from_award = loyalty_arg_word(fcinfo, 3, "expiry_from", expiry_origins, ORIGIN_COUNT) == FROM_AWARD;
	if (delay_days < 0 || delay_days > MAX_EXPIRY_DAYS)
		loyalty_raise_not_allowed("delay_days", psprintf("0 to %d", MAX_EXPIRY_DAYS));
	loyalty_call_lock_org(&call);
	loyalty_promised_rules_store(call.org->org_id, loyalty_org_program(call.org, program)->program_id,
								 delay_days, from_award);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
