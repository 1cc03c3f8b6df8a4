/* merge_check_store.h: the check of verify_ledger on merged customers. */
#ifndef LOYALTY_MERGE_CHECK_STORE_H
#define LOYALTY_MERGE_CHECK_STORE_H

#include "ledger/verify/verify_store.h"

extern const LoyaltyCheck loyalty_merges_check;

#endif
