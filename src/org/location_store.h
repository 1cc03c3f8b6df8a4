/* location_store.h: where stores are, in tables. */
#ifndef LOYALTY_LOCATION_STORE_H
#define LOYALTY_LOCATION_STORE_H

#include "postgres.h"

#include "org/org_store.h"
#include "org/place_rules.h"

/* Location of a store; texts that are NULL are not known. */
typedef struct LoyaltyLocation
{
	const char *address;
	const char *city;
	const char *opening_hours;
	bool has_place;
	LoyaltyPlace place;
} LoyaltyLocation;

/* Writes all of it, under the org's lock. */
extern void loyalty_location_store(int32 org_id, int32 store_id, const LoyaltyLocation *location);

/*
 * Reads all stores of an org whose place is known, as the caller's statement sees them: store, name, address, city, latitude,
 * longitude, opening_hours, in the order of their codes.
 */
extern LoyaltyRows *loyalty_locations_read(int32 org_id);

#endif
