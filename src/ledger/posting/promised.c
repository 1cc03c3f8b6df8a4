/*
 * promised.c: promised points that have come, converted before anything else is posted.
 *
 * Reads count such points as regular ones from their instant on (ledger/tables/promised_lots.c). So that posting changes
 * no balance of any time, whoever posts to the regular account of a program first converts what has come to it by then: a
 * posting of its own, of the two accounts of the program, which ends before the caller's goes on. The account says
 * when the next one comes; as long as that is ahead, the whole costs a comparison for each account.
 *
 * Late is the posting alone, until a job or a call comes by. Points wait where the customer's status keeps them from
 * being allocated, where an account has no room for them, and where the promised account has later entries than the call:
 * its conversion could not take effect by then.
 */
#include "postgres.h"

#include "ledger/posting/conversion.h"
#include "ledger/posting/promised.h"
#include "ledger/tables/lot_dates.h"
#include "ledger/tables/promised_lots.h"

/* Promised points alone come by a date; trigger-based ones wait for a call. */
void
loyalty_posting_promise(Posting *posting, const Lot *lot)
{
	PostedAccount *regular;
	TimestampTz instant = loyalty_conversion_instant(lot);

	if (lot->category != CATEGORY_PROMISED || lot->remaining == 0)
		return;
	regular = loyalty_posting_account(posting, lot->program_id, CATEGORY_REGULAR);
	if (regular->account.next_conversion_at <= instant)
		return;
	regular->account.next_conversion_at = instant;
	regular->changed = true;
}

/* Returns the lots of one instant, from the first of them on. The list shares the memory of the whole. */
static Lots
same_instant(const Lots *lots, int first)
{
	Lots same = { .items = &lots->items[first] };

	while (first + same.n < lots->n &&
		   loyalty_conversion_instant(&same.items[same.n]) == loyalty_conversion_instant(&same.items[0]))
		same.n++;
	return same;
}

/* Returns when the next open promised lot of a program comes, as lots stand in the table, but for those of a list. */
static TimestampTz
next_but(const Posting *posting, int32 program_id, const Lots *leaving)
{
	TimestampTz next = NEVER;
	LotStream *stream = loyalty_open_lots(posting->writer, posting->call->org->org_id,
										  posting->customer.customer_id, CATEGORY_PROMISED, program_id);
	Lot lot;

	while (loyalty_next_lot(stream, &lot))
	{
		int i = 0;

		while (i < leaving->n && leaving->items[i].lot_id != lot.lot_id)
			i++;
		if (i == leaving->n)
			next = Min(next, loyalty_conversion_instant(&lot));
	}
	loyalty_close_lots(stream);
	return next;
}

/*
 * Goes in the order of time, since no entry goes between others; what is due by an instant expires first. Meanwhile the
 * account knows of no conversion, so that fixing the time of each does not come here again.
 */
bool
loyalty_promised_convert(Posting *posting, const Lots *lots)
{
	PostedAccount *regular = loyalty_posting_account(posting, lots->items[0].program_id, CATEGORY_REGULAR);
	TimestampTz next = next_but(posting, lots->items[0].program_id, lots);
	bool converted = false;
	int i;

	regular->account.next_conversion_at = NEVER;
	for (i = 0; i < lots->n;)
	{
		Lots same = same_instant(lots, i);
		Conversion conversion;

		loyalty_posting_at(posting, loyalty_conversion_instant(&same.items[0]), AT_EXPIRES);
		loyalty_convert_lots(posting, &same, EVENT_PROMISED_CONVERSION, NULL, &conversion);
		converted |= conversion.event_id != 0;
		i += same.n;
	}
	regular->account.next_conversion_at = next;
	regular->changed = true;
	return converted;
}

/* Compares lots by instant, then id: the order in which they are converted. */
static int
compare_instants(const void *left, const void *right)
{
	const Lot *a = left;
	const Lot *b = right;
	TimestampTz one = loyalty_conversion_instant(a);
	TimestampTz other = loyalty_conversion_instant(b);

	if (one != other)
		return one < other ? -1 : 1;
	return a->lot_id < b->lot_id ? -1 : a->lot_id > b->lot_id;
}

/* Reads the lots of a program that have come by a time. */
static void
read_come(const Posting *posting, int32 program_id, TimestampTz at, Lots *come)
{
	LotStream *stream = loyalty_open_lots(posting->writer, posting->call->org->org_id,
										  posting->customer.customer_id, CATEGORY_PROMISED, program_id);
	Lot lot;

	while (loyalty_next_lot(stream, &lot))
		if (loyalty_conversion_instant(&lot) <= at)
			LOYALTY_APPEND(*come, lot);
	loyalty_close_lots(stream);
	if (come->n > 1)
		qsort(come->items, come->n, sizeof(Lot), compare_instants);
}

/*
 * Begins a posting of the two accounts of a program inside another one, which has the customer's lock. Accounts that a
 * batch keeps are taken from there and go back there.
 */
static void
begin_inside(const Posting *outer, const LoyaltyProgram *program, Posting *posting)
{
	*posting = (Posting){
		.call = outer->call,
		.customer = outer->customer,
		.kept = outer->kept,
		.writer = outer->writer,
		.first_open_day = outer->first_open_day,
	};
	loyalty_posting_load(posting, (AccountChoice){ .program = program,
												   .category = CATEGORY_PROMISED,
												   .opens_none = true });
}

/* Tells whether the promised account has entries after a time: no conversion could take effect by then. */
static bool
went_on(Posting *posting, int32 program_id, TimestampTz at)
{
	return loyalty_posting_account(posting, program_id, CATEGORY_PROMISED)->account.last_effective_at > at;
}

/* Loads what a conversion would load, and reads what it would read; rows that a batch keeps back go out first. */
void
loyalty_posting_come(const Posting *posting, const Account *regular, ComeLots *come)
{
	Posting inside;

	begin_inside(posting, loyalty_org_program_by_id(posting->call->org, regular->program_id), &inside);
	if (went_on(&inside, regular->program_id, posting->effective_at))
		return;
	loyalty_writer_flush_customer(posting->writer, posting->customer.customer_id);
	loyalty_promised_come(posting->call, &posting->customer, posting->customer.customer_id, regular,
						  posting->effective_at, false, come);
}

/*
 * Takes over into the caller's posting what became of the accounts, which are written. Its own time of recording is not
 * before theirs.
 */
static void
take_over(Posting *outer, const Posting *inside)
{
	int i;
	int o;

	for (o = 0; o < outer->account_count; o++)
		for (i = 0; i < inside->account_count; i++)
			if (inside->accounts[i].account.program_id == outer->accounts[o].account.program_id &&
				inside->accounts[i].account.category == outer->accounts[o].account.category)
			{
				outer->accounts[o].account = inside->accounts[i].account;
				outer->recorded_at = Max(outer->recorded_at, outer->accounts[o].account.last_recorded_at);
			}
}

/*
 * Converts what has come to the regular account of a program. Where nothing has, as lots left by other ways, the account
 * learns anew when the next one comes.
 */
static void
convert_program(Posting *outer, const LoyaltyProgram *program)
{
	Posting posting;
	Lots come = { 0 };
	PostedAccount *regular;

	begin_inside(outer, program, &posting);
	if (went_on(&posting, program->program_id, outer->effective_at))
		return;
	regular = loyalty_posting_account(&posting, program->program_id, CATEGORY_REGULAR);
	read_come(&posting, program->program_id, outer->effective_at, &come);
	if (come.n == 0)
	{
		regular->account.next_conversion_at = next_but(&posting, program->program_id, &come);
		regular->changed = true;
	}
	else if (!loyalty_conversion_fits(&posting, &come))
		return;
	else
		(void) loyalty_promised_convert(&posting, &come);
	loyalty_posting_end(&posting);
	take_over(outer, &posting);
}

/* Most accounts pass by with a comparison. Status and room are asked once something has come. */
void
loyalty_posting_convert_due(Posting *posting)
{
	int i;

	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;

		if (account->next_conversion_at <= posting->effective_at && account->category == CATEGORY_REGULAR &&
			loyalty_promised_may_convert(posting->call, &posting->customer))
			convert_program(posting, loyalty_org_program_by_id(posting->call->org, account->program_id));
	}
}
