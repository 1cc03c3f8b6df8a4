/* participants.h: the participants of merges that this library has, for loyalty.c; they take part in this order. */
#ifndef LOYALTY_PARTICIPANTS_H
#define LOYALTY_PARTICIPANTS_H

#include "customer/holding_store.h"
#include "merge/merge.h"

extern const LoyaltyMergeParticipant loyalty_identity_participant;
extern const LoyaltyMergeParticipant loyalty_contact_participant;
extern const LoyaltyMergeParticipant loyalty_status_participant;
extern const LoyaltyMergeParticipant loyalty_message_participant;
extern const LoyaltyMergeParticipant loyalty_card_participant;
extern const LoyaltyMergeParticipant loyalty_ledger_participant;
extern const LoyaltyMergeParticipant loyalty_participation_participant;
extern const LoyaltyMergeParticipant loyalty_incentive_participant;

/* Merges two customers whose groups this transaction has locked; for loyalty_registration_hooks.auto_merge. */
extern void loyalty_merge_at_registration(LoyaltyCall *call, int64 survivor_id, int64 victim_id,
										  const LoyaltyTill *till);

/* Takes values, reasons and names out of the records of the customer's merges; for loyalty_erasure_add. */
extern void loyalty_merge_erase(LoyaltyCall *call, const LoyaltyCustomer *root);
extern const LoyaltyHoldings loyalty_merge_holdings;

#endif
