/*
 * schedule_api.c: schedule_jobs. Jobs are scheduled as the caller, who then runs them: the switch to the owner is over
 * by then. Where pg_cron is not installed, nothing is scheduled, and the result has the lines for cron. No points are
 * touched; a job that runs late changes no result, since reads count what is due.
 */
#include "postgres.h"

#include "commands/dbcommands.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "common/pg_compat.h"
#include "common/srf.h"
#include "ledger/jobs/jobs_store.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_schedule_jobs);

/*
 * The jobs of an org. Every hour, as orgs have midnights of their own: a job that finds nothing to do is soon done. Messages end at
 * any time.
 * The minutes are apart, so that conversions come after expiries and closings after both, and what is left expires before anybody is
 * reminded of it.
 */
static const struct
{
	const char *job;
	const char *times;
	const char *procedure;
} jobs[] = {
	{ "expire", "7 * * * *", "expire_points" },
	{ "convert", "17 * * * *", "convert_promised_points" },
	{ "close", "27 * * * *", "close_day" },
	{ "finish", "*/5 * * * *", "finish_messages" },
	{ "remind", "37 * * * *", "send_reminders" },
	{ "forget", "47 * * * *", "apply_retention" },
	{ "escalate", "57 * * * *", "escalate_change_requests" },
};

/*
 * Writes a line for cron. The shell sees database and command in single quotes, a quote inside as '\''; cron takes a
 * bare per cent sign for the end of the line, inside quotes, too, so it is escaped.
 */
static char *
crontab_line(const char *times, const char *command)
{
	StringInfoData line;
	const char *at;
	const char *texts[] = { get_database_name(MyDatabaseId), command };
	const char *options[] = { "-d ", " -c " };
	int i;

	initStringInfo(&line);
	appendStringInfo(&line, "%s psql -X -q ", times);
	for (i = 0; i < lengthof(texts); i++)
	{
		appendStringInfo(&line, "%s'", options[i]);
		for (at = texts[i]; *at; at++)
		{
			if (*at == '\'')
				appendStringInfoString(&line, "'\\''");
			else if (*at == '%')
				appendStringInfoString(&line, "\\%");
			else
				appendStringInfoChar(&line, *at);
		}
		appendStringInfoChar(&line, '\'');
	}
	return line.data;
}

/* Adds the row of one job: given to pg_cron, or told of as a line for cron. */
static void
schedule_job(FunctionCallInfo fcinfo, const char *org, int i, bool by_pg_cron)
{
	char *name = psprintf("loyalty %s %s", org, jobs[i].job);
	char *command = loyalty_job_command(jobs[i].procedure, org);
	Datum values[5] = { CStringGetTextDatum(name), CStringGetTextDatum(jobs[i].times),
						CStringGetTextDatum(command), BoolGetDatum(by_pg_cron),
						CStringGetTextDatum(crontab_line(jobs[i].times, command)) };
	bool nulls[5] = { false, false, false, false, by_pg_cron };

	if (by_pg_cron)
		loyalty_job_schedule(name, jobs[i].times, command);
	loyalty_set_add(fcinfo, values, nulls);
}

/*
 * Returns a row per job. Access to the org is checked inside the call frame; the org's code is copied out of it, since
 * the frame is closed before pg_cron is called: a job runs as the role that scheduled it, which must not be the owner.
 */
Datum
loyalty_schedule_jobs(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	char *org;
	bool by_pg_cron;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	org = MemoryContextStrdup(call.result_context, call.org->org);
	by_pg_cron = loyalty_extension_version("pg_cron") != NULL;
	loyalty_call_end(&call);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	for (i = 0; i < lengthof(jobs); i++)
		schedule_job(fcinfo, org, i, by_pg_cron);
	SPI_finish();
	return (Datum) 0;
}
