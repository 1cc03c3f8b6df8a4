/*
 * bill_audit_store.c: recomputing the hashes of an org's bills and returns: what verify_ledger asks of them row by row.
 *
 * The events of bills, bills and lines are read side by side, each in the order of customer and id, so memory holds one
 * bill with its lines. Each event has its bill and each bill its event; lines have theirs. The hash is made anew by the
 * functions that the writer used. Everything is read under one snapshot and nothing is locked; nothing is late.
 *
 * The key of a bill is judged with its event, by the ledger (verify_rules.c).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"

#include "bill/bill_audit_store.h"
#include "bill/transaction_store.h"
#include "common/crypto.h"
#include "ledger/tables/ledger_rows.h"

/* Rows that a stream fetches at a time. */
#define ROWS_PER_FETCH 1000

/* Rows of a table whole, in the order of their bills. */
#define ROWS(table, id, more, order) \
	{ \
		.sql = "SELECT t.* FROM loyalty_data." table " t WHERE t.org_id = $1" more \
			   " ORDER BY t.customer_id, t." id order, \
		.types = { INT4OID }, .seen = true, .any_plan = true \
	}

static LoyaltyQuery events_of_bills = ROWS("ledger_event", "event_id", " AND t.event_code IN (10, 32)", "");
static LoyaltyQuery bills_of_org = ROWS("transaction", "transaction_id", "", "");
static LoyaltyQuery lines_of_org = ROWS("transaction_line", "transaction_id", "", ", t.line_no");

/* A bill's place in the order of the streams. */
typedef struct BillKey
{
	int64 customer_id;
	int64 transaction_id;
} BillKey;

/* The streams, each with its row at hand. */
typedef struct BillStream
{
	int32 org_id;
	LoyaltyCursor *events;
	LoyaltyCursor *bills;
	LoyaltyCursor *lines;
	bool has_event;
	bool has_bill;
	bool has_line;
	EventRow event;
	BillRow bill;
	LineRow line;
} BillStream;

/* Reads the next event into its struct. */
static void
next_event(BillStream *stream)
{
	stream->has_event = loyalty_cursor_next(stream->events);
	stream->event = (EventRow){ 0 };
	if (stream->has_event)
		loyalty_row_read(stream->events->rows, stream->events->row, &event_layout, &stream->event);
}

/* Reads the next bill; the text of the last one is freed, as there may be millions. */
static void
next_bill(BillStream *stream)
{
	if (stream->bill.bill.number != NULL)
		pfree((char *) stream->bill.bill.number);
	stream->has_bill = loyalty_cursor_next(stream->bills);
	stream->bill = (BillRow){ 0 };
	if (stream->has_bill)
		loyalty_row_read(stream->bills->rows, stream->bills->row, &bill_layout, &stream->bill);
}

/* Reads the next line in the same way. */
static void
next_line(BillStream *stream)
{
	if (stream->line.line.item_code != NULL)
		pfree((char *) stream->line.line.item_code);
	if (stream->line.line.attributes != NULL)
		pfree(stream->line.line.attributes);
	stream->has_line = loyalty_cursor_next(stream->lines);
	stream->line = (LineRow){ 0 };
	if (stream->has_line)
		loyalty_row_read(stream->lines->rows, stream->lines->row, &line_layout, &stream->line);
}

/* Compares a row's place with that of a bill: less than 0, 0 or more. */
static int
compare_places(int64 customer_id, int64 transaction_id, const BillKey *key)
{
	if (customer_id != key->customer_id)
		return customer_id < key->customer_id ? -1 : 1;
	return transaction_id < key->transaction_id ? -1 : transaction_id > key->transaction_id;
}

/* Finds the lowest place that any stream stands at; false where all have ended. */
static bool
first_place(const BillStream *stream, BillKey *key)
{
	*key = (BillKey){ PG_INT64_MAX, PG_INT64_MAX };
	if (stream->has_event)
		*key = (BillKey){ stream->event.customer_id, stream->event.event.event_id };
	if (stream->has_bill &&
		compare_places(stream->bill.bill.customer_id, stream->bill.bill.transaction_id, key) < 0)
		*key = (BillKey){ stream->bill.bill.customer_id, stream->bill.bill.transaction_id };
	if (stream->has_line && compare_places(stream->line.customer_id, stream->line.transaction_id, key) < 0)
		*key = (BillKey){ stream->line.customer_id, stream->line.transaction_id };
	return stream->has_event || stream->has_bill || stream->has_line;
}

/* Tells about a bill. */
static char *
tell(const BillKey *key, const char *problem)
{
	return psprintf("customer " INT64_FORMAT ", bill " INT64_FORMAT ": %s", key->customer_id,
					key->transaction_id, problem);
}

/* Passes the lines at hand to the hash, up to the first one of another bill; returns how many there are. */
static int
take_lines(BillStream *stream, const BillKey *key, LoyaltyDigest *digest)
{
	int count = 0;

	while (stream->has_line &&
		   compare_places(stream->line.customer_id, stream->line.transaction_id, key) == 0)
	{
		loyalty_chain_line(loyalty_digest_bytes, digest, &stream->line.line, count++);
		next_line(stream);
	}
	return count;
}

/* Judges a bill that has both rows, and passes over its lines. Returns what is wrong, or NULL. */
static char *
judge_bill(BillStream *stream, const BillKey *key, char **missing)
{
	const Event *event = &stream->event.event;
	unsigned char hash[LOYALTY_HASH_BYTES];
	LoyaltyDigest digest;

	if (!event->has_bill || !loyalty_chain_knows(event->hash_version))
		return tell(key, "its hash is not there, or of a version that there is not");
	if (!loyalty_digest_begin(&digest, event->key_id))
	{
		if (*missing == NULL)
			*missing = tell(key, psprintf("key missing: key %d is not in the key file", event->key_id));
		(void) loyalty_digest_begin(&digest, LOYALTY_NO_KEY);
		(void) take_lines(stream, key, &digest);
		return NULL;
	}
	loyalty_chain_bill_event(loyalty_digest_bytes, &digest, stream->org_id, key->customer_id, event);
	loyalty_chain_bill(loyalty_digest_bytes, &digest, &stream->bill.bill);
	(void) take_lines(stream, key, &digest);
	loyalty_digest_end(&digest, hash);
	return memcmp(hash, event->bill_hash, LOYALTY_HASH_BYTES) == 0 ? NULL
																   : tell(key, "its hash does not match");
}

/* Judges whatever stands at the lowest place. */
static char *
judge_place(BillStream *stream, const BillKey *key, char **missing)
{
	char *problem;

	if (!stream->has_event ||
		compare_places(stream->event.customer_id, stream->event.event.event_id, key) != 0)
		return tell(key, "it has no event");
	if (!stream->has_bill ||
		compare_places(stream->bill.bill.customer_id, stream->bill.bill.transaction_id, key) != 0)
		return tell(key, "its event has no bill");
	problem = judge_bill(stream, key, missing);
	next_event(stream);
	next_bill(stream);
	return problem;
}

/* Walks over all bills and returns the first divergence, or NULL; and the first key that is missing. */
static char *
check_bill_hashes(int32 org_id, char **missing)
{
	LoyaltyParams params = LOYALTY_PARAMS(loyalty_int4(org_id));
	BillStream stream = { .org_id = org_id };
	char *problem = NULL;
	BillKey key;

	stream.events = loyalty_cursor_open(&events_of_bills, &params, ROWS_PER_FETCH);
	stream.bills = loyalty_cursor_open(&bills_of_org, &params, ROWS_PER_FETCH);
	stream.lines = loyalty_cursor_open(&lines_of_org, &params, ROWS_PER_FETCH);
	next_event(&stream);
	next_bill(&stream);
	next_line(&stream);
	while (problem == NULL && first_place(&stream, &key))
	{
		CHECK_FOR_INTERRUPTS();
		problem = judge_place(&stream, &key, missing);
	}
	loyalty_cursor_close(stream.events);
	loyalty_cursor_close(stream.bills);
	loyalty_cursor_close(stream.lines);
	return problem;
}

const LoyaltyCheck loyalty_bill_hashes_check = { .invariant = INVARIANT_BILL_HASHES,
												 .find_hashed = check_bill_hashes };
