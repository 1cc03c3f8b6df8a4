/* participation_section_store.h: participations in customer_single_view and customer_brief, which ask for them through a hook. */
#ifndef LOYALTY_PARTICIPATION_SECTION_STORE_H
#define LOYALTY_PARTICIPATION_SECTION_STORE_H

#include "ledger/verify/verify_store.h"
#include "org/call.h"

/*
 * The section "participations": one element for each program that asks and in which the customer has an account, by program;
 * those of a customer who was merged are the survivor's.
 */
extern Datum loyalty_participations_section(LoyaltyCall *call, int64 customer_id);

/* The check of verify_ledger on accounts and participations. */
extern const LoyaltyCheck loyalty_participations_check;

#endif
