/*
 * expiry_api.c: expire_points, a procedure that commits.
 *
 * A batch is the customers of the accounts that are due longest, so that a job that is stopped has done the oldest
 * first. What is expired is due no more, and the next batch finds others; those who were left out are named to the
 * search, or they would be found for ever. The job ends with the batch that finds nobody.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/jobs/expiry.h"
#include "ledger/tables/ledger_store.h"

LOYALTY_FUNCTION(loyalty_expire_points);

/* Customers that are locked and read at a time, however large the batch is. */
#define CUSTOMERS_AT_ONCE 100

/*
 * Expires the points of a batch of customers. An SPI connection for each portion keeps the batch's memory flat. All
 * come ascending, and so do their locks, which are held until the commit of the batch.
 */
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

/* The procedure: posts what is due at as_of, batch by batch, with a commit after each (customer/job.c). */
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
