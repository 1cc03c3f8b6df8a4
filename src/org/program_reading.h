/* program_reading.h: values that create_org, create_program and the functions that change them read alike. */
#ifndef LOYALTY_PROGRAM_READING_H
#define LOYALTY_PROGRAM_READING_H

#include "postgres.h"

#include "utils/date.h"

#include "common/pg_compat.h"

/* The name of a place's zone in the spelling of the tz database; LY016 for any other. */
extern const char *loyalty_org_time_zone(const char *given);

/* Points per unit in millionths, from a numeric; LY021 for what is none. */
extern int64 loyalty_program_rate(Datum rate);

/* A date of the years that times may lie in, 0 where none is given; LY015. */
extern DateADT loyalty_program_date(const NullableDatum *given, const char *name);

/* Raises LY021; "problem" is a sentence without its full stop. */
pg_noreturn extern void loyalty_raise_program_invalid(const char *problem);

#endif
