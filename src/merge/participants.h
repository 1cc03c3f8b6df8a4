/* participants.h: the participants of merges that this library has, for loyalty.c. */
#ifndef LOYALTY_PARTICIPANTS_H
#define LOYALTY_PARTICIPANTS_H

#include "merge/merge.h"

extern const LoyaltyMergeParticipant loyalty_identity_participant;
extern const LoyaltyMergeParticipant loyalty_status_participant;
extern const LoyaltyMergeParticipant loyalty_card_participant;
extern const LoyaltyMergeParticipant loyalty_ledger_participant;

/* For loyalty_registration_hooks.auto_merge: two customers whose groups this transaction has locked. */
extern void loyalty_merge_at_registration(LoyaltyCall *call, int64 survivor_id, int64 victim_id,
										  const LoyaltyTill *till);

/* For loyalty_erasure_add: values, reasons and names leave the records of the customer's merges. */
extern void loyalty_merge_erase(LoyaltyCall *call, const LoyaltyCustomer *root);

#endif
