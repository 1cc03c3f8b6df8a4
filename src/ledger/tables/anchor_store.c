/*
 * anchor_store.c: the statements on the anchor of an org's closings (table ledger_day).
 *
 * Seals chain to each other, but nothing in them tells that one follows; so each closing updates the anchor: how many
 * seals there are, the hash of the last one, and how many notes of keys. Its own hash covers all of it, with the first
 * open day. Who has no key can put an old anchor back with old seals, but cannot make one: an old one is found by the
 * hash of a seal that was kept outside (verify_ledger).
 *
 * The row is locked before it is read: of two closings the second goes on from what the first left. Nothing is late.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/crypto.h"
#include "common/query.h"
#include "ledger/tables/anchor_store.h"
#include "ledger/tables/guard.h"
#include "ledger/tables/key_store.h"

#define ANCHOR_COLUMNS \
	"SELECT d.first_open_day, d.sealed_day, d.seals, d.key_uses, d.key_id, d.hash_version, d.last_seal_hash," \
	" d.day_hash FROM loyalty_data.ledger_day d WHERE d.org_id = $1"

static LoyaltyQuery anchor_now = LOYALTY_STATEMENT(ANCHOR_COLUMNS, INT4OID);

static LoyaltyQuery anchor_seen = LOYALTY_STATEMENT_SEEN(ANCHOR_COLUMNS, INT4OID);

static LoyaltyQuery anchor_lock = LOYALTY_STATEMENT(ANCHOR_COLUMNS " FOR UPDATE", INT4OID);

#define ANCHOR_TYPES INT4OID, DATEOID, DATEOID, INT4OID, INT4OID, INT2OID, CHAROID, BYTEAOID, BYTEAOID

/* The first closing of an org; where another one was first, it is waited for and nothing is written. */
static LoyaltyQuery anchor_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.ledger_day (org_id, first_open_day, sealed_day, seals, key_uses, key_id, hash_version,"
	" last_seal_hash, day_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
	ANCHOR_TYPES);

static LoyaltyQuery anchor_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.ledger_day SET first_open_day = $2, sealed_day = $3, seals = $4, key_uses = $5, key_id = $6,"
	" hash_version = $7, last_seal_hash = $8, day_hash = $9 WHERE org_id = $1",
	ANCHOR_TYPES);

/* Copies a hash of any length: a shorter one that somebody wrote is filled with zeroes, and matches nothing. */
static void
read_hash(unsigned char *hash, LoyaltyRows *rows, int column)
{
	const bytea *value = loyalty_row_bytes(rows, 0, column);

	memset(hash, 0, ENTRY_HASH_BYTES);
	memcpy(hash, VARDATA_ANY(value), Min(VARSIZE_ANY_EXHDR(value), ENTRY_HASH_BYTES));
}

/* Reads the row of an org; without one, no day is closed. */
static bool
read_anchor(LoyaltyQuery *query, int32 org_id, DayAnchor *anchor)
{
	LoyaltyRows *rows = LOYALTY_QUERY(query, loyalty_int4(org_id));

	*anchor = (DayAnchor){ .first_open_day = DATEVAL_NOBEGIN, .sealed_day = DATEVAL_NOBEGIN };
	if (rows->count == 0)
		return false;
	anchor->first_open_day = loyalty_row_int4(rows, 0, 1);
	anchor->sealed_day = loyalty_row_int4_or(rows, 0, 2, DATEVAL_NOBEGIN);
	anchor->seals = loyalty_row_int4(rows, 0, 3);
	anchor->key_uses = loyalty_row_int4(rows, 0, 4);
	anchor->key_id = loyalty_row_int2(rows, 0, 5);
	anchor->hash_version = loyalty_row_char(rows, 0, 6);
	anchor->has_seal = !loyalty_row_isnull(rows, 0, 7);
	if (anchor->has_seal)
		read_hash(anchor->last_seal_hash, rows, 7);
	read_hash(anchor->hash, rows, 8);
	return true;
}

/* Reads past the cache of the first open day, for closings: the sealed day is not in it. */
void
loyalty_day_read(int32 org_id, DateADT *first_open_day, DateADT *sealed_day)
{
	DayAnchor anchor;

	(void) read_anchor(&anchor_now, org_id, &anchor);
	*first_open_day = anchor.first_open_day;
	*sealed_day = anchor.sealed_day;
}

/* Reads for the verifier, whose entries and seals must be of one snapshot. */
bool
loyalty_anchor_read_seen(int32 org_id, DayAnchor *anchor)
{
	return read_anchor(&anchor_seen, org_id, anchor);
}

/* Hashes by the anchor's own key. */
bool
loyalty_anchor_hash(int32 org_id, const DayAnchor *anchor, unsigned char hash[ENTRY_HASH_BYTES])
{
	LoyaltyDigest state;

	if (!loyalty_digest_begin(&state, anchor->key_id))
		return false;
	loyalty_chain_anchor(loyalty_digest_bytes, &state, org_id, anchor);
	loyalty_digest_end(&state, hash);
	return true;
}

/* Makes a parameter of a hash. */
static NullableDatum
hash_param(const unsigned char *hash, bool is_given)
{
	bytea *value = palloc(VARHDRSZ + ENTRY_HASH_BYTES);

	SET_VARSIZE(value, VARHDRSZ + ENTRY_HASH_BYTES);
	memcpy(VARDATA(value), hash, ENTRY_HASH_BYTES);
	return loyalty_datum(PointerGetDatum(value), !is_given);
}

/* Hashes an anchor that has changed, with a key that is not older than its last one, and writes it; returns rows. */
static uint64
write_anchor(LoyaltyQuery *query, int32 org_id, DayAnchor *anchor)
{
	uint64 written;

	anchor->key_id = loyalty_key_after(org_id, anchor->key_id);
	anchor->hash_version = HASH_VERSION;
	if (!loyalty_anchor_hash(org_id, anchor, anchor->hash))
		elog(ERROR, "the key in use is not in the key file");
	loyalty_guard_lift("ledger_day");
	written =
		LOYALTY_EXECUTE(query, loyalty_int4(org_id),
						loyalty_datum(DateADTGetDatum(anchor->first_open_day), false),
						loyalty_datum(DateADTGetDatum(anchor->sealed_day),
									  anchor->sealed_day == DATEVAL_NOBEGIN),
						loyalty_int4(anchor->seals), loyalty_int4(anchor->key_uses),
						loyalty_int2(anchor->key_id), loyalty_char(anchor->hash_version),
						hash_param(anchor->last_seal_hash, anchor->has_seal), hash_param(anchor->hash, true));
	loyalty_guard_restore();
	return written;
}

/*
 * Inserts or moves the day; the trigger of the table tells other backends at commit. A closing of an earlier day that
 * comes second must not open days again.
 */
void
loyalty_day_open(int32 org_id, DateADT first_open_day)
{
	uint64 written = 0;
	DayAnchor anchor;

	while (written == 0)
	{
		bool is_there = read_anchor(&anchor_lock, org_id, &anchor);

		if (is_there && anchor.first_open_day >= first_open_day)
			return;
		anchor.first_open_day = first_open_day;
		written = write_anchor(is_there ? &anchor_update : &anchor_insert, org_id, &anchor);
	}
}

/* Notes the seal in the row that loyalty_day_open made. */
void
loyalty_day_sealed(int32 org_id, const DaySeal *seal)
{
	DayAnchor anchor;

	if (!read_anchor(&anchor_lock, org_id, &anchor))
		elog(ERROR, "a day is sealed that was not closed");
	anchor.sealed_day = seal->day;
	anchor.seals = seal->seal_no;
	anchor.key_uses = loyalty_key_uses_count(org_id);
	anchor.has_seal = true;
	memcpy(anchor.last_seal_hash, seal->hash, ENTRY_HASH_BYTES);
	(void) write_anchor(&anchor_update, org_id, &anchor);
}
