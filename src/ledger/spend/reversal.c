/*
 * reversal.c: taking redemptions back, whole or in part.
 *
 * Each draw of the redemption knows how much of it was not reversed yet. The points to be reversed are shared
 * out over the draws, what was drawn last first (reversal_rules.c), so that the lots end as if less had been
 * redeemed. One event then credits each program that paid. A draw's points go back to its lot as far as that
 * still carries them as redeemed; a new lot with the same origin, age and expiry takes the rest. All of them
 * pay arrears first. Points whose expiry has passed meanwhile expire at once, by events of their own whose ids
 * were drawn before.
 *
 * The customer is locked and what is due has expired; nothing rolls, as a reversal is no activity. The
 * redemption may be that of a customer who was merged into this one: its lots are closed, so new lots of the
 * survivor take all. May be late: the event, which takes effect with the last entry of the accounts.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/spend/reversal.h"

/*
 * Reads by statements, so it costs what the redemption drew, not what the customer has. The program is noted
 * where only one paid: then one account is loaded.
 */
void
loyalty_reversible_load(const Posting *posting, const Redemption *redemption, Reversible *reversible)
{
	const LoyaltyOrg *org = posting->call->org;
	int i;

	memset(reversible, 0, sizeof(Reversible));
	reversible->redemption = *redemption;
	loyalty_redemption_draws(org->org_id, &posting->customer, redemption, &reversible->draws);
	for (i = 0; i < reversible->draws.n; i++)
	{
		Draw *draw = &reversible->draws.items[i];
		int32 program_id = draw->lot.program_id;

		draw->step = loyalty_program_step(&loyalty_org_program_by_id(org, program_id)->rules);
		if (i == 0)
			reversible->program_id = program_id;
		else if (reversible->program_id != program_id)
			reversible->program_id = 0;
	}
	reversible->left = loyalty_draws_left(reversible->draws.items, reversible->draws.n);
}

/*
 * Opens accounts where the survivor of a merge has none of a program that paid. With several programs all
 * regular accounts take part, since the balance that is returned is that of all.
 */
void
loyalty_reversible_involve(Posting *posting, const Reversible *reversible)
{
	int count = reversible->draws.n;
	int32 *program_ids = palloc(sizeof(int32) * Max(count, 1));
	int i;

	if (reversible->program_id != 0)
	{
		loyalty_posting_load(posting,
							 (AccountChoice){ .program = loyalty_org_program_by_id(posting->call->org,
																				   reversible->program_id) });
		return;
	}
	for (i = 0; i < count; i++)
		program_ids[i] = reversible->draws.items[i].lot.program_id;
	loyalty_posting_load(posting, (AccountChoice){ .open = program_ids, .open_count = count });
}

/*
 * Decides which draw gets how much. Asking for all that is left where nothing is left is refused as well: an
 * event without points would say nothing.
 */
static void
share_out(Reversible *reversible, int64 points)
{
	const Redemption *redemption = &reversible->redemption;
	int64 wanted = points == 0 ? reversible->left : points;

	if (wanted > reversible->left || wanted == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_REVERSAL_EXCEEDS),
				 errmsg("the redemption has too few points left to reverse"),
				 errdetail("Of %s points %s are left; asked for are %s.",
						   loyalty_points_text(redemption->points), loyalty_points_text(reversible->left),
						   points == 0 ? "all of them" : loyalty_points_text(points))));
	if (loyalty_draws_put_back(reversible->draws.items, reversible->draws.n, wanted) > 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_TOO_PRECISE),
						errmsg("the programs that paid do not keep so many decimals"),
						errdetail("Asked for are %s points.", loyalty_points_text(points))));
}

/*
 * Draws an id for each instant at which points are due that come back, as each makes an expiry of its own. Ids
 * that were reserved for a late event are there besides; too many do no harm.
 */
static void
reserve_expiries(Posting *posting, const Draws *draws)
{
	TimestampTz last = NEVER;
	int i;

	/* The draws come by expiry, the latest first. */
	for (i = 0; i < draws->n; i++)
	{
		const Draw *draw = &draws->items[i];

		if (draw->put_back == 0 || draw->lot.expires_at > posting->effective_at ||
			draw->lot.expires_at == last)
			continue;
		last = draw->lot.expires_at;
		loyalty_posting_reserve_expiry(posting);
	}
}

/*
 * Makes a lot that continues another one: of the same age, expiry and till. It names no bill: the lot that it
 * continues does.
 */
static Lot
continued_lot(const Posting *posting, int64 customer_id, const Lot *origin, int64 points)
{
	return (Lot){
		.lot_id = loyalty_next_id(),
		.program_id = origin->program_id,
		.category = origin->category,
		.award_type = origin->award_type,
		.expiry_type = origin->expiry_type,
		.points = points,
		.remaining = points,
		.awarded_at = origin->awarded_at,
		.expires_at = origin->expires_at,
		.redeemable_from = origin->redeemable_from,
		.till_id = origin->till_id,
		.origin_customer_id = customer_id,
		.origin_lot_id = origin->lot_id,
	};
}

/*
 * Notes what becomes of a lot whose points came back and paid arrears: what is left is due at once, or counts
 * for the next expiry.
 */
static void
follow_lot(Posting *posting, PostedAccount *account, const Lot *lot, Reversed *reversed)
{
	if (lot->remaining == 0)
		return;
	if (loyalty_lot_is_due(lot, posting->effective_at))
		reversed->expired += lot->remaining;
	account->account.next_expiry_at = Min(account->account.next_expiry_at, lot->expires_at);
}

/*
 * Puts the points of one draw back. Its lot takes what it still carries as redeemed: a returned bill may have
 * claimed some of that, and a lot that was merged away takes nothing. A new lot gets the rest. "drawn_from" is
 * the customer whose lots paid.
 */
static void
put_back(Posting *posting, PostedAccount *account, int64 drawn_from, Draw *draw, Reversed *reversed)
{
	Lot *lot = &draw->lot;
	int64 moved = 0;
	int64 paid;

	if (drawn_from == posting->customer.customer_id)
		moved = loyalty_lot_move(lot, draw->put_back, MOVEMENT_REDEMPTION_REVERSED);
	if (draw->put_back > moved)
	{
		Lot rest = continued_lot(posting, drawn_from, lot, draw->put_back - moved);

		reversed->arrears_paid += loyalty_event_add_credit_lot(posting, account, &rest);
		follow_lot(posting, account, &rest, reversed);
	}
	if (moved > 0)
	{
		paid = loyalty_lot_pay_arrears(lot, &account->account);
		loyalty_event_add_lot(posting, lot, false);
		loyalty_event_add_movement(posting, lot->lot_id, MOVEMENT_REDEMPTION_REVERSED, moved);
		if (paid > 0)
			loyalty_event_add_movement(posting, lot->lot_id, MOVEMENT_ARREARS_PAID, paid);
		reversed->arrears_paid += paid;
		follow_lot(posting, account, lot, reversed);
	}
}

/*
 * Posts one credit for each program that paid, with the lots of its draws. Goes over all draws for each
 * account: redemptions draw on few lots.
 */
static void
post_credits(Posting *posting, Reversible *reversible, Reversed *reversed)
{
	Draws *draws = &reversible->draws;
	int a;
	int i;

	for (a = 0; a < posting->account_count; a++)
	{
		PostedAccount *account = &posting->accounts[a];
		int64 points = 0;

		if (account->account.category != CATEGORY_REGULAR)
			continue;
		for (i = 0; i < draws->n; i++)
			if (draws->items[i].lot.program_id == account->account.program_id)
				points += draws->items[i].put_back;
		if (points == 0)
			continue;
		loyalty_event_post(posting, account, ENTRY_CREDIT, HOUSE_REDEEMED, points);
		for (i = 0; i < draws->n; i++)
			if (draws->items[i].lot.program_id == account->account.program_id && draws->items[i].put_back > 0)
				put_back(posting, account, reversible->redemption.customer_id, &draws->items[i], reversed);
		reversed->points += points;
	}
}

/*
 * Reads the draws anew, since lots may have expired with the fixing of the time, or got points back by another
 * reversal of the same posting (a returned bill may have been paid by several redemptions). Ids for expiries
 * are drawn before the event draws its own. If points were left over, an account would be missing: nothing may
 * be posted then.
 */
void
loyalty_reverse(Posting *posting, Reversible *reversible, int64 points, const Event *origin,
				Reversed *reversed)
{
	Event event = *origin;
	Redemption redemption = reversible->redemption;
	int64 wanted;

	/* Since it was read its lots may have expired, or got points back by another reversal. */
	loyalty_reversible_load(posting, &redemption, reversible);
	wanted = points == 0 ? reversible->left : points;
	memset(reversed, 0, sizeof(Reversed));
	share_out(reversible, points);
	reserve_expiries(posting, &reversible->draws);
	event.reverses_event_id = reversible->redemption.event_id;
	loyalty_event_begin(posting, EVENT_REDEMPTION_REVERSAL, posting->event_time, &event);
	post_credits(posting, reversible, reversed);
	loyalty_event_end(posting);
	if (reversed->points != wanted)
		elog(ERROR, "an account of the redemption takes no part in its reversal");
	reversible->left -= reversed->points;
	reversed->event_id = posting->event.event_id;
	if (reversed->expired > 0)
		(void) loyalty_posting_expire_due(posting);
}
