/*
 * verified_store.c: the statements on marks of addresses that were proved. A mark stands on the row of the value, with the time: a change of
 * the value is another row, and has none. The customer is locked by the caller; nothing else is, and nothing is late.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/verified.h"

static LoyaltyQuery identifier_mark = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.customer_identifier SET verified_at = $5 WHERE org_id = $1 AND customer_id = $2"
	" AND identifier_type = $3 AND identifier_value = $4 AND held_until IS NULL",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

static LoyaltyQuery channel_mark =
	LOYALTY_STATEMENT("UPDATE loyalty_data.channel SET is_verified = true, verified_at = $5 WHERE org_id = $1"
					  " AND customer_id = $2 AND channel = $3 AND address = $4",
					  INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

static LoyaltyQuery identifier_marked = LOYALTY_STATEMENT(
	"SELECT FROM loyalty_data.customer_identifier i WHERE i.org_id = $1 AND i.customer_id = $2"
	" AND i.identifier_type = $3 AND i.identifier_value = $4 AND i.held_until IS NULL"
	" AND i.verified_at IS NOT NULL",
	INT4OID, INT8OID, TEXTOID, TEXTOID);

/* Names of these two channels are those of the types of identifiers. */
void
loyalty_address_verified(const LoyaltyCall *call, int64 customer_id, const char *channel, const char *address,
						 TimestampTz at)
{
	int32 org_id = call->org->org_id;

	LOYALTY_EXECUTE(&identifier_mark, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(channel),
					loyalty_text(address), loyalty_time(at));
	LOYALTY_EXECUTE(&channel_mark, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(channel),
					loyalty_text(address), loyalty_time(at));
}

/* Sees what this transaction has marked. */
bool
loyalty_identifier_is_verified(int32 org_id, int64 customer_id, const char *type, const char *value)
{
	return LOYALTY_EXECUTE(&identifier_marked, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(type),
						   loyalty_text(value)) > 0;
}
