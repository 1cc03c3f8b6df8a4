/*
 * time_rules_fuzz.c: texts that nobody thought of. What is read as a time is one, is written as it was read, and nothing
 * beyond the end of a text is looked at.
 */
// sources: time_rules.c
#include "common/time_rules.h"
#include "fuzz_input.h"

static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

/* Every fourth year but of the hundreds, of which every fourth. */
static int
is_leap(int year)
{
	return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/* The text that a time came from, but for the mark between date and clock, how precise it was, and how its offset stood. */
static void
write_time(const LoyaltyLocalTime *time, char *text, size_t size)
{
	int used = snprintf(text, size, "%04d-%02d-%02d", time->year, time->month, time->day);
	int offset = abs(time->offset) / 60;

	if (time->has_clock)
		used += snprintf(text + used, size - used, " %02d:%02d:%02d.%06d", time->hour, time->minute,
						 time->second, time->microsecond);
	if (time->has_offset)
		snprintf(text + used, size - used, "%c%02d:%02d", time->offset < 0 ? '-' : '+', offset / 60,
				 offset % 60);
}

/* The day of the calendar that lies so many seconds after 2000-01-01, by counting years of 365 and 366 days, then months. */
static void
check_calendar(const LoyaltyLocalTime *time, int64_t seconds)
{
	int64_t days = seconds / 86400 - (seconds % 86400 < 0);
	int year = 2000;
	int month;

	for (; days < 0; days += 365 + is_leap(year))
		year--;
	for (; days >= 365 + is_leap(year); year++)
		days -= 365 + is_leap(year);
	for (month = 0; days >= lengths[month] + (month == 1 && is_leap(year)); month++)
		days -= lengths[month] + (month == 1 && is_leap(year));
	REQUIRE(year == time->year && month + 1 == time->month && days + 1 == time->day);
	REQUIRE(seconds - (seconds / 86400 - (seconds % 86400 < 0)) * 86400 ==
			time->hour * 3600 + time->minute * 60 + time->second);
}

/* A date around the end of any month, of centuries above all: it is read where the calendar has it. */
static void
fuzz_date(FuzzInput *input)
{
	int year = fuzz_choice(input, 40) * 100 + fuzz_choice(input, 5);
	int month = 1 + fuzz_choice(input, 12);
	int day = 28 + fuzz_choice(input, 5);
	char text[40];
	LoyaltyLocalTime time;

	snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
	REQUIRE(loyalty_time_read(text, &time) ==
			(year > 0 && day <= lengths[month - 1] + (month == 2 && is_leap(year))));
}

/* What a format reads is a time of day of the calendar, and one that ISO 8601 can say, too. */
static void
fuzz_format(FuzzInput *input, const char *text)
{
	LoyaltyDateFormat format = (LoyaltyDateFormat) fuzz_choice(input, DATE_FORMAT_COUNT);
	char written[128];
	LoyaltyLocalTime time;
	LoyaltyLocalTime again;

	if (!loyalty_time_read_as(format, text, &time) || format == DATE_FORMAT_ISO)
		return;
	REQUIRE(time.has_clock);
	REQUIRE(time.has_offset == (format == DATE_FORMAT_ZONE || format == DATE_FORMAT_OFFSET));
	REQUIRE(time.microsecond == 0 || format == DATE_FORMAT_OFFSET);
	write_time(&time, written, sizeof(written));
	REQUIRE(loyalty_time_read(written, &again) &&
			loyalty_time_seconds(&again) == loyalty_time_seconds(&time));
	REQUIRE(again.offset == time.offset && again.microsecond == time.microsecond);
}

/* The one spelling of a time reads as that time; what has no place in it is not written. */
static void
check_spelling(const LoyaltyLocalTime *time)
{
	char spelling[LOYALTY_TIME_TEXT];
	LoyaltyLocalTime again;

	if (!loyalty_time_write(time, true, spelling))
		REQUIRE(time->microsecond != 0 || time->has_offset);
	else
		REQUIRE(loyalty_time_read(spelling, &again) &&
				loyalty_time_seconds(&again) == loyalty_time_seconds(time));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char *text = malloc(size + 1);
	char written[128];
	LoyaltyLocalTime time;
	LoyaltyLocalTime again;

	memcpy(text, data, size);
	text[size] = '\0';
	fuzz_date(&input);
	fuzz_format(&input, text);
	if (loyalty_time_read(text, &time))
	{
		int64_t seconds = loyalty_time_seconds(&time);

		REQUIRE(time.has_clock || !time.has_offset);
		REQUIRE(seconds >= -INT64_C(63082281600) && seconds <= INT64_C(252455615999));
		check_calendar(&time, seconds);
		write_time(&time, written, sizeof(written));
		REQUIRE(loyalty_time_read(written, &again) && loyalty_time_seconds(&again) == seconds);
		REQUIRE(again.offset == time.offset && again.has_offset == time.has_offset);
		REQUIRE(again.microsecond == time.microsecond && strncmp(written, text, strlen("YYYY-MM-DD")) == 0);
		check_spelling(&time);
	}
	free(text);
	return 0;
}
