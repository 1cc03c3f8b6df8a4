/*
 * debit.c: taking points by an event of its own.
 */
#include "postgres.h"

#include "ledger/earn/debit.h"
#include "ledger/posting/draw.h"
#include "ledger/posting/event.h"

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
