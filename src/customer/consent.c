/*
 * consent.c: how long an explicit consent overrides the do-not-call register.
 *
 * Six months are counted in days of the org's calendar, not in hours: who consented on a day is reached on the same day of
 * the sixth month, to its end. Sending asks the function, and the list for operators its SQL form, so that both agree to
 * the instant. A time zone that is changed later moves the ends of all consents.
 */
#include "postgres.h"

#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "common/clock.h"
#include "customer/consent.h"

#define MONTHS 6

/* Shortens the day to the month that it falls into. */
TimestampTz
loyalty_consent_end(TimestampTz consented_at, pg_tz *zone)
{
	int year;
	int month;
	int day;

	j2date(loyalty_local_date(consented_at, zone) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	month += MONTHS;
	if (month > MONTHS_PER_YEAR)
	{
		month -= MONTHS_PER_YEAR;
		year++;
	}
	day = Min(day, day_tab[isleap(year)][month - 1]);
	return loyalty_start_of_day(date2j(year, month, day) - POSTGRES_EPOCH_JDATE + 1, zone);
}
