/*
 * channel_api.c: set_channel, set_subscription: how customers may be reached, and whether they want to be. Both lock the
 * customer, so that the number of a consent is taken once. Neither decides identity: addresses of channels find no
 * customer, and whether a message may go out is for those who send it.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/channel_store.h"
#include "customer/identity.h"
#include "customer/member.h"
#include "customer/proof_hooks.h"
#include "customer/verified.h"

LOYALTY_FUNCTION(loyalty_set_channel);
LOYALTY_FUNCTION(loyalty_set_subscription);

/* Uses up the proof of an address, where codes go to such: of others any proof of the customer will do. */
static void
take_proof(LoyaltyMember *member, FunctionCallInfo fcinfo, const LoyaltyChannel *channel,
		   LoyaltyProofUse *proof)
{
	*proof = (LoyaltyProofUse){ .purpose = "identifier_change",
								.attempt = loyalty_proof_given(&fcinfo->args[9]),
								.customer_id = member->customer.customer_id };
	if (loyalty_channel_gets_codes(channel))
		proof->addresses[0] = channel->address;
	loyalty_proof_consume(&member->call, proof);
}

/*
 * Writes one address of a customer. Arguments that are NULL leave what a known address has. The source and account
 * name the profile that the address came with; the profile itself need not exist.
 */
Datum
loyalty_set_channel(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyProfile profile = { 0 };
	LoyaltyChannel channel = { 0 };
	LoyaltyProofUse proof;

	loyalty_member_begin(&member, fcinfo, "set_channel");
	channel.channel =
		loyalty_channel_checked(loyalty_arg_text(fcinfo, 2, "channel", LOYALTY_MAX_CODE),
								loyalty_arg_text_or_null(fcinfo, 6, "device", LOYALTY_MAX_CODE), "channel");
	channel.address =
		loyalty_address_checked(member.call.org, channel.channel,
								loyalty_arg_text(fcinfo, 3, "address", LOYALTY_MAX_TEXT), "address");
	channel.has_verified = !PG_ARGISNULL(4);
	channel.is_verified = channel.has_verified && PG_GETARG_BOOL(4);
	channel.has_primary = !PG_ARGISNULL(5);
	channel.is_primary = channel.has_primary && PG_GETARG_BOOL(5);
	loyalty_source_checked(member.call.org, loyalty_arg_text(fcinfo, 7, "source", LOYALTY_MAX_CODE),
						   loyalty_arg_text_or_null(fcinfo, 8, "account_id", LOYALTY_MAX_CODE), &profile);
	take_proof(&member, fcinfo, &channel, &proof);
	loyalty_channel_write(&member.call, member.customer.customer_id, &profile, &channel);
	if (proof.confirmed != NULL)
		loyalty_address_verified(&member.call, member.customer.customer_id, proof.channel, proof.confirmed,
								 loyalty_wall_clock());
	loyalty_member_end(&member);
	PG_RETURN_VOID();
}

/*
 * Adds a consent or its end to a customer's history. Source and account say for whom it is; an account is one of a
 * source, so it needs one.
 */
Datum
loyalty_set_subscription(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	LoyaltyConsent consent = { 0 };
	const char *source;

	loyalty_member_begin(&member, fcinfo, "set_subscription");
	consent.channel =
		loyalty_consent_channel_checked(loyalty_arg_text(fcinfo, 2, "channel", LOYALTY_MAX_CODE),
										loyalty_arg_text_or_null(fcinfo, 7, "device", LOYALTY_MAX_CODE),
										"channel");
	consent.purpose =
		loyalty_purpose_checked(loyalty_arg_text(fcinfo, 3, "purpose", LOYALTY_MAX_CODE), "purpose");
	consent.opted_in = loyalty_arg_bool(fcinfo, 4, "opted_in");
	source = loyalty_arg_text_or_null(fcinfo, 8, "source", LOYALTY_MAX_CODE);
	consent.account_id = loyalty_arg_key_or_null(fcinfo, 9, "account_id", LOYALTY_MAX_CODE);
	if (source != NULL)
		(void) loyalty_org_named_source(member.call.org, source, &consent.source_id, LOYALTY_RAISES);
	else if (consent.account_id != NULL)
		loyalty_raise_missing("source");
	consent.consented_at = loyalty_arg_time_or(fcinfo, 5, "consented_at", member.call.now);
	consent.consent_source = loyalty_arg_text_or_null(fcinfo, 6, "consent_source", LOYALTY_MAX_NAME);
	loyalty_consent_write(&member.call, member.customer.customer_id, &consent);
	loyalty_call_end(&member.call);
	PG_RETURN_VOID();
}
