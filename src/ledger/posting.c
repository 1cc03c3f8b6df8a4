/*
 * posting.c: the steps that every writing call of the ledger shares. The rules decide, the stores write; here is
 * the order.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/timestamp.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "customer/member.h"
#include "ledger/day_store.h"
#include "ledger/ledger_hooks.h"
#include "ledger/posting.h"

static const Category categories[LOYALTY_CATEGORIES] = { CATEGORY_REGULAR, CATEGORY_PROMISED,
														 CATEGORY_TRIGGER_BASED };

static void open_accounts(Posting *posting, const LoyaltyProgram *programs, int count, const Event *columns,
						  PostedAccount *accounts);

void
loyalty_posting_begin(Posting *posting, LoyaltyCall *call, int64 customer_id)
{
	memset(posting, 0, sizeof(Posting));
	posting->call = call;
	posting->key_id = loyalty_key_in_use();
	if (!loyalty_customer_lock(call->org->org_id, customer_id, &posting->customer))
		loyalty_raise_customer_unknown(customer_id);
	posting->first_open_day = loyalty_first_open_day(call->org->org_id);
	if (IsolationUsesXactSnapshot())
		loyalty_accounts_lock(call->org->org_id, customer_id);
}

void
loyalty_posting_require_loyalty(const Posting *posting)
{
	if (!posting->customer.loyalty)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_NOT_LOYALTY),
						errmsg("customer " INT64_FORMAT " is not enrolled for loyalty",
							   posting->customer.customer_id),
						errhint("Register the customer with loyalty_type loyalty first.")));
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

/* The accounts of a program that is younger than the customer's registration open when they are first touched. */
void
loyalty_posting_involve(Posting *posting, const LoyaltyProgram *program, char category)
{
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;

	loyalty_posting_require_loyalty(posting);
	posting->account_count =
		loyalty_accounts_of_program(org_id, customer_id, program->program_id, category, &posting->accounts);
	if (posting->account_count == 0)
	{
		posting->accounts = palloc0(sizeof(PostedAccount) * LOYALTY_CATEGORIES);
		posting->account_count = LOYALTY_CATEGORIES;
		posting->recorded_at = posting->call->now;
		open_accounts(posting, program, 1, NULL, posting->accounts);
	}
}

void
loyalty_posting_involve_all(Posting *posting)
{
	loyalty_posting_require_loyalty(posting);
	posting->account_count = loyalty_accounts_regular(posting->call->org->org_id,
													  posting->customer.customer_id, &posting->accounts);
}

static bool
has_program(const PostedAccount *accounts, int count, int32 program_id)
{
	int i;

	for (i = 0; i < count; i++)
		if (accounts[i].account.program_id == program_id)
			return true;
	return false;
}

void
loyalty_posting_involve_beside(Posting *posting, const Posting *beside)
{
	PostedAccount *accounts;
	int count = loyalty_accounts_every(posting->call->org->org_id, posting->customer.customer_id, &accounts);
	int others = beside->account_count;
	int i;

	posting->accounts = palloc0(sizeof(PostedAccount) * (count + others * LOYALTY_CATEGORIES + 1));
	memcpy(posting->accounts, accounts, sizeof(PostedAccount) * count);
	posting->recorded_at = posting->call->now;
	for (i = 0; i < others; i++)
	{
		int32 program_id = beside->accounts[i].account.program_id;

		if (has_program(posting->accounts, count, program_id))
			continue;
		open_accounts(posting, loyalty_org_program_by_id(posting->call->org, program_id), 1, NULL,
					  &posting->accounts[count]);
		count += LOYALTY_CATEGORIES;
	}
	posting->account_count = count;
}

void
loyalty_posting_involve_every(Posting *posting)
{
	posting->account_count =
		loyalty_accounts_every(posting->call->org->org_id, posting->customer.customer_id, &posting->accounts);
}

void
loyalty_posting_involve_programs(Posting *posting, const int32 *program_ids, int count)
{
	int i;

	loyalty_posting_involve_all(posting);
	posting->accounts = repalloc(posting->accounts, sizeof(PostedAccount) * (posting->account_count +
																			 count * LOYALTY_CATEGORIES));
	posting->recorded_at = posting->call->now;
	for (i = 0; i < count; i++)
	{
		PostedAccount *opened = &posting->accounts[posting->account_count];

		if (find_account(posting, program_ids[i], CATEGORY_REGULAR) != NULL)
			continue;
		memset(opened, 0, sizeof(PostedAccount) * LOYALTY_CATEGORIES);
		open_accounts(posting, loyalty_org_program_by_id(posting->call->org, program_ids[i]), 1, NULL,
					  opened);
		posting->account_count += LOYALTY_CATEGORIES;
	}
}

void
loyalty_posting_involve_also(Posting *posting, const LoyaltyProgram *program, char category)
{
	PostedAccount *before = posting->accounts;
	int count = posting->account_count;
	int i;

	loyalty_posting_involve(posting, program, category);
	posting->accounts =
		repalloc(posting->accounts, sizeof(PostedAccount) * Max(posting->account_count + count, 1));
	for (i = 0; i < count; i++)
		if (find_account(posting, before[i].account.program_id, before[i].account.category) == NULL)
			posting->accounts[posting->account_count++] = before[i];
}

/* Opens the accounts of some programs under one event; "accounts" has room for all of them. */
static void
open_accounts(Posting *posting, const LoyaltyProgram *programs, int count, const Event *columns,
			  PostedAccount *accounts)
{
	TimestampTz registered_on = posting->customer.registered_on;
	Account *rows = palloc(sizeof(Account) * count * LOYALTY_CATEGORIES);
	int i;

	posting->effective_at = registered_on;
	loyalty_event_begin(posting, EVENT_CUSTOMER_REGISTRATION, registered_on, columns);
	for (i = 0; i < count * LOYALTY_CATEGORIES; i++)
	{
		accounts[i].account = (Account){
			.program_id = programs[i / LOYALTY_CATEGORIES].program_id,
			.category = categories[i % LOYALTY_CATEGORIES],
			.last_effective_at = registered_on,
			.next_expiry_at = NEVER,
		};
		loyalty_event_post(posting, &accounts[i], ENTRY_OPENING_BALANCE, HOUSE_OPENING, 0);
	}
	loyalty_event_end(posting);
	for (i = 0; i < count * LOYALTY_CATEGORIES; i++)
	{
		rows[i] = accounts[i].account;
		accounts[i].changed = false;
	}
	loyalty_account_insert(posting->call->org->org_id, posting->customer.customer_id, rows,
						   count * LOYALTY_CATEGORIES);
}

void
loyalty_ledger_open_accounts(LoyaltyCall *call, const LoyaltyEnrolment *enrolment)
{
	int count = call->org->program_count;
	Event columns = {
		.source_id = enrolment->source_id,
		.till_id = enrolment->till_id,
		.store_id = enrolment->store_id,
	};
	Posting posting = {
		.call = call,
		.customer = { .customer_id = enrolment->customer_id, .registered_on = enrolment->registered_on },
		.recorded_at = call->now,
		.key_id = loyalty_key_in_use(),
		.first_open_day = loyalty_first_open_day(call->org->org_id),
	};

	if (count > 0)
		open_accounts(&posting, call->org->programs, count, &columns,
					  palloc0(sizeof(PostedAccount) * count * LOYALTY_CATEGORIES));
}

void
loyalty_posting_check_time(const LoyaltyCall *call, TimestampTz event_time)
{
	int64 tolerance = call->org->config_number[CONFIG_EVENT_TIME_TOLERANCE];

	if (event_time > call->now + tolerance * USECS_PER_SEC)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("the event lies in the future"),
				 errdetail("It is at %s, the clock at %s, with a tolerance of " INT64_FORMAT " seconds.",
						   pstrdup(timestamptz_to_str(event_time)), pstrdup(timestamptz_to_str(call->now)),
						   tolerance)));
}

void
loyalty_event_time_check(const LoyaltyCall *call, TimestampTz event_time, TimestampTz registered_on)
{
	loyalty_posting_check_time(call, event_time);
	if (event_time < registered_on)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_BEFORE_REGISTRATION),
				 errmsg("the event is older than the customer's registration"),
				 errdetail("It is at %s, the registration at %s.", pstrdup(timestamptz_to_str(event_time)),
						   pstrdup(timestamptz_to_str(registered_on)))));
}

/* Late events take effect after what is already there. */
static TimestampTz
latest_effective_at(const Posting *posting, TimestampTz event_time)
{
	TimestampTz latest = event_time;
	int i;

	for (i = 0; i < posting->account_count; i++)
		latest = Max(latest, posting->accounts[i].account.last_effective_at);
	return latest;
}

/* Recorded times never run backwards. */
static void
fix_instant(Posting *posting, TimestampTz event_time, TimestampTz effective_at)
{
	int i;

	posting->event_time = event_time;
	posting->effective_at = effective_at;
	posting->recorded_at = posting->call->now;
	for (i = 0; i < posting->account_count; i++)
		posting->recorded_at = Max(posting->recorded_at, posting->accounts[i].account.last_recorded_at);
}

/* Posts what is due by the effective time. Points of a late event may be due on arrival. */
static void
settle(Posting *posting)
{
	loyalty_posting_expire_due(posting);
	if (posting->event_time < posting->effective_at)
		loyalty_posting_reserve_expiry(posting);
}

void
loyalty_posting_fix_time(Posting *posting, TimestampTz event_time)
{
	loyalty_event_time_check(posting->call, event_time, posting->customer.registered_on);
	fix_instant(posting, event_time, latest_effective_at(posting, event_time));
}

void
loyalty_posting_fix_instant(Posting *posting, TimestampTz event_time)
{
	fix_instant(posting, event_time, latest_effective_at(posting, event_time));
}

bool
loyalty_posting_has_due(const Posting *posting)
{
	int i;

	for (i = 0; i < posting->account_count; i++)
		if (posting->accounts[i].account.next_expiry_at <= posting->effective_at)
			return true;
	return false;
}

void
loyalty_posting_set_instant(Posting *posting, TimestampTz event_time)
{
	loyalty_posting_fix_instant(posting, event_time);
	settle(posting);
}

void
loyalty_posting_set_any_time(Posting *posting, TimestampTz event_time)
{
	loyalty_posting_check_time(posting->call, event_time);
	loyalty_posting_set_instant(posting, event_time);
}

void
loyalty_posting_set_time(Posting *posting, TimestampTz event_time)
{
	loyalty_posting_fix_time(posting, event_time);
	settle(posting);
}

void
loyalty_postings_set_time(Posting *one, Posting *other, TimestampTz event_time)
{
	TimestampTz effective_at =
		Max(latest_effective_at(one, event_time), latest_effective_at(other, event_time));

	loyalty_event_time_check(one->call, event_time, one->customer.registered_on);
	loyalty_event_time_check(other->call, event_time, other->customer.registered_on);
	fix_instant(one, event_time, effective_at);
	fix_instant(other, event_time, effective_at);
	settle(one);
	settle(other);
}

void
loyalty_posting_reserve_expiry(Posting *posting)
{
	LOYALTY_APPEND(posting->reserved_event_ids, loyalty_next_id());
}

void
loyalty_event_begin(Posting *posting, EventCode code, TimestampTz event_time, const Event *columns)
{
	/* A bill brings the id that it was written under. */
	posting->event = columns ? *columns : (Event){ 0 };
	posting->event.event_code = code;
	posting->event.event_time = event_time;
	posting->event.recorded_at = posting->recorded_at;
	if (code == EVENT_EXPIRY && posting->reserved_event_ids.n > 0)
		posting->event.event_id = posting->reserved_event_ids.items[--posting->reserved_event_ids.n];
	else if (posting->event.event_id == 0)
		posting->event.event_id = loyalty_next_id();
	posting->entries.n = posting->entry_accounts.n = posting->lots.n = 0;
	posting->movements.n = posting->expiry_changes.n = 0;
}

void
loyalty_event_post(Posting *posting, PostedAccount *account, EntryType type, HouseAccount house, int64 points)
{
	HashedEntry entry = { .event_id = posting->event.event_id, .key_id = posting->key_id };

	if (!loyalty_account_post(&account->account, type, house, points, posting->effective_at, &entry.entry))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW),
						errmsg("a balance or counter of the account would be too large"),
						errdetail("Points are kept below 1000000000000000.")));
	entry.entry.posting_day =
		Max(posting->first_open_day, loyalty_local_date(entry.entry.effective_at, posting->call->org->zone));
	account->account.last_recorded_at = posting->recorded_at;
	account->changed = true;
	posting->event.net_points += type == ENTRY_DEBIT ? -points : points;
	LOYALTY_APPEND(posting->entries, entry);
	LOYALTY_APPEND(posting->entry_accounts, account);
}

void
loyalty_event_add_lot(Posting *posting, const Lot *lot, bool is_new)
{
	PostedLot posted = {
		.lot = *lot,
		.entry = posting->entries.n - 1,
		.order = posting->lots.n,
		.is_new = is_new,
	};

	LOYALTY_APPEND(posting->lots, posted);
}

void
loyalty_event_add_movement(Posting *posting, int64 lot_id, MovementType type, int64 points)
{
	int entry = posting->entries.n - 1;
	PostedMovement posted = {
		.movement = { .lot_id = lot_id,
					  .entry_no = posting->entries.items[entry].entry.entry_no,
					  .movement_type = type,
					  .points = points },
		.entry = entry,
	};

	LOYALTY_APPEND(posting->movements, posted);
}

int64
loyalty_event_add_credit_lot(Posting *posting, PostedAccount *account, Lot *lot)
{
	int64 paid;

	lot->entry_no = account->account.last_entry_no;
	paid = loyalty_lot_pay_arrears(lot, &account->account);
	loyalty_event_add_lot(posting, lot, true);
	if (paid > 0)
		loyalty_event_add_movement(posting, lot->lot_id, MOVEMENT_ARREARS_PAID, paid);
	return paid;
}

void
loyalty_event_add_expiry_change(Posting *posting, int64 lot_id, TimestampTz from, TimestampTz to)
{
	int entry = posting->entries.n - 1;
	PostedExpiryChange posted = {
		.change = { .lot_id = lot_id,
					.entry_no = posting->entries.items[entry].entry.entry_no,
					.old_expires_at = from,
					.new_expires_at = to },
		.entry = entry,
	};

	LOYALTY_APPEND(posting->expiry_changes, posted);
}

static int
compare_lot_ids(int64 left, int64 right)
{
	return left < right ? -1 : left > right;
}

/* As the verifier reads them: by lot, then type. */
static int
compare_movements(const void *left, const void *right)
{
	const Movement *a = &((const PostedMovement *) left)->movement;
	const Movement *b = &((const PostedMovement *) right)->movement;

	if (a->lot_id != b->lot_id)
		return compare_lot_ids(a->lot_id, b->lot_id);
	return (int) a->movement_type - (int) b->movement_type;
}

/* By lot, and what came to a lot first before what came later. */
static int
compare_lots(const void *left, const void *right)
{
	const PostedLot *a = left;
	const PostedLot *b = right;

	if (a->lot.lot_id != b->lot.lot_id)
		return compare_lot_ids(a->lot.lot_id, b->lot.lot_id);
	return a->order - b->order;
}

static int
compare_expiry_changes(const void *left, const void *right)
{
	return compare_lot_ids(((const PostedExpiryChange *) left)->change.lot_id,
						   ((const PostedExpiryChange *) right)->change.lot_id);
}

/* The hash of an entry over its account's last one; its parts come by lot id, as the verifier reads them. */
static void
hash_entry(Posting *posting, int index)
{
	HashedEntry *hashed = &posting->entries.items[index];
	Account *account = &posting->entry_accounts.items[index]->account;
	LoyaltyDigest digest;
	int i;

	if (!loyalty_digest_begin(&digest, posting->key_id))
		elog(ERROR, "the key in use is not in the key file");
	loyalty_chain_entry(loyalty_digest_bytes, &digest, account->last_hash, posting->call->org->org_id,
						posting->customer.customer_id, &posting->event, &hashed->entry);
	for (i = 0; i < posting->lots.n; i++)
		if (posting->lots.items[i].entry == index && posting->lots.items[i].is_new)
			loyalty_chain_lot(loyalty_digest_bytes, &digest, &posting->lots.items[i].lot);
	for (i = 0; i < posting->movements.n; i++)
		if (posting->movements.items[i].entry == index)
			loyalty_chain_movement(loyalty_digest_bytes, &digest, &posting->movements.items[i].movement);
	for (i = 0; i < posting->expiry_changes.n; i++)
		if (posting->expiry_changes.items[i].entry == index)
			loyalty_chain_expiry_change(loyalty_digest_bytes, &digest,
										&posting->expiry_changes.items[i].change);
	loyalty_digest_end(&digest, hashed->hash);
	memcpy(account->last_hash, hashed->hash, ENTRY_HASH_BYTES);
}

/* The event and its entries. */
static void
write_event(Posting *posting)
{
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;
	const Event *event = &posting->event;
	int count = posting->entries.n;
	bool in_entry = loyalty_event_stands_in_entry(event, count);

	if (!in_entry)
		loyalty_event_insert(org_id, customer_id, event);
	if (count > 0)
		loyalty_entry_insert(org_id, customer_id, in_entry ? event : NULL, posting->entries.items, count);
}

/* A lot that the event touches several times is written once, as it was left. */
static void
write_lots(Posting *posting)
{
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;
	LotRows new_lots = { 0 };
	LotRows changed = { 0 };
	bool is_new = false;
	int i;

	for (i = 0; i < posting->lots.n; i++)
	{
		const PostedLot *posted = &posting->lots.items[i];
		const Lot *lot = &posted->lot;

		is_new |= posted->is_new;
		if (i + 1 < posting->lots.n && posted[1].lot.lot_id == lot->lot_id)
			continue;
		if (is_new)
			LOYALTY_APPEND(new_lots, lot);
		else
			LOYALTY_APPEND(changed, lot);
		is_new = false;
	}
	if (new_lots.n > 0)
		loyalty_lots_insert(org_id, customer_id, &new_lots);
	if (changed.n > 0)
		loyalty_lots_update(org_id, customer_id, &changed);
}

static void
write_movements(Posting *posting)
{
	MovementRows rows = { 0 };
	int i;

	for (i = 0; i < posting->movements.n; i++)
	{
		const Movement *movement = &posting->movements.items[i].movement;

		LOYALTY_APPEND(rows, movement);
	}
	if (rows.n > 0)
		loyalty_movements_insert(posting->call->org->org_id, posting->customer.customer_id,
								 posting->event.event_id, &rows);
}

void
loyalty_event_end(Posting *posting)
{
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;
	int64 event_id = posting->event.event_id;
	int i;

	qsort(posting->lots.items, posting->lots.n, sizeof(PostedLot), compare_lots);
	qsort(posting->movements.items, posting->movements.n, sizeof(PostedMovement), compare_movements);
	qsort(posting->expiry_changes.items, posting->expiry_changes.n, sizeof(PostedExpiryChange),
		  compare_expiry_changes);
	for (i = 0; i < posting->entries.n; i++)
		hash_entry(posting, i);
	write_event(posting);
	write_lots(posting);
	write_movements(posting);
	for (i = 0; i < posting->expiry_changes.n; i++)
		loyalty_expiry_change_insert(org_id, customer_id, event_id, &posting->expiry_changes.items[i].change);
}

/* A lot that is due, with the account it leaves. */
typedef struct DueLot
{
	Lot lot;
	PostedAccount *account;
} DueLot;

typedef LOYALTY_ARRAY(DueLot) DueLots;

/* Whether an account has lots that are due: it is without a next expiry until the first one that is not comes along. */
static bool
begin_due(const Posting *posting, PostedAccount *account)
{
	if (account->account.next_expiry_at > posting->effective_at)
		return false;
	account->account.next_expiry_at = NEVER;
	account->changed = true;
	return true;
}

/* Takes the next open lot of an account, in spending order; false for one that is not due, the account's next expiry. */
static bool
take_due(const Posting *posting, PostedAccount *account, const Lot *lot, DueLots *due)
{
	DueLot taken = { .lot = *lot, .account = account };

	if (!loyalty_lot_is_due(lot, posting->effective_at))
	{
		account->account.next_expiry_at = lot->expires_at;
		return false;
	}
	LOYALTY_APPEND(*due, taken);
	return true;
}

static void
collect_due(Posting *posting, PostedAccount *account, DueLots *due)
{
	LotStream *stream;
	Lot lot;

	if (!begin_due(posting, account))
		return;
	stream = loyalty_open_lots(posting->call->org->org_id, posting->customer.customer_id,
							   account->account.category, account->account.program_id);
	while (loyalty_next_lot(stream, &lot) && take_due(posting, account, &lot, due))
		;
	loyalty_close_lots(stream);
}

/* By instant, then account: one event per instant, one entry per account in it. */
static int
compare_due(const void *left, const void *right)
{
	const DueLot *a = left;
	const DueLot *b = right;

	if (a->lot.expires_at != b->lot.expires_at)
		return a->lot.expires_at < b->lot.expires_at ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return compare_lot_ids(a->lot.lot_id, b->lot.lot_id);
}

/* Posts the due lots of one account at one instant; answers how many there are. */
static int
post_due_of_account(Posting *posting, const DueLot *due, int count)
{
	int64 points = 0;
	int n = 0;
	int i;

	while (n < count && due[n].account == due[0].account && due[n].lot.expires_at == due[0].lot.expires_at)
		points += due[n++].lot.remaining;
	loyalty_event_post(posting, due[0].account, ENTRY_DEBIT, HOUSE_EXPIRED, points);
	for (i = 0; i < n; i++)
	{
		Lot lot = due[i].lot;
		int64 expired = loyalty_lot_move(&lot, lot.remaining, MOVEMENT_EXPIRED);

		loyalty_event_add_lot(posting, &lot, false);
		loyalty_event_add_movement(posting, lot.lot_id, MOVEMENT_EXPIRED, expired);
	}
	return n;
}

static void
post_due(Posting *posting, DueLots *due)
{
	TimestampTz effective_at = posting->effective_at;
	int i;

	if (due->n == 0)
		return;
	qsort(due->items, due->n, sizeof(DueLot), compare_due);
	for (i = 0; i < due->n;)
	{
		TimestampTz instant = due->items[i].lot.expires_at;

		/* Expiry takes effect at its instant, not when a later call finds it due; the account lifts it if late. */
		posting->effective_at = instant;
		loyalty_event_begin(posting, EVENT_EXPIRY, instant, NULL);
		while (i < due->n && due->items[i].lot.expires_at == instant)
			i += post_due_of_account(posting, &due->items[i], due->n - i);
		loyalty_event_end(posting);
	}
	posting->effective_at = effective_at;
}

int64
loyalty_posting_due(const Posting *posting, const Account *account)
{
	int64 due = 0;
	LotStream *stream;
	Lot lot;

	if (account->next_expiry_at > posting->effective_at)
		return 0;
	stream = loyalty_open_lots(posting->call->org->org_id, posting->customer.customer_id, account->category,
							   account->program_id);
	while (loyalty_next_lot(stream, &lot) && loyalty_lot_is_due(&lot, posting->effective_at))
		due += lot.remaining;
	loyalty_close_lots(stream);
	return due;
}

/* The lots are read where it matters alone: what comes late may be due on arrival. */
bool
loyalty_posting_fits(const Posting *posting, const Account *account, int64 coming)
{
	int64 late = posting->event_time < posting->effective_at ? coming : 0;
	int64 most = Max(account->balance, 0) + late;

	return loyalty_account_has_room(account, coming, most) ||
		   loyalty_account_has_room(account, coming, loyalty_posting_due(posting, account) + late);
}

void
loyalty_posting_expire_due(Posting *posting)
{
	DueLots due = { 0 };
	int i;

	for (i = 0; i < posting->account_count; i++)
		collect_due(posting, &posting->accounts[i], &due);
	post_due(posting, &due);
}

void
loyalty_posting_expire_lots(Posting *posting, const OwnedLot *lots, int count)
{
	DueLots due = { 0 };
	int i;
	int l = 0;

	for (i = 0; i < posting->account_count; i++)
	{
		PostedAccount *account = &posting->accounts[i];
		bool more = begin_due(posting, account);

		for (; l < count && lots[l].lot.program_id == account->account.program_id &&
			   lots[l].lot.category == account->account.category;
			 l++)
			more = more && take_due(posting, account, &lots[l].lot, &due);
	}
	post_due(posting, &due);
}

void
loyalty_posting_end(Posting *posting)
{
	int i;

	for (i = 0; i < posting->account_count; i++)
		if (posting->accounts[i].changed)
			loyalty_account_update(posting->call->org->org_id, posting->customer.customer_id,
								   &posting->accounts[i].account);
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
