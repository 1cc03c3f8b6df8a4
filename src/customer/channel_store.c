/*
 * channel_store.c: the statements on channels and subscriptions.
 *
 * Channels hold the state of today; subscriptions are a history, in which the highest number of a channel, source,
 * account and purpose is in force.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/channel_store.h"

/* Tells by its count whether the customer has any address of a channel. */
static LoyaltyQuery channel_known =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.channel c WHERE c.org_id = $1 AND c.customer_id = $2"
					  " AND c.channel = $3 LIMIT 1",
					  INT4OID, INT8OID, TEXTOID);

/*
 * Writes an address. A NULL in $7 or $8 leaves verified or primary as it is; in a new row verified is false then, and
 * primary is $10. Who says that it is not verified takes the time of a proof away, too.
 */
static LoyaltyQuery channel_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.channel AS c (org_id, customer_id, channel, address, source_id, account_id,"
	" is_verified, is_primary, updated_at) VALUES ($1, $2, $3, $4, $5, $6, COALESCE($7, false),"
	" COALESCE($8, $10), $9)"
	" ON CONFLICT (org_id, customer_id, channel, address) DO UPDATE SET"
	" is_verified = COALESCE($7, c.is_verified), verified_at = CASE WHEN $7 IS NOT FALSE THEN c.verified_at END, is_primary = COALESCE($8, c.is_primary),"
	" source_id = EXCLUDED.source_id, account_id = EXCLUDED.account_id, updated_at = EXCLUDED.updated_at",
	INT4OID, INT8OID, TEXTOID, TEXTOID, INT2OID, TEXTOID, BOOLOID, BOOLOID, TIMESTAMPTZOID, BOOLOID);

/* Clears the flag of at most one row. */
static LoyaltyQuery primary_clear =
	LOYALTY_STATEMENT("UPDATE loyalty_data.channel SET is_primary = false WHERE org_id = $1"
					  " AND customer_id = $2 AND channel = $3 AND is_primary",
					  INT4OID, INT8OID, TEXTOID);

/* Numbers a consent after the highest there is. The customer's lock keeps two from taking one number. */
static LoyaltyQuery consent_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.subscription (org_id, customer_id, channel, source_id, account_id, purpose, consent_no,"
	" opted_in, consented_at, recorded_at, consent_source) SELECT $1, $2, $3, $4, $5, $6,"
	" COALESCE(max(s.consent_no), 0) + 1, $7, $8, $9, $10"
	" FROM loyalty_data.subscription s WHERE s.org_id = $1"
	" AND s.customer_id = $2 AND s.channel = $3"
	" AND s.source_id = $4 AND s.account_id = $5 AND s.purpose = $6",
	INT4OID, INT8OID, TEXTOID, INT2OID, TEXTOID, TEXTOID, BOOLOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID);

/* Adds org, customer and channel, which three statements begin with. */
static void
param_channel(LoyaltyParams *params, int32 org_id, int64 customer_id, const char *channel)
{
	loyalty_param(params, loyalty_int4(org_id));
	loyalty_param(params, loyalty_int8(customer_id));
	loyalty_param(params, loyalty_text(channel));
}

/* Tells whether a customer has any address of a channel. */
static bool
has_channel(int32 org_id, int64 customer_id, const char *channel)
{
	LoyaltyParams params = { 0 };

	param_channel(&params, org_id, customer_id, channel);
	return loyalty_execute(&channel_known, &params) > 0;
}

/* Asks whether this is the first address of its channel only where the call does not say whether it is primary. */
void
loyalty_channel_store(int32 org_id, int64 customer_id, const LoyaltyProfile *profile,
					  const LoyaltyChannel *channel, TimestampTz now)
{
	LoyaltyParams params = { 0 };
	bool is_first = !channel->has_primary && !has_channel(org_id, customer_id, channel->channel);

	param_channel(&params, org_id, customer_id, channel->channel);
	loyalty_param(&params, loyalty_text(channel->address));
	loyalty_param(&params, loyalty_int2(profile->source_id));
	loyalty_param(&params, loyalty_text(profile->account_id));
	loyalty_param(&params, loyalty_datum(BoolGetDatum(channel->is_verified), !channel->has_verified));
	loyalty_param(&params, loyalty_datum(BoolGetDatum(channel->is_primary), !channel->has_primary));
	loyalty_param(&params, loyalty_time(now));
	loyalty_param(&params, loyalty_bool(is_first));
	loyalty_execute(&channel_store, &params);
}

/* Writes nothing where there is no primary address. */
void
loyalty_channel_clear_primary(int32 org_id, int64 customer_id, const char *channel)
{
	LoyaltyParams params = { 0 };

	param_channel(&params, org_id, customer_id, channel);
	loyalty_execute(&primary_clear, &params);
}

/* Always adds a row, also one that says again what is in force: when somebody consented anew may matter. */
void
loyalty_consent_insert(int32 org_id, int64 customer_id, const LoyaltyConsent *consent, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	param_channel(&params, org_id, customer_id, consent->channel);
	loyalty_param(&params, loyalty_int2(consent->source_id));
	loyalty_param(&params, loyalty_text(consent->account_id ? consent->account_id : ""));
	loyalty_param(&params, loyalty_text(consent->purpose));
	loyalty_param(&params, loyalty_bool(consent->opted_in));
	loyalty_param(&params, loyalty_time(consent->consented_at));
	loyalty_param(&params, loyalty_time(now));
	loyalty_param(&params, loyalty_text(consent->consent_source));
	loyalty_execute(&consent_insert, &params);
}
