/*
 * redeem_batch_api.c: redeem_coupons_batch. An item is judged and redeemed by the code of redeem_coupon, under the locks of
 * redeem_batch.c; its row has the arguments of that call. Nothing is late beyond that.
 *
 * Where the batch is all or nothing, its first refused item raises, in the caller's order, after all were tried: an item may be refused
 * for what one before it has used, so that none can be judged before the others are redeemed. The error takes everything back.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "incentive/coupon/redeem_batch.h"
#include "ledger/batch/batch_call.h"

LOYALTY_FUNCTION(loyalty_redeem_coupons_batch);

/* Raises the first refusal, in the order of items. */
static void
raise_refusal(const CouponBatch *batch)
{
	int i;

	for (i = 0; i < batch->count; i++)
		if (batch->items[i].refusal.sqlstate != 0)
			loyalty_batch_raise_item(batch->items[i].refusal.sqlstate, i, batch->count);
}

/* Redeems coupons of many customers, each item as a call of its own; refused ones are told beside the others, or refuse the batch. */
Datum
loyalty_redeem_coupons_batch(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CouponBatch batch;
	LoyaltyItems items = { .batch = &batch, .set = loyalty_coupon_batch_set };
	int count = loyalty_items_begin(&call, fcinfo, &items.array);
	bool all_or_nothing = loyalty_arg_bool(fcinfo, 2, "all_or_nothing");
	int i;

	call.actor = loyalty_arg_text_or_null(fcinfo, 3, "actor", LOYALTY_MAX_NAME);
	loyalty_coupon_batch_begin(&batch, &call, count);
	items.function = batch.function;
	loyalty_items_read(&items);
	loyalty_coupon_batch_perform(&batch);
	if (all_or_nothing)
		raise_refusal(&batch);
	for (i = 0; i < count; i++)
	{
		Datum row[COUPON_RESULT_COLUMNS + 3] = { 0 };
		bool missing[COUPON_RESULT_COLUMNS + 3];
		int sqlstate = batch.items[i].refusal.sqlstate;

		if (sqlstate == 0)
			loyalty_coupon_values(&batch.items[i].result, &row[1], &missing[1]);
		loyalty_items_add(fcinfo, i, COUPON_RESULT_COLUMNS, row, missing, sqlstate);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
