/*
 * contact_merge_store.c: the statements of merges on addresses and consents.
 *
 * Rows of the victim stay where they are: what is taken is copied to the survivor. Consents are only read. Both customers
 * are locked with their groups, so no value changes between a decision and its writing.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/contact_merge_store.h"

#define OF_CUSTOMER(alias) " WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2"

/* Addresses of a customer, in an order that does not depend on the locale: both columns are of collation C. */
static LoyaltyQuery addresses_held =
	LOYALTY_STATEMENT("SELECT h.channel::text, h.address::text, h.is_verified, h.is_primary, h.source_id,"
					  " h.account_id::text, h.verified_at FROM loyalty_data.channel h" OF_CUSTOMER(
						  "h") " ORDER BY h.channel, h.address",
					  INT4OID, INT8OID);

/* Consents of a customer, of which the last one of each channel, purpose, source and account is in force. */
static LoyaltyQuery consents_held = LOYALTY_STATEMENT(
	"SELECT u.channel::text, u.purpose::text, u.source_id, s.source::text, u.opted_in, u.consented_at,"
	" u.account_id::text"
	" FROM loyalty_data.subscription u LEFT JOIN loyalty_data.source s ON s.source_id = u.source_id" OF_CUSTOMER(
		"u") " ORDER BY u.channel, u.purpose, u.source_id, u.account_id, u.consent_no",
	INT4OID, INT8OID);

/* Tells by its count whether a customer has a primary address of a channel. */
static LoyaltyQuery channel_primary =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.channel o" OF_CUSTOMER(
						  "o") " AND o.channel = $3 AND o.is_primary LIMIT 1",
					  INT4OID, INT8OID, TEXTOID);

/* Adds an address, unless the survivor has it already: then its own flags stay. */
static LoyaltyQuery address_take = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.channel (org_id, customer_id, source_id, account_id, channel, address, is_verified,"
	" is_primary, updated_at, verified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	" ON CONFLICT (org_id, customer_id, channel, address) DO NOTHING",
	INT4OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, BOOLOID, BOOLOID, TIMESTAMPTZOID, TIMESTAMPTZOID);

/* Runs a statement about one customer under the one snapshot or the other. */
static LoyaltyRows *
rows_of(LoyaltyQuery *query, int32 org_id, int64 customer_id, bool seen)
{
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id));

	return seen ? loyalty_query_seen(query, &params) : loyalty_query(query, &params);
}

/* Reads addresses without their flags, which are no part of what a merge decides. */
int
loyalty_addresses_held(int32 org_id, int64 customer_id, bool seen, HeldAddress **addresses)
{
	LoyaltyRows *rows = rows_of(&addresses_held, org_id, customer_id, seen);
	uint64 i;

	*addresses = palloc(sizeof(HeldAddress) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*addresses)[i] = (HeldAddress){
			.channel = loyalty_row_text(rows, i, 1),
			.address = loyalty_row_text(rows, i, 2),
		};
	return (int) rows->count;
}

/* Tells whether two consents are about the same thing. */
static bool
is_same_consent(const HeldConsent *left, const HeldConsent *right)
{
	return strcmp(left->channel, right->channel) == 0 && strcmp(left->purpose, right->purpose) == 0 &&
		   left->source_id == right->source_id && strcmp(left->account_id, right->account_id) == 0;
}

/* Compares with the last one alone: those about one thing come together. */
void
loyalty_consent_hold(HeldConsent *consents, int *count, const HeldConsent *consent)
{
	if (*count > 0 && is_same_consent(&consents[*count - 1], consent))
		--*count;
	consents[(*count)++] = *consent;
}

/* Keeps the last of each: rows come in the order in which they were recorded. */
int
loyalty_consents_held(int32 org_id, int64 customer_id, bool seen, HeldConsent **consents)
{
	LoyaltyRows *rows = rows_of(&consents_held, org_id, customer_id, seen);
	int count = 0;
	uint64 i;

	*consents = palloc(sizeof(HeldConsent) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
	{
		HeldConsent consent = {
			.channel = loyalty_row_text(rows, i, 1),
			.purpose = loyalty_row_text(rows, i, 2),
			.source_id = loyalty_row_int2(rows, i, 3),
			.source = loyalty_row_text_or_null(rows, i, 4),
			.opted_in = loyalty_row_bool(rows, i, 5),
			.consented_at = loyalty_row_int8(rows, i, 6),
			.account_id = loyalty_row_text(rows, i, 7),
		};

		loyalty_consent_hold(*consents, &count, &consent);
	}
	return count;
}

/* Tells whether the survivor has a primary address of a channel: then one that is taken is not primary. */
static bool
has_primary(const MergePair *pair, const char *channel)
{
	return LOYALTY_EXECUTE(&channel_primary, LOYALTY_CUSTOMER(pair->org_id, pair->survivor_id),
						   loyalty_text(channel)) > 0;
}

/*
 * Copies one by one. Before each the survivor's channel is asked for a primary address, since two of one channel may
 * come, and the first may have become primary.
 */
void
loyalty_addresses_take(const MergePair *pair, TimestampTz now)
{
	LoyaltyRows *rows = rows_of(&addresses_held, pair->org_id, pair->victim_id, false);
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		const char *channel = loyalty_row_text(rows, i, 1);
		bool is_primary = loyalty_row_bool(rows, i, 4) && !has_primary(pair, channel);
		NullableDatum verified_at;

		verified_at.value = loyalty_row_datum(rows, i, 7, &verified_at.isnull);
		LOYALTY_EXECUTE(&address_take, LOYALTY_CUSTOMER(pair->org_id, pair->survivor_id),
						loyalty_int2(loyalty_row_int2(rows, i, 5)),
						loyalty_text(loyalty_row_text(rows, i, 6)), loyalty_text(channel),
						loyalty_text(loyalty_row_text(rows, i, 2)),
						loyalty_bool(loyalty_row_bool(rows, i, 3)), loyalty_bool(is_primary),
						loyalty_time(now), verified_at);
	}
}
