/*
 * put_back.c: points of redemptions on their way back into lots, in the event under construction.
 *
 * One credit for each program that paid has the points of all redemptions that go back: a return may bring several
 * back. A draw's points go to its lot as far as that still carries them as redeemed: a returned bill may have taken
 * some of them, and others paid for it. A new lot with the same origin, age and expiry takes the rest, and takes all
 * where the customer who redeemed was merged since, whose lots are closed.
 *
 * What returns claim of a lot (claim_store.c) comes first, before arrears and before anybody can spend it: a debit to
 * `returned` behind the credit takes it. So a bill that is returned before its redemption is reversed ends as one that is
 * returned after. Then arrears are paid, first by points that nobody claims. Claimed ones pay the rest, as the books ask
 * of every credit, and the debit brings those arrears again.
 *
 * The customer is locked. Nothing is late here: what is due is expired before, and what comes back due expires after.
 */
#include "postgres.h"

#include "common/ids.h"
#include "ledger/posting/event.h"
#include "ledger/spend/reversal.h"
#include "ledger/tables/claim_store.h"

/* A lot that points come back to. All amounts are thousandths of points. */
typedef struct PutBack
{
	Lot lot;
	bool is_new;
	int64 lot_customer_id; /* whose lot had paid */
	int64 paid_lot_id;	   /* it: the lot itself, or the one that a new lot continues */
	int64 points;		   /* that come back, of which the next two */
	int64 settled;
	int64 arrears_paid;
} PutBack;

/* Points that come back to the lots of one account. */
typedef struct PuttingBack
{
	Posting *posting;
	PostedAccount *account;
	Reversible *reversibles;
	int count;
	LotClaims *claims;
	Reversed *reversed;
	LOYALTY_ARRAY(PutBack) lots;
} PuttingBack;

/*
 * Makes a lot that continues another one: of the same age, expiry and till. It names no bill: the lot that it
 * continues does.
 */
static Lot
continued_lot(int64 customer_id, const Lot *origin)
{
	return (Lot){
		.lot_id = loyalty_next_id(),
		.program_id = origin->program_id,
		.category = origin->category,
		.award_type = origin->award_type,
		.expiry_type = origin->expiry_type,
		.awarded_at = origin->awarded_at,
		.expires_at = origin->expires_at,
		.redeemable_from = origin->redeemable_from,
		.till_id = origin->till_id,
		.origin_customer_id = customer_id,
		.origin_lot_id = origin->lot_id,
	};
}

/*
 * Finds the lot that stands for one that had paid, itself or a new one, or begins it: several redemptions may have drawn
 * on it. Linear, since redemptions draw on few lots.
 */
static PutBack *
lot_for(PuttingBack *back, const Lot *paid, int64 customer_id, bool is_new)
{
	PutBack put = { .is_new = is_new, .lot_customer_id = customer_id, .paid_lot_id = paid->lot_id };
	int i;

	for (i = 0; i < back->lots.n; i++)
		if (back->lots.items[i].paid_lot_id == paid->lot_id && back->lots.items[i].is_new == is_new)
			return &back->lots.items[i];
	put.lot = is_new ? continued_lot(customer_id, paid) : *paid;
	LOYALTY_APPEND(back->lots, put);
	return &back->lots.items[back->lots.n - 1];
}

/* Puts the points of one draw back: as many as its lot takes, and the rest into a new one. */
static void
put_draw(PuttingBack *back, const Redemption *redemption, const Draw *draw)
{
	int64 customer_id = redemption->customer_id;
	int64 moved = 0;

	loyalty_event_add_reversal(back->posting, customer_id, redemption->event_id, draw->lot.lot_id,
							   draw->put_back);
	if (customer_id == back->posting->customer.customer_id)
	{
		PutBack *put = lot_for(back, &draw->lot, customer_id, false);

		moved = loyalty_lot_move(&put->lot, draw->put_back, MOVEMENT_REDEMPTION_REVERSED);
		put->points += moved;
	}
	if (draw->put_back > moved)
	{
		PutBack *put = lot_for(back, &draw->lot, customer_id, true);

		put->lot.points += draw->put_back - moved;
		put->lot.remaining += draw->put_back - moved;
		put->points += draw->put_back - moved;
	}
}

/* Returns the claim on what came back to a lot, if anything of it is open; NULL: nobody claims it. */
static LotClaim *
claim_on(const PuttingBack *back, const PutBack *put)
{
	int64 customer_id = put->lot_customer_id;
	int64 lot_id = put->paid_lot_id;
	LotClaim *claim;

	loyalty_lot_root(back->posting->call->org->org_id, &customer_id, &lot_id);
	claim = loyalty_claim_find(back->claims, customer_id, lot_id);
	return claim != NULL && claim->open > 0 ? claim : NULL;
}

/*
 * Decides what of the points settles claims. A new lot beside one of the same customer is none of the bill's, so that
 * what is returned of it counts as covered.
 */
static int64
settle_claims(PuttingBack *back)
{
	int64 settled = 0;
	int i;

	for (i = 0; i < back->lots.n && back->claims->n > 0; i++)
	{
		PutBack *put = &back->lots.items[i];
		LotClaim *claim = put->points > 0 ? claim_on(back, put) : NULL;

		if (claim == NULL)
			continue;
		put->settled = Min(claim->open, put->points);
		claim->open -= put->settled;
		claim->settled_now += put->settled;
		if (put->is_new && put->lot_customer_id == back->posting->customer.customer_id)
			claim->covered_now += put->settled;
		settled += put->settled;
	}
	return settled;
}

/* Lets some of the points of a lot pay arrears. */
static void
pay_arrears(PuttingBack *back, PutBack *put, int64 points)
{
	Account *account = &back->account->account;
	int64 paid = loyalty_lot_move(&put->lot, Min(points, account->arrears), MOVEMENT_ARREARS_PAID);

	account->arrears -= paid;
	put->arrears_paid += paid;
}

/*
 * Lets points that nobody claims pay arrears: those of new lots first, since a returned bill that went below zero for them
 * may be where the arrears are from.
 */
static void
pay_unclaimed(PuttingBack *back)
{
	int pass;
	int i;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < back->lots.n; i++)
			if (back->lots.items[i].is_new == (pass == 0))
				pay_arrears(back, &back->lots.items[i],
							back->lots.items[i].points - back->lots.items[i].settled);
}

/* Adds the lots and movements of the credit, the event's last entry, after arrears were paid. */
static void
add_credit_parts(PuttingBack *back)
{
	int i;

	pay_unclaimed(back);
	for (i = 0; i < back->lots.n; i++)
	{
		PutBack *put = &back->lots.items[i];

		if (put->points == 0)
			continue;
		pay_arrears(back, put, put->settled);
		if (put->is_new)
			put->lot.entry_no = back->account->account.last_entry_no;
		else
			loyalty_event_add_movement(back->posting, put->lot.lot_id, MOVEMENT_REDEMPTION_REVERSED,
									   put->points);
		loyalty_event_add_lot(back->posting, &put->lot, put->is_new);
		if (put->arrears_paid > 0)
			loyalty_event_add_movement(back->posting, put->lot.lot_id, MOVEMENT_ARREARS_PAID,
									   put->arrears_paid);
		back->reversed->arrears_paid += put->arrears_paid;
	}
}

/* Takes what is claimed of one lot, and returns how much of it are arrears that it had paid with the credit. */
static int64
take_settled(PuttingBack *back, PutBack *put)
{
	int64 there = loyalty_lot_move(&put->lot, put->settled, MOVEMENT_RETURNED);
	int64 again = loyalty_lot_move(&put->lot, put->settled - there, MOVEMENT_ARREARS_REVERTED);

	if (there > 0)
		loyalty_event_add_movement(back->posting, put->lot.lot_id, MOVEMENT_RETURNED, there);
	if (again > 0)
		loyalty_event_add_movement(back->posting, put->lot.lot_id, MOVEMENT_ARREARS_REVERTED, again);
	loyalty_event_add_lot(back->posting, &put->lot, false);
	back->reversed->arrears_paid -= again;
	return again;
}

/* Posts the debit that takes what is claimed, with the claims that it settles. */
static void
post_settlement(PuttingBack *back, int64 settled)
{
	int i;

	if (settled == 0)
		return;
	loyalty_event_post(back->posting, back->account, ENTRY_DEBIT, HOUSE_RETURNED, settled);
	for (i = 0; i < back->lots.n; i++)
		if (back->lots.items[i].settled > 0)
			loyalty_account_book_arrears(&back->account->account, take_settled(back, &back->lots.items[i]));
	for (i = 0; i < back->claims->n; i++)
	{
		LotClaim *claim = &back->claims->items[i];

		if (claim->settled_now > 0)
			loyalty_event_add_claim(back->posting, claim->lot_customer_id, claim->lot_id, -claim->settled_now,
									claim->covered_now);
		claim->settled_now = claim->covered_now = 0;
	}
	back->reversed->settled += settled;
}

/* Notes what becomes of the lots: what is left is due at once, or counts for the next expiry. */
static void
follow_lots(PuttingBack *back)
{
	Account *account = &back->account->account;
	int i;

	for (i = 0; i < back->lots.n; i++)
	{
		const Lot *lot = &back->lots.items[i].lot;

		if (lot->remaining == 0)
			continue;
		if (loyalty_lot_is_due(lot, back->posting->effective_at))
			back->reversed->expired += lot->remaining;
		account->next_expiry_at = Min(account->next_expiry_at, lot->expires_at);
	}
}

/* Returns what goes back to one program. */
static int64
points_of(const PuttingBack *back)
{
	int64 points = 0;
	int r;
	int i;

	for (r = 0; r < back->count; r++)
		for (i = 0; i < back->reversibles[r].draws.n; i++)
			if (back->reversibles[r].draws.items[i].lot.program_id == back->account->account.program_id)
				points += back->reversibles[r].draws.items[i].put_back;
	return points;
}

/* Posts the credit of one program, and the debit of what is claimed of it. */
static void
put_back_account(PuttingBack *back)
{
	int64 points = points_of(back);
	int64 settled;
	int r;
	int i;

	if (points == 0)
		return;
	loyalty_event_post(back->posting, back->account, ENTRY_CREDIT, HOUSE_REDEEMED, points);
	for (r = 0; r < back->count; r++)
		for (i = 0; i < back->reversibles[r].draws.n; i++)
		{
			const Draw *draw = &back->reversibles[r].draws.items[i];

			if (draw->lot.program_id == back->account->account.program_id && draw->put_back > 0)
				put_draw(back, &back->reversibles[r].redemption, draw);
		}
	settled = settle_claims(back);
	add_credit_parts(back);
	post_settlement(back, settled);
	follow_lots(back);
	back->reversed->points += points;
}

/*
 * Goes account by account, over all draws for each: redemptions draw on few lots. If points were left over, an account
 * would be missing: nothing may be posted then. Claims are read once, and the most have none.
 */
void
loyalty_reversal_post(Posting *posting, Reversible *reversibles, int count, Reversed *reversed)
{
	LotClaims claims = { 0 };
	int64 wanted = 0;
	int r;
	int i;

	memset(reversed, 0, sizeof(Reversed));
	reversed->event_id = posting->event.event_id;
	for (r = 0; r < count; r++)
		for (i = 0; i < reversibles[r].draws.n; i++)
			wanted += reversibles[r].draws.items[i].put_back;
	if (wanted > 0)
		loyalty_claims_of_group(posting->call->org->org_id, &posting->customer, &claims);
	for (i = 0; i < posting->account_count; i++)
	{
		PuttingBack back = { .posting = posting,
							 .account = &posting->accounts[i],
							 .reversibles = reversibles,
							 .count = count,
							 .claims = &claims,
							 .reversed = reversed };

		if (back.account->account.category == CATEGORY_REGULAR)
			put_back_account(&back);
	}
	if (reversed->points != wanted)
		elog(ERROR, "an account of the redemption takes no part in its reversal");
}
