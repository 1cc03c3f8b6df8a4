/* zone_rules.h: which names of the tz database are zones of places. Knows no server. */
#ifndef LOYALTY_ZONE_RULES_H
#define LOYALTY_ZONE_RULES_H

#include <stdbool.h>

/*
 * Tells whether a name, in the spelling of the tz database, is the zone of a place (Area/Place, or a country's name), or UTC.
 * Whether there is such a zone is for the server to say.
 */
extern bool loyalty_zone_is_place(const char *name);

#endif
