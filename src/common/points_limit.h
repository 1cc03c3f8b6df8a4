/* points_limit.h: how many points a column of points holds, in thousandths and in words. Knows no server. */
#ifndef LOYALTY_POINTS_LIMIT_H
#define LOYALTY_POINTS_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#define POINTS_LIMIT INT64_C(1000000000000000000) /* numeric(18,3) in thousandths ends below this */
#define POINTS_LIMIT_TEXT "1000000000000000"	  /* the same in points */
#define POINTS_LIMIT_DETAIL "Points are kept below " POINTS_LIMIT_TEXT "."

/* Tells whether a sum may be stored; sums of two such numbers stay within an int64. */
static inline bool
loyalty_points_fit(int64_t points)
{
	return points > -POINTS_LIMIT && points < POINTS_LIMIT;
}

/* A sum of points. One that leaves an int64 stays at the end of its range, a value that no column holds. */
static inline int64_t
loyalty_points_sum(int64_t sum, int64_t points)
{
	if (sum == INT64_MAX || sum == INT64_MIN)
		return sum;
	if (__builtin_add_overflow(sum, points, &sum))
		return points < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

#endif
