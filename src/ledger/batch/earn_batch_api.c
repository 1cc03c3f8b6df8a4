/*
 * earn_batch_api.c: earn_points_batch.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/batch/batch_call.h"
#include "ledger/earn/earn.h"

LOYALTY_FUNCTION(loyalty_earn_points_batch);

Datum
loyalty_earn_points_batch(PG_FUNCTION_ARGS)
{
	static const BatchKind earn_items = {
		.request = &loyalty_earn_kind,
		.request_size = sizeof(EarnRequest),
		.item = "earn_item",
		.perform = loyalty_earn,
		.again = loyalty_earn_again,
	};

	return loyalty_batch_call(fcinfo, &earn_items, EARN_COLUMNS, loyalty_earn_values);
}
