/*
 * redeem_batch_api.c: redeem_points_batch: the kind of its items, and the entry point. An item is judged and posted by
 * the code of redeem_points, in the order and under the locks of batch.c: all customers first, then item by item.
 * Nothing is late beyond that.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/batch/batch_call.h"
#include "ledger/spend/redemption.h"

LOYALTY_FUNCTION(loyalty_redeem_points_batch);

/*
 * Redeems points of many customers, or many times of one, each item as a call of its own; refused items are
 * told beside the others, or refuse the batch.
 */
Datum
loyalty_redeem_points_batch(PG_FUNCTION_ARGS)
{
	static const BatchKind redeem_items = {
		.request = &loyalty_redeem_kind,
		.request_size = sizeof(RedeemRequest),
		.item = "redeem_item",
		.perform = loyalty_redeem,
		.again = loyalty_redeem_again,
	};

	return loyalty_batch_call(fcinfo, &redeem_items, REDEEM_COLUMNS, loyalty_redeem_values);
}
