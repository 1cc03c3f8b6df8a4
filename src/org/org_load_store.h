/* org_load_store.h: reading an org into the cache. */
#ifndef LOYALTY_ORG_LOAD_STORE_H
#define LOYALTY_ORG_LOAD_STORE_H

#include "org/org_store.h"

/*
 * Reads an org, whose row was fetched, with everything that hangs on it into the current context, which is the
 * cache's. The columns of the row are those of org_by_code (org_store.c). Raises where the server no longer
 * knows the org's time zone.
 */
extern LoyaltyOrg *loyalty_org_load(const char *code, LoyaltyRows *rows);

#endif
