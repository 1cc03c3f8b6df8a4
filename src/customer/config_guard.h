/*
 * config_guard.h: keeps customers' identifiers in line with the configuration: which of their types are keys.
 */
#ifndef LOYALTY_CONFIG_GUARD_H
#define LOYALTY_CONFIG_GUARD_H

#include "org/call.h"

/* Judges a change of configuration, and makes or drops keys as it says; for loyalty_config_hooks.before_change. */
extern void loyalty_config_guard(LoyaltyCall *call, const char *const *values);

/*
 * Keeps which identifiers are keys as it is until the transaction ends: for calls that write identifiers, before they
 * lock customers and read the configuration. call->org may be another one afterwards.
 */
extern void loyalty_config_hold(LoyaltyCall *call);

#endif
