/*
 * award.c: giving points. The event's lot carries the event's id.
 */
#include "postgres.h"

#include "common/errors.h"
#include "ledger/award.h"
#include "ledger/draw.h"

static TimestampTz
award_expiry(const Posting *posting, const Award *award)
{
	TimestampTz expires_at = award->expires_at;

	/* Promised points begin to age when they are converted. */
	if (expires_at == AT_ONCE)
		expires_at = award->category == CATEGORY_REGULAR
						 ? loyalty_program_expiry(posting->call, award->program, posting->event_time)
						 : NEVER;
	if (expires_at <= posting->event_time)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_EXPIRY_PASSED), errmsg("the expiry is not after the event")));
	return expires_at;
}

Lot
loyalty_award_lot(const Posting *posting, const Award *award)
{
	bool rolls = award->expires_at == AT_ONCE && award->category == CATEGORY_REGULAR &&
				 award->program->rules.expiry_type == EXPIRY_TYPE_ROLLING;

	return (Lot){
		.lot_id = posting->event.event_id,
		.program_id = award->program->program_id,
		.category = award->category,
		.award_type = award->type,
		.expiry_type = rolls ? LOT_EXPIRY_ROLLING : LOT_EXPIRY_FIXED,
		.points = award->points,
		.remaining = award->points,
		.awarded_at = posting->event_time,
		.expires_at = award_expiry(posting, award),
		.redeemable_from = award->redeemable_from,
		.transaction_id = posting->event.transaction_id,
		.till_id = posting->event.till_id,
	};
}

void
loyalty_award(Posting *posting, const Award *award, Answer *answer)
{
	PostedAccount *account = loyalty_posting_account(posting, award->program->program_id, award->category);
	HouseAccount house = award->house ? award->house : HOUSE_ISSUED;
	Lot lot;

	loyalty_event_begin(posting, award->event_code, posting->event_time, &award->columns);
	lot = loyalty_award_lot(posting, award);
	loyalty_event_post(posting, account, ENTRY_CREDIT, house, lot.points);
	(void) loyalty_event_add_credit_lot(posting, account, &lot);
	if (house == HOUSE_ISSUED)
		loyalty_roll_lots(posting, award->program);
	if (lot.remaining > 0)
		account->account.next_expiry_at = Min(account->account.next_expiry_at, lot.expires_at);
	loyalty_event_end(posting);
	answer->event_id = posting->event.event_id;
	answer->points = award->points;
	answer->expires_at = lot.expires_at;
	if (loyalty_lot_is_due(&lot, posting->effective_at))
		loyalty_posting_expire_due(posting);
}
