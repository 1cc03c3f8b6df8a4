/* bill_hooks.c: questions that the ledger has about bills; empty until loyalty.c fills it. */
#include "postgres.h"

#include "ledger/tables/bill_hooks.h"

LoyaltyBillHooks loyalty_bill_hooks;
