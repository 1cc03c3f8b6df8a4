/* config_guard.h: keeps customers' identifiers in line with the configuration. */
#ifndef LOYALTY_CONFIG_GUARD_H
#define LOYALTY_CONFIG_GUARD_H

#include "org/call.h"

/* For loyalty_config_hooks.before_change. */
extern void loyalty_config_guard(LoyaltyCall *call, const char *const *values);

/*
 * Which identifiers are keys stays as it is until the transaction ends: for calls that write identifiers, before
 * they read the configuration. call->org may be another one afterwards.
 */
extern void loyalty_config_hold(LoyaltyCall *call);

#endif
