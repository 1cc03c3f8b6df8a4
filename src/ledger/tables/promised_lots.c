/*
 * promised_lots.c: promised points that have come.
 *
 * The regular account of a program knows when the first promised lot comes to it (next_conversion_at), so that an account
 * without such lots costs a comparison. Once that has come, the open promised lots whose instant has come are read; each
 * is, from its instant on, the regular lot that the conversion makes of it (ledger/posting/conversion.c asks here, too),
 * and pays the account's arrears first. A lot that its own expiry took before its instant never converts.
 *
 * May be late: the conversion, until a job or a call posts it. Nobody is locked for reads.
 */
#include "postgres.h"

#include "ledger/tables/lot_dates.h"
#include "ledger/tables/promised_lots.h"
#include "status/status_guard.h"

/* Ids of lots that are in no table yet: higher than all that are. */
#define FIRST_COMING_ID (INT64_MAX / 2)

/* Asks what the job asks: points wait, or are stopped, by the restrictions of the customer's label. */
bool
loyalty_promised_may_convert(const LoyaltyCall *call, const LoyaltyCustomer *customer)
{
	int sqlstate;
	StatusVerdict verdict = loyalty_status_verdict(call, customer, GUARD_CONVERT_PROMISED, &sqlstate);

	return verdict.waits_by == 0 && sqlstate == 0;
}

/*
 * Returns when the points of a promised lot expire once they are regular. Those with an expiry of their own keep it;
 * others begin to age with the conversion, or have aged since the award where the program says so.
 */
static TimestampTz
regular_expiry(const LoyaltyCall *call, const LoyaltyProgram *program, const Lot *promised,
			   TimestampTz converted_at)
{
	if (promised->expires_at != NEVER)
		return promised->expires_at;
	return loyalty_program_expiry(call, program,
								  program->rules.promised_expiry_from_award ? promised->awarded_at
																			: converted_at);
}

/*
 * Keeps award, bill and till. Of trigger-based points the date from which they can be spent is kept; of promised ones
 * that date was the conversion. The expiry rolls where the program's does and the award named none.
 */
Lot
loyalty_lot_as_regular(const LoyaltyCall *call, int64 customer_id, const Lot *promised,
					   TimestampTz converted_at, int64 lot_id)
{
	const LoyaltyProgram *program = loyalty_org_program_by_id(call->org, promised->program_id);
	Lot lot = {
		.lot_id = lot_id,
		.program_id = promised->program_id,
		.category = CATEGORY_REGULAR,
		.award_type = promised->award_type,
		.expiry_type = LOT_EXPIRY_FIXED,
		.points = promised->remaining,
		.remaining = promised->remaining,
		.awarded_at = promised->awarded_at,
		.expires_at = regular_expiry(call, program, promised, converted_at),
		.redeemable_from = promised->category == CATEGORY_TRIGGER_BASED ? promised->redeemable_from : AT_ONCE,
		.transaction_id = promised->transaction_id,
		.till_id = promised->till_id,
		.line_no = promised->line_no,
		.origin_customer_id = customer_id,
		.origin_lot_id = promised->lot_id,
	};

	if (promised->expires_at == NEVER && program->rules.expiry_type == EXPIRY_TYPE_ROLLING)
		lot.expiry_type = LOT_EXPIRY_ROLLING;
	return lot;
}

/* Adds the lots of one program among those that have come, in the order in which they are converted. */
static void
add_come(const LoyaltyCall *call, int64 customer_id, const Account *regular, LotStream *stream,
		 ComeLots *come)
{
	Account account = *regular;
	int before = come->n;
	int64 points = 0;
	Lot promised;

	while (loyalty_next_lot(stream, &promised))
	{
		TimestampTz instant = loyalty_conversion_instant(&promised);
		ComeLot lot = { .promised = promised };

		if (promised.program_id != regular->program_id)
			continue;
		lot.regular =
			loyalty_lot_as_regular(call, customer_id, &promised, instant, FIRST_COMING_ID + come->n);
		(void) loyalty_lot_pay_arrears(&lot.regular, &account);
		points += promised.remaining;
		LOYALTY_APPEND(*come, lot);
	}
	/* Without room they stay promised, as the job leaves them out. */
	if (!loyalty_account_converts(regular, points))
		come->n = before;
}

/* Looks for lots of one member of a merge group: all that are open are the survivor's own. */
void
loyalty_promised_come(const LoyaltyCall *call, const LoyaltyCustomer *customer, int64 customer_id,
					  const Account *regular, TimestampTz at, bool seen, ComeLots *come)
{
	LotStream *stream;

	if (regular->next_conversion_at > at || !loyalty_promised_may_convert(call, customer))
		return;
	stream = loyalty_open_promised(call->org->org_id, customer_id, at, seen);
	add_come(call, customer_id, regular, stream, come);
	loyalty_close_lots(stream);
}

/* Counts the points of a lot that is due again as gone, but for those that paid arrears. */
int64
loyalty_promised_gain(const ComeLots *come, TimestampTz at)
{
	int64 points = 0;
	int i;

	for (i = 0; i < come->n; i++)
	{
		const ComeLot *lot = &come->items[i];

		points +=
			lot->promised.remaining - (loyalty_lot_is_due(&lot->regular, at) ? lot->regular.remaining : 0);
	}
	return points;
}
