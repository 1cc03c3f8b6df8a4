/*
 * place_rules.c: how far places lie apart: by haversines, which are exact for places next to each other, where cosines lose
 * all their digits. The globe is a sphere of the mean radius of the earth (IUGG), which is wrong by half a percent at most:
 * enough to name the nearest store, not to survey its ground.
 */
#include <math.h>

#include "org/place_rules.h"

#define EARTH_METRES 6371008.8
#define RADIANS (3.14159265358979323846 / 180)

/* A NaN compares as false. */
bool
loyalty_place_exists(LoyaltyPlace place)
{
	return place.latitude >= -90 && place.latitude <= 90 && place.longitude >= -180 && place.longitude <= 180;
}

/* Returns the square of the sine of half an angle, which is given in degrees. */
static double
haversine(double degrees)
{
	double sine = sin(degrees * RADIANS / 2);

	return sine * sine;
}

/* Cuts off what rounding adds beyond the far side of the globe. */
int64_t
loyalty_place_metres(LoyaltyPlace left, LoyaltyPlace right)
{
	double part = haversine(right.latitude - left.latitude) + cos(left.latitude * RADIANS) *
																  cos(right.latitude * RADIANS) *
																  haversine(right.longitude - left.longitude);

	return llround(2 * EARTH_METRES * asin(sqrt(part < 1 ? part : 1)));
}
