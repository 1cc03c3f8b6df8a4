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
	ok(reads("2024-05-02T10:00:00+08") && given.offset == 8 * 3600 && reads("2024-05-02 10:00:00-0930") &&
		   given.offset == -(9 * 60 + 30) * 60,
	   "an offset as PostgreSQL writes it, and without its colon");
	ok(reads("2024-05-02 10:00:00 Z") && given.has_offset && reads("2024-05-02 10:00 +08:00") &&
		   given.second == 0,
	   "a blank before the offset; a time without seconds");
	ok(reads("2024-05-02T10:00:59.5Z") && given.microsecond == 500000 && given.second == 59 &&
		   reads("2024-05-02 10:00:00.000001") && given.microsecond == 1,
	   "a fraction of a second");
	ok(reads("2024-05-02 10:00:00.2359999") && given.microsecond == 235999 &&
		   reads("2024-05-02 10:00:59.999999999") && given.microsecond == 999999 && given.second == 59,
	   "what is beyond microseconds is cut");
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
		"2024-01-01 10",
		"2024-01-01 10:",
		"2024-01-01 10:00:",
		"2024-01-01 1:00:00",
		"2024-01-01 24:00:00",
		"2024-01-01 10:60:00",
		"2024-01-01 10:00:60",
		"2024-01-01 10:00.5",
		"2024-01-01 10:00:00.",
		"2024-01-01 10:00:00.1234567890",
		"2024-01-01 10:00:00,5",
		"2024-01-01 -1:00:00",
		"2024-01-01 10:00:00 ",
		"2024-01-01 10:00:00z",
		"2024-01-01 10:00:00ZZ",
		"2024-01-01 10:00:00+8:00",
		"2024-01-01 10:00:00  +08",
		"2024-01-01 10:00:00+8",
		"2024-01-01 10:00:00+080",
		"2024-01-01 10:00:00+08000",
		"2024-01-01 10:00:00+08:",
		"2024-01-01 10:00:00+08Z",
		"2024-01-01 10:00:00 UTC",
		"3.2.2026",
		"03-02-2022 19:00:00",
		"yesterday",
		"now",
		"infinity",
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

/* The samples that the formats are told by: one instant, each under its own format. */
static void
test_formats(void)
{
	static const char *const samples[DATE_FORMAT_COUNT] = {
		[DATE_FORMAT_ISO] = "2022-02-03T19:00",			  [DATE_FORMAT_YEAR_FIRST] = "2022-02-03 19:00:00",
		[DATE_FORMAT_DAY_FIRST] = "03-02-2022 19:00:00",  [DATE_FORMAT_DAY_SLASH] = "03/02/2022 19:00:00",
		[DATE_FORMAT_ZONE] = "2022-02-03 19:00:00 +0530", [DATE_FORMAT_OFFSET] = "2022-02-03 19:00:00+05:30",
		[DATE_FORMAT_MONTH_NAME] = "03-fEB-22 19:00:00",  [DATE_FORMAT_SHORT_MONTH] = "2/3/22 19:00:00",
		[DATE_FORMAT_SHORT_DAY] = "3/2/22 19:00:00",	  [DATE_FORMAT_PADDED_MONTH] = "02/03/22 19:00:00",
	};
	int right = 0;

	for (int i = 0; i < DATE_FORMAT_COUNT; i++)
		right += loyalty_time_read_as(i, samples[i], &given) && is(2022, 2, 3, 19, 0, 0);
	ok(right == DATE_FORMAT_COUNT, "each format reads its sample");
	ok(loyalty_time_read_as(DATE_FORMAT_SHORT_DAY, "31/12/69 01:02:03", &given) &&
		   is(2069, 12, 31, 1, 2, 3) &&
		   loyalty_time_read_as(DATE_FORMAT_SHORT_DAY, "1/1/70 00:00:00", &given) && is(1970, 1, 1, 0, 0, 0),
	   "two digits are a year of 1970 to 2069");
	ok(loyalty_time_read_as(DATE_FORMAT_OFFSET, "2022-02-03 12:08:56.2359999-07:00", &given) &&
		   given.microsecond == 235999 && given.offset == -7 * 3600 &&
		   loyalty_time_read_as(DATE_FORMAT_OFFSET, "2022-02-03 12:08:56Z", &given) && given.microsecond == 0,
	   "a fraction and an offset");
	ok(loyalty_time_read_as(DATE_FORMAT_ZONE, "2017-05-11 15:46:48 Z", &given) && given.has_offset &&
		   loyalty_time_read_as(DATE_FORMAT_ZONE, "2017-05-11 15:46:48 -05:30", &given) &&
		   given.offset == -(5 * 60 + 30) * 60,
	   "a zone");
}

/* What a format never takes, by the format. */
static void
test_formats_refused(void)
{
	static const struct
	{
		LoyaltyDateFormat format;
		const char *text;
	} refused[] = {
		{ DATE_FORMAT_YEAR_FIRST, "2022-02-03 19:00" },
		{ DATE_FORMAT_YEAR_FIRST, "2022-02-03" },
		{ DATE_FORMAT_YEAR_FIRST, "2022-02-03T19:00:00" },
		{ DATE_FORMAT_YEAR_FIRST, "2022-02-03 19:00:00Z" },
		{ DATE_FORMAT_YEAR_FIRST, "2022-02-03 19:00:00.5" },
		{ DATE_FORMAT_YEAR_FIRST, "2022-02-30 19:00:00" },
		{ DATE_FORMAT_DAY_FIRST, "2022-02-03 19:00:00" },
		{ DATE_FORMAT_DAY_FIRST, "02-23-2022 19:00:00" },
		{ DATE_FORMAT_DAY_FIRST, "3-2-2022 19:00:00" },
		{ DATE_FORMAT_DAY_FIRST, "03/02/2022 19:00:00" },
		{ DATE_FORMAT_DAY_FIRST, "03-02-22 19:00:00" },
		{ DATE_FORMAT_DAY_SLASH, "02/23/2022 19:00:00" },
		{ DATE_FORMAT_ZONE, "2022-02-03 19:00:00" },
		{ DATE_FORMAT_ZONE, "2022-02-03 19:00:00Z" },
		{ DATE_FORMAT_ZONE, "2022-02-03 19:00:00 +05" },
		{ DATE_FORMAT_ZONE, "2022-02-03 19:00:00.5 Z" },
		{ DATE_FORMAT_OFFSET, "2022-02-03 19:00:00" },
		{ DATE_FORMAT_OFFSET, "2022-02-03 19:00:00 Z" },
		{ DATE_FORMAT_OFFSET, "2022-02-03 19:00:00.Z" },
		{ DATE_FORMAT_OFFSET, "2022-02-03 19:00:00+05" },
		{ DATE_FORMAT_MONTH_NAME, "03-Fex-22 19:00:00" },
		{ DATE_FORMAT_MONTH_NAME, "03-Fe" },
		{ DATE_FORMAT_MONTH_NAME, "31-Feb-22 19:00:00" },
		{ DATE_FORMAT_MONTH_NAME, "03-Feb-2022 19:00:00" },
		{ DATE_FORMAT_SHORT_MONTH, "2/3/2022 19:00:00" },
		{ DATE_FORMAT_SHORT_MONTH, "23/2/22 19:00:00" },
		{ DATE_FORMAT_SHORT_MONTH, "002/3/22 19:00:00" },
		{ DATE_FORMAT_SHORT_MONTH, "/3/22 19:00:00" },
		{ DATE_FORMAT_SHORT_DAY, "2/23/22 19:00:00" },
		{ DATE_FORMAT_PADDED_MONTH, "2/3/22 19:00:00" },
		{ DATE_FORMAT_PADDED_MONTH, "23/02/22 19:00:00" },
		{ DATE_FORMAT_PADDED_MONTH, "" },
	};
	int taken = 0;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (loyalty_time_read_as(refused[i].format, refused[i].text, &given))
		{
			printf("# taken by %s: \"%s\"\n", loyalty_date_format_names[refused[i].format], refused[i].text);
			taken++;
		}
	ok(taken == 0, "a format takes no other");
}

static void
test_write(void)
{
	char text[LOYALTY_TIME_TEXT];

	ok(reads("0987-05-02T10:01") && loyalty_time_write(&given, true, text) &&
		   strcmp(text, "0987-05-02 10:01:00") == 0 && loyalty_time_write(&given, false, text) &&
		   strcmp(text, "0987-05-02") == 0,
	   "a time is written in one spelling");
	ok(reads("2024-05-02 10:00:00.5") && !loyalty_time_write(&given, true, text) &&
		   reads("2024-05-02 10:00Z") && !loyalty_time_write(&given, true, text),
	   "a fraction or an offset has no place in it");
}

int
main(void)
{
	plan(24);
	test_formats();
	test_formats_refused();
	test_write();
	test_forms();
	test_refused();
	test_days();
	test_seconds();
	return tap_exit();
}
