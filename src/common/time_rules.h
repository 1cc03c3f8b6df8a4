/*
 * time_rules.h: local dates and times as callers, documents and files write them: in ISO 8601, or in a form that somebody
 * named. Knows no server.
 */
#ifndef LOYALTY_TIME_RULES_H
#define LOYALTY_TIME_RULES_H

#include <stdbool.h>
#include <stdint.h>

#define LOYALTY_TIME_TEXT 20 /* YYYY-MM-DD hh:mm:ss and the zero behind it */

/* Time on a local clock, as it was written. */
typedef struct LoyaltyLocalTime
{
	int year; /* 1 to 9999 */
	int month;
	int day;
	bool has_clock; /* false: a date, whose clock is at 0 */
	int hour;
	int minute;
	int second;
	int microsecond;
	bool has_offset;
	int offset; /* seconds east of Greenwich */
} LoyaltyLocalTime;

/* Forms of dates that files have; ISO is that of everything else. */
typedef enum LoyaltyDateFormat
{
	DATE_FORMAT_ISO,
	DATE_FORMAT_YEAR_FIRST,	  /* yyyy-MM-dd HH:mm:ss */
	DATE_FORMAT_DAY_FIRST,	  /* dd-MM-yyyy HH:mm:ss */
	DATE_FORMAT_DAY_SLASH,	  /* dd/MM/yyyy HH:mm:ss */
	DATE_FORMAT_ZONE,		  /* yyyy-MM-dd HH:mm:ss Z */
	DATE_FORMAT_OFFSET,		  /* yyyy-MM-dd HH:mm:ssXXX */
	DATE_FORMAT_MONTH_NAME,	  /* dd-MMM-yy HH:mm:ss */
	DATE_FORMAT_SHORT_MONTH,  /* M/D/YY HH:mm:ss */
	DATE_FORMAT_SHORT_DAY,	  /* D/M/YY HH:mm:ss */
	DATE_FORMAT_PADDED_MONTH, /* MM/DD/YY HH:mm:ss */
	DATE_FORMAT_COUNT
} LoyaltyDateFormat;

/* Names of the formats, as callers write them. */
extern const char *const loyalty_date_format_names[DATE_FORMAT_COUNT];

/*
 * Reads YYYY-MM-DD; then perhaps a space or T and hh:mm, perhaps with :ss and a fraction of 1 to 9 digits, which is cut to
 * microseconds; then perhaps, behind a space or not, Z or an offset below 16 hours as +hh, +hhmm or +hh:mm. Each part has
 * all its digits, and nothing stands around them. False where the text is anything else or no day of the calendar.
 */
extern bool loyalty_time_read(const char *text, LoyaltyLocalTime *time);

/* Reads a text in a format that was named, and in no other; two digits of a year are those of 1970 to 2069. */
extern bool loyalty_time_read_as(LoyaltyDateFormat format, const char *text, LoyaltyLocalTime *time);

/*
 * Writes YYYY-MM-DD hh:mm:ss, or YYYY-MM-DD alone, into LOYALTY_TIME_TEXT bytes: the one spelling of a time that is kept as
 * text. False where there is a fraction or an offset, for which it has no place.
 */
extern bool loyalty_time_write(const LoyaltyLocalTime *time, bool with_clock, char *text);

/* Seconds since 2000-01-01 00:00:00 on the same local clock, whatever the offset; negative before it. */
extern int64_t loyalty_time_seconds(const LoyaltyLocalTime *time);

#endif
