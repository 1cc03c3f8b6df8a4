/*
 * job.c: the frame of procedures that commit batch by batch.
 *
 * Each batch finds its customers, locks them ascending, posts them and is committed with its locks, so that a
 * job over a million customers holds few at a time and loses one batch at most when it is stopped. What the
 * next run has to do is in the tables: it goes on where this one ended. Customers who cannot be done are left
 * out of the batches to come, as they stay due and would be found again.
 *
 * The switch to the owner never spans a commit: each batch opens a call frame of its own, which switches,
 * checks the caller's access again and switches back; an error at any point leaves the session with its
 * caller. Locks are the batch's own business; here none is held.
 */
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "tcop/pquery.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/function.h"
#include "common/points_limit.h"
#include "customer/job.h"
#include "customer/job_store.h"

#define MAX_BATCH 100000

/*
 * PostgreSQL says in the context of a CALL whether a commit is allowed there: in a transaction block and
 * inside a function it is not.
 */
void
loyalty_require_no_transaction(FunctionCallInfo fcinfo, const char *procedure)
{
	CallContext *context = (CallContext *) fcinfo->context;

	if (context == NULL || !IsA(context, CallContext) || context->atomic)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_IN_TRANSACTION),
						errmsg("%s commits as it goes and cannot run inside a transaction", procedure),
						errhint("Call it on its own, not inside BEGIN, a function or an exception block.")));
}

/*
 * Reads before any frame is open: defaults and sizes are the same in every batch. Whether the time lies after
 * the clock is judged in each, by that call's clock.
 */
static void
read_arguments(LoyaltyJob *job)
{
	loyalty_require_no_transaction(job->fcinfo, job->procedure);
	loyalty_function_defaults(job->fcinfo);
	if (job->of_program)
		job->program = loyalty_arg_text(job->fcinfo, 1, "program", LOYALTY_MAX_CODE);
	else
		job->as_of = loyalty_arg_time_or(job->fcinfo, 1, "as_of", loyalty_now());
	job->batch_size = loyalty_arg_int4(job->fcinfo, 2, "batch_size");
	if (job->batch_size < 1 || job->batch_size > MAX_BATCH)
		loyalty_raise_not_allowed("batch_size", "1 to 100000");
}

/*
 * Warns instead of raising: an error would take back the whole batch, in this run and in every later one. The
 * list lives as long as the job, behind all commits.
 */
void
loyalty_job_leave_out(LoyaltyJob *job, int64 customer_id)
{
	MemoryContext caller = MemoryContextSwitchTo(job->context);

	LOYALTY_APPEND(job->left_out, customer_id);
	MemoryContextSwitchTo(caller);
	ereport(WARNING, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW),
					  errmsg("customer " INT64_FORMAT " is left out", customer_id),
					  errdetail("LY404: a balance or counter would not stay below " POINTS_LIMIT_TEXT "."),
					  errhint("Correct the customer's points, then call %s again.", job->procedure)));
}

/* Runs one batch in a frame of its own. Access may have been taken away since the last one. The last batch notes the end. */
static int
run_batch(LoyaltyJob *job)
{
	LoyaltyCall call;
	int count;

	loyalty_call_begin(&call, job->fcinfo);
	if (!job->of_program && job->as_of > call.now)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("as_of lies after the clock")));
	count = job->batch(job, &call);
	if (count == 0)
		loyalty_job_ended(call.org->org_id, job->procedure, job->done, call.now);
	loyalty_call_end(&call);
	return count;
}

/*
 * Connects to SPI once, in the way that may commit: its memory outlives the commits, and so does the list of
 * those left out. Each batch needs a snapshot, as the commit before took the portal's. A batch that looked at
 * nobody has nothing left to do and ends the job.
 */
void
loyalty_job_run(LoyaltyJob *job)
{
	int64 before;
	int count;

	read_arguments(job);
	if (SPI_connect_ext(SPI_OPT_NONATOMIC) != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	job->context = CurrentMemoryContext;
	do
	{
		before = job->done;
		EnsurePortalSnapshotExists();
		count = run_batch(job);
		SPI_commit();
		if (job->done > before)
			ereport(NOTICE, (errmsg("%s " INT64_FORMAT " %s", job->done_what, job->done,
									job->done_of ? job->done_of : "customers")));
	} while (count > 0);
	SPI_finish();
}
