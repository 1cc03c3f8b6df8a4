/* privileges.h: who may use what the extension makes after it was installed. */
#ifndef LOYALTY_PRIVILEGES_H
#define LOYALTY_PRIVILEGES_H

#include "postgres.h"

/* Takes what default privileges gave on a table or sequence of ours from everybody but its owner, who calls. */
extern void loyalty_relation_close(const char *name);

#endif
