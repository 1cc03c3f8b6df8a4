/*
 * inbox_store.c: the statements on messages that customers wrote.
 *
 * A message stands under who wrote it, in the record that was the survivor then, and stays there in a merge. Customer 0 has those
 * of nobody. The answer to each key by which a message is known again stands in a table of its own, which is keyed by the digest:
 * the second call about a message may find another customer than the first, or none. What is deleted with a person are address
 * and text; that somebody wrote, and when, is a fact of the org.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/erasure.h"
#include "message/inbox/inbox_store.h"

/* Holders of an address, at most two: they show already that no single one has it. A victim counts as its survivor. */
static LoyaltyQuery address_holders =
	LOYALTY_STATEMENT("SELECT DISTINCT COALESCE(c.merged_into, c.customer_id) FROM loyalty_data.channel h"
					  " JOIN loyalty_data.customer c ON c.org_id = h.org_id AND c.customer_id = h.customer_id"
					  " WHERE h.org_id = $1 AND h.channel = $2 AND h.address = $3 LIMIT 2",
					  INT4OID, TEXTOID, TEXTOID);

/* Claims a key: the index tells who was first. */
static LoyaltyQuery key_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.inbound_request (org_id, customer_id, key_digest, message_id, request_digest, action)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, UUIDOID, INT8OID, INT8OID, CHAROID);

static LoyaltyQuery key_first = LOYALTY_STATEMENT(
	"SELECT r.customer_id, r.message_id, r.action, r.request_digest FROM loyalty_data.inbound_request r"
	" WHERE r.org_id = $1 AND r.key_digest = $2",
	INT4OID, UUIDOID);

static LoyaltyQuery message_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.inbound_message (org_id, customer_id, message_id, received_at, recorded_at, action,"
	" channel, sender, address, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, CHAROID, TEXTOID, TEXTOID, TEXTOID, TEXTOID);

/* The newest consents of sources: those that opt in, or those that a message has ended. */
static LoyaltyQuery source_consents = LOYALTY_STATEMENT(
	"SELECT s.source_id, s.account_id FROM loyalty_data.subscription s WHERE s.org_id = $1 AND s.customer_id = $2"
	" AND s.channel = $3 AND s.purpose = $4 AND s.source_id <> 0"
	" AND CASE WHEN $5 IS NULL THEN s.opted_in ELSE NOT s.opted_in AND s.consent_source = $5 END"
	" AND s.consent_no = (SELECT max(n.consent_no) FROM loyalty_data.subscription n WHERE n.org_id = $1"
	" AND n.customer_id = $2 AND n.channel = s.channel AND n.source_id = s.source_id"
	" AND n.account_id = s.account_id AND n.purpose = s.purpose) ORDER BY s.source_id, s.account_id",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TEXTOID);

/* A refusal for the channel, of whatever source, that is younger than a time. */
static LoyaltyQuery later_refusal = LOYALTY_STATEMENT(
	"SELECT FROM loyalty_data.subscription s WHERE s.org_id = $1 AND s.customer_id = $2 AND s.channel = $3"
	" AND s.purpose = $4 AND NOT s.opted_in AND s.consented_at > $5 LIMIT 1",
	INT4OID, INT8OID, TEXTOID, TEXTOID, TIMESTAMPTZOID);

/* Words for the codes of a message. */
#define ACTION_WORD \
	"'action', CASE t.action WHEN 'o' THEN 'opted_out' WHEN 'i' THEN 'opted_in' ELSE 'none' END"

/*
 * Messages of nobody that came from an address that the customer has now: written before it was known. An address that it had
 * once may be somebody else's by now, and what came from there, too.
 */
#define FROM_ITS_ADDRESSES \
	" loyalty_data.inbound_message t WHERE t.org_id = $1 AND t.customer_id = 0 AND t.address IN (" \
	"SELECT i.identifier_value FROM loyalty_data.customer_identifier i WHERE i.org_id = $1 AND i.customer_id = $2" \
	" AND i.held_until IS NULL UNION ALL SELECT h.address FROM loyalty_data.channel h WHERE h.org_id = $1" \
	" AND h.customer_id = $2)"

static LoyaltyHolding holdings[] = {
	{ .table = "inbound_message",
	  .shown = LOYALTY_STATEMENT_SEEN(HELD_ROW(ACTION_WORD) HELD_OF_CUSTOMER(
										  "inbound_message") " UNION ALL " HELD_ROW(ACTION_WORD)
										  FROM_ITS_ADDRESSES,
									  INT4OID, INT8OID),
	  .erased = LOYALTY_BLANKS("inbound_message", "address = NULL, body = NULL") },
	LOYALTY_HELD("inbound_request", ACTION_WORD, LOYALTY_DELETES("inbound_request")),
	LOYALTY_HELD("reminder_sent",
				 "'reminder', (SELECT q.reminder FROM loyalty_data.reminder q WHERE q.org_id = t.org_id"
				 " AND q.reminder_id = t.reminder_id)",
				 LOYALTY_DELETES("reminder_sent")),
};

const LoyaltyHoldings loyalty_inbox_holdings = { holdings, lengthof(holdings) };

/* Forgets what came from the addresses of a customer before it was known. */
static LoyaltyQuery unknown_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.inbound_message t SET address = NULL, body = NULL"
					  " WHERE (t.org_id, t.customer_id, t.message_id) IN (SELECT t.org_id, t.customer_id,"
					  " t.message_id FROM" FROM_ITS_ADDRESSES ")",
					  INT4OID, INT8OID);

/* Asks for two rows at most. */
int64
loyalty_address_holder(int32 org_id, const char *channel, const char *address)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&address_holders, loyalty_int4(org_id), loyalty_text(channel), loyalty_text(address));

	return rows->count == 1 ? loyalty_row_int8(rows, 0, 1) : 0;
}

/* Returns a digest as a parameter. */
static NullableDatum
digest_param(const InboundKey *key)
{
	return loyalty_datum(UUIDPGetDatum(&key->digest), false);
}

/* Writes the answer with the key, so that nothing has to be written later. */
bool
loyalty_inbound_claim(int32 org_id, const Inbound *inbound, const InboundKey *key)
{
	return LOYALTY_EXECUTE(&key_claim, LOYALTY_CUSTOMER(org_id, inbound->customer_id), digest_param(key),
						   loyalty_int8(inbound->message_id),
						   loyalty_datum(Int64GetDatum(key->request_digest), !key->has_request),
						   loyalty_char(inbound->action)) == 1;
}

/* Reads a row that is there: the claim met it. */
void
loyalty_inbound_first(int32 org_id, const InboundKey *key, Inbound *inbound, InboundKey *first)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&key_first, loyalty_int4(org_id), digest_param(key));

	if (rows->count != 1)
		elog(ERROR, "the first answer of a message is gone");
	inbound->customer_id = loyalty_row_int8(rows, 0, 1);
	inbound->message_id = loyalty_row_int8(rows, 0, 2);
	inbound->action = loyalty_row_char(rows, 0, 3);
	first->request_digest = loyalty_row_int8_or(rows, 0, 4, 0);
}

/* Writes one row. */
void
loyalty_inbound_insert(int32 org_id, const Inbound *inbound, TimestampTz now)
{
	LOYALTY_EXECUTE(&message_insert, LOYALTY_CUSTOMER(org_id, inbound->customer_id),
					loyalty_int8(inbound->message_id), loyalty_time(inbound->received_at), loyalty_time(now),
					loyalty_char(inbound->action), loyalty_text(inbound->channel),
					loyalty_text(inbound->sender), loyalty_text(inbound->address),
					loyalty_text(inbound->body));
}

/* Reads what is in force by the highest number, as all who judge consents do. */
LoyaltyRows *
loyalty_source_consents(int32 org_id, int64 customer_id, const char *channel, const char *purpose,
						const char *ended_by)
{
	return LOYALTY_QUERY(&source_consents, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(channel),
						 loyalty_text(purpose), loyalty_text(ended_by));
}

/* Tells by the count. */
bool
loyalty_refused_since(int32 org_id, int64 customer_id, const char *channel, const char *purpose,
					  TimestampTz since)
{
	return LOYALTY_EXECUTE(&later_refusal, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(channel),
						   loyalty_text(purpose), loyalty_time(since)) > 0;
}

/* Comes before the names go, by which messages of nobody are found. */
void
loyalty_inbox_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_execute_of_group(&unknown_erase, call->org->org_id, root, NULL);
	loyalty_holdings_erase(&loyalty_inbox_holdings, call->org->org_id, root);
}
