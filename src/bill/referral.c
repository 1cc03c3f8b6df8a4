/*
 * referral.c: taking referral awards back with the bill that was their reason.
 *
 * The points of an award are followed to the lots that they are in today, on either side, and taken back
 * whatever became of them (claw_back.c): by one event for each side. It comes with the bill's last part, after which
 * the bill is not returned again.
 *
 * Locks, in ascending order of the ids: before the referee is locked, the referrer is looked for by the bill's
 * number under no lock, and locked if its id is lower. Then the referee; then the referral is read again, and a
 * referrer with a higher id is locked. Where it turns out that somebody else would have to be locked out of
 * order, since the bill got its referral in between or customers were merged, the call fails with 40001 and is
 * made again, rather than wait in a circle.
 *
 * May be late: the referrer's side takes effect with its account's last entry, if that is after the return. Its
 * due points are expired first, as on the referee's side.
 */
#include "postgres.h"

#include "bill/claw_back.h"
#include "bill/referral.h"
#include "common/ids.h"
#include "ledger/posting/event.h"

/* Locks the referrer by beginning its posting. */
static void
lock_referrer(Operation *operation, ReferralReturn *back, int64 customer_id)
{
	loyalty_posting_begin(&back->referrer, operation->call, customer_id);
	back->locked_id = customer_id;
}

/*
 * Reads without a lock, so it only guesses: the referral is looked for again once the referee is locked. A till
 * that does not exist and a customer that does not are left to the steps after this one, which raise it.
 */
void
loyalty_referral_lock_before(Operation *operation, const char *number, const char *till, ReferralReturn *back)
{
	const LoyaltyOrg *org = operation->call->org;
	const LoyaltyTill *at = till ? loyalty_org_find_till(org, till) : NULL;
	LoyaltyCustomer referee;
	int64 referrer_id;

	memset(back, 0, sizeof(ReferralReturn));
	if (number == NULL || (till && !at) ||
		!loyalty_customer_read(org->org_id,
							   loyalty_operation_followed(operation, operation->subject.customer_id),
							   &referee))
		return;
	referrer_id =
		loyalty_referrer_of_number(org->org_id, &referee, number, till == NULL, at ? at->till_id : 0);
	if (referrer_id != 0 && loyalty_operation_lock_lower(operation, &back->referrer, &referrer_id))
		back->locked_id = referrer_id;
}

/*
 * Returns who has the referrer's points, as the caller's snapshot sees it: a merge that was committed while
 * this call waited for a lock is not seen here.
 */
static int64
root_of(const Operation *operation, int64 customer_id)
{
	LoyaltyCustomer customer;

	if (!loyalty_customer_read(operation->call->org->org_id, customer_id, &customer))
		elog(ERROR, "the referrer " INT64_FORMAT " does not exist", customer_id);
	return customer.merged_into != 0 ? customer.merged_into : customer_id;
}

/* Raises that somebody is to be locked out of order; a repeat of the call sees the new state and locks in order. */
static void
raise_moved(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("the referral of the bill changed while its return waited"), errhint("Try again.")));
}

/*
 * Keeps the first lock where it was the right one, by the snapshot of root_of. A referrer who was merged with
 * the referee is the referee by now: both awards are then taken back in one posting. A referrer who was
 * merged while its lock was waited for has no account of its own any more: the call is to be repeated.
 */
void
loyalty_referral_find(Operation *operation, int64 transaction_id, ReferralReturn *back)
{
	const LoyaltyCustomer *referee = &operation->posting.customer;
	int64 referrer_id;

	back->found =
		loyalty_referral_of_bill(operation->call->org->org_id, referee, transaction_id, &back->referral);
	if (!back->found)
		return;
	referrer_id = root_of(operation, back->referral.referrer_id);
	/* Somebody who was merged with the referee meanwhile is locked already, and has one posting. */
	if (referrer_id == referee->customer_id)
		back->locked_id = 0;
	if (referrer_id == referee->customer_id)
		return;
	if (referrer_id != back->locked_id)
	{
		if (referrer_id < referee->customer_id)
			raise_moved();
		lock_referrer(operation, back, referrer_id);
	}
	/* The snapshot may be older than the lock, which tells what a merge did that was waited for. */
	if (back->referrer.customer.merged_into != 0)
		raise_moved();
}

/* Returns the program of both awards. */
static const LoyaltyProgram *
program_of(const Operation *operation, const ReferralReturn *back)
{
	return loyalty_org_program_by_id(operation->call->org, back->referral.program_id);
}

/* Keeps the accounts that the return has loaded for the referee; the referrer's posting has none yet. */
void
loyalty_referral_involve(Operation *operation, ReferralReturn *back)
{
	if (!back->found)
		return;
	loyalty_posting_load(&operation->posting,
						 (AccountChoice){ .program = program_of(operation, back), .keeps_others = true });
	if (back->locked_id != 0)
		loyalty_posting_load(&back->referrer, (AccountChoice){ .program = program_of(operation, back) });
}

/* Draws the referee's id first, as it was with the awards. */
void
loyalty_referral_reserve(ReferralReturn *back)
{
	if (!back->found)
		return;
	back->event_ids[0] = loyalty_next_id();
	back->event_ids[1] = loyalty_next_id();
}

/*
 * Takes one award back, whatever became of its points. It is the whole award, so no share is computed and no
 * earlier return counts.
 */
static void
take_back(Posting *posting, const LoyaltyProgram *program, int64 awarded_to, int64 award_event_id,
		  int64 event_id, const ReferralReturn *back, const Event *origin)
{
	PostedAccount *account = loyalty_posting_account(posting, program->program_id, CATEGORY_REGULAR);
	Event event = *origin;
	ReturnedLots lots = { 0 };
	ReturnedLot **concerned;
	int i;

	loyalty_award_lots(posting->call->org->org_id, &posting->customer, awarded_to, award_event_id, &lots);
	if (lots.n == 0)
		elog(ERROR, "event " INT64_FORMAT " has no lot", award_event_id);
	concerned = palloc(sizeof(ReturnedLot *) * lots.n);
	for (i = 0; i < lots.n; i++)
		concerned[i] = &lots.items[i];
	loyalty_return_fates(lots.items, lots.n, lots.items[0].lot.points, 0);
	event.has_key = false;
	event.request_digest = 0;
	event.event_id = event_id;
	event.pair_id = back->referral.referral_id;
	event.transaction_id = back->referral.transaction_id;
	loyalty_event_begin(posting, EVENT_REFERRAL_RETURN, posting->event_time, &event);
	loyalty_claw_back(posting, account, concerned, lots.n, program->rules.allow_negative_on_return);
	loyalty_event_end(posting);
}

/* Takes the referee's side first, by the ids that were drawn. */
void
loyalty_referral_take_back(Operation *operation, ReferralReturn *back, const Event *origin)
{
	const Referral *referral = &back->referral;
	Posting *referrer = back->locked_id != 0 ? &back->referrer : &operation->posting;
	const LoyaltyProgram *program;

	if (!back->found)
		return;
	program = program_of(operation, back);
	take_back(&operation->posting, program, referral->referee_id, referral->referral_id, back->event_ids[0],
			  back, origin);
	/* A referrer who was deleted for good has no points, and nobody could ever clear its arrears. */
	if (referrer->customer.erased)
		return;
	if (back->locked_id != 0)
		loyalty_posting_at(referrer, operation->posting.event_time, AT_EXPIRES);
	take_back(referrer, program, referral->referrer_id, referral->referrer_event_id, back->event_ids[1], back,
			  origin);
	if (back->locked_id != 0)
		loyalty_posting_end(referrer);
}
