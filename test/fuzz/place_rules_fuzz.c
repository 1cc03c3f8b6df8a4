/*
 * place_rules_fuzz.c: metres between any places are those of the chord through the globe, the way there is the way back, and no
 * detour is shorter.
 */
// sources: place_rules.c
#include <math.h>

#include "fuzz_input.h"
#include "org/place_rules.h"

#define EARTH 6371008.8
#define PI 3.14159265358979323846

/* Any place, often one of the ends. */
static LoyaltyPlace
any_place(FuzzInput *input)
{
	LoyaltyPlace place = { (double) fuzz_number(input, -90000000, 90000000) / 1e6,
						   (double) fuzz_number(input, -180000000, 180000000) / 1e6 };

	return place;
}

/* The metres by another way: the chord between two points in space. */
static double
by_chord(LoyaltyPlace left, LoyaltyPlace right)
{
	double a = left.latitude * PI / 180;
	double b = right.latitude * PI / 180;
	double between = (right.longitude - left.longitude) * PI / 180;
	double x = cos(b) * cos(between) - cos(a);
	double y = cos(b) * sin(between);
	double z = sin(b) - sin(a);
	double half = sqrt(x * x + y * y + z * z) / 2;

	return 2 * EARTH * asin(half < 1 ? half : 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	LoyaltyPlace a = any_place(&input);
	LoyaltyPlace b = any_place(&input);
	LoyaltyPlace c = any_place(&input);
	int64_t ab = loyalty_place_metres(a, b);
	uint64_t bits = fuzz_bits(&input, 8);
	LoyaltyPlace odd = { 0, 0 };

	REQUIRE(loyalty_place_exists(a) && loyalty_place_exists(b) && loyalty_place_exists(c));
	REQUIRE(ab >= 0 && ab <= 20015116 && ab == loyalty_place_metres(b, a));
	REQUIRE(loyalty_place_metres(a, a) == 0);
	REQUIRE(fabs((double) ab - by_chord(a, b)) < 2);
	REQUIRE(ab <= loyalty_place_metres(a, c) + loyalty_place_metres(c, b) + 2);
	memcpy(&odd.latitude, &bits, sizeof(bits));
	REQUIRE(loyalty_place_exists(odd) == (isfinite(odd.latitude) && fabs(odd.latitude) <= 90));
	return 0;
}
