/* place_rules_test.c: places on the globe and the metres between them, by distances that are known. */
#include <math.h>
#include <stdlib.h>

#include "org/place_rules.h"
#include "tap.h"

static const LoyaltyPlace equator = { 0, 0 };
static const LoyaltyPlace singapore = { 1.2834, 103.8607 };
static const LoyaltyPlace kuala_lumpur = { 3.1390, 101.6869 };

/* Tells whether places lie apart by so many metres, give or take. */
static bool
apart(LoyaltyPlace left, LoyaltyPlace right, int64_t metres, int64_t within)
{
	int64_t there = loyalty_place_metres(left, right);

	return llabs(there - metres) <= within && there == loyalty_place_metres(right, left);
}

int
main(void)
{
	LoyaltyPlace nowhere[] = { { 90.0001, 0 }, { -90.0001, 0 }, { 0, 180.0001 }, { 0, -180.0001 },
							   { NAN, 0 },	   { 0, NAN },		{ INFINITY, 0 }, { 0, -INFINITY } };
	LoyaltyPlace corners[] = { { 90, 180 }, { -90, -180 }, { 90, -180 }, { -90, 180 }, { 0, 0 } };
	int wrong = 0;

	plan(9);
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
		wrong += loyalty_place_exists(nowhere[i]);
	ok(wrong == 0, "what lies beyond the poles or the date line, or is no number, is no place");
	for (size_t i = 0; i < sizeof(corners) / sizeof(corners[0]); i++)
		wrong += !loyalty_place_exists(corners[i]);
	ok(wrong == 0, "the poles and the date line are places");
	ok(apart(equator, equator, 0, 0), "a place is no metre from itself");
	ok(apart(equator, (LoyaltyPlace){ 0, 1 }, 111195, 0), "a degree of the equator");
	ok(apart(equator, (LoyaltyPlace){ 0, 180 }, 20015115, 1),
	   "the far side of the globe is half its girth away");
	ok(apart((LoyaltyPlace){ 90, 0 }, (LoyaltyPlace){ -90, 77 }, 20015115, 1),
	   "and so are the poles, at any longitude");
	ok(apart((LoyaltyPlace){ 0, 179.9999 }, (LoyaltyPlace){ 0, -179.9999 }, 22, 0),
	   "across the date line it is near");
	ok(apart(singapore, kuala_lumpur, 317000, 1500), "Singapore and Kuala Lumpur");
	ok(apart(singapore, (LoyaltyPlace){ 1.28341, 103.8607 }, 1, 0),
	   "two doors of one street do not fall together");
	return tap_exit();
}
