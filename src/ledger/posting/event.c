/*
 * event.c: the event under construction: what happened to a customer at a time, with an entry for each account
 * that it touches, and the lots, movements and changes of expiry that come with each entry.
 *
 * An event is begun, gets its entries one after another, each followed by its parts, and is ended. Each entry
 * moves its account at once, so that the next one sees the balance it left; nothing goes to a table before the
 * end. There the parts are sorted as the verifier will read them, each entry is hashed over the last hash of
 * its account, and everything is written: a lot that several entries touched once, as the last one left it.
 * One event is under construction at a time, and what stands in the posting of the last one is read by callers
 * until the next begins.
 *
 * The customer is locked, and so is every chain of hashes. The time of an event may be long past; its
 * effective time never lies before that of the account's last entry (loyalty_account_post lifts it). Rows of
 * accounts are late: they are written by loyalty_posting_end. In a batch all rows are, and go out with the
 * writer.
 */
#include "postgres.h"

#include "common/compare.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/points_limit.h"
#include "ledger/posting/event.h"
#include "ledger/posting/event_notice.h"
#include "ledger/posting/posting.h"
#include "ledger/posting/promised.h"
#include "ledger/tables/claim_store.h"
#include "ledger/tables/key_store.h"

/*
 * An expiry takes an id that was reserved, where there is one: it is lower than that of the event which
 * brought the points (due.h). Arrays are emptied, not freed: the next event of the posting fills the same
 * memory.
 */
void
loyalty_event_begin(Posting *posting, EventCode code, TimestampTz event_time, const Event *origin)
{
	/* A bill brings the id that it was written under. */
	posting->event = origin ? *origin : (Event){ 0 };
	posting->event.event_code = code;
	posting->event.event_time = event_time;
	posting->event.recorded_at = posting->recorded_at;
	if (code == EVENT_EXPIRY && posting->reserved_taken < posting->reserved_event_ids.n)
		posting->event.event_id = posting->reserved_event_ids.items[posting->reserved_taken++];
	else if (posting->event.event_id == 0)
		posting->event.event_id = loyalty_next_id();
	posting->event.has_bill = false;
	posting->event.key_id = 0;
	posting->event.hash_version = 0;
	posting->key_id = loyalty_key_of_event(posting->call->org->org_id);
	posting->entries.n = posting->entry_accounts.n = posting->lots.n = 0;
	posting->movements.n = posting->expiry_changes.n = 0;
	posting->reversals.n = posting->claims.n = 0;
}

/* Serves judgements as well, which refuse before anything is written. */
bool
loyalty_refuse_overflow(LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_OVERFLOW,
				   errmsg("a balance or counter of the account would be too large"),
				   errdetail(POINTS_LIMIT_DETAIL));
}

/*
 * The day that an entry counts for is that of its effective time where the org is, or the first open day if
 * that one is closed. An overflow can only be raised: the account has moved by then, so whoever must go on
 * afterwards judges before (loyalty_posting_takes).
 */
void
loyalty_event_post(Posting *posting, PostedAccount *account, EntryType type, HouseAccount house, int64 points)
{
	HashedEntry entry = { .event_id = posting->event.event_id };

	if (!loyalty_account_post(&account->account, type, house, points, posting->effective_at, &entry.entry))
		(void) loyalty_refuse_overflow(LOYALTY_RAISES);
	entry.entry.posting_day =
		Max(posting->first_open_day, loyalty_local_date(entry.entry.effective_at, posting->call->org->zone));
	account->account.last_recorded_at = posting->recorded_at;
	account->changed = true;
	posting->event.net_points += type == ENTRY_DEBIT ? -points : points;
	LOYALTY_APPEND(posting->entries, entry);
	LOYALTY_APPEND(posting->entry_accounts, account);
}

/*
 * Copies the lot as it is at this entry. Additions are numbered, so that the last one of each lot is known
 * after sorting.
 */
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

/* Keeps the place of the row, which spares the update a search in an index. */
void
loyalty_event_add_drawn_lot(Posting *posting, const Lot *lot, ItemPointerData tid)
{
	loyalty_event_add_lot(posting, lot, false);
	posting->lots.items[posting->lots.n - 1].tid = tid;
}

/* Gets the entry's number now: the key of a movement is lot, entry and type. */
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

/*
 * Arrears come first: what a customer owes is paid by the next points that arrive in the account, before
 * anybody can spend them. A lot that pays with all its points is written, closed from the start.
 */
int64
loyalty_event_add_credit_lot(Posting *posting, PostedAccount *account, Lot *lot)
{
	int64 paid;

	lot->entry_no = account->account.last_entry_no;
	paid = loyalty_lot_pay_arrears(lot, &account->account);
	loyalty_event_add_lot(posting, lot, true);
	if (paid > 0)
		loyalty_event_add_movement(posting, lot->lot_id, MOVEMENT_ARREARS_PAID, paid);
	loyalty_posting_promise(posting, lot);
	return paid;
}

/*
 * Keeps both instants: the lot has its expiry of today alone, and the hash of its award covers the first one.
 */
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

/* Keeps whose lot it was: after a merge it is not the posting's customer's. */
void
loyalty_event_add_reversal(Posting *posting, int64 reversed_customer_id, int64 reversed_event_id,
						   int64 lot_id, int64 points)
{
	int entry = posting->entries.n - 1;
	PostedReversal posted = {
		.reversal = { .program_id = posting->entries.items[entry].entry.program_id,
					  .entry_no = posting->entries.items[entry].entry.entry_no,
					  .reversed_customer_id = reversed_customer_id,
					  .reversed_event_id = reversed_event_id,
					  .lot_id = lot_id,
					  .points = points },
		.entry = entry,
	};

	LOYALTY_APPEND(posting->reversals, posted);
}

/* Gets the account and number of the entry, which with the lot are the key of a claim. */
void
loyalty_event_add_claim(Posting *posting, int64 lot_customer_id, int64 lot_id, int64 claimed, int64 covered)
{
	int entry = posting->entries.n - 1;
	PostedClaim posted = {
		.claim = { .program_id = posting->entries.items[entry].entry.program_id,
				   .category = posting->entries.items[entry].entry.category,
				   .entry_no = posting->entries.items[entry].entry.entry_no,
				   .lot_customer_id = lot_customer_id,
				   .lot_id = lot_id,
				   .claimed = claimed,
				   .covered = covered },
		.entry = entry,
	};

	LOYALTY_APPEND(posting->claims, posted);
}

/* Orders movements as the verifier reads them: by lot, then type. */
static int
compare_movements(const void *left, const void *right)
{
	const Movement *a = &((const PostedMovement *) left)->movement;
	const Movement *b = &((const PostedMovement *) right)->movement;

	if (a->lot_id != b->lot_id)
		return loyalty_compare_int64(a->lot_id, b->lot_id);
	return (int) a->movement_type - (int) b->movement_type;
}

/* Orders lots by id, and what came to a lot first before what came later. */
static int
compare_lots(const void *left, const void *right)
{
	const PostedLot *a = left;
	const PostedLot *b = right;

	if (a->lot.lot_id != b->lot.lot_id)
		return loyalty_compare_int64(a->lot.lot_id, b->lot.lot_id);
	return a->order - b->order;
}

/* Orders changes by lot: an entry changes the expiry of a lot once at most. */
static int
compare_expiry_changes(const void *left, const void *right)
{
	return loyalty_compare_int64(((const PostedExpiryChange *) left)->change.lot_id,
								 ((const PostedExpiryChange *) right)->change.lot_id);
}

/* Orders reversals by redemption, then lot. */
static int
compare_reversals(const void *left, const void *right)
{
	const Reversal *a = &((const PostedReversal *) left)->reversal;
	const Reversal *b = &((const PostedReversal *) right)->reversal;

	if (a->reversed_event_id != b->reversed_event_id)
		return loyalty_compare_int64(a->reversed_event_id, b->reversed_event_id);
	return loyalty_compare_int64(a->lot_id, b->lot_id);
}

/* Orders claims by lot. */
static int
compare_claims(const void *left, const void *right)
{
	return loyalty_compare_int64(((const PostedClaim *) left)->claim.lot_id,
								 ((const PostedClaim *) right)->claim.lot_id);
}

/* Passes what an entry reverses and claims: most have neither. */
static void
hash_rare_parts(const Posting *posting, int index, LoyaltyDigest *digest)
{
	int i;

	for (i = 0; i < posting->reversals.n; i++)
		if (posting->reversals.items[i].entry == index)
			loyalty_chain_reversal(loyalty_digest_bytes, digest, &posting->reversals.items[i].reversal);
	for (i = 0; i < posting->claims.n; i++)
		if (posting->claims.items[i].entry == index)
			loyalty_chain_claim(loyalty_digest_bytes, digest, &posting->claims.items[i].claim);
}

/*
 * Hashes the bill of the event, once its net points are known: the event as it is, then the bill and its lines. So a
 * bill that earned nothing is under a hash, too; the entries of one that did are hashed over this hash.
 */
static void
hash_bill(Posting *posting)
{
	Event *event = &posting->event;
	LoyaltyDigest digest;

	event->key_id = posting->key_id;
	event->hash_version = HASH_VERSION;
	if (!loyalty_digest_begin(&digest, posting->key_id))
		elog(ERROR, "the key in use is not in the key file");
	loyalty_chain_bill_event(loyalty_digest_bytes, &digest, posting->call->org->org_id,
							 posting->customer.customer_id, event);
	posting->bill.chain(loyalty_digest_bytes, &digest, posting->bill.bill);
	loyalty_digest_end(&digest, event->bill_hash);
	event->has_bill = true;
	posting->told_bill = posting->bill;
	posting->bill = (PostedBill){ 0 };
}

/*
 * Hashes an entry over its account's last hash. Its parts come by lot id, as the verifier reads them; of lots
 * those alone that the event brings, since what changes later is covered by the movements. Looks at all parts
 * of the event for each entry, which is quadratic, but an event has one entry per account and rarely more.
 */
static void
hash_entry(Posting *posting, int index)
{
	HashedEntry *hashed = &posting->entries.items[index];
	Account *account = &posting->entry_accounts.items[index]->account;
	LoyaltyDigest digest;
	int i;

	if (account->last_key_id != posting->key_id)
		posting->key_id = loyalty_key_of_entry(posting->call->org->org_id, account->last_key_id);
	hashed->key_id = account->last_key_id = posting->key_id;
	if (!loyalty_digest_begin(&digest, posting->key_id))
		elog(ERROR, "the key in use is not in the key file");
	loyalty_chain_entry(loyalty_digest_bytes, &digest, HASH_VERSION, account->last_hash,
						posting->call->org->org_id, posting->customer.customer_id, &posting->event,
						&hashed->entry);
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
	hash_rare_parts(posting, index, &digest);
	loyalty_digest_end(&digest, hashed->hash);
	memcpy(account->last_hash, hashed->hash, ENTRY_HASH_BYTES);
}

/*
 * Writes the event and its entries. An event of a single entry that nothing looks up stands in that entry and
 * has no row: most awards and expiries are such.
 */
static void
write_event(Posting *posting)
{
	int32 org_id = posting->call->org->org_id;
	int64 customer_id = posting->customer.customer_id;
	const Event *event = &posting->event;
	int count = posting->entries.n;
	bool in_entry = loyalty_event_stands_in_entry(event, count);

	if (!in_entry)
		loyalty_event_insert(posting->writer, org_id, customer_id, event);
	if (count > 0)
		loyalty_entry_insert(posting->writer, org_id, customer_id, in_entry ? event : NULL,
							 posting->entries.items, count);
}

/*
 * Writes a lot that the event touches several times once, as it was left: the last of its additions, which are
 * neighbours now. A lot is new if any of its additions was, and no flush has written it; one that was not touched
 * since a flush is written already.
 */
static void
write_lots(Posting *posting)
{
	int64 customer_id = posting->customer.customer_id;
	LotRows new_lots = { 0 };
	LotRows changed = { 0 };
	bool is_new = false;
	bool is_known = false;
	int i;

	for (i = 0; i < posting->lots.n; i++)
	{
		PostedLot *posted = &posting->lots.items[i];
		bool was_written = posted->is_written;
		LotRow row = {
			.customer_id = customer_id,
			.org_id = posting->call->org->org_id,
			.lot = posted->lot,
			.is_open = posted->lot.remaining > 0,
			.tid = posted->tid,
		};

		is_new |= posted->is_new;
		is_known |= was_written;
		posted->is_written = true;
		if (i + 1 < posting->lots.n && posted[1].lot.lot_id == posted->lot.lot_id)
			continue;
		if (is_new && !is_known)
			LOYALTY_APPEND(new_lots, row);
		else if (!was_written)
			LOYALTY_APPEND(changed, row);
		is_new = is_known = false;
	}
	if (new_lots.n > 0)
		loyalty_lots_insert(posting->writer, customer_id, &new_lots);
	if (changed.n > 0)
		loyalty_lots_update(posting->writer, customer_id, &changed);
}

/* Writes all movements of the event together; pointers do, since the array stays until the rows are made. */
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
		loyalty_movements_insert(posting->writer, posting->call->org->org_id, posting->customer.customer_id,
								 posting->event.event_id, &rows);
}

/* Writes what went back of redemptions. */
static void
write_reversals(Posting *posting)
{
	ReversalRow *rows;
	int i;

	if (posting->reversals.n == 0)
		return;
	rows = palloc(sizeof(ReversalRow) * posting->reversals.n);
	for (i = 0; i < posting->reversals.n; i++)
		rows[i] = (ReversalRow){ posting->customer.customer_id, posting->call->org->org_id,
								 posting->event.event_id, posting->reversals.items[i].reversal };
	loyalty_reversals_insert(posting->writer, posting->customer.customer_id, rows, posting->reversals.n);
}

/* Writes claims that no flush has written. */
static void
write_claims(Posting *posting)
{
	int i;

	for (i = 0; i < posting->claims.n; i++)
	{
		PostedClaim *posted = &posting->claims.items[i];
		ClaimRow row = { posting->customer.customer_id, posting->call->org->org_id, posting->event.event_id,
						 posted->claim };

		if (!posted->is_written)
			loyalty_claims_insert(posting->writer, posting->customer.customer_id, &row, 1);
		posted->is_written = true;
	}
}

/* Leaves the entries: they are hashed with all that belongs to them, and with the event's net points, at its end. */
void
loyalty_event_flush(Posting *posting)
{
	qsort(posting->lots.items, posting->lots.n, sizeof(PostedLot), compare_lots);
	write_lots(posting);
	write_claims(posting);
}

/*
 * Sorts first, since both the hashes and the writing of lots rely on the order of ids. Then hashes entry by
 * entry, in the order of posting: two entries of one account chain to each other. Rows go in table by table.
 */
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
	if (posting->bill.event_id != 0 && posting->bill.event_id == event_id)
		hash_bill(posting);
	qsort(posting->reversals.items, posting->reversals.n, sizeof(PostedReversal), compare_reversals);
	qsort(posting->claims.items, posting->claims.n, sizeof(PostedClaim), compare_claims);
	for (i = 0; i < posting->entries.n; i++)
		hash_entry(posting, i);
	write_event(posting);
	write_lots(posting);
	write_movements(posting);
	for (i = 0; i < posting->expiry_changes.n; i++)
		loyalty_expiry_change_insert(posting->writer, org_id, customer_id, event_id,
									 &posting->expiry_changes.items[i].change);
	write_reversals(posting);
	write_claims(posting);
	loyalty_event_tell(posting);
}
