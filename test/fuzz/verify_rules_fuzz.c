/*
 * verify_rules_fuzz.c: books that were kept by the rules have no divergence; one column changed by anybody is found, in
 * whatever row; and books of any numbers at all are judged to their end. The four files are one walk over the entries
 * and make sense together only.
 */
// sources: verify_rules.c verify_entry_rules.c verify_lot_rules.c verify_claim_rules.c
#include <stddef.h>

#include "fuzz_input.h"
#include "ledger/verify/verify_rules.h"

#define MAX_ACCOUNTS 2
#define MAX_STEPS 8 /* entries of an account */
#define MAX_ENTRIES (MAX_ACCOUNTS * MAX_STEPS)
#define MAX_MOVEMENTS (MAX_ENTRIES * MAX_ENTRIES)

/* All rows of a customer, and who keeps them. */
typedef struct Ledger
{
	Account accounts[MAX_ACCOUNTS];
	BookEntry entries[MAX_ENTRIES];
	BookEvent events[MAX_ENTRIES];
	BookLot lots[MAX_ENTRIES];
	BookMovement movements[MAX_MOVEMENTS];
	BookChange changes[MAX_ENTRIES];
	BookLot *order[MAX_ENTRIES];
	Books books;
	Account *account; /* at hand */
	int64_t now;
} Ledger;

/* A poor hash, begun anew for each entry. */
typedef struct Hash
{
	uint64_t state;
	int found; /* divergences */
} Hash;

static void
add_bytes(void *sink, const void *bytes, size_t size)
{
	Hash *hash = sink;
	const unsigned char *byte = bytes;

	while (size-- > 0)
		hash->state = (hash->state ^ *byte++) * UINT64_C(0x100000001b3);
}

static bool
begin_hash(void *context, const Books *books, const BookEntry *entry)
{
	(void) books;
	(void) entry;
	((Hash *) context)->state = UINT64_C(0xcbf29ce484222325);
	return true;
}

static void
end_hash(void *context, unsigned char hash[ENTRY_HASH_BYTES])
{
	const Hash *from = context;

	memset(hash, 0x5a, ENTRY_HASH_BYTES);
	memcpy(hash, &from->state, sizeof(from->state));
}

static void
count_divergence(void *context, Invariant invariant, const char *detail)
{
	REQUIRE(invariant < INVARIANT_COUNT && detail[0] != '\0');
	((Hash *) context)->found++;
}

/* Each key is as new as its number says; nothing is required of events. */
static int
rank_of_key(void *context, int16_t key_id)
{
	(void) context;
	return key_id;
}

static int
no_key_required(void *context, int64_t event_id, int16_t key_id)
{
	(void) context;
	(void) event_id;
	(void) key_id;
	return 0;
}

static int
divergences(Books *books)
{
	Hash hash = { .found = 0 };
	Auditor auditor = { .context = &hash,
						.diverges = count_divergence,
						.hash_begin = begin_hash,
						.hash_sink = add_bytes,
						.hash_end = end_hash,
						.key_rank = rank_of_key,
						.key_required = no_key_required };
	int i;

	for (i = 0; i < books->event_count; i++)
		books->events[i].posted = books->events[i].entries = 0;
	loyalty_books_judge(books, &auditor);
	return hash.found;
}

/* ---------------------------------------------------------------- keeping books */

/* A movement of the entry that is about to be posted. */
static void
move(Ledger *ledger, BookLot *lot, MovementType type, int64_t points)
{
	if (points == 0)
		return;
	ledger->movements[ledger->books.movement_count++] =
		(BookMovement){ .movement = { .lot_id = lot->lot.lot_id,
									  .entry_no = ledger->account->last_entry_no + 1,
									  .movement_type = type,
									  .points = points },
						.event_id = 100 + ledger->books.entry_count };
}

/* The hash of the entry at hand with the parts that it brought, which stand at the ends of their lists. */
static void
hash_entry(Ledger *ledger, BookEntry *entry, const Event *event, int first_lot, int first_movement,
		   int first_change)
{
	static const unsigned char zeroes[ENTRY_HASH_BYTES];
	const Books *books = &ledger->books;
	Hash hash;
	int i;

	begin_hash(&hash, books, entry);
	entry->hash_version = HASH_VERSION;
	loyalty_chain_entry(add_bytes, &hash, HASH_VERSION, entry->entry.entry_no > 1 ? entry[-1].hash : zeroes,
						books->org_id, books->customer_id, event, &entry->entry);
	for (i = first_lot; i < books->lot_count; i++)
		loyalty_chain_lot(add_bytes, &hash, &ledger->lots[i].lot);
	for (i = first_movement; i < books->movement_count; i++)
		loyalty_chain_movement(add_bytes, &hash, &ledger->movements[i].movement);
	for (i = first_change; i < books->change_count; i++)
		loyalty_chain_expiry_change(add_bytes, &hash, &ledger->changes[i].change);
	end_hash(&hash, entry->hash);
	entry->hash_is_whole = true;
	memcpy(ledger->account->last_hash, entry->hash, ENTRY_HASH_BYTES);
}

/* Posts an entry with its event, which stands in it or has a row. */
static void
post(FuzzInput *input, Ledger *ledger, EntryType type, HouseAccount house, int64_t points, int first_lot,
	 int first_movement, int first_change)
{
	BookEntry *entry = &ledger->entries[ledger->books.entry_count];
	Event event = { .event_id = 100 + ledger->books.entry_count,
					.event_code = type == ENTRY_DEBIT ? EVENT_REDEMPTION : EVENT_POINTS_AWARD,
					.event_time = ledger->now,
					.recorded_at = ledger->now,
					.store_id = fuzz_choice(input, 3),
					.net_points = type == ENTRY_DEBIT ? -points : points };

	(void) loyalty_account_post(ledger->account, type, house, points, ledger->now, &entry->entry);
	ledger->account->last_recorded_at = ledger->now;
	entry->event_id = event.event_id;
	entry->carries_event = fuzz_bool(input);
	if (entry->carries_event)
		entry->event = event;
	else
		ledger->events[ledger->books.event_count++].event = event;
	hash_entry(ledger, entry, &event, first_lot, first_movement, first_change);
	ledger->books.entry_count++;
	ledger->now += fuzz_choice(input, 3);
}

/* A credit with its lot, which pays arrears first. */
static void
earn(FuzzInput *input, Ledger *ledger, int64_t points)
{
	int first_movement = ledger->books.movement_count;
	BookLot *book = &ledger->lots[ledger->books.lot_count++];

	book->lot = (Lot){ .lot_id = 10 + ledger->books.lot_count,
					   .program_id = ledger->account->program_id,
					   .category = ledger->account->category,
					   .entry_no = ledger->account->last_entry_no + 1,
					   .award_type = AWARD_DIRECT,
					   .expiry_type = LOT_EXPIRY_FIXED,
					   .points = points,
					   .remaining = points,
					   .expires_at = fuzz_bool(input) ? NEVER : fuzz_choice(input, 100),
					   .redeemable_from = AT_ONCE };
	move(ledger, book, MOVEMENT_ARREARS_PAID, loyalty_lot_pay_arrears(&book->lot, ledger->account));
	post(input, ledger, ENTRY_CREDIT, HOUSE_ISSUED, points, ledger->books.lot_count - 1, first_movement,
		 ledger->books.change_count);
}

/* A debit that lots pay, those of the account in their order; what they cannot pay is arrears. */
static void
spend(FuzzInput *input, Ledger *ledger, int64_t points)
{
	int first_movement = ledger->books.movement_count;
	int64_t wanted = points;
	int i;

	for (i = 0; i < ledger->books.lot_count; i++)
	{
		BookLot *book = &ledger->lots[i];
		int64_t moved;

		if (book->lot.category != ledger->account->category)
			continue;
		moved = loyalty_lot_move(&book->lot, wanted, MOVEMENT_REDEEMED);
		move(ledger, book, MOVEMENT_REDEEMED, moved);
		wanted -= moved;
	}
	loyalty_account_book_arrears(ledger->account, wanted);
	post(input, ledger, ENTRY_DEBIT, HOUSE_REDEEMED, points, ledger->books.lot_count, first_movement,
		 ledger->books.change_count);
}

/* A change of expiry of a lot of the account, if there is one. Its award said another time, and was hashed with it. */
static void
change(FuzzInput *input, Ledger *ledger)
{
	int first_change = ledger->books.change_count;
	int pick = fuzz_choice(input, MAX_ENTRIES);

	if (pick >= ledger->books.lot_count || ledger->lots[pick].lot.category != ledger->account->category)
		return;
	ledger->changes[ledger->books.change_count++] =
		(BookChange){ .change = { .lot_id = ledger->lots[pick].lot.lot_id,
								  .entry_no = ledger->account->last_entry_no + 1,
								  .old_expires_at = ledger->lots[pick].lot.expires_at,
								  .new_expires_at = 1000 + fuzz_byte(input) },
					  .event_id = 100 + ledger->books.entry_count };
	ledger->lots[pick].lot.expires_at = ledger->changes[first_change].change.new_expires_at;
	post(input, ledger, ENTRY_MEMO, HOUSE_ADJUSTED, 0, ledger->books.lot_count, ledger->books.movement_count,
		 first_change);
}

static int
compare_movements(const void *left, const void *right)
{
	const Movement *a = &((const BookMovement *) left)->movement;
	const Movement *b = &((const BookMovement *) right)->movement;

	if (a->lot_id != b->lot_id)
		return a->lot_id < b->lot_id ? -1 : 1;
	return (a->entry_no > b->entry_no) - (a->entry_no < b->entry_no);
}

static int
compare_changes(const void *left, const void *right)
{
	const ExpiryChange *a = &((const BookChange *) left)->change;
	const ExpiryChange *b = &((const BookChange *) right)->change;

	if (a->lot_id != b->lot_id)
		return a->lot_id < b->lot_id ? -1 : 1;
	return (a->entry_no > b->entry_no) - (a->entry_no < b->entry_no);
}

/* What an account says of its lots in the end. */
static void
close_account(Ledger *ledger)
{
	int i;

	ledger->account->next_expiry_at = NEVER;
	for (i = 0; i < ledger->books.lot_count; i++)
	{
		BookLot *book = &ledger->lots[i];

		book->is_open = book->lot.remaining > 0;
		if (book->is_open && book->lot.category == ledger->account->category &&
			book->lot.expires_at < ledger->account->next_expiry_at)
			ledger->account->next_expiry_at = book->lot.expires_at;
	}
}

static void
keep_books(FuzzInput *input, Ledger *ledger)
{
	static const Category categories[MAX_ACCOUNTS] = { CATEGORY_PROMISED, CATEGORY_REGULAR };
	int steps;
	int i;

	memset(ledger, 0, sizeof(*ledger));
	ledger->books = (Books){ .org_id = 5,
							 .customer_id = 6,
							 .customer_exists = true,
							 .accounts = ledger->accounts,
							 .entries = ledger->entries,
							 .events = ledger->events,
							 .lots = ledger->lots,
							 .movements = ledger->movements,
							 .changes = ledger->changes,
							 .lot_order = ledger->order };
	ledger->books.account_count = 1 + fuzz_choice(input, MAX_ACCOUNTS);
	for (i = 0; i < ledger->books.account_count; i++)
	{
		ledger->account = &ledger->accounts[i];
		ledger->account->program_id = 3;
		ledger->account->category = categories[i];
		ledger->now = 0;
		earn(input, ledger, 1 + fuzz_byte(input));
		for (steps = fuzz_choice(input, MAX_STEPS); steps > 0; steps--)
			switch (fuzz_choice(input, 3))
			{
				case 0:
					earn(input, ledger, fuzz_number(input, 1, POINTS_LIMIT / 100));
					break;
				case 1:
					spend(input, ledger, fuzz_number(input, 1, POINTS_LIMIT / 100));
					break;
				default:
					change(input, ledger);
					break;
			}
		close_account(ledger);
	}
	qsort(ledger->movements, (size_t) ledger->books.movement_count, sizeof(BookMovement), compare_movements);
	qsort(ledger->changes, (size_t) ledger->books.change_count, sizeof(BookChange), compare_changes);
}

/* ---------------------------------------------------------------- tampering */

/* A column that a row has in its table, other than what says whose it is and where it stands in the order. */
typedef struct Column
{
	size_t offset;
	size_t size;
} Column;

#define COLUMN(type, member) \
	{ \
		offsetof(type, member), sizeof(((type *) 0)->member) \
	}

static const Column account_columns[] = {
	COLUMN(Account, last_entry_no),	 COLUMN(Account, balance),			 COLUMN(Account, arrears),
	COLUMN(Account, lifetime),		 COLUMN(Account, redeemed),			 COLUMN(Account, expired),
	COLUMN(Account, returned),		 COLUMN(Account, last_effective_at), COLUMN(Account, last_recorded_at),
	COLUMN(Account, next_expiry_at), COLUMN(Account, last_hash),		 COLUMN(Account, last_key_id),
};

static const Column entry_columns[] = {
	COLUMN(BookEntry, entry.entry_type),
	COLUMN(BookEntry, entry.house_account),
	COLUMN(BookEntry, entry.points),
	COLUMN(BookEntry, entry.balance_after),
	COLUMN(BookEntry, entry.effective_at),
	COLUMN(BookEntry, entry.posting_day),
	COLUMN(BookEntry, hash),
	COLUMN(BookEntry, hash_version),
};

static const Column event_columns[] = {
	COLUMN(BookEvent, event.event_time),	COLUMN(BookEvent, event.recorded_at),
	COLUMN(BookEvent, event.source_id),		COLUMN(BookEvent, event.till_id),
	COLUMN(BookEvent, event.store_id),		COLUMN(BookEvent, event.transaction_id),
	COLUMN(BookEvent, event.pair_id),		COLUMN(BookEvent, event.net_points),
	COLUMN(BookEvent, event.redemption_id), COLUMN(BookEvent, event.key_id),
	COLUMN(BookEvent, event.hash_version),
};

static const Column lot_columns[] = {
	COLUMN(BookLot, lot.entry_no),		  COLUMN(BookLot, lot.award_type),
	COLUMN(BookLot, lot.expiry_type),	  COLUMN(BookLot, lot.points),
	COLUMN(BookLot, lot.remaining),		  COLUMN(BookLot, lot.redeemed),
	COLUMN(BookLot, lot.expired),		  COLUMN(BookLot, lot.returned),
	COLUMN(BookLot, lot.transferred),	  COLUMN(BookLot, lot.merged),
	COLUMN(BookLot, lot.converted),		  COLUMN(BookLot, lot.adjusted),
	COLUMN(BookLot, lot.arrears_paid),	  COLUMN(BookLot, lot.awarded_at),
	COLUMN(BookLot, lot.expires_at),	  COLUMN(BookLot, lot.till_id),
	COLUMN(BookLot, lot.redeemable_from), COLUMN(BookLot, lot.origin_lot_id),
};

static const Column movement_columns[] = {
	COLUMN(BookMovement, movement.entry_no),
	COLUMN(BookMovement, movement.movement_type),
	COLUMN(BookMovement, movement.points),
	COLUMN(BookMovement, event_id),
};

static const Column change_columns[] = {
	COLUMN(BookChange, change.entry_no),
	COLUMN(BookChange, change.old_expires_at),
	COLUMN(BookChange, change.new_expires_at),
	COLUMN(BookChange, event_id),
};

#define TABLE(rows, count, row, columns) \
	{ \
		rows, count, sizeof(row), columns, sizeof(columns) / sizeof((columns)[0]) \
	}

/* Rows of a table in memory. */
typedef struct Table
{
	void *rows;
	int count;
	size_t size;
	const Column *columns;
	size_t column_count;
} Table;

/* Changes one byte of one column of one row; false where the table is empty. Points stay what their columns hold. */
static bool
tamper(FuzzInput *input, Ledger *ledger)
{
	const Books *books = &ledger->books;
	const Table tables[] = {
		TABLE(ledger->accounts, books->account_count, Account, account_columns),
		TABLE(ledger->entries, books->entry_count, BookEntry, entry_columns),
		TABLE(ledger->events, books->event_count, BookEvent, event_columns),
		TABLE(ledger->lots, books->lot_count, BookLot, lot_columns),
		TABLE(ledger->movements, books->movement_count, BookMovement, movement_columns),
		TABLE(ledger->changes, books->change_count, BookChange, change_columns),
	};
	const Table *table = &tables[fuzz_choice(input, sizeof(tables) / sizeof(tables[0]))];
	const Column *column = &table->columns[fuzz_choice(input, (int) table->column_count)];
	unsigned char *row;
	int byte = fuzz_choice(input, (int) (column->size == 8 ? 7 : column->size));

	if (table->count == 0)
		return false;
	row = (unsigned char *) table->rows + table->size * (size_t) fuzz_choice(input, table->count);
	row[column->offset + (size_t) byte] ^= (uint8_t) (1 + fuzz_choice(input, 255));
	return true;
}

/* Any numbers that the columns can hold, in rows that stand in their order. */
static void
any_numbers(FuzzInput *input, Ledger *ledger)
{
	int changes = 1 + fuzz_choice(input, 60);
	int i;

	while (changes-- > 0)
	{
		BookEntry *entry = &ledger->entries[fuzz_choice(input, ledger->books.entry_count)];
		Lot *lot = &ledger->lots[fuzz_choice(input, ledger->books.lot_count)].lot;
		Account *account = &ledger->accounts[fuzz_choice(input, ledger->books.account_count)];
		int64_t points = fuzz_number(input, 1 - POINTS_LIMIT, POINTS_LIMIT - 1);

		switch (fuzz_choice(input, 8))
		{
			case 0:
				entry->entry.points = points;
				break;
			case 1:
				entry->entry.balance_after = points;
				break;
			case 2:
				lot->points = points;
				break;
			case 3:
				lot->remaining = points;
				break;
			case 4:
				account->arrears = points;
				break;
			case 5:
				entry->entry.entry_no = (int32_t) fuzz_number(input, INT32_MIN, INT32_MAX);
				break;
			case 6:
				lot->entry_no = (int32_t) fuzz_number(input, INT32_MIN, INT32_MAX);
				break;
			default:
				for (i = 0; i < ledger->books.movement_count; i++)
					ledger->movements[i].movement.points = points;
				break;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Ledger ledger;
	static Ledger kept;
	FuzzInput input = { data, size };
	uint8_t how = fuzz_byte(&input);

	keep_books(&input, &ledger);
	kept = ledger;
	REQUIRE(divergences(&ledger.books) == 0);
	ledger = kept;
	if (how % 4 == 0)
	{
		any_numbers(&input, &ledger);
		(void) divergences(&ledger.books);
	}
	else if (tamper(&input, &ledger))
		REQUIRE(divergences(&ledger.books) > 0);
	return 0;
}
