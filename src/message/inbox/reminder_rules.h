/* reminder_rules.h: which days a reminder is about. Knows no server. */
#ifndef LOYALTY_REMINDER_RULES_H
#define LOYALTY_REMINDER_RULES_H

#include <stdbool.h>

#define REMINDER_DAYS_MAX 365 /* before the occasion */

/* Days, each as a number that rises by one a day, from the first to the last. */
typedef struct ReminderDays
{
	int first;
	int last;
} ReminderDays;

/*
 * Returns the days of occasions that a run of today reminds of: the one so many days from now, and before it those that no run
 * has come to, which reached "until" last. Days that are over are not among them.
 */
extern ReminderDays loyalty_reminder_days(int today, int days_before, bool has_until, int until);

#define MONTH_DAY_BYTES 6 /* mm-dd and the zero behind it */
#define MONTH_DAYS_MAX 2

/*
 * Writes the days of a year, as mm-dd, of birthdays and the like that are kept on a date; returns how many there are. Those of
 * 29 February are kept on the 28th in years without one.
 */
extern int loyalty_kept_days(int year, int month, int day, char days[MONTH_DAYS_MAX][MONTH_DAY_BYTES]);

#endif
