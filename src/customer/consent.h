/* consent.h: how long an explicit consent to promotional messages overrides the do-not-call register. */
#ifndef LOYALTY_CONSENT_H
#define LOYALTY_CONSENT_H

#include "datatype/timestamp.h"
#include "pgtime.h"

/*
 * Returns the first instant at which a consent counts no more: that of the day after the same day six months on, or after
 * the last day of that month where it is shorter, on the clocks of a zone.
 */
extern TimestampTz loyalty_consent_end(TimestampTz consented_at, pg_tz *zone);

#endif
