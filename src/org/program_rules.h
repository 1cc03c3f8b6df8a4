/*
 * program_rules.h: what a program says about points: how many a bill earns, how they are rounded, on which day
 * they expire. Pure: days are counted from 2000-01-01, points are thousandths. Knows no server.
 */
#ifndef LOYALTY_PROGRAM_RULES_H
#define LOYALTY_PROGRAM_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Ways to round to the decimals that a program keeps. Numbers are never negative here, so down is towards zero. */
typedef enum Rounding
{
	ROUNDING_CEILING,
	ROUNDING_FLOOR,
	ROUNDING_HALF_UP,
	ROUNDING_HALF_DOWN,
	ROUNDING_HALF_EVEN,
	ROUNDING_COUNT
} Rounding;

/* Ways to tell when points expire. */
typedef enum ExpiryUnit
{
	EXPIRY_NEVER,
	EXPIRY_DAYS,	   /* so many days after the award */
	EXPIRY_MONTHS,	   /* at the end of the month that lies so many months later */
	EXPIRY_FIXED_DATE, /* all on one day */
	EXPIRY_UNIT_COUNT
} ExpiryUnit;

/* Ways in which an expiry changes later: not at all, or forwards with each activity of the customer. */
typedef enum ExpiryType
{
	EXPIRY_TYPE_FIXED,
	EXPIRY_TYPE_ROLLING,
	EXPIRY_TYPE_COUNT
} ExpiryType;

/* Words of the three enums by their numbers, as calls and tables have them. */
extern const char *const loyalty_rounding_names[ROUNDING_COUNT];
extern const char *const loyalty_expiry_unit_names[EXPIRY_UNIT_COUNT];
extern const char *const loyalty_expiry_type_names[EXPIRY_TYPE_COUNT];

#define MAX_DECIMALS 3
#define MAX_EXPIRY_DAYS 36525 /* a hundred years */
#define MAX_EXPIRY_MONTHS 1200
#define RATE_SCALE 1000000 /* points per unit are kept in millionths */

/* Rules of a program about points. */
typedef struct ProgramRules
{
	int64_t points_per_unit; /* millionths of a point for a unit of currency */
	int decimals;			 /* of points, 0 to 3 */
	Rounding rounding;
	ExpiryUnit expiry_unit;
	int expiry_value;	 /* days or months; 0 with the other units */
	int32_t expiry_date; /* day, for EXPIRY_FIXED_DATE */
	ExpiryType expiry_type;
	bool allow_negative_on_return;	 /* a return may take the balance below zero */
	int promised_days;				 /* whole days that promised points wait */
	bool promised_expiry_from_award; /* converted points age from the award on, not from the conversion */
} ProgramRules;

/* Returns the day on whose first instant points that were promised on a day become regular. */
extern int32_t loyalty_program_promise_day(const ProgramRules *rules, int32_t awarded_on);

/* Returns what contradicts itself in a program's rules, or NULL. has_value and has_date say what was given. */
extern const char *loyalty_program_problem(const ProgramRules *rules, bool has_value, bool has_date);

/* Returns the smallest amount of points that the program keeps, in thousandths: 1000, 100, 10 or 1. */
extern int64_t loyalty_program_step(const ProgramRules *rules);

/* Tells whether points have no more decimals than the program keeps. */
extern bool loyalty_program_keeps(const ProgramRules *rules, int64_t points);

/* Computes the points that an amount (thousandths, not negative) earns; false where they exceed numeric(18,3). */
extern bool loyalty_program_award(const ProgramRules *rules, int64_t amount, int64_t *points);

/* Computes the last day on which points awarded on a day can be used; false: they never expire. */
extern bool loyalty_program_last_day(const ProgramRules *rules, int32_t awarded_on, int32_t *last_day);

/* Returns the first day of the month that a day lies in. */
extern int32_t loyalty_first_of_month(int32_t day);

#endif
