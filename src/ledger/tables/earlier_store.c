/*
 * earlier_store.c: what an earlier request of the same idempotency key wrote, for its first answer: the event,
 * the lot of an award, and the regular balance as it stood then.
 *
 * A key belongs to a customer. The customer is locked before its key is looked for, so that of two calls with
 * one key the second one finds the event of the first. Everybody in its merge group is looked at:
 * their rows stay under their own ids, and their requests are those of one customer now. A first answer is read anew from rows that never change, entries above
 * all: nothing of it is kept for its own sake. Nothing is late here, and nothing is written.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "ledger/tables/ledger_store.h"

/* The event of an idempotency key, of which there is one per customer: the unique index says so. */
static LoyaltyQuery event_by_key =
	LOYALTY_FIND_TO_WRITE(event_layout, "org_id, customer_id, idempotency_digest",
						  .where = "idempotency_digest IS NOT NULL");

/*
 * The first lot of an award, which has the event's id, with its expiry of the award: the first change has the
 * old one.
 */
static LoyaltyQuery lot_of_event = LOYALTY_STATEMENT(
	"SELECT l.program_id, CASE WHEN c.lot_id IS NULL THEN l.expires_at ELSE c.old_expires_at END"
	" FROM loyalty_data.points_lot l LEFT JOIN LATERAL (SELECT x.lot_id, x.old_expires_at FROM loyalty_data.lot_expiry_change x"
	"  WHERE x.org_id = $1 AND x.customer_id = $2"
	"  AND x.lot_id = $3 ORDER BY x.entry_no LIMIT 1) c ON true"
	" WHERE l.org_id = $1"
	" AND l.customer_id = $2 AND l.lot_id = $3",
	INT4OID, INT8OID, INT8OID);

/*
 * The sum over programs of the balance after the last entry whose event is not younger: event ids grow with
 * time within a customer, who is locked while one is drawn. Each program costs a walk back from its last entry,
 * which is short: a repeat comes soon after its first call.
 */
static LoyaltyQuery balance_after_event =
	LOYALTY_STATEMENT("SELECT (COALESCE(sum(x.balance_after), 0) * 1000)::int8"
					  " FROM loyalty_data.ledger_account a"
					  " CROSS JOIN LATERAL (SELECT e.balance_after FROM loyalty_data.ledger_entry e"
					  " WHERE e.org_id = $1 AND e.customer_id = $2"
					  " AND e.program_id = a.program_id AND e.category = 'r'"
					  " AND e.event_id <= $4 ORDER BY e.entry_no DESC LIMIT 1) x"
					  " WHERE a.org_id = $1 AND a.customer_id = $2"
					  " AND a.category = 'r'"
					  " AND (a.program_id = $3 OR $3 = 0)",
					  INT4OID, INT8OID, INT4OID, INT8OID);

/* The same of one program: that in which the event has an entry, before the one that was asked for. */
static LoyaltyQuery balance_of_event = LOYALTY_STATEMENT(
	"SELECT (x.balance_after * 1000)::int8 FROM loyalty_data.ledger_account a"
	" CROSS JOIN LATERAL (SELECT e.event_id, e.balance_after FROM loyalty_data.ledger_entry e"
	" WHERE e.org_id = $1 AND e.customer_id = $2"
	" AND e.program_id = a.program_id AND e.category = 'r'"
	" AND e.event_id <= $4 ORDER BY e.entry_no DESC LIMIT 1) x"
	" WHERE a.org_id = $1 AND a.customer_id = $2"
	" AND a.category = 'r'"
	" AND (x.event_id = $4 OR a.program_id = $3)"
	" ORDER BY x.event_id = $4 DESC LIMIT 1",
	INT4OID, INT8OID, INT4OID, INT8OID);

/* The program in which an event has an entry, of whatever category. */
static LoyaltyQuery program_of_event = LOYALTY_STATEMENT(
	"SELECT a.program_id FROM loyalty_data.ledger_account a CROSS JOIN LATERAL (SELECT e.event_id"
	" FROM loyalty_data.ledger_entry e WHERE e.org_id = $1 AND e.customer_id = $2 AND e.program_id = a.program_id"
	" AND e.category = a.category AND e.event_id <= $3 ORDER BY e.entry_no DESC LIMIT 1) x"
	" WHERE a.org_id = $1 AND a.customer_id = $2 AND x.event_id = $3 LIMIT 1",
	INT4OID, INT8OID, INT8OID);

/*
 * Reads a row of an event as the first answer needs it; the redemption id is copied, as the row may be freed.
 */
static EarlierEvent
earlier_of_row(LoyaltyRows *rows, uint64 i, int64 request_digest)
{
	EventRow row = { 0 };

	loyalty_row_read(rows, i, &event_layout, &row);
	return (EarlierEvent){
		.event_id = row.event.event_id,
		.is_same = row.event.request_digest == request_digest,
		.transaction_id = row.event.transaction_id,
		.net_points = row.event.net_points,
		.redemption_id = row.event.redemption_id[0] ? pstrdup(row.event.redemption_id) : NULL,
		.customer_id = row.customer_id,
	};
}

/* Looks for the key among one customer's events, by the index that has rows with keys alone. */
static bool
read_event_by_key(int32 org_id, int64 customer_id, const pg_uuid_t *digest, int64 request_digest,
				  EarlierEvent *event)
{
	bool found;
	LoyaltyRows *rows = LOYALTY_QUERY(&event_by_key, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_datum(UUIDPGetDatum(digest), false));

	found = rows->count > 0;
	if (found)
		*event = earlier_of_row(rows, 0, request_digest);
	loyalty_rows_free(rows); /* a batch looks for as many keys as it has items */
	return found;
}

/* Search for the event of a key. */
typedef struct KeySearch
{
	int32 org_id;
	const pg_uuid_t *digest;
	int64 request_digest;
	EarlierEvent *earlier;
	bool found;
} KeySearch;

/* Looks under one id. Tells whether the very same request was made there, which ends the search. */
static bool
search_under(KeySearch *search, int64 customer_id)
{
	EarlierEvent event;

	if (!read_event_by_key(search->org_id, customer_id, search->digest, search->request_digest, &event))
		return false;
	if (event.is_same || !search->found)
		*search->earlier = event;
	search->found = true;
	return event.is_same;
}

/*
 * Looks under the id that is named, then under the survivor's, then under those of everybody else in the group. Two of
 * a group may have used one key before they met: each gets its own first answer, and the other's request gets that one's.
 * A customer who was never merged costs one look; the survivor of a victim who is not followed is read without a lock,
 * since a call for the victim writes nothing any more.
 */
bool
loyalty_event_by_key(int32 org_id, const LoyaltyCustomer *customer, int64 named_id, const pg_uuid_t *digest,
					 int64 request_digest, EarlierEvent *earlier)
{
	KeySearch search = {
		.org_id = org_id, .digest = digest, .request_digest = request_digest, .earlier = earlier
	};
	LoyaltyCustomer root = *customer;
	int64 *ids;
	int count;
	int i;

	if (search_under(&search, named_id) || (customer->merged_into == 0 && customer->merged_count == 0))
		return search.found;
	if (customer->merged_into != 0 && !loyalty_customer_read_now(org_id, customer->merged_into, &root))
		elog(ERROR, "the survivor of customer " INT64_FORMAT " does not exist", customer->customer_id);
	count = loyalty_customer_group(&root, &ids);
	for (i = 0; i < count; i++)
		if (ids[i] != named_id && search_under(&search, ids[i]))
			break;
	return search.found;
}

/* Reads by the id that event and lot share; a null expiry is NEVER. */
bool
loyalty_lot_of_event(int32 org_id, int64 customer_id, int64 event_id, int32 *program_id,
					 TimestampTz *expires_at)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&lot_of_event, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));

	if (rows->count == 0)
		return false;
	*program_id = loyalty_row_int4(rows, 0, 1);
	*expires_at = loyalty_row_int8_or(rows, 0, 2, NEVER);
	return true;
}

/* Asks where there is no lot that would know. */
int32
loyalty_program_of_event(int32 org_id, int64 customer_id, int64 event_id)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&program_of_event, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(event_id));

	if (rows->count == 0)
		elog(ERROR, "event " INT64_FORMAT " has no entry", event_id);
	return loyalty_row_int4(rows, 0, 1);
}

/* Returns thousandths, as a sum over programs may be no numeric(18,3). */
int64
loyalty_balance_after_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&balance_after_event, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int4(program_id), loyalty_int8(event_id));

	return loyalty_row_int8(rows, 0, 1);
}

/* Returns 0 where the customer has neither account: then there never were points. */
int64
loyalty_balance_of_event(int32 org_id, int64 customer_id, int32 program_id, int64 event_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&balance_of_event, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_int4(program_id), loyalty_int8(event_id));

	return rows->count == 0 ? 0 : loyalty_row_int8(rows, 0, 1);
}
