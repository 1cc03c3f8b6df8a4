/* org_unit_store.h: units of an org in tables. Units are not cached: no call that a till makes asks for one. */
#ifndef LOYALTY_ORG_UNIT_STORE_H
#define LOYALTY_ORG_UNIT_STORE_H

#include "postgres.h"

#include "org/org_store.h"

/* Returns the id of a unit of an org by its code; LYM16. */
extern int32 loyalty_org_unit_id(int32 org_id, const char *org_unit);

/* Write a unit; an insert returns false where the code is taken. */
extern bool loyalty_org_unit_insert(int32 org_id, int32 org_unit_id, const char *org_unit, const char *name);
extern void loyalty_org_unit_update(int32 org_id, int32 org_unit_id, const char *name);

/* Puts a store into a unit; 0: into none. */
extern void loyalty_store_set_org_unit(int32 org_id, int32 store_id, int32 org_unit_id);

#endif
