/* place_rules.h: places on the globe, and how far they lie apart. Knows no server. */
#ifndef LOYALTY_PLACE_RULES_H
#define LOYALTY_PLACE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* A place, in degrees of WGS 84. */
typedef struct LoyaltyPlace
{
	double latitude;  /* north of the equator */
	double longitude; /* east of Greenwich */
} LoyaltyPlace;

/* Tells whether there is such a place: both numbers are finite, -90 to 90 and -180 to 180. */
extern bool loyalty_place_exists(LoyaltyPlace place);

/* Returns the length of the great circle between two places, in whole metres. */
extern int64_t loyalty_place_metres(LoyaltyPlace left, LoyaltyPlace right);

#endif
