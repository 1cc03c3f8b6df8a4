/*
 * expiry_api.c: expire_points, a procedure that commits.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/jobs/expiry.h"
#include "ledger/tables/ledger_store.h"

LOYALTY_FUNCTION(loyalty_expire_points);

/* So many customers are locked and read at a time, however large the batch is. */
#define CUSTOMERS_AT_ONCE 100

/* An SPI connection of its own for each of these keeps the batch's memory flat; all come ascending, so do their locks. */
static int
expire_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	int64 *customers = palloc(sizeof(int64) * job->batch_size);
	int count = loyalty_customers_due(call->org->org_id, job->as_of, job->left_out.items, job->left_out.n,
									  job->batch_size, customers);
	int i;

	for (i = 0; i < count; i += CUSTOMERS_AT_ONCE)
	{
		if (SPI_connect() != SPI_OK_CONNECT)
			elog(ERROR, "SPI_connect failed");
		loyalty_expire_customers(job, call, &customers[i], Min(count - i, CUSTOMERS_AT_ONCE));
		SPI_finish();
	}
	return count;
}

Datum
loyalty_expire_points(PG_FUNCTION_ARGS)
{
	LoyaltyJob job = {
		.fcinfo = fcinfo,
		.procedure = "expire_points",
		.done_what = "expired the points of",
		.batch = expire_batch,
	};

	loyalty_job_run(&job);
	PG_RETURN_VOID();
}
