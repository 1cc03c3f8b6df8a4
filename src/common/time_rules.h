/*
 * time_rules.h: local dates and times as callers and documents write them, in the strict form of ISO 8601. Knows no
 * server.
 */
#ifndef LOYALTY_TIME_RULES_H
#define LOYALTY_TIME_RULES_H

#include <stdbool.h>
#include <stdint.h>

#define LOYALTY_DATE_LENGTH 10 /* YYYY-MM-DD */

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
	bool has_offset;
	int offset; /* seconds east of Greenwich */
} LoyaltyLocalTime;

/*
 * Reads YYYY-MM-DD; then perhaps a space or T and hh:mm:ss; then perhaps Z or an offset as +hh:mm, below 16 hours. Each
 * part has all its digits, and nothing stands around them. False where the text is anything else or no day of the calendar.
 */
extern bool loyalty_time_read(const char *text, LoyaltyLocalTime *time);

/* Seconds since 2000-01-01 00:00:00 on the same local clock, whatever the offset; negative before it. */
extern int64_t loyalty_time_seconds(const LoyaltyLocalTime *time);

#endif
