/* config_hooks.h: what a change of configuration calls in capabilities above. Owned here, filled by loyalty.c. */
#ifndef LOYALTY_CONFIG_HOOKS_H
#define LOYALTY_CONFIG_HOOKS_H

#include "org/call.h"

/* Functions that are asked before a configuration changes; NULL: nobody is. */
typedef struct LoyaltyConfigHooks
{
	/*
	 * The org's configuration is about to become "values" (CONFIG_COUNT of them; NULL: none) instead of
	 * call->org->config. Its row is locked. Refuses by raising LY012, or brings the data in line.
	 */
	void (*before_change)(LoyaltyCall *call, const char *const *values);
} LoyaltyConfigHooks;

extern LoyaltyConfigHooks loyalty_config_hooks;

#endif
