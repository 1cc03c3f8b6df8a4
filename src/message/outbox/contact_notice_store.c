/*
 * contact_notice_store.c: the statement about what contacts were told of.
 *
 * The unique index decides between sessions: the second one waits for the first, and tells nobody where that commits. The key
 * is kept as a digest, together with its topic, since callers may put anything into it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/crypto.h"
#include "common/query.h"
#include "message/outbox/contact_notice_store.h"

static LoyaltyQuery notice_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.contact_notice (org_id, dedupe_digest, notified_at)"
					  " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
					  INT4OID, UUIDOID, TIMESTAMPTZOID);

/* Joins topic and key by a sign that no topic has: those are normal forms, without control characters. */
bool
loyalty_contact_notice_note(int32 org_id, const char *topic, const char *dedupe_key, TimestampTz now)
{
	pg_uuid_t digest;

	loyalty_idempotency_digest(psprintf("%s\n%s", topic, dedupe_key), &digest);
	return LOYALTY_EXECUTE(&notice_insert, loyalty_int4(org_id), loyalty_datum(UUIDPGetDatum(&digest), false),
						   loyalty_time(now)) == 1;
}
