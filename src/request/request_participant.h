/* request_participant.h: what requests are to merges and to verification, for loyalty.c. */
#ifndef LOYALTY_REQUEST_PARTICIPANT_H
#define LOYALTY_REQUEST_PARTICIPANT_H

#include "ledger/verify/verify_store.h"
#include "merge/merge.h"

extern const LoyaltyMergeParticipant loyalty_request_participant;

/* Finds pending requests without claims, and claims of requests that are not pending. */
extern const LoyaltyCheck loyalty_requests_check;

/* Tells contacts that the deletion of a customer, who is locked, was asked for; a hook of deletions. */
extern void loyalty_request_deletion_told(LoyaltyCall *call, const LoyaltyCustomer *customer,
										  int64 request_id);

#endif
