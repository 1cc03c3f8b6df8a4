/*
 * claw_back.c: taking points back from an account, whatever became of them.
 */
#include "postgres.h"

#include "bill/claw_back.h"
#include "common/compare.h"
#include "ledger/posting/event.h"

/* An open lot that pays what another one owes. */
typedef struct Payer
{
	Lot *lot;
	int64 paid;
	bool taken_from; /* it is one of the lots that points are taken of */
} Payer;

typedef struct ClawBack
{
	Posting *posting;
	PostedAccount *account;
	ReturnedLot **lots;
	int count;
	int64 restored; /* arrears that points paid which had expired: they come again with the debit */
	int64 owed;		/* what the lots themselves no longer have */
	int64 repaid;	/* of that, by others and by arrears */
	LOYALTY_ARRAY(Payer) payers;
	TimestampTz next_expiry;
} ClawBack;

/* Brings back what had expired; in an account below zero it pays arrears, which the debit brings again. */
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

/* Takes what is there; returns how much, and adds up what is owed. */
static int64
take_unspent(ClawBack *claw)
{
	int64 taken = 0;
	int i;

	for (i = 0; i < claw->count; i++)
	{
		ReturnedLot *returned = claw->lots[i];

		taken += loyalty_lot_move(&returned->lot, returned->unspent, MOVEMENT_RETURNED);
		claw->owed += returned->spent + returned->given + returned->paid + returned->claimed;
	}
	return taken;
}

static int
compare_ids(const void *key, const void *item)
{
	return loyalty_compare_ids(key, &(*(ReturnedLot *const *) item)->lot.lot_id);
}

/* The lot as this event has left it so far. */
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

/* Open lots pay what is owed, first expiring first; the first one that stays open is the account's next expiry. */
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
		claw->next_expiry = payer.lot->expires_at;
		break;
	}
	loyalty_close_lots(stream);
	claw->repaid = claw->owed - wanted;
}

/* Repays what one fate took from a lot: the lot moves it. */
static void
repay(ClawBack *claw, ReturnedLot *returned, int64 points, MovementType type, int64 *left)
{
	int64 moved = loyalty_lot_move(&returned->lot, Min(points, *left), type);

	*left -= moved;
	if (moved > 0)
		loyalty_event_add_movement(claw->posting, returned->lot.lot_id, type, moved);
}

/* The lots' side of the debit: those that paid arrears come first, for theirs may be the arrears that came again. */
static void
post_fates(ClawBack *claw)
{
	int64 left = claw->repaid;
	int i;

	for (i = 0; i < claw->count; i++)
		if (!claw->lots[i]->closed)
			repay(claw, claw->lots[i], claw->lots[i]->paid, MOVEMENT_ARREARS_REVERTED, &left);
	for (i = 0; i < claw->count; i++)
	{
		ReturnedLot *returned = claw->lots[i];

		if (returned->closed)
			continue;
		if (returned->unspent > 0)
			loyalty_event_add_movement(claw->posting, returned->lot.lot_id, MOVEMENT_RETURNED,
									   returned->unspent);
		repay(claw, returned, returned->spent, MOVEMENT_REDEMPTION_REVERTED, &left);
		repay(claw, returned, returned->given, MOVEMENT_TRANSFER_REVERTED, &left);
		loyalty_event_add_lot(claw->posting, &returned->lot, false);
	}
}

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
	if (unspent + claw.repaid == 0)
		return;
	loyalty_event_post(posting, account, ENTRY_DEBIT, HOUSE_RETURNED, unspent + claw.repaid);
	post_fates(&claw);
	post_payers(&claw);
	loyalty_account_book_arrears(&account->account, arrears);
	account->account.next_expiry_at = claw.next_expiry;
}
