/*
 * reminder_rules_test.c: days that a run reminds of, and days of a year that birthdays are kept on.
 */
#include <string.h>

#include "message/inbox/reminder_rules.h"
#include "tap.h"

static bool
are(ReminderDays days, int first, int last)
{
	return days.first == first && days.last == last;
}

static void
test_days(void)
{
	ok(are(loyalty_reminder_days(100, 7, false, 0), 107, 107), "a new reminder begins with its own day");
	ok(are(loyalty_reminder_days(100, 7, true, 107), 107, 107), "a second run of a day looks at it again");
	ok(are(loyalty_reminder_days(100, 7, true, 106), 106, 107), "a run of the next day at both");
	ok(are(loyalty_reminder_days(100, 7, true, 103), 103, 107), "a job that stood still goes on");
	ok(are(loyalty_reminder_days(100, 7, true, 90), 100, 107), "but not with days that are over");
	ok(are(loyalty_reminder_days(100, 7, true, 120), 107, 107), "days that were looked at ahead stay so");
	ok(are(loyalty_reminder_days(100, 0, true, 50), 100, 100), "on the day itself there is today alone");
	ok(are(loyalty_reminder_days(-5, REMINDER_DAYS_MAX, false, 0), 360, 360), "a year before");
}

static void
test_kept(void)
{
	char days[MONTH_DAYS_MAX][MONTH_DAY_BYTES];

	ok(loyalty_kept_days(2024, 5, 9, days) == 1 && strcmp(days[0], "05-09") == 0, "a day");
	ok(loyalty_kept_days(2023, 2, 28, days) == 2 && strcmp(days[0], "02-28") == 0 &&
		   strcmp(days[1], "02-29") == 0,
	   "28 February of other years is the 29th, too");
	ok(loyalty_kept_days(2024, 2, 28, days) == 1 && loyalty_kept_days(2024, 2, 29, days) == 1 &&
		   strcmp(days[0], "02-29") == 0,
	   "of leap years it is not");
	ok(loyalty_kept_days(1900, 2, 28, days) == 2 && loyalty_kept_days(2000, 2, 28, days) == 1 &&
		   loyalty_kept_days(2100, 2, 28, days) == 2,
	   "centuries");
	ok(loyalty_kept_days(2023, 3, 28, days) == 1 && loyalty_kept_days(2023, 2, 27, days) == 1,
	   "no other day has two");
}

int
main(void)
{
	plan(13);
	test_days();
	test_kept();
	return tap_exit();
}
