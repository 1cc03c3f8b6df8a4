/* config_guard_store.h: the keys of an identifier type, made and dropped when configuration makes it a key or not. */
#ifndef LOYALTY_CONFIG_GUARD_STORE_H
#define LOYALTY_CONFIG_GUARD_STORE_H

#include "postgres.h"

/* Returns how many values of a type are held by more than one customer of an org now. */
extern int64 loyalty_identifiers_shared(int32 org_id, const char *type);

/* Drops the keys of a type in an org. */
extern void loyalty_identifier_keys_drop(int32 org_id, const char *type);

/* Makes keys of a type of what customers of an org hold; no value is shared, and the type has no keys. */
extern void loyalty_identifier_keys_make(int32 org_id, const char *type);

/* Tells whether the org has a custom field of customers of that name. */
extern bool loyalty_custom_field_exists(int32 org_id, const char *name);

#endif
