/* clock.h: the time that calls record. */
#ifndef LOYALTY_CLOCK_H
#define LOYALTY_CLOCK_H

#include "datatype/timestamp.h"
#include "pgtime.h"
#include "utils/date.h"

/* The transaction's start, unless the setting loyalty.clock overrides it. */
extern TimestampTz loyalty_now(void);

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

/* The first instant of a date in a time zone. */
extern TimestampTz loyalty_start_of_day(DateADT day, pg_tz *zone);

#endif
