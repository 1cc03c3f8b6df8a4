/* code_retention_store.h: codes and guesses, as a kind of what is kept for a time. */
#ifndef LOYALTY_CODE_RETENTION_STORE_H
#define LOYALTY_CODE_RETENTION_STORE_H

#include "message/inbox/retention.h"

extern const LoyaltyRetention loyalty_codes_retention;

#endif
