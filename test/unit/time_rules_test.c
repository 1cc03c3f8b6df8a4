/*
 * time_rules_test.c: the strict form of dates and times, each day of 800 years, and seconds on a local clock.
 */
#include <string.h>

#include "common/time_rules.h"
#include "tap.h"

static LoyaltyLocalTime given;

static bool
reads(const char *text)
{
	return loyalty_time_read(text, &given);
}

static bool
is(int year, int month, int day, int hour, int minute, int second)
{
	return given.year == year && given.month == month && given.day == day && given.hour == hour &&
		   given.minute == minute && given.second == second;
}

static int64_t
seconds(const char *text)
{
	return reads(text) ? loyalty_time_seconds(&given) : INT64_MIN;
}

static void
test_forms(void)
{
	ok(reads("2024-05-02") && is(2024, 5, 2, 0, 0, 0) && !given.has_clock && !given.has_offset, "a date");
	ok(reads("2024-05-02 23:59:58") && is(2024, 5, 2, 23, 59, 58) && given.has_clock && !given.has_offset,
	   "a date and a time");
	ok(reads("2024-05-02T00:00:00") && is(2024, 5, 2, 0, 0, 0) && given.has_clock, "with a T between");
	ok(reads("2024-05-02T10:00:00Z") && given.has_offset && given.offset == 0, "Z is no offset at all");
	ok(reads("2024-05-02T10:00:00+08:30") && given.has_offset && given.offset == (8 * 60 + 30) * 60,
	   "east of Greenwich");
	ok(reads("2024-05-02T10:00:00-15:59") && given.offset == -(15 * 60 + 59) * 60, "west of Greenwich");
	ok(reads("0001-01-01") && is(1, 1, 1, 0, 0, 0) && reads("9999-12-31"), "the years 1 to 9999");
}

static void
test_refused(void)
{
	static const char *const texts[] = {
		"",
		"2024",
		"2024-5-2",
		"0000-01-01",
		"-001-01-01",
		"2024-00-01",
		"2024-13-01",
		"2024-01-00",
		"2024-04-31",
		"2023-02-29",
		"1900-02-29",
		"2024--1-01",
		"2024-01-+1",
		"2024-01- 1",
		"2024/01/01",
		" 2024-01-01",
		"2024-01-01 ",
		"10000-01-01",
		"2024-01-01Z",
		"2024-01-01+08:00",
		"2024-01-01T",
		"2024-01-01t10:00:00",
		"2024-01-01  10:00:00",
		"2024-01-01 10:00",
		"2024-01-01 1:00:00",
		"2024-01-01 24:00:00",
		"2024-01-01 10:60:00",
		"2024-01-01 10:00:60",
		"2024-01-01 10:00:00.5",
		"2024-01-01 -1:00:00",
		"2024-01-01 10:00:00 ",
		"2024-01-01 10:00:00z",
		"2024-01-01 10:00:00ZZ",
		"2024-01-01 10:00:00+8:00",
		"2024-01-01 10:00:00+08",
		"2024-01-01 10:00:00+0800",
		"2024-01-01 10:00:00+16:00",
		"2024-01-01 10:00:00+08:60",
		"2024-01-01 10:00:00+08:00x",
	};
	int taken = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (reads(texts[i]))
		{
			printf("# taken: \"%s\"\n", texts[i]);
			taken++;
		}
	ok(taken == 0, "nothing else is read");
}

/* Days follow each other by 86400 seconds, through every month and leap year of two whole cycles. */
static void
test_days(void)
{
	int64_t expected = INT64_MIN;
	int days = 0;
	bool regular = true;
	char text[32];

	for (int year = 1600; year < 2400; year++)
		for (int month = 1; month <= 12; month++)
			for (int day = 1; day <= 31; day++)
			{
				snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
				if (!reads(text))
					continue;
				regular &= expected == INT64_MIN || loyalty_time_seconds(&given) == expected;
				expected = loyalty_time_seconds(&given) + 86400;
				days++;
			}
	ok(regular && days == 2 * 146097, "every day of 800 years is a day after the one before");
}

static void
test_seconds(void)
{
	ok(seconds("2000-01-01") == 0 && seconds("1999-12-31 23:59:59") == -1, "seconds begin with 2000");
	ok(seconds("1970-01-01 00:00:00") == -946684800 && seconds("2024-03-01 01:02:03") == 762570123,
	   "seconds of known times");
	ok(seconds("2024-03-01T01:02:03+08:00") == 762570123, "an offset leaves the local clock as it is");
	ok(seconds("0001-01-01") == -INT64_C(63082281600) &&
		   seconds("9999-12-31 23:59:59") == INT64_C(252455615999),
	   "seconds of the first and the last time");
}

int
main(void)
{
	plan(13);
	test_forms();
	test_refused();
	test_days();
	test_seconds();
	return tap_exit();
}
