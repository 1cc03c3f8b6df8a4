/*
 * accounts.c: which accounts of a customer take part in a posting, and the accounts that are opened for it.
 *
 * The choice says of which program and category. Accounts that take part are read, in the order of program and
 * category, and with them the times that the posting may not fall behind: an account that takes no part lifts
 * no time and expires nothing. That is why a call names no more than it touches.
 *
 * The accounts of a program are opened together, one of each category, by an event of their own at the time of
 * the registration: with the registration itself, or, where the program is younger, when they are first
 * chosen. The customer's row is locked by then (loyalty_posting_begin, the batch, or the registration that
 * made it), so that nobody opens them beside. Nothing is late here: accounts are as the last committed call
 * left them, in a batch as the last item did.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/points.h"
#include "ledger/posting/accounts.h"
#include "ledger/posting/event.h"
#include "ledger/posting/kept_accounts.h"
#include "ledger/posting/posting.h"
#include "ledger/tables/day_store.h"

static const Category categories[LOYALTY_CATEGORIES] = { CATEGORY_REGULAR, CATEGORY_PROMISED,
														 CATEGORY_TRIGGER_BASED };

/* Judges by the row that was read with the lock: an enrolment that this call waited for counts. */
bool
loyalty_posting_judge_loyalty(const Posting *posting, LoyaltyRefusal *refusal)
{
	if (!posting->customer.loyalty)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_NOT_LOYALTY,
					   errmsg("customer " INT64_FORMAT " is not enrolled for loyalty",
							  posting->customer.customer_id),
					   errhint("Register the customer with loyalty_type loyalty first."));
	return true;
}

/* Finds an account among those that take part, or NULL. A loop: customers have three accounts a program. */
static PostedAccount *
find_account(Posting *posting, int32 program_id, char category)
{
	int i;

	for (i = 0; i < posting->account_count; i++)
	{
		const Account *account = &posting->accounts[i].account;

		if (account->program_id == program_id && account->category == (Category) category)
			return &posting->accounts[i];
	}
	return NULL;
}

/* Raises an internal error where the account is missing: the choice at loading must have named it. */
PostedAccount *
loyalty_posting_account(Posting *posting, int32 program_id, char category)
{
	PostedAccount *account = find_account(posting, program_id, category);

	if (account == NULL)
		elog(ERROR, "account of program %d takes no part", program_id);
	return account;
}

/* Returns what a new account says: where a program asks for participation, having an account is none. */
static Participation
new_participation(const LoyaltyProgram *program, Category category)
{
	return program->asks_participation && category == CATEGORY_REGULAR ? PARTICIPATION_NONE
																	   : PARTICIPATION_UNASKED;
}

/*
 * Accounts begin at the registration, so that the first event may be as old as that, but not after the clock: nothing
 * takes effect after it is recorded. The first hash of their chain is all zero.
 */
void
loyalty_accounts_make(const Posting *posting, const LoyaltyProgram *programs, int count,
					  PostedAccount *accounts)
{
	int i;

	for (i = 0; i < count * LOYALTY_CATEGORIES; i++)
		accounts[i].account = (Account){
			.program_id = programs[i / LOYALTY_CATEGORIES].program_id,
			.category = categories[i % LOYALTY_CATEGORIES],
			.last_effective_at = Min(posting->customer.registered_on, posting->call->now),
			.last_recorded_at = posting->call->now,
			.next_expiry_at = NEVER,
			.next_conversion_at = NEVER,
			.participation =
				new_participation(&programs[i / LOYALTY_CATEGORIES], categories[i % LOYALTY_CATEGORIES]),
		};
}

/*
 * Comes after the entries: the rows go in with the number and the hash of their last entry, so that no update
 * follows.
 */
void
loyalty_accounts_insert(Posting *posting, PostedAccount *accounts, int count)
{
	Account *rows = palloc(sizeof(Account) * count);
	int i;

	for (i = 0; i < count; i++)
	{
		rows[i] = accounts[i].account;
		accounts[i].changed = false;
	}
	loyalty_account_insert(posting->writer, posting->call->org->org_id, posting->customer.customer_id, rows,
						   count);
}

/*
 * Opens the accounts of some programs under one event, with an opening entry of zero points each; "accounts"
 * has room for all of them. Leaves the times of the posting at those of the registration: whoever goes on
 * fixes them anew.
 */
static void
open_accounts(Posting *posting, const LoyaltyProgram *programs, int count, const Event *origin,
			  PostedAccount *accounts)
{
	TimestampTz registered_on = posting->customer.registered_on;
	int i;

	posting->recorded_at = posting->call->now;
	posting->effective_at = Min(registered_on, posting->recorded_at);
	loyalty_accounts_make(posting, programs, count, accounts);
	loyalty_event_begin(posting, EVENT_CUSTOMER_REGISTRATION, registered_on, origin);
	for (i = 0; i < count * LOYALTY_CATEGORIES; i++)
		loyalty_event_post(posting, &accounts[i], ENTRY_OPENING_BALANCE, HOUSE_OPENING, 0);
	loyalty_event_end(posting);
	loyalty_accounts_insert(posting, accounts, count * LOYALTY_CATEGORIES);
}

/*
 * Makes room for more accounts behind those that take part; the new ones do from here on. The old array stays
 * as it is, so a pointer into it no longer reaches the posting's accounts.
 */
static PostedAccount *
add_accounts(Posting *posting, int count)
{
	PostedAccount *accounts = palloc0(sizeof(PostedAccount) * (posting->account_count + count));
	PostedAccount *added = &accounts[posting->account_count];

	memcpy(accounts, posting->accounts, sizeof(PostedAccount) * posting->account_count);
	posting->accounts = accounts;
	posting->account_count += count;
	return added;
}

/* Opens one program that is younger than the customer. Its opening says no till: nobody was there. */
static void
open_program(Posting *posting, const LoyaltyProgram *program)
{
	open_accounts(posting, program, 1, NULL, add_accounts(posting, LOYALTY_CATEGORIES));
}

/*
 * Reads the accounts of a choice, from the batch's kept ones where there are any: rows in the table are older
 * then. One program is found by its key, which takes one look into one index for the regular account alone.
 */
static int
read_accounts(const Posting *posting, const AccountChoice *choice, PostedAccount **accounts)
{
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;

	if (posting->kept != NULL)
		return loyalty_kept_accounts_take(posting->kept, posting, choice, accounts);
	if (choice->every_category)
		return loyalty_accounts_every(org_id, customer_id, accounts);
	if (choice->program == NULL)
		return loyalty_accounts_regular(org_id, customer_id, accounts);
	return loyalty_accounts_of_program(org_id, customer_id, choice->program->program_id,
									   choice->category != 0 ? choice->category : CATEGORY_REGULAR, accounts);
}

/* Accounts that took part before go on doing so, behind the others and as they were left. */
static void
keep_accounts(Posting *posting, const PostedAccount *before, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (find_account(posting, before[i].account.program_id, before[i].account.category) == NULL)
			*add_accounts(posting, 1) = before[i];
}

/*
 * Reads, then opens what is missing, then puts those back that took part before: only their order changes.
 * "every_category" asks for no enrolment: merges and deletions take whatever accounts there are.
 */
void
loyalty_posting_load(Posting *posting, AccountChoice choice)
{
	const PostedAccount *before = posting->accounts;
	int before_count = posting->account_count;
	int i;

	if (!choice.every_category)
		(void) loyalty_posting_judge_loyalty(posting, LOYALTY_RAISES);
	posting->account_count = read_accounts(posting, &choice, &posting->accounts);
	if (choice.program != NULL && posting->account_count == 0 && !choice.opens_none)
		open_program(posting, choice.program);
	for (i = 0; i < choice.open_count; i++)
		if (find_account(posting, choice.open[i], CATEGORY_REGULAR) == NULL)
			open_program(posting, loyalty_org_program_by_id(posting->call->org, choice.open[i]));
	if (choice.keeps_others)
		keep_accounts(posting, before, before_count);
}

/*
 * Builds a posting by hand, as there is no customer to lock: this transaction has just made or locked the row.
 * All programs of the org open under one event, which says where the registration came from.
 */
void
loyalty_ledger_open_accounts(LoyaltyCall *call, const LoyaltyEnrolment *enrolment)
{
	int count = call->org->program_count;
	Event origin = {
		.source_id = enrolment->source_id,
		.till_id = enrolment->till_id,
		.store_id = enrolment->store_id,
	};
	Posting posting = {
		.call = call,
		.customer = { .customer_id = enrolment->customer_id, .registered_on = enrolment->registered_on },
		.first_open_day = loyalty_first_open_day(call->org->org_id),
	};

	if (count > 0)
		open_accounts(&posting, call->org->programs, count, &origin,
					  palloc0(sizeof(PostedAccount) * count * LOYALTY_CATEGORIES));
}

/* Adds up balances as the events left them. */
int64
loyalty_posting_current_points(const Posting *posting)
{
	int64 points = 0;
	int i;

	for (i = 0; i < posting->account_count; i++)
		if (posting->accounts[i].account.category == CATEGORY_REGULAR)
			loyalty_add_points(&points, posting->accounts[i].account.balance);
	return points;
}
