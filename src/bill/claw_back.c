/*
 * claw_back.c: taking points back from an account, whatever became of them.
 *
 * Rules have decided how many points of each lot go back, and from which of its columns (return_rules.c). Here
 * the account pays them, by at most two entries of one event:
 *
 * - A credit from `expired` brings back what had expired of the lots. It adds no points to spend: the debit
 *   below takes them again, so that an expired lot costs its owner nothing.
 * - Points that a lot still has leave it as `returned`. Points that it has no more are owed: other open lots of
 *   the account pay them, first expiring first, also those that are not redeemable yet.
 * - A debit to `returned` takes both. Where nothing pays all that is owed, the rest becomes arrears if the
 *   program lets balances go below zero.
 * - At last each lot moves its owed points to `returned`, as far as they were paid: so a lot says what was
 *   really taken back of it, and the next return does not take it again.
 * - What was not paid stays a claim on the lot that was awarded, which whatever comes back to it settles first
 *   (ledger/spend/put_back.c). Where nothing was taken at all, a memo has the claim, so that a hash covers it.
 *
 * Locks: the customer's, by the posting. Nothing is late here: what was due at the effective time is expired
 * before, and the account's next expiry is set anew. Cost: one stream over open lots, which ends with the first
 * one that is not used up. Lots that the same event has put back are written before (loyalty_event_flush); those that are
 * due pay first, since what is left of them expires behind it: nobody owes while points of his stand beside.
 */
#include "postgres.h"

#include "bill/claw_back.h"
#include "common/compare.h"
#include "ledger/posting/event.h"
#include "ledger/tables/claim_store.h"

/* An open lot that pays what another one owes. */
typedef struct Payer
{
	Lot *lot;
	int64 paid;
	bool taken_from; /* it is one of the lots that points are taken of */
} Payer;

/* Points on their way back from one account. All amounts are thousandths of points. */
typedef struct ClawBack
{
	Posting *posting;
	PostedAccount *account;
	ReturnedLot **lots; /* ascending by id */
	int count;
	int64 restored; /* arrears that points paid which had expired: they come again with the debit */
	int64 owed;		/* points that the lots themselves no longer have */
	int64 repaid;	/* of those owed: paid by other lots, and by arrears */
	LOYALTY_ARRAY(Payer) payers;
	LotClaims claims;		 /* that arise, by the lot that was awarded */
	TimestampTz next_expiry; /* of the first open lot that pays nothing or not all that it has */
} ClawBack;

/*
 * Brings back what had expired. In an account below zero it pays arrears first, as every credit does; those
 * arrears are in `restored`, and the debit brings them again even where balances may not go below zero: the
 * customer is where it was.
 */
static void
revert_expiries(ClawBack *claw)
{
	int64 points = 0;
	int i;

	for (i = 0; i < claw->count; i++)
		points += claw->lots[i]->expired;
	if (points == 0)
		return;
	loyalty_event_post(claw->posting, claw->account, ENTRY_CREDIT, HOUSE_EXPIRED, points);
	for (i = 0; i < claw->count; i++)
	{
		ReturnedLot *returned = claw->lots[i];
		int64 paid;

		if (returned->expired == 0)
			continue;
		loyalty_lot_move(&returned->lot, returned->expired, MOVEMENT_EXPIRY_REVERTED);
		loyalty_event_add_movement(claw->posting, returned->lot.lot_id, MOVEMENT_EXPIRY_REVERTED,
								   returned->expired);
		paid = loyalty_lot_pay_arrears(&returned->lot, &claw->account->account);
		if (paid > 0)
			loyalty_event_add_movement(claw->posting, returned->lot.lot_id, MOVEMENT_ARREARS_PAID, paid);
		returned->unspent += returned->expired - paid;
		returned->paid += paid;
		claw->restored += paid;
	}
}

/*
 * Takes what is there and returns how much, and adds up what is owed. Its movements are added with the debit,
 * in post_fates: a movement belongs to the event's last entry, which is the credit so far.
 */
static int64
take_unspent(ClawBack *claw)
{
	int64 taken = 0;
	int i;

	for (i = 0; i < claw->count; i++)
	{
		ReturnedLot *returned = claw->lots[i];

		taken += loyalty_lot_move(&returned->lot, returned->unspent, MOVEMENT_RETURNED);
		claw->owed += returned->spent + returned->given + returned->paid + returned->gone;
	}
	return taken;
}

/* Compares an id with that of a lot, for bsearch. */
static int
compare_ids(const void *key, const void *item)
{
	return loyalty_compare_ids(key, &(*(ReturnedLot *const *) item)->lot.lot_id);
}

/*
 * Returns an open lot as this event has left it so far: the stream reads rows as they were before it, and a lot
 * that gives points back may be open still and pay for another one.
 */
static Payer
payer_of(const ClawBack *claw, const Lot *read)
{
	ReturnedLot **known = bsearch(&read->lot_id, claw->lots, claw->count, sizeof(ReturnedLot *), compare_ids);
	Payer payer = { 0 };

	payer.taken_from = known != NULL;
	payer.lot = known ? &(*known)->lot : palloc(sizeof(Lot));
	if (!known)
		*payer.lot = *read;
	return payer;
}

/*
 * Lets open lots pay what is owed, first expiring first. The first one that stays open is the account's next
 * expiry; it is looked for even where nothing is owed, since the lots that gave points back may have been the
 * next to expire.
 */
static void
collect_payers(ClawBack *claw)
{
	const Account *account = &claw->account->account;
	int64 wanted = claw->owed;
	LotStream *stream;
	Lot read;

	claw->next_expiry = NEVER;
	stream = loyalty_open_lots(claw->posting->writer, claw->posting->call->org->org_id,
							   claw->posting->customer.customer_id, account->category, account->program_id);
	while (loyalty_next_lot(stream, &read))
	{
		Payer payer = payer_of(claw, &read);

		payer.paid = loyalty_lot_move(payer.lot, wanted, MOVEMENT_ARREARS_PAID);
		wanted -= payer.paid;
		if (payer.paid > 0)
			LOYALTY_APPEND(claw->payers, payer);
		if (payer.lot->remaining == 0)
			continue;
		claw->next_expiry = Min(claw->next_expiry, payer.lot->expires_at);
		break;
	}
	loyalty_close_lots(stream);
	claw->repaid = claw->owed - wanted;
}

/*
 * Moves points of one fate to `returned`, as far as they were paid; "left" counts down over all lots. Returns what was
 * not paid.
 */
static int64
repay(ClawBack *claw, ReturnedLot *returned, int64 points, MovementType type, int64 *left)
{
	int64 moved = loyalty_lot_move(&returned->lot, Min(points, *left), type);

	*left -= moved;
	if (moved > 0)
		loyalty_event_add_movement(claw->posting, returned->lot.lot_id, type, moved);
	return points - moved;
}

/* Notes what is claimed of the lot that was awarded, and what is covered of it. */
static void
add_claim(ClawBack *claw, const ReturnedLot *returned, int64 claimed, int64 covered)
{
	LotClaim *claim = loyalty_claim_find(&claw->claims, returned->root_customer_id, returned->root_id);

	if (claimed == 0 && covered == 0)
		return;
	if (claim == NULL)
	{
		LotClaim made = { .lot_customer_id = returned->root_customer_id, .lot_id = returned->root_id };

		LOYALTY_APPEND(claw->claims, made);
		claim = &claw->claims.items[claw->claims.n - 1];
	}
	claim->open += claimed;
	claim->covered += covered;
}

/*
 * Posts the lots' side of the debit. Those that paid arrears come first, for theirs may be the arrears that
 * came again: these are always paid. Lots of a merged customer have no movement here; their share is a debit of
 * the survivor alone, and counts as covered.
 */
static void
post_fates(ClawBack *claw)
{
	int64 left = claw->repaid;
	int i;

	for (i = 0; i < claw->count; i++)
		if (!claw->lots[i]->closed)
			add_claim(claw, claw->lots[i],
					  repay(claw, claw->lots[i], claw->lots[i]->paid, MOVEMENT_ARREARS_REVERTED, &left), 0);
	for (i = 0; i < claw->count; i++)
	{
		ReturnedLot *returned = claw->lots[i];
		int64 unpaid;

		if (returned->closed)
			continue;
		if (returned->unspent > 0)
			loyalty_event_add_movement(claw->posting, returned->lot.lot_id, MOVEMENT_RETURNED,
									   returned->unspent);
		unpaid = repay(claw, returned, returned->spent, MOVEMENT_REDEMPTION_REVERTED, &left);
		unpaid += repay(claw, returned, returned->given, MOVEMENT_TRANSFER_REVERTED, &left);
		loyalty_event_add_lot(claw->posting, &returned->lot, false);
		add_claim(claw, returned, unpaid, 0);
	}
	for (i = 0; i < claw->count; i++)
	{
		ReturnedLot *returned = claw->lots[i];
		int64 covered = Min(returned->gone, left);

		left -= covered;
		add_claim(claw, returned, returned->gone - covered, covered + returned->missing);
	}
}

/* Posts the claims with the event's last entry, in the account at hand. */
static void
post_claims(ClawBack *claw)
{
	int i;

	for (i = 0; i < claw->claims.n; i++)
	{
		const LotClaim *claim = &claw->claims.items[i];

		loyalty_event_add_claim(claw->posting, claim->lot_customer_id, claim->lot_id, claim->open,
								claim->covered);
	}
}

/* Posts the payers' side. A payer that gives points back itself is among the event's lots already. */
static void
post_payers(ClawBack *claw)
{
	int i;

	for (i = 0; i < claw->payers.n; i++)
	{
		const Payer *payer = &claw->payers.items[i];

		loyalty_event_add_movement(claw->posting, payer->lot->lot_id, MOVEMENT_ARREARS_PAID, payer->paid);
		if (!payer->taken_from)
			loyalty_event_add_lot(claw->posting, payer->lot, false);
	}
}

/*
 * Goes in the order of the head. The entry is posted before any movement of it, and arrears are booked behind
 * the debit. Something comes back of each lot, so that there is a debit or a claim.
 */
void
loyalty_claw_back(Posting *posting, PostedAccount *account, ReturnedLot **lots, int count,
				  bool may_go_negative)
{
	ClawBack claw = { .posting = posting, .account = account, .lots = lots, .count = count };
	int64 unspent;
	int64 arrears;

	revert_expiries(&claw);
	unspent = take_unspent(&claw);
	collect_payers(&claw);
	arrears = claw.owed - claw.repaid;
	if (!may_go_negative)
		arrears = Min(arrears, claw.restored);
	claw.repaid += arrears;
	if (unspent + claw.repaid > 0)
		loyalty_event_post(posting, account, ENTRY_DEBIT, HOUSE_RETURNED, unspent + claw.repaid);
	else
		loyalty_event_post(posting, account, ENTRY_MEMO, HOUSE_ADJUSTED, 0);
	post_fates(&claw);
	post_payers(&claw);
	post_claims(&claw);
	loyalty_account_book_arrears(&account->account, arrears);
	account->account.next_expiry_at = claw.next_expiry;
}
