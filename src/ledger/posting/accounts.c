/*
 * accounts.c: which accounts of a customer take part in a posting, and the accounts that are opened for it.
 *
 * The choice says of which program and category. Accounts that take part are read, in the order of program and
 * category, and with them the times that the posting may not fall behind: an account that takes no part lifts no time
 * and expires nothing. That is why a call names no more than it touches.
 *
 * The accounts of a program are opened together, one of each category, by an event of their own at the time of the
 * registration: with the registration itself, or, where the program is younger, when they are first chosen. The
 * customer is locked, so that nobody opens them beside.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "common/points.h"
#include "ledger/posting/accounts.h"
#include "ledger/posting/event.h"
#include "ledger/posting/kept_accounts.h"
#include "ledger/posting/posting.h"
#include "ledger/tables/day_store.h"

static const Category categories[LOYALTY_CATEGORIES] = { CATEGORY_REGULAR, CATEGORY_PROMISED,
														 CATEGORY_TRIGGER_BASED };

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

PostedAccount *
loyalty_posting_account(Posting *posting, int32 program_id, char category)
{
	PostedAccount *account = find_account(posting, program_id, category);

	if (account == NULL)
		elog(ERROR, "account of program %d takes no part", program_id);
	return account;
}

void
loyalty_accounts_make(const Posting *posting, const LoyaltyProgram *programs, int count,
					  PostedAccount *accounts)
{
	int i;

	for (i = 0; i < count * LOYALTY_CATEGORIES; i++)
		accounts[i].account = (Account){
			.program_id = programs[i / LOYALTY_CATEGORIES].program_id,
			.category = categories[i % LOYALTY_CATEGORIES],
			.last_effective_at = posting->customer.registered_on,
			.next_expiry_at = NEVER,
		};
}

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

/* Opens the accounts of some programs under one event; "accounts" has room for all of them. */
static void
open_accounts(Posting *posting, const LoyaltyProgram *programs, int count, const Event *origin,
			  PostedAccount *accounts)
{
	TimestampTz registered_on = posting->customer.registered_on;
	int i;

	posting->effective_at = registered_on;
	posting->recorded_at = posting->call->now;
	loyalty_accounts_make(posting, programs, count, accounts);
	loyalty_event_begin(posting, EVENT_CUSTOMER_REGISTRATION, registered_on, origin);
	for (i = 0; i < count * LOYALTY_CATEGORIES; i++)
		loyalty_event_post(posting, &accounts[i], ENTRY_OPENING_BALANCE, HOUSE_OPENING, 0);
	loyalty_event_end(posting);
	loyalty_accounts_insert(posting, accounts, count * LOYALTY_CATEGORIES);
}

/* Room for more accounts behind those that take part; they do from here on. */
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

static void
open_program(Posting *posting, const LoyaltyProgram *program)
{
	open_accounts(posting, program, 1, NULL, add_accounts(posting, LOYALTY_CATEGORIES));
}

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
		.key_id = loyalty_key_in_use(),
		.first_open_day = loyalty_first_open_day(call->org->org_id),
	};

	if (count > 0)
		open_accounts(&posting, call->org->programs, count, &origin,
					  palloc0(sizeof(PostedAccount) * count * LOYALTY_CATEGORIES));
}

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
