/*
 * bill_hooks.c: what the ledger asks of bills.
 */
#include "postgres.h"

#include "ledger/tables/bill_hooks.h"

LoyaltyBillHooks loyalty_bill_hooks;
