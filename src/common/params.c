/*
 * params.c: parameters of statements, by their types. Values that need memory are made in the current context and live
 * as long as it does.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/params.h"
#include "common/points.h"

/* Gathers the values of a list. */
LoyaltyParams
loyalty_params(const NullableDatum *values, int count)
{
	LoyaltyParams params;
	int i;

	params.n = 0;
	for (i = 0; i < count; i++)
		loyalty_param(&params, values[i]);
	return params;
}

/* Returns a null for 0, which is no id. */
NullableDatum
loyalty_int8_or_null(int64 value)
{
	return loyalty_datum(Int64GetDatum(value), value == 0);
}

/* Returns a null for 0, which is no id. */
NullableDatum
loyalty_int4_or_null(int32 value)
{
	return loyalty_datum(Int32GetDatum(value), value == 0);
}

/* Returns a null for NULL; an empty text stays one. */
NullableDatum
loyalty_text(const char *value)
{
	return loyalty_datum(value ? CStringGetTextDatum(value) : (Datum) 0, value == NULL);
}

/* Returns a null for NULL; what is given stays where it is. */
NullableDatum
loyalty_varlena(const void *value)
{
	return loyalty_datum(PointerGetDatum(value), value == NULL);
}

/* Returns a null for the infinities, which say "never" in C. */
NullableDatum
loyalty_time(TimestampTz value)
{
	return loyalty_datum(TimestampTzGetDatum(value), TIMESTAMP_NOT_FINITE(value));
}

/* Makes the numeric of thousandths. */
NullableDatum
loyalty_points(int64 thousandths)
{
	return loyalty_datum(loyalty_numeric(thousandths), false);
}

/* Makes an array of ids, in their order. */
NullableDatum
loyalty_int8s(const int64 *items, int count)
{
	Datum *elements = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
		elements[i] = Int64GetDatum(items[i]);
	return loyalty_datum(PointerGetDatum(construct_array(elements, count, INT8OID, sizeof(int64),
														 FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)),
						 false);
}
