/*
 * claim_api.c: claim_offer and release_offer: who uses a series of coupons.
 *
 * A claim is exclusive: while it stands, coupons of the series are issued for that campaign or program alone. It ends when it is released,
 * and by nothing else. A campaign is a name. Claims are made under the org's lock, so that of two at once the second is refused.
 * Issues that are under way have read who claims the series before: a claim holds for those that begin behind its commit, and no row
 * of a series is locked for it.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "incentive/coupon/series_store.h"
#include "incentive/offer/claim_store.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_claim_offer);
LOYALTY_FUNCTION(loyalty_release_offer);

/* Finds the series that an argument names, behind the org's lock: LY908. */
static int32
arg_offer(LoyaltyCall *call, FunctionCallInfo fcinfo)
{
	const char *code = loyalty_arg_text(fcinfo, 1, "series", LOYALTY_MAX_CODE);
	IssueSeries series;

	loyalty_call_lock_org(call);
	if (!loyalty_issue_series_find(call->org->org_id, code, &series))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_UNKNOWN),
						errmsg("the org has no series of coupons \"%s\"", code)));
	return series.series_id;
}

/* Tells whether a claim is the one that is asked for. */
static bool
is_same(const OfferClaim *one, const OfferClaim *other)
{
	if ((one->campaign == NULL) != (other->campaign == NULL))
		return false;
	return one->campaign != NULL ? strcmp(one->campaign, other->campaign) == 0
								 : one->program_id == other->program_id;
}

/* Claims a series for a campaign, or for a program; the same claim a second time changes nothing. */
Datum
loyalty_claim_offer(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OfferClaim claim = { .is_claimed = true };
	OfferClaim earlier;
	const char *program;
	const char *actor;
	int32 offer_id;

	loyalty_call_begin(&call, fcinfo);
	claim.campaign = loyalty_arg_key_or_null(fcinfo, 2, "campaign", LOYALTY_MAX_CODE);
	program = loyalty_arg_text_or_null(fcinfo, 3, "program", LOYALTY_MAX_CODE);
	actor = loyalty_arg_text_or_null(fcinfo, 4, "actor", LOYALTY_MAX_NAME);
	if ((claim.campaign == NULL) == (program == NULL))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("a campaign claims an offer, or a program does"),
						errhint("Give one of campaign and program.")));
	offer_id = arg_offer(&call, fcinfo);
	if (program != NULL)
		claim.program_id = loyalty_org_program(call.org, program)->program_id;
	loyalty_offer_claim_read(call.org->org_id, offer_id, &earlier);
	if (!earlier.is_claimed)
		loyalty_offer_claim_insert(call.org->org_id, offer_id, &claim, call.now, actor);
	else if (!is_same(&earlier, &claim))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_OFFER_CLAIMED),
						errmsg("the series is claimed by another campaign or program"),
						errhint("loyalty.release_offer() ends that claim.")));
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Ends the claim of a series; returns whether there was one. */
Datum
loyalty_release_offer(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	bool released;

	loyalty_call_begin(&call, fcinfo);
	released = loyalty_offer_claim_delete(call.org->org_id, arg_offer(&call, fcinfo));
	loyalty_call_end(&call);
	PG_RETURN_BOOL(released);
}
