/* name_key.h: the key by which names are searched, in the encoding of the database. */
#ifndef LOYALTY_NAME_KEY_H
#define LOYALTY_NAME_KEY_H

#include "postgres.h"

#include "common/text.h"
#include "customer/name_rules.h"

/* Writes the key of some names, NULLs among them, to a buffer of NAME_KEY_BYTES; an empty text where they have none. */
extern void loyalty_name_key(const char *const *names, int count, char *key);

#endif
