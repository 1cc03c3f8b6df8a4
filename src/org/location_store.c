/* location_store.c: the statements about where stores are. */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "org/location_store.h"

static LoyaltyQuery location_store = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.store SET address = $3, city = $4, opening_hours = $5, latitude = $6, longitude = $7"
	" WHERE org_id = $1 AND store_id = $2",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, FLOAT8OID, FLOAT8OID);

static LoyaltyQuery located_stores = LOYALTY_STATEMENT_SEEN(
	"SELECT s.store, s.name, s.address, s.city, s.latitude, s.longitude, s.opening_hours FROM loyalty_data.store s"
	" WHERE s.org_id = $1 AND s.latitude IS NOT NULL ORDER BY s.store",
	INT4OID);

/* Writes NULL for what is not known. */
void
loyalty_location_store(int32 org_id, int32 store_id, const LoyaltyLocation *location)
{
	LOYALTY_EXECUTE(&location_store, loyalty_int4(org_id), loyalty_int4(store_id),
					loyalty_text(location->address), loyalty_text(location->city),
					loyalty_text(location->opening_hours),
					loyalty_datum(Float8GetDatum(location->place.latitude), !location->has_place),
					loyalty_datum(Float8GetDatum(location->place.longitude), !location->has_place));
}

/* Reads whole rows: an org has thousands of stores at most. */
LoyaltyRows *
loyalty_locations_read(int32 org_id)
{
	return LOYALTY_QUERY(&located_stores, loyalty_int4(org_id));
}
