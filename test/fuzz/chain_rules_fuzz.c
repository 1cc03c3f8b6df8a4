/*
 * chain_rules_fuzz.c: what a hash covers. Two rows that differ in one covered column give different bytes, whatever the
 * numbers; what movements and changes alter later gives none; the bytes of a kind of row have one length, so that rows
 * behind one another cannot be cut differently.
 */
// sources: chain_rules.c
#include <stddef.h>

#include "fuzz_input.h"
#include "ledger/tables/chain_rules.h"

typedef struct Bytes
{
	unsigned char data[1000];
	size_t size;
} Bytes;

static void
collect(void *sink, const void *bytes, size_t size)
{
	Bytes *to = sink;

	REQUIRE(to->size + size <= sizeof(to->data));
	memcpy(to->data + to->size, bytes, size);
	to->size += size;
}

static bool
same_bytes(const Bytes *a, const Bytes *b)
{
	return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* A column of a struct: where it stands, how wide it is, and whether the hash covers it. */
typedef struct Column
{
	size_t offset;
	size_t size;
	bool covered;
} Column;

#define COLUMN(type, member, is_covered) \
	{ \
		offsetof(type, member), sizeof(((type *) 0)->member), is_covered \
	}

/* Everything of an entry and its event that goes in together. */
typedef struct EntryRow
{
	unsigned char previous[ENTRY_HASH_BYTES];
	char version;
	int32_t org_id;
	int64_t customer_id;
	Event event;
	Entry entry;
} EntryRow;

typedef struct SealRow
{
	unsigned char previous[ENTRY_HASH_BYTES];
	int32_t org_id;
	DaySeal seal;
} SealRow;

typedef struct AccountRow
{
	int32_t org_id;
	int64_t customer_id;
	int32_t program_id;
	Category category;
	int32_t entry_no;
	unsigned char hash[ENTRY_HASH_BYTES];
} AccountRow;

static void
put_entry(Bytes *to, const void *row)
{
	const EntryRow *entry = row;

	loyalty_chain_entry(collect, to, entry->version, entry->previous, entry->org_id, entry->customer_id,
						&entry->event, &entry->entry);
}

static void
put_lot(Bytes *to, const void *row)
{
	loyalty_chain_lot(collect, to, row);
}

static void
put_movement(Bytes *to, const void *row)
{
	loyalty_chain_movement(collect, to, row);
}

static void
put_change(Bytes *to, const void *row)
{
	loyalty_chain_expiry_change(collect, to, row);
}

static void
put_account(Bytes *to, const void *row)
{
	const AccountRow *account = row;

	loyalty_chain_account(collect, to, account->org_id, account->customer_id, account->program_id,
						  account->category, account->entry_no, account->hash);
}

static void
put_seal(Bytes *to, const void *row)
{
	const SealRow *seal = row;

	loyalty_chain_seal(collect, to, seal->previous, seal->org_id, &seal->seal);
}

static void
put_total(Bytes *to, const void *row)
{
	loyalty_chain_total(collect, to, row);
}

static void
put_anchor(Bytes *to, const void *row)
{
	loyalty_chain_anchor(collect, to, 7, row);
}

static void
put_use(Bytes *to, const void *row)
{
	loyalty_chain_key_use(collect, to, 7, row);
}

static void
put_bill_event(Bytes *to, const void *row)
{
	const EntryRow *entry = row;

	loyalty_chain_bill_event(collect, to, entry->org_id, entry->customer_id, &entry->event);
}

static const Column entry_columns[] = {
	COLUMN(EntryRow, previous, true),
	COLUMN(EntryRow, version, true),
	COLUMN(EntryRow, org_id, true),
	COLUMN(EntryRow, customer_id, true),
	COLUMN(EntryRow, event.event_id, true),
	COLUMN(EntryRow, event.event_code, true),
	COLUMN(EntryRow, event.event_time, true),
	COLUMN(EntryRow, event.recorded_at, true),
	COLUMN(EntryRow, event.source_id, true),
	COLUMN(EntryRow, event.till_id, true),
	COLUMN(EntryRow, event.store_id, true),
	COLUMN(EntryRow, event.transaction_id, true),
	COLUMN(EntryRow, event.pair_id, true),
	COLUMN(EntryRow, event.request_digest, true),
	COLUMN(EntryRow, event.idempotency_digest, true), /* there is a key */
	COLUMN(EntryRow, event.redemption_id, true),
	COLUMN(EntryRow, event.net_points, true),
	COLUMN(EntryRow, event.bill_hash, true), /* there is a bill */
	COLUMN(EntryRow, event.key_id, false),	 /* of the bill's hash */
	COLUMN(EntryRow, entry.program_id, true),
	COLUMN(EntryRow, entry.category, true),
	COLUMN(EntryRow, entry.entry_no, true),
	COLUMN(EntryRow, entry.entry_type, true),
	COLUMN(EntryRow, entry.house_account, true),
	COLUMN(EntryRow, entry.points, true),
	COLUMN(EntryRow, entry.balance_after, true),
	COLUMN(EntryRow, entry.effective_at, true),
	COLUMN(EntryRow, entry.posting_day, true),
};

static const Column lot_columns[] = {
	COLUMN(Lot, lot_id, true),
	COLUMN(Lot, award_type, true),
	COLUMN(Lot, expiry_type, true),
	COLUMN(Lot, points, true),
	COLUMN(Lot, awarded_at, true),
	COLUMN(Lot, expires_at, true),
	COLUMN(Lot, redeemable_from, true),
	COLUMN(Lot, transaction_id, true),
	COLUMN(Lot, till_id, true),
	COLUMN(Lot, line_no, true),
	COLUMN(Lot, origin_customer_id, true),
	COLUMN(Lot, origin_lot_id, true),
	COLUMN(Lot, remaining, false),
	COLUMN(Lot, redeemed, false),
	COLUMN(Lot, expired, false),
	COLUMN(Lot, returned, false),
	COLUMN(Lot, transferred, false),
	COLUMN(Lot, merged, false),
	COLUMN(Lot, converted, false),
	COLUMN(Lot, adjusted, false),
	COLUMN(Lot, arrears_paid, false),
};

static const Column movement_columns[] = {
	COLUMN(Movement, lot_id, true),
	COLUMN(Movement, movement_type, true),
	COLUMN(Movement, points, true),
};

static const Column change_columns[] = {
	COLUMN(ExpiryChange, lot_id, true),
	COLUMN(ExpiryChange, old_expires_at, true),
	COLUMN(ExpiryChange, new_expires_at, true),
};

static const Column account_columns[] = {
	COLUMN(AccountRow, org_id, true),	  COLUMN(AccountRow, customer_id, true),
	COLUMN(AccountRow, program_id, true), COLUMN(AccountRow, category, true),
	COLUMN(AccountRow, entry_no, true),	  COLUMN(AccountRow, hash, true),
};

static const Column seal_columns[] = {
	COLUMN(SealRow, previous, true),		  COLUMN(SealRow, org_id, true),
	COLUMN(SealRow, seal.seal_no, true),	  COLUMN(SealRow, seal.day, true),
	COLUMN(SealRow, seal.sealed_at, true),	  COLUMN(SealRow, seal.accounts, true),
	COLUMN(SealRow, seal.entries, true),	  COLUMN(SealRow, seal.account_digest, true),
	COLUMN(SealRow, seal.hash_version, true),
};

static const Column total_columns[] = {
	COLUMN(DayTotal, posting_day, true), COLUMN(DayTotal, program_id, true),
	COLUMN(DayTotal, category, true),	 COLUMN(DayTotal, house_account, true),
	COLUMN(DayTotal, credits, true),	 COLUMN(DayTotal, debits, true),
	COLUMN(DayTotal, entries, true),
};

static const Column anchor_columns[] = {
	COLUMN(DayAnchor, first_open_day, true), COLUMN(DayAnchor, sealed_day, true),
	COLUMN(DayAnchor, seals, true),			 COLUMN(DayAnchor, key_uses, true),
	COLUMN(DayAnchor, hash_version, true),	 COLUMN(DayAnchor, last_seal_hash, true),
	COLUMN(DayAnchor, hash, false),
};

static const Column use_columns[] = {
	COLUMN(KeyUse, event_id, true),		COLUMN(KeyUse, bound_event_id, true), COLUMN(KeyUse, key_id, true),
	COLUMN(KeyUse, hash_version, true), COLUMN(KeyUse, hash, false),
};

static const Column bill_event_columns[] = {
	COLUMN(EntryRow, org_id, true),			  COLUMN(EntryRow, customer_id, true),
	COLUMN(EntryRow, event.event_id, true),	  COLUMN(EntryRow, event.recorded_at, true),
	COLUMN(EntryRow, event.net_points, true), COLUMN(EntryRow, event.hash_version, true),
	COLUMN(EntryRow, event.key_id, false),	  COLUMN(EntryRow, event.bill_hash, false),
};

#define KIND(put, columns, type) \
	{ \
		put, columns, sizeof(columns) / sizeof((columns)[0]), sizeof(type) \
	}

static const struct
{
	void (*put)(Bytes *to, const void *row);
	const Column *columns;
	size_t count;
	size_t size;
} kinds[] = {
	KIND(put_entry, entry_columns, EntryRow),
	KIND(put_lot, lot_columns, Lot),
	KIND(put_movement, movement_columns, Movement),
	KIND(put_change, change_columns, ExpiryChange),
	KIND(put_account, account_columns, AccountRow),
	KIND(put_seal, seal_columns, SealRow),
	KIND(put_total, total_columns, DayTotal),
	KIND(put_anchor, anchor_columns, DayAnchor),
	KIND(put_use, use_columns, KeyUse),
	KIND(put_bill_event, bill_event_columns, EntryRow),
};

#define KIND_COUNT ((int) (sizeof(kinds) / sizeof(kinds[0])))

/* A row, and the same with another value in one of its columns. */
static void
fuzz_kind(FuzzInput *input, int kind)
{
	union
	{
		unsigned char bytes[sizeof(EntryRow)];
		EntryRow entry;
	} row = { .bytes = { 0 } };
	const Column *column = &kinds[kind].columns[fuzz_choice(input, (int) kinds[kind].count)];
	Bytes one = { .size = 0 };
	Bytes other = { .size = 0 };
	size_t i;

	REQUIRE(kinds[kind].size <= sizeof(row.bytes));
	for (i = 0; i < kinds[kind].count; i++)
	{
		size_t width = kinds[kind].columns[i].size;
		uint64_t bits = fuzz_bits(input, fuzz_choice(input, 3) == 0 ? 8 : 1);

		memcpy(row.bytes + kinds[kind].columns[i].offset, &bits, width < 8 ? width : 8);
	}
	if (kind == 0)
		row.entry.event.has_key = row.entry.event.has_bill = true;
	kinds[kind].put(&one, row.bytes);
	row.bytes[column->offset + (size_t) fuzz_choice(input, (int) column->size)] ^=
		(uint8_t) (1 + fuzz_choice(input, 255));
	kinds[kind].put(&other, row.bytes);
	REQUIRE(one.size == other.size && same_bytes(&one, &other) == !column->covered);
}

/* A key that is there is seen, whatever its digest. */
static void
fuzz_key(FuzzInput *input)
{
	EntryRow row = { .event = { .event_code = (EventCode) fuzz_choice(input, 50),
								.transaction_id = fuzz_choice(input, 2),
								.pair_id = fuzz_choice(input, 2) } };
	Bytes without = { .size = 0 };
	Bytes with = { .size = 0 };
	int entries = fuzz_choice(input, 4);

	put_entry(&without, &row);
	REQUIRE(!loyalty_event_stands_in_entry(&row.event, entries) ||
			(entries == 1 && row.event.transaction_id == 0 && row.event.pair_id == 0));
	row.event.has_key = true;
	put_entry(&with, &row);
	REQUIRE(!same_bytes(&with, &without) && !loyalty_event_stands_in_entry(&row.event, entries));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };

	fuzz_kind(&input, fuzz_choice(&input, KIND_COUNT));
	fuzz_key(&input);
	return 0;
}
