/*
 * redeem_batch_api.c: redeem_points_batch.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/batch/batch_call.h"
#include "ledger/spend/redemption.h"

LOYALTY_FUNCTION(loyalty_redeem_points_batch);

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
