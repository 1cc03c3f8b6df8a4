/*
 * chain_rules_test.c: the bytes under an entry's hash: a known vector, since stored hashes must verify for good,
 * and that no two different sets of rows give the same bytes.
 */
#include <string.h>

#include "ledger/tables/chain_rules.h"
#include "tap.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A sink that keeps what it is given. */
typedef struct Bytes
{
	unsigned char bytes[1024];
	size_t size;
} Bytes;

static void
keep(void *sink, const void *bytes, size_t size)
{
	Bytes *kept = sink;

	memcpy(kept->bytes + kept->size, bytes, size);
	kept->size += size;
}

static bool
same_bytes(const Bytes *left, const Bytes *right)
{
	return left->size == right->size && memcmp(left->bytes, right->bytes, left->size) == 0;
}

/* Everything that an entry's hash covers. */
typedef struct Rows
{
	unsigned char previous[ENTRY_HASH_BYTES];
	char version;
	int32_t org_id;
	int64_t customer_id;
	Event event;
	Entry entry;
	Lot lot;
	Movement movement;
	ExpiryChange change;
	Reversal reversal;
	Claim claim;
} Rows;

static Rows
example(void)
{
	Rows rows = {
		.previous = { 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd,
					  0xfe, 0xff },
		.version = '1',
		.org_id = 1,
		.customer_id = 2,
		.event = { .event_id = 20,
				   .event_code = EVENT_REDEMPTION,
				   .event_time = -1,
				   .recorded_at = 22,
				   .source_id = 23,
				   .till_id = 24,
				   .store_id = 25,
				   .transaction_id = 26,
				   .pair_id = 30,
				   .request_digest = 28,
				   .has_key = true,
				   .idempotency_digest = { 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
										   0xdb, 0xdc, 0xdd, 0xde, 0xdf },
				   .redemption_id = "AB34EF",
				   .net_points = -29,
				   .has_bill = true,
				   .bill_hash = { 0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb,
								  0xbc, 0xbd, 0xbe, 0xbf } },
		.entry = { .program_id = 3,
				   .category = CATEGORY_REGULAR,
				   .entry_no = 5,
				   .entry_type = ENTRY_DEBIT,
				   .house_account = HOUSE_REDEEMED,
				   .points = 8,
				   .balance_after = 9,
				   .effective_at = INT64_C(0x0123456789abcdef),
				   .posting_day = -11 },
		.lot = { .lot_id = 40,
				 .award_type = AWARD_BILL,
				 .expiry_type = LOT_EXPIRY_ROLLING,
				 .points = 43,
				 .awarded_at = 44,
				 .expires_at = NEVER,
				 .redeemable_from = AT_ONCE,
				 .transaction_id = 47,
				 .till_id = 48,
				 .line_no = 49,
				 .origin_customer_id = 50,
				 .origin_lot_id = 51 },
		.movement = { .lot_id = 60, .movement_type = MOVEMENT_EXPIRED, .points = 62 },
		.change = { .lot_id = 70, .old_expires_at = 71, .new_expires_at = 72 },
		.reversal = { .reversed_customer_id = 80, .reversed_event_id = 81, .lot_id = 82, .points = 83 },
		.claim = { .lot_customer_id = 90, .lot_id = 91, .claimed = -92, .covered = 93 },
	};

	return rows;
}

static void
feed(Bytes *bytes, const Rows *rows)
{
	bytes->size = 0;
	loyalty_chain_entry(keep, bytes, rows->version, rows->previous, rows->org_id, rows->customer_id,
						&rows->event, &rows->entry);
	loyalty_chain_lot(keep, bytes, &rows->lot);
	loyalty_chain_movement(keep, bytes, &rows->movement);
	loyalty_chain_expiry_change(keep, bytes, &rows->change);
	loyalty_chain_reversal(keep, bytes, &rows->reversal);
	loyalty_chain_claim(keep, bytes, &rows->claim);
}

/* ---------------------------------------------------------------- the known vector */

/* A change here makes every stored hash wrong: it needs a new key_id or an upgrade script, never just a new text. */
static const char known[] = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff" /* the hash before */
							"45"							   /* E: the entry */
							"3100000000000000"				   /* version */
							"0100000000000000"				   /* org_id */
							"0200000000000000"				   /* customer_id */
							"0300000000000000"				   /* program_id */
							"7200000000000000"				   /* category */
							"0500000000000000"				   /* entry_no */
							"6400000000000000"				   /* entry_type */
							"7200000000000000"				   /* house_account */
							"0800000000000000"				   /* points */
							"0900000000000000"				   /* balance_after */
							"efcdab8967452301"				   /* effective_at */
							"f5ffffffffffffff"				   /* posting_day */
							"0100000000000000"				   /* has a bill */
							"56"							   /* V: its event */
							"1400000000000000"				   /* event_id */
							"1e00000000000000"				   /* event_code */
							"ffffffffffffffff"				   /* event_time */
							"1600000000000000"				   /* recorded_at */
							"1700000000000000"				   /* source_id */
							"1800000000000000"				   /* till_id */
							"1900000000000000"				   /* store_id */
							"1a00000000000000"				   /* transaction_id */
							"1e00000000000000"				   /* pair_id */
							"1c00000000000000"				   /* request_digest */
							"0100000000000000"				   /* has a key */
							"e3ffffffffffffff"				   /* net_points */
							"4142333445460000"				   /* redemption_id */
							"d0d1d2d3d4d5d6d7d8d9dadbdcdddedf" /* idempotency_digest */
							"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf" /* bill_hash */
							"4c"							   /* L: a lot */
							"2800000000000000"				   /* lot_id */
							"6200000000000000"				   /* award_type */
							"7200000000000000"				   /* expiry_type */
							"2b00000000000000"				   /* points */
							"2c00000000000000"				   /* awarded_at */
							"ffffffffffffff7f"				   /* expires_at */
							"0000000000000080"				   /* redeemable_from */
							"2f00000000000000"				   /* transaction_id */
							"3000000000000000"				   /* till_id */
							"3100000000000000"				   /* line_no */
							"3200000000000000"				   /* origin_customer_id */
							"3300000000000000"				   /* origin_lot_id */
							"4d"							   /* M: a movement */
							"3c00000000000000"				   /* lot_id */
							"6500000000000000"				   /* movement_type */
							"3e00000000000000"				   /* points */
							"58"							   /* X: a change of expiry */
							"4600000000000000"				   /* lot_id */
							"4700000000000000"				   /* old_expires_at */
							"4800000000000000"				   /* new_expires_at */
							"52"							   /* R: a reversal */
							"5000000000000000"				   /* reversed_customer_id */
							"5100000000000000"				   /* reversed_event_id */
							"5200000000000000"				   /* lot_id */
							"5300000000000000"				   /* points */
							"43"							   /* C: a claim */
							"5a00000000000000"				   /* lot_customer_id */
							"5b00000000000000"				   /* lot_id */
							"a4ffffffffffffff"				   /* claimed */
							"5d00000000000000";				   /* covered */

static void
test_known_vector(void)
{
	Rows rows = example();
	Bytes bytes;
	char hex[2 * sizeof(bytes.bytes) + 1];

	feed(&bytes, &rows);
	for (size_t i = 0; i < bytes.size; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes.bytes[i]);
	if (!ok(strcmp(hex, known) == 0,
			"chain: the bytes of an entry with all its parts are what they always were"))
		printf("# %s\n", hex);
}

/* ---------------------------------------------------------------- every field counts */

typedef struct Field
{
	size_t offset;
	size_t size;
} Field;

#define FIELD(member) \
	{ \
		offsetof(Rows, member), sizeof(((Rows *) 0)->member) \
	}

static const Field fields[] = {
	FIELD(previous),
	FIELD(version),
	FIELD(org_id),
	FIELD(customer_id),
	FIELD(event.event_id),
	FIELD(event.event_code),
	FIELD(event.event_time),
	FIELD(event.recorded_at),
	FIELD(event.source_id),
	FIELD(event.till_id),
	FIELD(event.store_id),
	FIELD(event.transaction_id),
	FIELD(event.pair_id),
	FIELD(event.request_digest),
	FIELD(event.has_key),
	FIELD(event.idempotency_digest),
	FIELD(event.redemption_id),
	FIELD(event.net_points),
	FIELD(event.has_bill),
	FIELD(event.bill_hash),
	FIELD(entry.program_id),
	FIELD(entry.category),
	FIELD(entry.entry_no),
	FIELD(entry.entry_type),
	FIELD(entry.house_account),
	FIELD(entry.points),
	FIELD(entry.balance_after),
	FIELD(entry.effective_at),
	FIELD(entry.posting_day),
	FIELD(lot.lot_id),
	FIELD(lot.award_type),
	FIELD(lot.expiry_type),
	FIELD(lot.points),
	FIELD(lot.awarded_at),
	FIELD(lot.expires_at),
	FIELD(lot.redeemable_from),
	FIELD(lot.transaction_id),
	FIELD(lot.till_id),
	FIELD(lot.line_no),
	FIELD(lot.origin_customer_id),
	FIELD(lot.origin_lot_id),
	FIELD(movement.lot_id),
	FIELD(movement.movement_type),
	FIELD(movement.points),
	FIELD(change.lot_id),
	FIELD(change.old_expires_at),
	FIELD(change.new_expires_at),
	FIELD(reversal.reversed_customer_id),
	FIELD(reversal.reversed_event_id),
	FIELD(reversal.lot_id),
	FIELD(reversal.points),
	FIELD(claim.lot_customer_id),
	FIELD(claim.lot_id),
	FIELD(claim.claimed),
	FIELD(claim.covered),
};

/* The example, then with the first and then with the last byte of every field changed. */
#define VARIANTS (1 + 2 * LENGTH(fields))

static Rows
variant(size_t n)
{
	Rows rows = example();
	unsigned char *bytes = (unsigned char *) &rows;

	if (n > 0)
	{
		const Field *field = &fields[(n - 1) / 2];

		bytes[field->offset + (n % 2 ? 0 : field->size - 1)] ^= 1;
	}
	return rows;
}

static void
test_every_field(void)
{
	static Bytes variants[VARIANTS];
	int alike = 0;

	for (size_t i = 0; i < VARIANTS; i++)
	{
		Rows rows = variant(i);

		feed(&variants[i], &rows);
		/* A field of one byte has one variant, not two. */
		for (size_t j = 0; j < i; j++)
			if (same_bytes(&variants[i], &variants[j]) &&
				(i % 2 || fields[(i - 1) / 2].size > 1 || j != i - 1))
				alike++;
	}
	ok(alike == 0, "chain: a change of any single field gives other bytes");
}

/* What movements and expiry changes alter later is hashed with those, not with the lot. */
static void
test_what_moves(void)
{
	Rows rows = example();
	Bytes before;
	Bytes after;

	feed(&before, &rows);
	rows.lot.remaining = 17;
	rows.lot.redeemed = 18;
	rows.lot.expired = 19;
	rows.lot.arrears_paid = 20;
	feed(&after, &rows);
	ok(same_bytes(&before, &after), "chain: what a lot has left is not under its award's hash");
}

/* ---------------------------------------------------------------- sets of rows */

/* Kinds of parts, none counted. */
#define KINDS 6

/*
 * A sequence of parts: 0 none, 1 lot, 2 movement, 3 expiry change, 4 reversal, 5 claim, with all their numbers alike.
 */
static void
feed_parts(Bytes *bytes, int sequence)
{
	Lot lot = { .lot_id = 1 };
	Movement movement = { .lot_id = 1 };
	ExpiryChange change = { .lot_id = 1 };
	Reversal reversal = { .reversed_customer_id = 1 };
	Claim claim = { .lot_customer_id = 1 };

	bytes->size = 0;
	for (int i = 0; i < 3; i++, sequence /= KINDS)
	{
		if (sequence % KINDS == 1)
			loyalty_chain_lot(keep, bytes, &lot);
		else if (sequence % KINDS == 2)
			loyalty_chain_movement(keep, bytes, &movement);
		else if (sequence % KINDS == 3)
			loyalty_chain_expiry_change(keep, bytes, &change);
		else if (sequence % KINDS == 4)
			loyalty_chain_reversal(keep, bytes, &reversal);
		else if (sequence % KINDS == 5)
			loyalty_chain_claim(keep, bytes, &claim);
	}
}

/* Whether two numbers name the same parts in the same order: zeroes are no parts. */
static int
without_gaps(int sequence)
{
	int packed = 0;
	int factor = 1;

	for (int i = 0; i < 3; i++, sequence /= KINDS)
		if (sequence % KINDS != 0)
		{
			packed += sequence % KINDS * factor;
			factor *= KINDS;
		}
	return packed;
}

static void
test_sets(void)
{
	static Bytes parts[KINDS * KINDS * KINDS];
	int wrong = 0;

	for (int i = 0; i < KINDS * KINDS * KINDS; i++)
		feed_parts(&parts[i], i);
	for (int i = 0; i < KINDS * KINDS * KINDS; i++)
		for (int j = 0; j < KINDS * KINDS * KINDS; j++)
			if (same_bytes(&parts[i], &parts[j]) != (without_gaps(i) == without_gaps(j)))
				wrong++;
	ok(wrong == 0, "chain: kind, number and order of the parts are under the hash");
}

/* Key or not, the end of the event can be told from the beginning of what follows. */
static void
test_without_key(void)
{
	Rows rows = example();
	Bytes with_key;
	Bytes without_key;

	feed(&with_key, &rows);
	rows.event.has_key = false;
	feed(&without_key, &rows);
	ok(with_key.size == without_key.size + sizeof(rows.event.idempotency_digest),
	   "chain: an event without an idempotency key has no digest");
	memset(rows.event.idempotency_digest, 0, sizeof(rows.event.idempotency_digest));
	feed(&with_key, &rows);
	ok(same_bytes(&with_key, &without_key), "chain: whatever its bytes are");
}

/* Hashes a bill's event, with and without its bill's hash: it goes before that is known. */
static void
test_bill_event(void)
{
	Rows rows = example();
	Bytes before = { .size = 0 };
	Bytes after = { .size = 0 };
	Bytes other = { .size = 0 };

	rows.event.has_bill = false;
	loyalty_chain_bill_event(keep, &before, rows.org_id, rows.customer_id, &rows.event);
	rows.event.has_bill = true;
	loyalty_chain_bill_event(keep, &after, rows.org_id, rows.customer_id, &rows.event);
	ok(same_bytes(&before, &after), "chain: the hash of a bill covers its event without that hash");
	rows.event.hash_version = '2';
	loyalty_chain_bill_event(keep, &other, rows.org_id, rows.customer_id, &rows.event);
	ok(!same_bytes(&before, &other), "chain: but with its version");
	ok(loyalty_chain_knows('1') && !loyalty_chain_knows('0') && !loyalty_chain_knows('2') &&
		   !loyalty_chain_knows(0),
	   "chain: there is one version");
}

/* An event by which something is found needs its row; so does one of several entries. */
static void
test_where_events_stand(void)
{
	const Event award = {
		.event_id = 7, .event_code = EVENT_POINTS_AWARD, .source_id = 2, .till_id = 3, .store_id = 4
	};
	Event found[] = { award, award, award, award, award, award, award };

	found[0].has_key = true;
	found[1].redemption_id[0] = 'A';
	found[2].transaction_id = 1;
	found[3].event_code = EVENT_REDEMPTION_REVERSAL;
	found[4].pair_id = 1;
	found[5].event_code = EVENT_REDEMPTION;
	found[6].event_code = EVENT_REDEMPTION_IMPORT;
	ok(loyalty_event_stands_in_entry(&award, 1), "chain: an award stands in its entry");
	ok(!loyalty_event_stands_in_entry(&award, 0) && !loyalty_event_stands_in_entry(&award, 2),
	   "chain: but where it has none or two");
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		ok(!loyalty_event_stands_in_entry(&found[i], 1), "chain: what is looked up has a row");
}

int
main(void)
{
	plan(18);
	test_known_vector();
	test_every_field();
	test_what_moves();
	test_sets();
	test_without_key();
	test_bill_event();
	test_where_events_stand();
	return tap_exit();
}
