/*
 * retention_api.c: set_retention, and apply_retention, a procedure that commits: for how many days an org keeps messages, reports
 * and their like, and the deletion of what is older.
 *
 * Days are the org's: what was made on a day goes when as many whole days lie behind it. The job goes from kind to kind and deletes
 * a batch at a time; each kind knows its locks (retention.h). A run that was stopped has deleted the batches that it committed,
 * and the next one goes on.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/job.h"
#include "message/inbox/retention.h"
#include "message/inbox/retention_store.h"

LOYALTY_FUNCTION(loyalty_set_retention);
LOYALTY_FUNCTION(loyalty_apply_retention);

#define MAX_DAYS 36500

/* Job with the kind that it has come to. */
typedef struct RetentionRun
{
	LoyaltyJob job; /* the first member, so that a batch finds the rest */
	int kind;
	int64 after; /* how far the kind came */
} RetentionRun;

/* Says for how many days a kind is kept. */
Datum
loyalty_set_retention(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	const char *what;
	const LoyaltyRetention *retention;

	loyalty_call_begin(&call, fcinfo);
	what = loyalty_arg_text(fcinfo, 1, "what", LOYALTY_MAX_CODE);
	retention = loyalty_retention_find(what);
	if (retention == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_RETENTION_UNKNOWN),
				 errmsg("nothing of that name is kept for a time"),
				 errhint("There are %s. What is in the books is kept for ever.", loyalty_retention_words())));
	if (PG_ARGISNULL(2))
		loyalty_retention_clear(call.org->org_id, retention->what);
	else if (PG_GETARG_INT32(2) < 1 || PG_GETARG_INT32(2) > MAX_DAYS)
		loyalty_raise_not_allowed("days", psprintf("1 to %d, or NULL for ever", MAX_DAYS));
	else
		loyalty_retention_store(call.org->org_id, retention->what, PG_GETARG_INT32(2));
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Deletes the next batch of the first kind that has one. */
static int
forget_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	RetentionRun *run = (RetentionRun *) job;
	const LoyaltyRetention *retention;

	for (; (retention = loyalty_retention_at(run->kind)) != NULL; run->kind++)
	{
		int32 days = loyalty_retention_days(call->org->org_id, retention->what);
		DateADT today = loyalty_local_date(job->as_of, call->org->zone);
		int64 count = 0;

		if (days > 0)
			count = retention->forget(call, loyalty_start_of_day(today - days, call->org->zone),
									  job->batch_size, &run->after);
		job->done += count;
		if (count > 0)
			return (int) count;
		run->after = 0;
	}
	return 0;
}

/* The procedure: deletes what is older than the org keeps it, batch by batch, with a commit after each (customer/job.c). */
Datum
loyalty_apply_retention(PG_FUNCTION_ARGS)
{
	RetentionRun run = {
		.job = {
			.fcinfo = fcinfo,
			.procedure = "apply_retention",
			.done_what = "deleted",
			.done_of = "rows",
			.batch = forget_batch,
		},
	};

	loyalty_job_run(&run.job);
	PG_RETURN_VOID();
}
