/*
 * clock.c: the time that calls record, and calendar days in an org's time zone.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "common/clock.h"
#include "common/guc.h"
#include "common/pg_compat.h"

LOYALTY_FUNCTION(loyalty_clock_sql);

Datum
loyalty_clock_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(loyalty_now());
}

TimestampTz
loyalty_now(void)
{
	return loyalty_clock_is_set ? loyalty_clock_value : GetCurrentTransactionStartTimestamp();
}

DateADT
loyalty_local_date(TimestampTz at, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t fsec;
	int offset;

	if (timestamp2tm(at, &offset, &tm, &fsec, NULL, zone) != 0)
		elog(ERROR, "timestamp out of range");
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

int64
loyalty_local_time(TimestampTz at, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t fsec;
	int offset;
	Timestamp local;

	if (timestamp2tm(at, &offset, &tm, &fsec, NULL, zone) != 0 || tm2timestamp(&tm, fsec, NULL, &local) != 0)
		elog(ERROR, "timestamp out of range");
	return local;
}

/*
 * Midnight may not exist (clocks go forward over it: the library answers the first instant after) or exist
 * twice (clocks go back over it: the library answers the second one, and the day began at the first).
 */
TimestampTz
loyalty_start_of_day(DateADT day, pg_tz *zone)
{
	struct pg_tm tm = { 0 };
	TimestampTz start;
	int offset;

	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	offset = DetermineTimeZoneOffset(&tm, zone);
	if (tm2timestamp(&tm, 0, &offset, &start) != 0)
		elog(ERROR, "timestamp out of range");
	if (loyalty_local_date(start - USECS_PER_HOUR, zone) == day)
		start -= USECS_PER_HOUR;
	return start;
}
