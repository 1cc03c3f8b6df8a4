/*
 * chain_store.c: streams of an org's entries with everything that their hashes cover, for the verifier. Four cursors
 * run side by side in the order of the entries' key, so that memory stays flat whatever the ledger's size.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "common/query.h"
#include "ledger/verify_store.h"

#define ROWS_PER_FETCH 1000

typedef enum ChainQueryId
{
	Q_ENTRIES,
	Q_LOTS,
	Q_MOVEMENTS,
	Q_EXPIRY_CHANGES,
	Q_ENDS,
	Q_COUNT
} ChainQueryId;

#define PART_ORDER " ORDER BY l.customer_id, l.program_id, l.category, "

/* Every part begins with the four columns that name its entry. */
static const LoyaltyQuery queries[] = {
	[Q_ENTRIES] = {
		.sql = "SELECT e.customer_id, e.program_id, e.category, e.entry_no, e.entry_type, e.house_account, e.points,"
		" e.balance_after, e.effective_at, e.posting_day, e.key_id, e.entry_hash, e.event_id, v.event_code, v.event_time,"
		" v.recorded_at, v.source_id, v.till_id, v.store_id, v.transaction_id, v.reverses_event_id, v.pair_id, v.request_digest,"
		" v.idempotency_digest, v.redemption_id, v.net_points"
		" FROM loyalty.ledger_entry e LEFT JOIN loyalty.ledger_event v ON v.org_id OPERATOR(pg_catalog.=) $1"
		" AND v.customer_id OPERATOR(pg_catalog.=) e.customer_id AND v.event_id OPERATOR(pg_catalog.=) e.event_id"
		" WHERE e.org_id OPERATOR(pg_catalog.=) $1 ORDER BY e.customer_id, e.program_id, e.category, e.entry_no",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_LOTS] = {
		.sql = "SELECT l.customer_id, l.program_id, l.category, l.entry_no, l.lot_id, l.award_type, l.expiry_type, l.points,"
		" l.awarded_at, CASE WHEN c.lot_id IS NULL THEN l.expires_at ELSE c.old_expires_at END, l.redeemable_from,"
		" l.transaction_id, l.till_id, l.line_no, l.origin_customer_id, l.origin_lot_id"
		" FROM loyalty.points_lot l LEFT JOIN (SELECT DISTINCT ON (x.customer_id, x.lot_id) x.customer_id, x.lot_id,"
		"  x.old_expires_at FROM loyalty.lot_expiry_change x WHERE x.org_id OPERATOR(pg_catalog.=) $1"
		"  ORDER BY x.customer_id, x.lot_id, x.entry_no) c ON c.customer_id OPERATOR(pg_catalog.=) l.customer_id"
		"  AND c.lot_id OPERATOR(pg_catalog.=) l.lot_id"
		" WHERE l.org_id OPERATOR(pg_catalog.=) $1" PART_ORDER "l.entry_no, l.lot_id",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_MOVEMENTS] = {
		.sql = "SELECT l.customer_id, l.program_id, l.category, m.entry_no, m.lot_id, m.movement_type, m.points"
		" FROM loyalty.lot_movement m JOIN loyalty.points_lot l ON l.org_id OPERATOR(pg_catalog.=) $1"
		" AND l.customer_id OPERATOR(pg_catalog.=) m.customer_id AND l.lot_id OPERATOR(pg_catalog.=) m.lot_id"
		" WHERE m.org_id OPERATOR(pg_catalog.=) $1" PART_ORDER "m.entry_no, m.lot_id, m.movement_type",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_EXPIRY_CHANGES] = {
		.sql = "SELECT l.customer_id, l.program_id, l.category, c.entry_no, c.lot_id, c.old_expires_at, c.new_expires_at"
		" FROM loyalty.lot_expiry_change c JOIN loyalty.points_lot l ON l.org_id OPERATOR(pg_catalog.=) $1"
		" AND l.customer_id OPERATOR(pg_catalog.=) c.customer_id AND l.lot_id OPERATOR(pg_catalog.=) c.lot_id"
		" WHERE c.org_id OPERATOR(pg_catalog.=) $1" PART_ORDER "c.entry_no, c.lot_id",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_ENDS] = {
		.sql = "SELECT pg_catalog.format('customer %s, program %s, category %s: the account does not end with its last entry',"
		" a.customer_id, a.program_id, loyalty.ledger_word(a.category, 'category'))"
		" FROM loyalty.ledger_account a LEFT JOIN loyalty.ledger_entry e ON e.org_id OPERATOR(pg_catalog.=) a.org_id"
		" AND e.customer_id OPERATOR(pg_catalog.=) a.customer_id AND e.program_id OPERATOR(pg_catalog.=) a.program_id"
		" AND e.category OPERATOR(pg_catalog.=) a.category AND e.entry_no OPERATOR(pg_catalog.=) a.last_entry_no"
		" WHERE a.org_id OPERATOR(pg_catalog.=) $1 AND (e.entry_hash IS NULL"
		" OR e.entry_hash OPERATOR(pg_catalog.<>) a.last_hash)",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT, .read_only = true, .limit = 1,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with ChainQueryId");

static LoyaltyPlan plans[Q_COUNT];

/* One cursor, read a batch at a time. */
typedef struct RowStream
{
	Portal portal;
	SPITupleTable *rows;
	uint64 count;
	uint64 next;
} RowStream;

struct ChainStream
{
	RowStream streams[Q_ENDS];
};

/* Moves on to the next row; its batch is then SPI_tuptable and its number "row". */
static bool
peek(RowStream *stream, uint64 *row)
{
	if (stream->next == stream->count)
	{
		if (stream->rows)
			SPI_freetuptable(stream->rows);
		loyalty_query_fetch(stream->portal, ROWS_PER_FETCH);
		stream->rows = SPI_tuptable;
		stream->count = SPI_processed;
		stream->next = 0;
	}
	SPI_tuptable = stream->rows;
	*row = stream->next;
	return stream->next < stream->count;
}

ChainStream *
loyalty_chain_open(int32 org_id)
{
	ChainStream *stream = palloc0(sizeof(ChainStream));
	int i;

	for (i = 0; i < Q_ENDS; i++)
	{
		LoyaltyParams params = { 0 };

		loyalty_param_int4(&params, org_id);
		stream->streams[i].portal = loyalty_query_open(&queries[i], &plans[i], &params);
	}
	return stream;
}

void
loyalty_chain_close(ChainStream *stream)
{
	int i;

	for (i = 0; i < Q_ENDS; i++)
	{
		if (stream->streams[i].rows)
			SPI_freetuptable(stream->streams[i].rows);
		SPI_cursor_close(stream->streams[i].portal);
	}
}

static void
event_from_row(Event *event, uint64 row)
{
	char *redemption_id = loyalty_row_text_or_null(row, 25);
	bool isnull;
	Datum digest = loyalty_row_datum(row, 24, &isnull);

	*event = (Event){ .event_id = loyalty_row_int8(row, 13) };
	event->has_key = !isnull;
	if (!isnull)
		memcpy(event->idempotency_digest, DatumGetUUIDP(digest)->data, UUID_LEN);
	if (loyalty_row_isnull(row, 14))
		return; /* the event is gone: another check names it, and the hash will not match */
	event->event_code = loyalty_row_int2(row, 14);
	event->event_time = loyalty_row_int8(row, 15);
	event->recorded_at = loyalty_row_int8(row, 16);
	event->source_id = loyalty_row_isnull(row, 17) ? 0 : loyalty_row_int2(row, 17);
	event->till_id = loyalty_row_int4_or(row, 18, 0);
	event->store_id = loyalty_row_int4_or(row, 19, 0);
	event->transaction_id = loyalty_row_int8_or(row, 20, 0);
	event->reverses_event_id = loyalty_row_int8_or(row, 21, 0);
	event->pair_id = loyalty_row_int8_or(row, 22, 0);
	event->request_digest = loyalty_row_int8_or(row, 23, 0);
	if (redemption_id)
		strlcpy(event->redemption_id, redemption_id, sizeof(event->redemption_id));
	event->net_points = loyalty_row_points(row, 26);
}

bool
loyalty_chain_next(ChainStream *stream, ChainLink *link)
{
	RowStream *entries = &stream->streams[Q_ENTRIES];
	const bytea *hash;
	uint64 row;

	if (!peek(entries, &row))
		return false;
	entries->next++;
	link->customer_id = loyalty_row_int8(row, 1);
	link->entry = (Entry){
		.program_id = loyalty_row_int4(row, 2),
		.category = loyalty_row_char(row, 3),
		.entry_no = loyalty_row_int4(row, 4),
		.entry_type = loyalty_row_char(row, 5),
		.house_account = loyalty_row_char(row, 6),
		.points = loyalty_row_points(row, 7),
		.balance_after = loyalty_row_points(row, 8),
		.effective_at = loyalty_row_int8(row, 9),
		.posting_day = loyalty_row_int4(row, 10),
	};
	link->key_id = loyalty_row_int2(row, 11);
	hash = loyalty_row_bytes(row, 12);
	link->hash_is_whole = VARSIZE_ANY_EXHDR(hash) == ENTRY_HASH_BYTES;
	if (link->hash_is_whole)
		memcpy(link->hash, VARDATA_ANY(hash), ENTRY_HASH_BYTES);
	event_from_row(&link->event, row);
	return true;
}

/* Where a part's entry stands towards the link's: negative before, 0 the same, positive after. */
static int
compare_part(uint64 row, const ChainLink *link)
{
	int64 customer_id = loyalty_row_int8(row, 1);
	int32 program_id = loyalty_row_int4(row, 2);
	char category = loyalty_row_char(row, 3);
	int32 entry_no = loyalty_row_int4(row, 4);

	if (customer_id != link->customer_id)
		return customer_id < link->customer_id ? -1 : 1;
	if (program_id != link->entry.program_id)
		return program_id < link->entry.program_id ? -1 : 1;
	if ((Category) category != link->entry.category)
		return (Category) category < link->entry.category ? -1 : 1;
	return entry_no < link->entry.entry_no ? -1 : entry_no > link->entry.entry_no;
}

static void
feed_part(ChainQueryId id, uint64 row, ChainSink to, void *sink)
{
	if (id == Q_LOTS)
	{
		Lot lot = {
			.lot_id = loyalty_row_int8(row, 5),
			.award_type = loyalty_row_char(row, 6),
			.expiry_type = loyalty_row_char(row, 7),
			.points = loyalty_row_points(row, 8),
			.awarded_at = loyalty_row_int8(row, 9),
			.expires_at = loyalty_row_int8_or(row, 10, NEVER),
			.redeemable_from = loyalty_row_int8_or(row, 11, AT_ONCE),
			.transaction_id = loyalty_row_int8_or(row, 12, 0),
			.till_id = loyalty_row_int4_or(row, 13, 0),
			.line_no = loyalty_row_int4_or(row, 14, 0),
			.origin_customer_id = loyalty_row_int8_or(row, 15, 0),
			.origin_lot_id = loyalty_row_int8_or(row, 16, 0),
		};

		loyalty_chain_lot(to, sink, &lot);
	}
	else if (id == Q_MOVEMENTS)
	{
		Movement movement = {
			.lot_id = loyalty_row_int8(row, 5),
			.movement_type = loyalty_row_char(row, 6),
			.points = loyalty_row_points(row, 7),
		};

		loyalty_chain_movement(to, sink, &movement);
	}
	else
	{
		ExpiryChange change = {
			.lot_id = loyalty_row_int8(row, 5),
			.old_expires_at = loyalty_row_int8_or(row, 6, NEVER),
			.new_expires_at = loyalty_row_int8_or(row, 7, NEVER),
		};

		loyalty_chain_expiry_change(to, sink, &change);
	}
}

/* Parts that name no entry are passed over here: another check names them. */
void
loyalty_chain_parts(ChainStream *stream, const ChainLink *link, ChainSink to, void *sink)
{
	int id;

	for (id = Q_LOTS; id <= Q_EXPIRY_CHANGES; id++)
	{
		RowStream *parts = &stream->streams[id];
		uint64 row;

		while (peek(parts, &row))
		{
			int side = compare_part(row, link);

			if (side > 0)
				break;
			if (side == 0)
				feed_part(id, row, to, sink);
			parts->next++;
		}
	}
}

char *
loyalty_chain_ends(int32 org_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	return loyalty_query(&queries[Q_ENDS], &plans[Q_ENDS], &params) == 0 ? NULL : loyalty_row_text(0, 1);
}
