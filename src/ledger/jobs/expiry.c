/*
 * expiry.c: the expiries of many customers, posted together.
 *
 * The steps: all customers are locked, ascending; their due accounts are read, then the due lots of each, in the order
 * of the accounts; each customer is judged and posted in memory, in a context of its own; rows go out together, table
 * by table; at last the accounts are written. Everything is read after the last lock, so a customer whose points
 * somebody else expired meanwhile has no due account any more, and is passed over.
 *
 * An expiry is one thing, whoever read the lots: ledger/posting/due.c makes of it an event for each instant. Calls for
 * these customers wait until the batch commits. Late is the posting alone: the entries take effect at the instants of
 * the expiries, and balances left the points out from then on. An account's own time may lift an entry, as everywhere.
 *
 * Memory is that of the customers at hand: the rows of a customer are kept back with those of others up to a limit,
 * and then written.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "ledger/jobs/expiry.h"
#include "ledger/posting/due.h"
#include "ledger/posting/posting.h"
#include "ledger/posting/promised.h"
#include "ledger/tables/day_store.h"
#include "ledger/tables/writer.h"

/* Lots whose rows are kept back, beside those of the customer at hand: most customers have few, some have hundreds. */
#define KEPT_LOTS 1000

/* Customers of one portion: what was read of them, and how far they are posted. */
typedef struct Expiry
{
	LoyaltyJob *job;
	LoyaltyCall *call;
	int32 first_open_day;
	int account_count;
	AccountRow *accounts; /* that are due, by customer, program and category */
	int lot_count;
	/* Due lots in the order of the accounts, with the next one of each account that is not due. */
	LotRow *lots;
	LOYALTY_ARRAY(AccountRow) changed; /* as the posting left them, to be written at the end */
	LoyaltyWriter *writer;
	int kept_lots;					/* so many lots have rows in the writer, about */
	MemoryContext customer_context; /* of one posting; emptied after each */
} Expiry;

/*
 * Locks each customer by a statement of its own, ascending, as whoever locks several does. Under one snapshot the
 * accounts are locked, too, or a conflict would be found only when rows are written.
 */
static void
lock_customers(const LoyaltyCall *call, const int64 *customers, int count)
{
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyCustomer customer;

		CHECK_FOR_INTERRUPTS();
		if (!loyalty_customer_lock(call->org->org_id, customers[i], &customer))
			elog(ERROR, "customer " INT64_FORMAT " has accounts and does not exist", customers[i]);
		if (IsolationUsesXactSnapshot())
			loyalty_accounts_lock(call->org->org_id, customers[i]);
	}
}

/*
 * Begins the posting of one customer, with the accounts that are due. loyalty_posting_begin is not called, since it
 * would lock and read what is here already. Rows recorded before are not older than the clock, which may have gone
 * back.
 */
static void
begin_posting(const Expiry *expiry, const AccountRow *accounts, int count, Posting *posting)
{
	int i;

	*posting = (Posting){
		.call = expiry->call,
		.customer = { .customer_id = accounts[0].customer_id },
		.first_open_day = expiry->first_open_day,
		.effective_at = expiry->job->as_of,
		.recorded_at = expiry->call->now,
		.account_count = count,
		.accounts = palloc0(sizeof(PostedAccount) * count),
		.writer = expiry->writer,
	};
	for (i = 0; i < count; i++)
	{
		posting->accounts[i].account = accounts[i].account;
		posting->accounts[i].tid = accounts[i].tid;
		posting->recorded_at = Max(posting->recorded_at, accounts[i].account.last_recorded_at);
	}
}

/*
 * Tells whether every account has room for the expiry of its lots that are due. The lots of the accounts follow each
 * other, so one pass over both meets all.
 */
static bool
has_room(const Posting *posting, const LotRow *lots, int count)
{
	int i;
	int l = 0;

	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;
		int64 points = 0;

		for (; l < count && lots[l].lot.program_id == account->program_id &&
			   lots[l].lot.category == account->category;
			 l++)
			if (loyalty_lot_is_due(&lots[l].lot, posting->effective_at))
				points += lots[l].lot.remaining;
		if (!loyalty_account_has_room(account, 0, points))
			return false;
	}
	return true;
}

/*
 * Posts one customer, in a memory context of its own; the accounts are noted, as they outlive it. One who has no room
 * is noted in the job with a warning, and nothing of it is written.
 */
static void
expire_customer(Expiry *expiry, const AccountRow *accounts, int account_count, const LotRow *lots,
				int lot_count)
{
	MemoryContext caller = MemoryContextSwitchTo(expiry->customer_context);
	int64 customer_id = accounts[0].customer_id;
	Posting posting;
	bool fits;
	int i;

	begin_posting(expiry, accounts, account_count, &posting);
	fits = has_room(&posting, lots, lot_count);
	if (fits)
		loyalty_posting_expire_lots(&posting, lots, lot_count);
	MemoryContextSwitchTo(caller);
	/* In the context of the portion: the rows are written after the last customer. */
	for (i = 0; fits && i < account_count; i++)
	{
		AccountRow posted = {
			.customer_id = customer_id,
			.org_id = accounts[i].org_id,
			.account = posting.accounts[i].account,
			.tid = accounts[i].tid,
		};

		LOYALTY_APPEND(expiry->changed, posted);
	}
	MemoryContextReset(expiry->customer_context);
	if (fits)
		expiry->job->done++;
	else
		loyalty_job_leave_out(expiry->job, customer_id);
}

/*
 * Goes customer by customer, each with the accounts and the lots that come next. A customer's rows are never parted by
 * a flush, which comes between two.
 */
static void
expire_each(Expiry *expiry)
{
	int a;
	int l = 0;
	int next_a;
	int next_l;

	for (a = 0; a < expiry->account_count; a = next_a, l = next_l)
	{
		int64 customer_id = expiry->accounts[a].customer_id;

		CHECK_FOR_INTERRUPTS();
		for (next_a = a; next_a < expiry->account_count; next_a++)
			if (expiry->accounts[next_a].customer_id != customer_id)
				break;
		for (next_l = l; next_l < expiry->lot_count; next_l++)
			if (expiry->lots[next_l].customer_id != customer_id)
				break;
		expire_customer(expiry, &expiry->accounts[a], next_a - a, &expiry->lots[l], next_l - l);
		expiry->kept_lots += next_l - l;
		if (expiry->kept_lots < KEPT_LOTS)
			continue;
		loyalty_writer_flush(expiry->writer);
		expiry->kept_lots = 0;
	}
}

/*
 * Converts the promised points that have come to a customer by the job's time: what expires afterwards must not keep them
 * from taking effect at their instant.
 */
static void
convert_come(const Expiry *expiry, int64 customer_id)
{
	Posting posting;

	loyalty_posting_begin(&posting, expiry->call, customer_id);
	loyalty_posting_load(&posting, (AccountChoice){ .every_category = true });
	posting.effective_at = expiry->job->as_of;
	loyalty_posting_convert_due(&posting);
}

/* Reads what is due of the customers, after what has come to them is converted. */
static void
read_due(Expiry *expiry, const int64 *customers, int count)
{
	int32 org_id = expiry->call->org->org_id;
	TimestampTz as_of = expiry->job->as_of;
	int64 *come = palloc(sizeof(int64) * Max(count, 1));
	int come_count;
	int i;

	expiry->account_count =
		loyalty_accounts_due(org_id, customers, count, as_of, &expiry->accounts, come, &come_count);
	for (i = 0; i < come_count; i++)
		convert_come(expiry, come[i]);
	if (come_count > 0)
		expiry->account_count =
			loyalty_accounts_due(org_id, customers, count, as_of, &expiry->accounts, come, &come_count);
	expiry->lot_count =
		loyalty_lots_due(org_id, expiry->accounts, expiry->account_count, as_of, &expiry->lots);
}

/*
 * Carries out the steps. The first open day is asked after the locks, as every posting asks it. Accounts go out last and at once: nothing reads them before, and each is written once however many events it
 * had.
 */
void
loyalty_expire_customers(LoyaltyJob *job, LoyaltyCall *call, const int64 *customers, int count)
{
	int32 org_id = call->org->org_id;
	Expiry expiry = { .job = job, .call = call };

	lock_customers(call, customers, count);
	expiry.first_open_day = loyalty_first_open_day(org_id);
	read_due(&expiry, customers, count);
	expiry.customer_context =
		AllocSetContextCreate(CurrentMemoryContext, "loyalty expiry", ALLOCSET_DEFAULT_SIZES);
	expiry.writer = loyalty_writer_begin();
	expire_each(&expiry);
	loyalty_writer_end(expiry.writer);
	loyalty_accounts_update(expiry.changed.items, expiry.changed.n);
}
