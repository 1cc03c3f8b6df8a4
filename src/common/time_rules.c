/*
 * time_rules.c: reading local dates and times, for everything that takes them as text.
 *
 * Texts are read character by character in one form, so that no setting of a session (DateStyle, TimeZone) has a say in
 * what a caller wrote, and a text that could be read in two ways is read in none. That form is ISO 8601, in the spellings
 * that servers, browsers and PostgreSQL itself write; any other one must be named, as the formats of files are.
 */
#include "common/time_rules.h"

#include <stdio.h>

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

/* Tells whether the calendar has the date; year 0 is none. */
static bool
is_date(const LoyaltyLocalTime *time)
{
	return time->year >= 1 && time->month >= 1 && time->month <= 12 && time->day >= 1 &&
		   time->day <= days_of_month(time->year, time->month);
}

/* Reads a number of one or two digits. */
static bool
take_short(const char **text, int *number)
{
	int digits = **text != '\0' && (*text)[1] >= '0' && (*text)[1] <= '9' ? 2 : 1;

	return take_number(text, digits, number);
}

/* Reads the two digits of a year between 1970 and 2069. */
static bool
take_short_year(const char **text, int *year)
{
	if (!take_number(text, 2, year))
		return false;
	*year += *year < 70 ? 2000 : 1900;
	return true;
}

/* Reads three letters of an English month, in any case. */
static bool
take_month_name(const char **text, int *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int i;

	for (*month = 1; *month <= 12; (*month)++)
	{
		for (i = 0; i < 3; i++)
			if (((*text)[i] | 0x20) != names[(*month - 1) * 3 + i])
				break;
		if (i == 3)
		{
			*text += 3;
			return true;
		}
	}
	return false;
}

/*
 * Reads a date by its pattern: Y four digits of the year, y two; M and D two digits, m and d one or two, N the name of a
 * month; anything else stands for itself.
 */
static bool
take_date(const char **text, const char *pattern, LoyaltyLocalTime *time)
{
	bool taken = true;

	for (; *pattern != '\0' && taken; pattern++)
		switch (*pattern)
		{
			case 'Y':
				taken = take_number(text, 4, &time->year);
				break;
			case 'y':
				taken = take_short_year(text, &time->year);
				break;
			case 'M':
				taken = take_number(text, 2, &time->month);
				break;
			case 'm':
				taken = take_short(text, &time->month);
				break;
			case 'N':
				taken = take_month_name(text, &time->month);
				break;
			case 'D':
				taken = take_number(text, 2, &time->day);
				break;
			case 'd':
				taken = take_short(text, &time->day);
				break;
			default:
				taken = take_mark(text, *pattern);
		}
	return taken && is_date(time);
}

/* Reads hours and minutes. */
static bool
take_hours(const char **text, LoyaltyLocalTime *time)
{
	return take_number(text, 2, &time->hour) && take_mark(text, ':') && take_number(text, 2, &time->minute) &&
		   time->hour < 24 && time->minute < 60;
}

/* Reads a time of day; 24:00:00 and leap seconds are none. */
static bool
take_clock(const char **text, LoyaltyLocalTime *time)
{
	time->has_clock = true;
	return take_hours(text, time) && take_mark(text, ':') && take_number(text, 2, &time->second) &&
		   time->second < 60;
}

/* Reads 1 to 9 digits behind a mark; those beyond microseconds are cut, so that no time gets into the next second. */
static bool
take_fraction(const char **text, LoyaltyLocalTime *time)
{
	int unit = 100000;
	int digits;

	for (digits = 0; **text >= '0' && **text <= '9'; digits++, (*text)++, unit /= 10)
		time->microsecond += (**text - '0') * unit;
	return digits >= 1 && digits <= 9;
}

/* Reads Z, or an offset: hours, and minutes that may be left out where "short_form" says so. */
static bool
take_offset(const char **text, bool short_form, LoyaltyLocalTime *time)
{
	bool is_west = **text == '-';
	int hours;
	int minutes = 0;

	time->has_offset = true;
	if (take_mark(text, 'Z'))
		return true;
	if (!(is_west || **text == '+'))
		return false;
	(*text)++;
	if (!take_number(text, 2, &hours))
		return false;
	if (!short_form || **text != '\0')
	{
		(void) take_mark(text, ':');
		if (!take_number(text, 2, &minutes))
			return false;
	}
	time->offset = (is_west ? -1 : 1) * (hours * 60 + minutes) * 60;
	return hours <= 15 && minutes <= 59;
}

/* Reads the parts in their order; whatever is left makes the text no time. */
bool
loyalty_time_read(const char *text, LoyaltyLocalTime *time)
{
	*time = (LoyaltyLocalTime){ 0 };
	if (!take_date(&text, "Y-M-D", time))
		return false;
	if (*text == '\0')
		return true;
	time->has_clock = true;
	if (!(take_mark(&text, ' ') || take_mark(&text, 'T')) || !take_hours(&text, time))
		return false;
	if (take_mark(&text, ':') && (!take_number(&text, 2, &time->second) || time->second > 59 ||
								  (take_mark(&text, '.') && !take_fraction(&text, time))))
		return false;
	if (*text == '\0')
		return true;
	(void) take_mark(&text, ' ');
	return take_offset(&text, true, time) && *text == '\0';
}

/* Dates of the formats, as take_date() reads them. */
static const char *const date_patterns[DATE_FORMAT_COUNT] = {
	[DATE_FORMAT_YEAR_FIRST] = "Y-M-D",	  [DATE_FORMAT_DAY_FIRST] = "D-M-Y",
	[DATE_FORMAT_DAY_SLASH] = "D/M/Y",	  [DATE_FORMAT_ZONE] = "Y-M-D",
	[DATE_FORMAT_OFFSET] = "Y-M-D",		  [DATE_FORMAT_MONTH_NAME] = "D-N-y",
	[DATE_FORMAT_SHORT_MONTH] = "m/d/y",  [DATE_FORMAT_SHORT_DAY] = "d/m/y",
	[DATE_FORMAT_PADDED_MONTH] = "M/D/y",
};

const char *const loyalty_date_format_names[DATE_FORMAT_COUNT] = {
	[DATE_FORMAT_ISO] = "ISO",
	[DATE_FORMAT_YEAR_FIRST] = "yyyy-MM-dd HH:mm:ss",
	[DATE_FORMAT_DAY_FIRST] = "dd-MM-yyyy HH:mm:ss",
	[DATE_FORMAT_DAY_SLASH] = "dd/MM/yyyy HH:mm:ss",
	[DATE_FORMAT_ZONE] = "yyyy-MM-dd HH:mm:ss Z",
	[DATE_FORMAT_OFFSET] = "yyyy-MM-dd HH:mm:ssXXX",
	[DATE_FORMAT_MONTH_NAME] = "dd-MMM-yy HH:mm:ss",
	[DATE_FORMAT_SHORT_MONTH] = "M/D/YY HH:mm:ss",
	[DATE_FORMAT_SHORT_DAY] = "D/M/YY HH:mm:ss",
	[DATE_FORMAT_PADDED_MONTH] = "MM/DD/YY HH:mm:ss",
};

/* Reads the date of the format, a time of day with its seconds, and the zone where the format has one. */
bool
loyalty_time_read_as(LoyaltyDateFormat format, const char *text, LoyaltyLocalTime *time)
{
	if (format == DATE_FORMAT_ISO)
		return loyalty_time_read(text, time);
	*time = (LoyaltyLocalTime){ 0 };
	if (!take_date(&text, date_patterns[format], time) || !take_mark(&text, ' ') || !take_clock(&text, time))
		return false;
	if (format == DATE_FORMAT_ZONE && !(take_mark(&text, ' ') && take_offset(&text, false, time)))
		return false;
	if (format == DATE_FORMAT_OFFSET &&
		((take_mark(&text, '.') && !take_fraction(&text, time)) || !take_offset(&text, false, time)))
		return false;
	return *text == '\0';
}

/* Fills the text, whose length every time has. */
bool
loyalty_time_write(const LoyaltyLocalTime *time, bool with_clock, char *text)
{
	if (time->microsecond != 0 || time->has_offset)
		return false;
	if (with_clock)
		snprintf(text, LOYALTY_TIME_TEXT, "%04u-%02u-%02u %02u:%02u:%02u", time->year % 10000u,
				 time->month % 100u, time->day % 100u, time->hour % 100u, time->minute % 100u,
				 time->second % 100u);
	else
		snprintf(text, LOYALTY_TIME_TEXT, "%04u-%02u-%02u", time->year % 10000u, time->month % 100u,
				 time->day % 100u);
	return true;
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
