/*
 * reminder_rules.c: which days a reminder is about.
 *
 * A run reminds of the day that lies days_before ahead. A job that did not run for some days goes on where it stopped, as long as
 * the day is not over: a reminder that comes late is still one. A new reminder begins with its own day, so that nobody is told
 * at once of what lies nearer.
 */
#include "message/inbox/reminder_rules.h"

#include <stdio.h>

/* Looks at the last day again, as somebody may have got an occasion since; who was reminded is not again. */
ReminderDays
loyalty_reminder_days(int today, int days_before, bool has_until, int until)
{
	ReminderDays days = { .first = today + days_before, .last = today + days_before };

	if (has_until && until < days.first)
		days.first = until < today ? today : until;
	return days;
}

/* Tells whether a year has a 29 February. */
static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Adds the 29th to a 28 February. */
int
loyalty_kept_days(int year, int month, int day, char days[MONTH_DAYS_MAX][MONTH_DAY_BYTES])
{
	snprintf(days[0], MONTH_DAY_BYTES, "%02u-%02u", (unsigned) month % 100, (unsigned) day % 100);
	if (month != 2 || day != 28 || is_leap(year))
		return 1;
	snprintf(days[1], MONTH_DAY_BYTES, "02-29");
	return 2;
}
