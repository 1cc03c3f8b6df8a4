/* redemption.h: what single redemptions and batches of them share. */
#ifndef LOYALTY_REDEMPTION_H
#define LOYALTY_REDEMPTION_H

#include "postgres.h"

#include "org/org_store.h"

/* Where all programs may pay, the one that keeps the most decimals says how fine the points may be. */
extern const LoyaltyProgram *loyalty_finest_program(const LoyaltyOrg *org);

/* A redemption id that the customer, who is locked, does not have yet. */
extern char *loyalty_new_redemption_id(int32 org_id, int64 customer_id);

#endif
