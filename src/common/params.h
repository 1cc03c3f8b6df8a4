/*
 * params.h: the parameters of a statement: a value for each, most often all of them together.
 */
#ifndef LOYALTY_PARAMS_H
#define LOYALTY_PARAMS_H

#include "postgres.h"

#include "datatype/timestamp.h"

#define LOYALTY_MAX_PARAMS 32

/* Parameters of a statement, in their order. A numeric must be what loyalty_numeric makes: a numeric(18,3). */
typedef struct LoyaltyParams
{
	int n;
	Datum values[LOYALTY_MAX_PARAMS];
	bool nulls[LOYALTY_MAX_PARAMS];
} LoyaltyParams;

/* The parameters with these values, in their order. */
#define LOYALTY_PARAMS(...) \
	loyalty_params((const NullableDatum[]){ __VA_ARGS__ }, lengthof(((const NullableDatum[]){ __VA_ARGS__ })))
extern LoyaltyParams loyalty_params(const NullableDatum *values, int count);

/* The two that nearly every statement about a customer begins with. */
#define LOYALTY_CUSTOMER(org_id, customer_id) loyalty_int4(org_id), loyalty_int8(customer_id)

/* Adds one more. */
static inline void
loyalty_param(LoyaltyParams *params, NullableDatum value)
{
	Assert(params->n < LOYALTY_MAX_PARAMS);
	params->values[params->n] = value.value;
	params->nulls[params->n++] = value.isnull;
}

/* Values of the usual types; the text and time forms take NULL and the infinities for null, the _or_null forms 0. */
static inline NullableDatum
loyalty_datum(Datum value, bool isnull)
{
	return (NullableDatum){ .value = value, .isnull = isnull };
}

#define loyalty_int8(value) loyalty_datum(Int64GetDatum(value), false)
#define loyalty_int4(value) loyalty_datum(Int32GetDatum(value), false)
#define loyalty_int2(value) loyalty_datum(Int16GetDatum(value), false)
#define loyalty_bool(value) loyalty_datum(BoolGetDatum(value), false)
#define loyalty_char(value) loyalty_datum(CharGetDatum(value), false)
extern NullableDatum loyalty_int8_or_null(int64 value);
extern NullableDatum loyalty_int4_or_null(int32 value);
extern NullableDatum loyalty_text(const char *value);
extern NullableDatum loyalty_varlena(const void *value); /* a document, an array, or bytes */
extern NullableDatum loyalty_time(TimestampTz value);
extern NullableDatum loyalty_points(int64 thousandths);
extern NullableDatum loyalty_int8s(const int64 *items, int count); /* an array */

#endif
