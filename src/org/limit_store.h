/*
 * limit_store.h: what programs ask of redemptions and transfers, in its table. A program without a row asks
 * nothing.
 */
#ifndef LOYALTY_LIMIT_STORE_H
#define LOYALTY_LIMIT_STORE_H

#include "org/org_store.h"

/* Reads the rules of an org's programs into the org that is being loaded; its programs are there. */
extern void loyalty_limits_load(LoyaltyOrg *org);

/* Set one kind of rules of a program, whose org is locked; the other kind stays as it is. */
extern void loyalty_redemption_rules_store(int32 org_id, int32 program_id, const RedemptionRules *rules);
extern void loyalty_transfer_rules_store(int32 org_id, int32 program_id, const TransferRules *rules);

#endif
