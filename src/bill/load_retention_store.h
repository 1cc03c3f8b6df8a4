/* load_retention_store.h: lines that loads refused, as a kind of what is kept for a time. */
#ifndef LOYALTY_LOAD_RETENTION_STORE_H
#define LOYALTY_LOAD_RETENTION_STORE_H

#include "message/inbox/retention.h"

extern const LoyaltyRetention loyalty_load_errors_retention;

#endif
