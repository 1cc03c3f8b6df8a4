/* privileges.h: owners of what the extension makes after it was installed, and who may use it. */
#ifndef LOYALTY_PRIVILEGES_H
#define LOYALTY_PRIVILEGES_H

#include "postgres.h"

/* Takes what default privileges gave on a table or sequence of ours from everybody but its owner, who calls. */
extern void loyalty_relation_close(const char *name);

/* Refuses a table or sequence in our schema that belongs neither to who calls nor to a superuser. */
extern void loyalty_relation_check_owner(const char *name);

#endif
