/*
 * external_id.h: generated external ids, as the configuration of an org says. The hooks through which registrations
 * ask for them are in card_hooks.h.
 */
#ifndef LOYALTY_EXTERNAL_ID_H
#define LOYALTY_EXTERNAL_ID_H

#include "card/number_series.h"

/*
 * Opens the series that the configuration in force asks for, and makes it where there is none; LY012 where the org
 * generates no external ids.
 */
extern void loyalty_external_ids_open(NumberSource *source, LoyaltyCall *call);

/* Tells whether a number was generated before, or is somebody's external id. */
extern bool loyalty_external_id_is_taken(LoyaltyCall *call, const char *number);

#endif
