/*
 * earn_batch_api.c: earn_points_batch: the kind of its items, and the entry point. An item is judged and posted by the
 * code of earn_points, in the order and under the locks of batch.c: all customers first, then item by item. Nothing is
 * late beyond that.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/batch/batch_call.h"
#include "ledger/earn/earn.h"

LOYALTY_FUNCTION(loyalty_earn_points_batch);

/*
 * Awards points to many customers, or many times to one, each item as a call of its own; refused items are
 * told beside the others, or refuse the batch.
 */
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
