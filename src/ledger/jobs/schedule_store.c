/*
 * schedule_store.c: the statement that gives a job to pg_cron.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "common/query.h"
#include "ledger/jobs/schedule_store.h"

static LoyaltyQuery query = LOYALTY_STATEMENT("SELECT cron.schedule($1, $2, $3)", TEXTOID, TEXTOID, TEXTOID);

char *
loyalty_job_command(const char *procedure, const char *org)
{
	return psprintf("CALL loyalty.%s(%s)", procedure, quote_literal_cstr(org));
}

void
loyalty_job_schedule(const char *name, const char *times, const char *command)
{
	LOYALTY_EXECUTE(&query, loyalty_text(name), loyalty_text(times), loyalty_text(command));
}
