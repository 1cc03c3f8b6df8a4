/*
 * external_id_api.c: an external id on demand, for whoever hands it out before it is somebody's.
 *
 * It comes from the series that registrations draw from, and leaves the same digest behind, so nobody else ever gets
 * it. Nothing is locked: calls at once draw different numbers.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "card/card_hooks.h"
#include "card/card_number_rules.h"
#include "common/pg_compat.h"
#include "org/call.h"

LOYALTY_FUNCTION(loyalty_generate_external_id);

/* Returns a generated external id, which is used up. */
Datum
loyalty_generate_external_id(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	char external_id[NUMBER_BYTES];

	loyalty_call_begin(&call, fcinfo);
	/* Copied out of the memory of SPI, which ends with the call. */
	strlcpy(external_id, loyalty_external_id_generate(&call), sizeof(external_id));
	loyalty_call_end(&call);
	PG_RETURN_TEXT_P(cstring_to_text(external_id));
}
