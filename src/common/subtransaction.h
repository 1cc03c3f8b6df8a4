/* subtransaction.h: work that is undone as a whole where it did not succeed. */
#ifndef LOYALTY_SUBTRANSACTION_H
#define LOYALTY_SUBTRANSACTION_H

#include "c.h"

/*
 * Does the work inside a subtransaction and returns what the work returned: after true its writes and locks are the
 * transaction's, after false they are gone. An error leaves no open subtransaction behind either. The caller
 * holds an SPI connection; what the work allocates in the current context stays.
 */
extern bool loyalty_subtransaction(bool (*work)(void *arg), void *arg);

/* Does the same, but hands an error of the work to the caller: returns false and the error (NULL: there was none). */
extern bool loyalty_subtransaction_try(bool (*work)(void *arg), void *arg, ErrorData **error);

#endif
