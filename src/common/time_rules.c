/*
 * time_rules.c: reading local dates and times.
 *
 * Texts are read character by character in one strict form, so that no setting of a session (DateStyle, TimeZone) has
 * a say in what a caller wrote, and a text that could be read in two ways is read in none.
 */
#include "common/time_rules.h"

/* Tells whether a year has 366 days in the Gregorian calendar, which is used for all years. */
static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Returns the number of days of a month, from 1. */
static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Reads a number of exactly so many digits, and moves the text behind it. */
static bool
take_number(const char **text, int digits, int *number)
{
	*number = 0;
	for (; digits > 0; digits--, (*text)++)
	{
		if (**text < '0' || **text > '9')
			return false;
		*number = *number * 10 + (**text - '0');
	}
	return true;
}

/* Moves the text behind a mark, if it stands there. */
static bool
take_mark(const char **text, char mark)
{
	if (**text != mark)
		return false;
	(*text)++;
	return true;
}

/* Reads a date that the calendar has; year 0 is none. */
static bool
take_date(const char **text, LoyaltyLocalTime *time)
{
	return take_number(text, 4, &time->year) && take_mark(text, '-') && take_number(text, 2, &time->month) &&
		   take_mark(text, '-') && take_number(text, 2, &time->day) && time->year >= 1 && time->month >= 1 &&
		   time->month <= 12 && time->day >= 1 && time->day <= days_of_month(time->year, time->month);
}

/* Reads a time of day; 24:00:00 and leap seconds are none. */
static bool
take_clock(const char **text, LoyaltyLocalTime *time)
{
	return take_number(text, 2, &time->hour) && take_mark(text, ':') && take_number(text, 2, &time->minute) &&
		   take_mark(text, ':') && take_number(text, 2, &time->second) && time->hour < 24 &&
		   time->minute < 60 && time->second < 60;
}

/* Reads Z, or an offset with hours and minutes. */
static bool
take_offset(const char **text, LoyaltyLocalTime *time)
{
	bool is_west = **text == '-';
	int hours;
	int minutes;

	time->has_offset = true;
	if (take_mark(text, 'Z'))
		return true;
	if (!(is_west || **text == '+'))
		return false;
	(*text)++;
	if (!take_number(text, 2, &hours) || !take_mark(text, ':') || !take_number(text, 2, &minutes) ||
		hours > 15 || minutes > 59)
		return false;
	time->offset = (is_west ? -1 : 1) * (hours * 60 + minutes) * 60;
	return true;
}

/* Reads the parts in their order; whatever is left makes the text no time. */
bool
loyalty_time_read(const char *text, LoyaltyLocalTime *time)
{
	*time = (LoyaltyLocalTime){ 0 };
	if (!take_date(&text, time))
		return false;
	if (*text == '\0')
		return true;
	time->has_clock = true;
	return (take_mark(&text, ' ') || take_mark(&text, 'T')) && take_clock(&text, time) &&
		   (*text == '\0' || take_offset(&text, time)) && *text == '\0';
}

/* Counts days from the year 1 to the date, less those to 2000, by the rule of leap years. */
int64_t
loyalty_time_seconds(const LoyaltyLocalTime *time)
{
	int64_t days = time->day - 1;
	int before = time->year - 1; /* years since 0001-01-01, of which 1999 end before 2000 */
	int month;

	days += (int64_t) before * 365 + before / 4 - before / 100 + before / 400;
	days -= 1999 * 365 + 1999 / 4 - 1999 / 100 + 1999 / 400;
	for (month = 1; month < time->month; month++)
		days += days_of_month(time->year, month);
	return ((days * 24 + time->hour) * 60 + time->minute) * 60 + time->second;
}
