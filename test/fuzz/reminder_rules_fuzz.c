/*
 * reminder_rules_fuzz.c: runs of a job on days that rise, with any that are left out, remind of no day that is over, never of one
 * too early, and of all that some run could; every date has one day a year on which it is kept.
 */
// sources: reminder_rules.c
#include "fuzz_input.h"
#include "message/inbox/reminder_rules.h"

#define DAYS 400

static void
fuzz_runs(FuzzInput *input)
{
	bool reminded[2 * DAYS] = { false };
	int days_before = fuzz_choice(input, 30);
	int begin = fuzz_choice(input, 20);
	int first_run = -1;
	int last_run = -1;
	int until = 0;
	int day;
	int at;

	for (day = begin; day < DAYS; day += 1 + fuzz_choice(input, 40))
	{
		ReminderDays days = loyalty_reminder_days(day, days_before, first_run >= 0, until);

		REQUIRE(days.first >= day && days.last == day + days_before && days.first <= days.last);
		for (at = days.first; at <= days.last; at++)
			reminded[at] = true;
		until = days.last;
		if (first_run < 0)
			first_run = day;
		/* Between two runs, what the second one could still remind of is not missed. */
		for (at = first_run + days_before; last_run >= 0 && at <= days.last; at++)
			REQUIRE(reminded[at] || at < day);
		last_run = day;
	}
}

static void
fuzz_kept(FuzzInput *input)
{
	static const int lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year = 1 + fuzz_choice(input, 9999);
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int month = fuzz_choice(input, 12);
	int day = 1 + fuzz_choice(input, lengths[month]);
	char wanted[MONTH_DAY_BYTES + 8];
	int kept = 0;
	int m;
	int d;

	snprintf(wanted, sizeof(wanted), "%02d-%02d", month + 1, day);
	for (m = 0; m < 12; m++)
		for (d = 1; d <= lengths[m] - (m == 1 && !leap); d++)
		{
			char days[MONTH_DAYS_MAX][MONTH_DAY_BYTES];
			int count = loyalty_kept_days(year, m + 1, d, days);

			while (count-- > 0)
				kept += strcmp(days[count], wanted) == 0;
		}
	REQUIRE(kept == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };

	fuzz_runs(&input);
	fuzz_kept(&input);
	return 0;
}
