/*
 * location_api.c: set_store_location, stores_near.
 *
 * The nearest stores are found by looking at all of an org that have a place, each by its distance: an org has thousands at
 * most, and no index or extension is needed for that. Nothing is locked there.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "org/call.h"
#include "org/location_store.h"

#define MAX_STORES 100
#define PLACE_COLUMNS 7 /* of a location that is read */

LOYALTY_FUNCTION(loyalty_set_store_location);
LOYALTY_FUNCTION(loyalty_stores_near);

/* A store by its distance. */
typedef struct NearStore
{
	int64 metres;
	uint64 row; /* in the order of codes */
} NearStore;

/* Reads a place out of two arguments; false: both are NULL. */
static bool
arg_place(FunctionCallInfo fcinfo, int n, LoyaltyPlace *place)
{
	if (PG_ARGISNULL(n) && PG_ARGISNULL(n + 1))
		return false;
	if (PG_ARGISNULL(n))
		loyalty_raise_missing("latitude");
	if (PG_ARGISNULL(n + 1))
		loyalty_raise_missing("longitude");
	place->latitude = PG_GETARG_FLOAT8(n);
	place->longitude = PG_GETARG_FLOAT8(n + 1);
	if (!loyalty_place_exists((LoyaltyPlace){ place->latitude, 0 }))
		loyalty_raise_not_allowed("latitude", "degrees from -90 to 90");
	if (!loyalty_place_exists(*place))
		loyalty_raise_not_allowed("longitude", "degrees from -180 to 180");
	return true;
}

/* Writes where a store is, as a whole. */
Datum
loyalty_set_store_location(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyLocation location = { 0 };
	const char *store;

	loyalty_call_begin(&call, fcinfo);
	store = loyalty_arg_text(fcinfo, 1, "store", LOYALTY_MAX_CODE);
	location.address = loyalty_arg_text_or_null(fcinfo, 2, "address", LOYALTY_MAX_TEXT);
	location.city = loyalty_arg_text_or_null(fcinfo, 3, "city", LOYALTY_MAX_NAME);
	location.has_place = arg_place(fcinfo, 4, &location.place);
	location.opening_hours = loyalty_arg_text_or_null(fcinfo, 6, "opening_hours", LOYALTY_MAX_TEXT);
	loyalty_call_lock_org(&call);
	loyalty_location_store(call.org->org_id, loyalty_org_store(call.org, store)->store_id, &location);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Orders stores by distance, equal ones by their codes. */
static int
compare_distance(const void *left, const void *right)
{
	const NearStore *l = left;
	const NearStore *r = right;

	if (l->metres != r->metres)
		return l->metres < r->metres ? -1 : 1;
	return l->row < r->row ? -1 : l->row > r->row;
}

/* Measures the distance of every store that was read. */
static NearStore *
measured(LoyaltyRows *rows, LoyaltyPlace from)
{
	NearStore *stores = palloc(sizeof(NearStore) * Max(rows->count, 1));
	uint64 i;

	for (i = 0; i < rows->count; i++)
	{
		LoyaltyPlace place = { DatumGetFloat8(loyalty_row_value(rows, i, 5)),
							   DatumGetFloat8(loyalty_row_value(rows, i, 6)) };

		stores[i].metres = loyalty_place_metres(from, place);
		stores[i].row = i;
	}
	qsort(stores, rows->count, sizeof(NearStore), compare_distance);
	return stores;
}

/* Returns the nearest stores, the nearest one first. */
Datum
loyalty_stores_near(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyPlace from;
	LoyaltyRows *rows;
	NearStore *stores;
	int32 count;
	int i;
	int column;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	if (!arg_place(fcinfo, 1, &from))
		loyalty_raise_missing("latitude");
	count = loyalty_arg_int4(fcinfo, 3, "count");
	if (count < 1 || count > MAX_STORES)
		loyalty_raise_not_allowed("count", psprintf("1 to %d", MAX_STORES));
	rows = loyalty_locations_read(call.org->org_id);
	stores = measured(rows, from);
	for (i = 0; i < count && i < (int) rows->count; i++)
	{
		Datum values[PLACE_COLUMNS + 1];
		bool nulls[PLACE_COLUMNS + 1];

		for (column = 0; column < PLACE_COLUMNS; column++)
			values[column] = loyalty_row_datum(rows, stores[i].row, column + 1, &nulls[column]);
		values[PLACE_COLUMNS] = Int64GetDatum(stores[i].metres);
		nulls[PLACE_COLUMNS] = false;
		loyalty_set_add(fcinfo, values, nulls);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}
