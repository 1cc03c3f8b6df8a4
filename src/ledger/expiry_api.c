/*
 * expiry_api.c: expire_points, a procedure that commits.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/pg_compat.h"
#include "ledger/job.h"
#include "ledger/posting.h"

LOYALTY_FUNCTION(loyalty_expire_points);

/* The points of one customer that are due; an SPI connection of its own keeps the batch's memory flat. */
static void
expire_customer(const LoyaltyJob *job, LoyaltyCall *call, int64 customer_id)
{
	Posting posting;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	loyalty_posting_begin(&posting, call, customer_id);
	loyalty_posting_involve_due(&posting, job->as_of);
	loyalty_posting_expire_due(&posting);
	loyalty_posting_end(&posting);
	SPI_finish();
}

static int
expire_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	int64 *customers = palloc(sizeof(int64) * job->batch_size);
	int count = loyalty_customers_due(call->org->org_id, job->as_of, job->batch_size, customers);
	int i;

	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		expire_customer(job, call, customers[i]);
	}
	job->done += count;
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
