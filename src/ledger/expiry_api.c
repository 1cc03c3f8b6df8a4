/*
 * expiry_api.c: expire_points, a procedure that commits.
 *
 * The switch to the owner never spans a commit: each batch opens a call frame of its own, which switches, checks
 * the caller's access again and switches back; an error at any point leaves the session with its caller.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/pquery.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "ledger/posting.h"

LOYALTY_FUNCTION(loyalty_expire_points);

#define MAX_BATCH 100000

typedef struct ExpiryJob
{
	FunctionCallInfo fcinfo;
	TimestampTz as_of;
	int batch_size;
	int64 posted; /* customers */
} ExpiryJob;

/* The points of one customer that are due; an SPI connection of its own keeps the batch's memory flat. */
static void
expire_customer(const ExpiryJob *job, LoyaltyCall *call, int64 customer_id)
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

/* One batch in the transaction at hand; answers how many customers it had. */
static int
expire_batch(ExpiryJob *job)
{
	LoyaltyCall call;
	int64 *customers;
	int count;
	int i;

	loyalty_call_begin(&call, job->fcinfo);
	if (job->as_of > call.now)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("as_of lies after the clock")));
	customers = palloc(sizeof(int64) * job->batch_size);
	count = loyalty_customers_due(call.org->org_id, job->as_of, job->batch_size, customers);
	for (i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		expire_customer(job, &call, customers[i]);
	}
	loyalty_call_end(&call);
	return count;
}

static void
read_job(FunctionCallInfo fcinfo, ExpiryJob *job)
{
	CallContext *context = (CallContext *) fcinfo->context;

	if (context == NULL || !IsA(context, CallContext) || context->atomic)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_IN_TRANSACTION),
						errmsg("expire_points commits batch by batch and cannot run inside a transaction"),
						errhint("Use it on its own, outside BEGIN and outside functions.")));
	job->fcinfo = fcinfo;
	job->as_of = loyalty_arg_time_or(fcinfo, 1, "as_of", loyalty_now());
	job->batch_size = loyalty_arg_int4(fcinfo, 2, "batch_size");
	if (job->batch_size < 1 || job->batch_size > MAX_BATCH)
		loyalty_raise_not_allowed("batch_size", "1 to 100000");
}

Datum
loyalty_expire_points(PG_FUNCTION_ARGS)
{
	ExpiryJob job = { 0 };
	int count;

	read_job(fcinfo, &job);
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	do
	{
		EnsurePortalSnapshotExists();
		count = expire_batch(&job);
		SPI_commit();
		job.posted += count;
		if (count > 0)
			ereport(NOTICE, (errmsg("expired the points of " INT64_FORMAT " customers", job.posted)));
	} while (count > 0);
	SPI_finish();
	PG_RETURN_VOID();
}
