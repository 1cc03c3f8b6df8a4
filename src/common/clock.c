/*
 * clock.c: the time that calls record, and calendar days in an org's time zone.
 *
 * Days of an org begin at its own midnight, so each expiry, cap and closing asks how far its clocks are ahead of
 * UTC. The time zone library finds the offset by searching; here the last few spans between two changes of the
 * clocks are kept, and most times of a session fall into one of them. Spans are facts of the zone file: nothing
 * makes them stale while a backend lives.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "common/clock.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/pg_compat.h"

/* Days from 2000-01-01 that are surely within the range of timestamps. */
#define MOST_DAYS 700000

LOYALTY_FUNCTION(loyalty_clock_sql);
LOYALTY_FUNCTION(loyalty_last_day_sql);

/* Returns the time that a call would record now: loyalty.clock(). */
Datum
loyalty_clock_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(loyalty_now());
}

/* Returns one time for the whole transaction, so that all rows of a call agree on it. */
TimestampTz
loyalty_now(void)
{
	return loyalty_clock_is_set ? loyalty_clock_value : GetCurrentTransactionStartTimestamp();
}

/* Asks the machine: what ends soon must not live longer because somebody holds a transaction open. */
TimestampTz
loyalty_wall_clock(void)
{
	return loyalty_clock_is_set ? loyalty_clock_value : GetCurrentTimestamp();
}

/* Asks the library how a clock of the zone stands to UTC; a time that clocks skip or show twice is as timezone() has it. */
bool
loyalty_time_instant(const LoyaltyLocalTime *time, pg_tz *zone, TimestampTz *at)
{
	struct pg_tm tm = { .tm_year = time->year,
						.tm_mon = time->month,
						.tm_mday = time->day,
						.tm_hour = time->hour,
						.tm_min = time->minute,
						.tm_sec = time->second };
	int64 east = time->offset;

	if (!time->has_offset && zone != NULL)
		east = -DetermineTimeZoneOffset(&tm, zone);
	*at = (loyalty_time_seconds(time) - east) * USECS_PER_SEC + time->microsecond;
	return *at >= EARLIEST_TIME && *at <= LATEST_TIME;
}

/* Span of time in which a zone's offset from UTC is the same. Asking the library costs more than looking up a row. */
typedef struct ClockSpan
{
	pg_tz *zone; /* NULL: the entry is free */
	TimestampTz from;
	TimestampTz to; /* the first instant behind the span */
	int64 ahead;	/* of UTC, in microseconds */
} ClockSpan;

static ClockSpan spans[8];
static int next_span;

/*
 * Returns the instant at which the clocks may change next, at most END_TIMESTAMP; "at" itself where the library
 * does not agree with the offset: the span is empty then, and the library is asked again.
 */
static TimestampTz
next_change(TimestampTz at, int64 ahead, pg_tz *zone)
{
	pg_time_t second = timestamptz_to_time_t(at);
	pg_time_t change;
	long before;
	long after;
	int summer;
	int result = pg_next_dst_boundary(&second, &before, &summer, &change, &after, &summer, zone);

	if (result < 0 || before * USECS_PER_SEC != ahead)
		return at;
	return result == 0 ? END_TIMESTAMP : Min(time_t_to_timestamptz(change), END_TIMESTAMP);
}

/*
 * Learns the span from "at" to the next change of the clocks. It takes the place of a known one that has the same end
 * and began later, else that of the next entry in turn.
 */
static const ClockSpan *
learn_span(TimestampTz at, pg_tz *zone)
{
	ClockSpan learnt = { .zone = zone, .from = at };
	struct pg_tm tm;
	fsec_t fsec;
	int offset;
	int i;

	if (timestamp2tm(at, &offset, &tm, &fsec, NULL, zone) != 0)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	learnt.ahead = -offset * USECS_PER_SEC;
	learnt.to = next_change(at, learnt.ahead, zone);
	for (i = 0; i < lengthof(spans); i++)
		if (spans[i].zone == zone && spans[i].to == learnt.to && spans[i].from > at)
			break;
	if (i == lengthof(spans))
		i = next_span++ % lengthof(spans);
	spans[i] = learnt;
	return &spans[i];
}

/* Finds the span around an instant among those that are kept, or learns it. */
static const ClockSpan *
span_at(TimestampTz at, pg_tz *zone)
{
	int i;

	for (i = 0; i < lengthof(spans); i++)
		if (spans[i].zone == zone && at >= spans[i].from && at < spans[i].to)
			return &spans[i];
	return learn_span(at, zone);
}

/* Returns the time on the wall; ahead of UTC means that the wall shows more. */
int64
loyalty_local_time(TimestampTz at, pg_tz *zone)
{
	return at + span_at(at, zone)->ahead;
}

/*
 * Returns the date on the wall. C rounds quotients towards zero, so a time before 2000 that is no midnight belongs to
 * the day below.
 */
DateADT
loyalty_local_date(TimestampTz at, pg_tz *zone)
{
	int64 local = loyalty_local_time(at, zone);
	int64 day = local / USECS_PER_DAY;

	return (DateADT) (local % USECS_PER_DAY < 0 ? day - 1 : day);
}

/*
 * Returns the first instant of a day on which clocks may change. Midnight may not exist (clocks go forward over it:
 * the library returns the first instant after) or exist twice (clocks go back over it: the library returns the second
 * one, and the day began at the first).
 */
static TimestampTz
start_near_change(DateADT day, pg_tz *zone)
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

/*
 * Returns the first instant of a day. Where no clock changes from two days before to a day after, midnight is where
 * the offset says, and the library is not asked.
 */
TimestampTz
loyalty_start_of_day(DateADT day, pg_tz *zone)
{
	int64 midnight = (int64) day * USECS_PER_DAY;
	const ClockSpan *span;

	if (llabs(day) > MOST_DAYS)
		return start_near_change(day, zone);
	span = span_at(midnight - 2 * USECS_PER_DAY, zone);
	if (span->to < midnight - span->ahead + USECS_PER_DAY)
		return start_near_change(day, zone);
	return midnight - span->ahead;
}

/*
 * Steps back in time before it asks the clock, never on the clock: where clocks go forward over midnight, a day begins
 * at one, and an hour before that belongs to the day before.
 */
DateADT
loyalty_last_day(TimestampTz end, pg_tz *zone)
{
	return loyalty_local_date(end - 1, zone);
}

/* Takes either infinity for no end. */
void
loyalty_end_columns(TimestampTz end, pg_tz *zone, Datum *values, bool *nulls)
{
	nulls[0] = nulls[1] = TIMESTAMP_NOT_FINITE(end);
	values[0] = TimestampTzGetDatum(end);
	values[1] = nulls[1] ? (Datum) 0 : DateADTGetDatum(loyalty_last_day(end, zone));
}

/* Returns the last day for views and statements, which know the zone by its name; NULL where there is no end. */
Datum
loyalty_last_day_sql(PG_FUNCTION_ARGS)
{
	TimestampTz end = PG_GETARG_TIMESTAMPTZ(0);
	pg_tz *zone;

	if (TIMESTAMP_NOT_FINITE(end))
		PG_RETURN_NULL();
	zone = pg_tzset(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	if (zone == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID), errmsg("time zone does not exist")));
	PG_RETURN_DATEADT(loyalty_last_day(end, zone));
}

/* Counts on the calendar of the server. */
const char *
loyalty_day_text(DateADT day)
{
	int year;
	int month;
	int of_month;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &of_month);
	return psprintf("%04d-%02d-%02d", year, month, of_month);
}
