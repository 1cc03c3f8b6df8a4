/* endpoint_rules.h: addresses that events are sent to. Knows no server. */
#ifndef LOYALTY_ENDPOINT_RULES_H
#define LOYALTY_ENDPOINT_RULES_H

#include <stdbool.h>

/*
 * Tells whether a text is an http or https address with a host, and a port from 1 to 65535 if it has one, without a name or
 * password in it.
 */
extern bool loyalty_endpoint_fits(const char *endpoint);

#endif
