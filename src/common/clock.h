/* clock.h: the time that calls record. */
#ifndef LOYALTY_CLOCK_H
#define LOYALTY_CLOCK_H

#include "datatype/timestamp.h"
#include "pgtime.h"
#include "utils/date.h"

#include "common/time_rules.h"

/* Times that the product knows: from the first instant of 1900 to the last one of 9999, in UTC. */
#define EARLIEST_TIME INT64CONST(-3155673600000000)
#define LATEST_TIME INT64CONST(252455615999999999)

/* The transaction's start, unless the setting loyalty.clock overrides it. */
extern TimestampTz loyalty_now(void);

/* The time on the wall, which goes on while a transaction is open, unless the setting loyalty.clock overrides it. */
extern TimestampTz loyalty_wall_clock(void);

/*
 * The instant of a time that was read from a text: on the clocks of a zone where it names no offset, those of UTC where the
 * zone is NULL. False where it lies outside the times that the product knows. Raises nothing.
 */
extern bool loyalty_time_instant(const LoyaltyLocalTime *time, pg_tz *zone, TimestampTz *at);

/* The date of an instant in a time zone. */
extern DateADT loyalty_local_date(TimestampTz at, pg_tz *zone);

/* Time that clocks on the wall show there then: microseconds since 2000-01-01 00:00:00 on them. */
extern int64 loyalty_local_time(TimestampTz at, pg_tz *zone);

/* The last day that the product knows, 9999-12-31: times lie within it (common/args.c), and no date of points after it. */
#define LATEST_DAY 2921939

/* The last day of what ends at an instant, in a time zone: the date of the last microsecond before it. */
extern DateADT loyalty_last_day(TimestampTz end, pg_tz *zone);

/* Fills two columns of a result, an end and its last day; both are null where it never ends. */
extern void loyalty_end_columns(TimestampTz end, pg_tz *zone, Datum *values, bool *nulls);

/* Writes a day as yyyy-mm-dd, which every language reads, whatever the DateStyle of the session is. */
extern const char *loyalty_day_text(DateADT day);

/* The first instant of a date in a time zone. */
extern TimestampTz loyalty_start_of_day(DateADT day, pg_tz *zone);

#endif
