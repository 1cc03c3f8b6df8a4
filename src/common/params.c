/*
 * params.c: parameters of statements, by their types.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/params.h"
#include "common/points.h"

void
loyalty_param_int8(LoyaltyParams *params, int64 value)
{
	loyalty_param(params, Int64GetDatum(value), false);
}

void
loyalty_param_int8_or_null(LoyaltyParams *params, int64 value)
{
	loyalty_param(params, Int64GetDatum(value), value == 0);
}

void
loyalty_param_int4(LoyaltyParams *params, int32 value)
{
	loyalty_param(params, Int32GetDatum(value), false);
}

void
loyalty_param_int4_or_null(LoyaltyParams *params, int32 value)
{
	loyalty_param(params, Int32GetDatum(value), value == 0);
}

void
loyalty_param_int2(LoyaltyParams *params, int16 value)
{
	loyalty_param(params, Int16GetDatum(value), false);
}

void
loyalty_param_bool(LoyaltyParams *params, bool value)
{
	loyalty_param(params, BoolGetDatum(value), false);
}

void
loyalty_param_char(LoyaltyParams *params, char value)
{
	loyalty_param(params, CharGetDatum(value), false);
}

void
loyalty_param_text(LoyaltyParams *params, const char *value)
{
	loyalty_param(params, value ? CStringGetTextDatum(value) : (Datum) 0, value == NULL);
}

void
loyalty_param_time(LoyaltyParams *params, TimestampTz value)
{
	loyalty_param(params, TimestampTzGetDatum(value), TIMESTAMP_NOT_FINITE(value));
}

void
loyalty_param_int8_array(LoyaltyParams *params, const int64 *items, int count)
{
	Datum *elements = palloc(sizeof(Datum) * Max(count, 1));
	int i;

	for (i = 0; i < count; i++)
		elements[i] = Int64GetDatum(items[i]);
	loyalty_param(params,
				  PointerGetDatum(construct_array(elements, count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
												  TYPALIGN_DOUBLE)),
				  false);
}

void
loyalty_param_points(LoyaltyParams *params, int64 thousandths)
{
	loyalty_param(params, loyalty_numeric(thousandths), false);
}
