/*
 * expire_api.c: expire_gift_vouchers, a procedure that commits: writes down that the money of vouchers has expired.
 *
 * It changes no answer: a voucher whose time has come is not good any more before that (voucher.c). Vouchers are found without a lock,
 * a batch at a time, the oldest first; each is locked, ascending by id, and judged anew. Holders are not locked: nothing about them
 * changes, and nobody is told.
 *
 * The movement has the time at which the voucher expired, so that the books of a day are the same whenever the job runs.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/compare.h"
#include "common/pg_compat.h"
#include "customer/job.h"
#include "incentive/voucher/voucher.h"

LOYALTY_FUNCTION(loyalty_expire_gift_vouchers);

/* Does the next vouchers that are due. */
static int
expire_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	int64 *voucher_ids = palloc(sizeof(int64) * job->batch_size);
	int count = loyalty_vouchers_due(call->org->org_id, job->as_of, job->batch_size, voucher_ids);
	int i;

	qsort(voucher_ids, count, sizeof(int64), loyalty_compare_ids);
	for (i = 0; i < count; i++)
	{
		VoucherRow voucher;

		CHECK_FOR_INTERRUPTS();
		if (!loyalty_voucher_lock(call->org->org_id, voucher_ids[i], &voucher))
			elog(ERROR, "a voucher has vanished");
		if (loyalty_voucher_expire(call, &voucher, job->as_of))
			job->done++;
	}
	return count;
}

/* The procedure: writes what has expired by as_of, batch by batch, with a commit after each (customer/job.c). */
Datum
loyalty_expire_gift_vouchers(PG_FUNCTION_ARGS)
{
	LoyaltyJob job = {
		.fcinfo = fcinfo,
		.procedure = "expire_gift_vouchers",
		.done_what = "expired",
		.done_of = "gift vouchers",
		.batch = expire_batch,
	};

	loyalty_job_run(&job);
	PG_RETURN_VOID();
}
