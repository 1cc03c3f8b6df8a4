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

#endif
