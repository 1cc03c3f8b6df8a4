/*
 * debit.c: taking points by an event of its own.
 *
 * A correction takes points wherever they are: it walks the open lots of one account in spending order, those
 * that are not redeemable yet as well, and rolls nothing, since the customer did nothing. Points that no lot
 * can pay become arrears where the caller says so; the next credits pay them. Otherwise the debit is refused
 * before anything of its event is posted. The customer is locked, and what is due has expired: nothing is late
 * here but the event itself.
 */
#include "postgres.h"

#include "ledger/earn/debit.h"
#include "ledger/posting/draw.h"
#include "ledger/posting/event.h"

/*
 * Draws first, as the draw says how much is missing; books arrears before posting, so that the debit of the
 * account is the whole.
 */
void
loyalty_debit(Posting *posting, const Debit *debit, PostingResult *result)
{
	DrawRequest request = {
		.program_id = debit->program->program_id,
		.category = debit->category,
		.points = debit->points,
		.type = debit->type,
		.ignore_redeemable_from = true,
		.no_rolling = true,
	};
	LotWalk walk;

	loyalty_walk(posting, &request, &walk);
	if (walk.missing > 0 && !debit->may_owe)
		(void) loyalty_refuse_insufficient(debit->points - walk.missing, debit->points, LOYALTY_RAISES);
	if (walk.missing > 0)
		loyalty_walk_book_arrears(&walk);
	loyalty_event_begin(posting, debit->event_code, posting->event_time, &debit->origin);
	loyalty_walk_post_draws(posting, &walk, debit->house);
	loyalty_event_end(posting);
	result->event_id = posting->event.event_id;
	result->points = debit->points;
}
