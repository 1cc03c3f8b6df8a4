/*
 * job_store.c: the statement that notes when a job of an org ended last, for the view metrics: a job that nobody runs shows there
 * before anybody misses its work.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/job_store.h"

static LoyaltyQuery job_ended = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.job_run (org_id, job, ended_at, done) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (org_id, job) DO UPDATE SET ended_at = EXCLUDED.ended_at, done = EXCLUDED.done",
	INT4OID, TEXTOID, TIMESTAMPTZOID, INT8OID);

/* Keeps the last run alone. */
void
loyalty_job_ended(int32 org_id, const char *job, int64 done, TimestampTz now)
{
	LOYALTY_EXECUTE(&job_ended, loyalty_int4(org_id), loyalty_text(job), loyalty_time(now),
					loyalty_int8(done));
}
