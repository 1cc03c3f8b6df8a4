/*
 * consent_api.c: the end of a consent for views and statements, by the rule that sending goes by (consent.c). They know the
 * zone of an org by its name. It reads no table and no clock, so that it may stand wherever a condition does; a consent of
 * no time has no end.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/consent.h"

LOYALTY_FUNCTION(loyalty_consent_end_sql);

/* Returns the end for views, which know the zone by its name. */
Datum
loyalty_consent_end_sql(PG_FUNCTION_ARGS)
{
	TimestampTz consented_at = PG_GETARG_TIMESTAMPTZ(0);
	pg_tz *zone = pg_tzset(text_to_cstring(PG_GETARG_TEXT_PP(1)));

	if (TIMESTAMP_NOT_FINITE(consented_at))
		PG_RETURN_NULL();
	if (zone == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TIME_ZONE_INVALID), errmsg("time zone does not exist")));
	PG_RETURN_TIMESTAMPTZ(loyalty_consent_end(consented_at, zone));
}
