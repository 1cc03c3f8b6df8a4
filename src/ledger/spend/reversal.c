/*
 * reversal.c: taking redemptions back, whole or in part.
 *
 * Each draw of a redemption knows how much of it was not reversed yet. The points to be reversed are shared out
 * over the draws, what was drawn last first (reversal_rules.c), so that the lots end as if less had been
 * redeemed. One event then credits each program that paid; a return brings several redemptions back in one
 * (put_back.c). Points whose expiry has passed meanwhile expire at once, by events of their own whose ids were
 * drawn before.
 *
 * The customer is locked and what is due has expired; nothing rolls, as a reversal is no activity. May be late:
 * the event, which takes effect with the last entry of the accounts.
 */
#include "postgres.h"

#include "common/array.h"
#include "common/compare.h"
#include "common/errors.h"
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
 * Refuses to take back all that is left where nothing is left as well: an event without points would say
 * nothing.
 */
void
loyalty_reversible_share(Reversible *reversible, int64 points)
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

/* Compares two instants, for qsort. */
static int
compare_instants(const void *left, const void *right)
{
	return loyalty_compare_int64(*(const int64 *) left, *(const int64 *) right);
}

/*
 * Draws an id for each instant at which points are due that come back, as each makes an expiry of its own. Ids
 * that were reserved for a late event are there besides; too many do no harm.
 */
void
loyalty_reversal_reserve(Posting *posting, const Reversible *reversibles, int count)
{
	LOYALTY_ARRAY(int64) instants = { 0 };
	int r;
	int i;

	for (r = 0; r < count; r++)
		for (i = 0; i < reversibles[r].draws.n; i++)
		{
			const Draw *draw = &reversibles[r].draws.items[i];

			if (draw->put_back > 0 && loyalty_lot_is_due(&draw->lot, posting->effective_at))
				LOYALTY_APPEND(instants, draw->lot.expires_at);
		}
	if (instants.n == 0)
		return;
	qsort(instants.items, instants.n, sizeof(int64), compare_instants);
	for (i = 0; i < instants.n; i++)
		if (i == 0 || instants.items[i] != instants.items[i - 1])
			loyalty_posting_reserve_expiry(posting);
}

/*
 * Reads the draws anew, since lots may have expired with the fixing of the time. Ids for expiries are drawn
 * before the event draws its own.
 */
void
loyalty_reverse(Posting *posting, Reversible *reversible, int64 points, const Event *origin,
				Reversed *reversed)
{
	Redemption redemption = reversible->redemption;

	loyalty_reversible_load(posting, &redemption, reversible);
	loyalty_reversible_share(reversible, points);
	loyalty_reversal_reserve(posting, reversible, 1);
	loyalty_event_begin(posting, EVENT_REDEMPTION_REVERSAL, posting->event_time, origin);
	loyalty_reversal_post(posting, reversible, 1, reversed);
	loyalty_event_end(posting);
	if (reversed->expired > 0)
		(void) loyalty_posting_expire_due(posting);
}
