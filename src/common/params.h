/* params.h: the parameters of a statement under construction. */
#ifndef LOYALTY_PARAMS_H
#define LOYALTY_PARAMS_H

#include "postgres.h"

#include "datatype/timestamp.h"

#define LOYALTY_MAX_PARAMS 32

/* A numeric must be what loyalty_numeric makes: a numeric(18,3). */
typedef struct LoyaltyParams
{
	int n;
	Datum values[LOYALTY_MAX_PARAMS];
	bool nulls[LOYALTY_MAX_PARAMS];
} LoyaltyParams;

static inline void
loyalty_param(LoyaltyParams *params, Datum value, bool isnull)
{
	Assert(params->n < LOYALTY_MAX_PARAMS);
	params->values[params->n] = value;
	params->nulls[params->n++] = isnull;
}

/* Shorthands for the usual types; the _text forms take NULL for null, the _or_null forms 0. */
extern void loyalty_param_int8(LoyaltyParams *params, int64 value);
extern void loyalty_param_int8_or_null(LoyaltyParams *params, int64 value);
extern void loyalty_param_int4(LoyaltyParams *params, int32 value);
extern void loyalty_param_int4_or_null(LoyaltyParams *params, int32 value);
extern void loyalty_param_int2(LoyaltyParams *params, int16 value);
extern void loyalty_param_bool(LoyaltyParams *params, bool value);
extern void loyalty_param_char(LoyaltyParams *params, char value);
extern void loyalty_param_text(LoyaltyParams *params, const char *value);
extern void loyalty_param_time(LoyaltyParams *params, TimestampTz value);
extern void loyalty_param_int8_array(LoyaltyParams *params, const int64 *items, int count);
extern void loyalty_param_points(LoyaltyParams *params, int64 thousandths);

#endif
