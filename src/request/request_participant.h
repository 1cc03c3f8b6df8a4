/* request_participant.h: what requests are to merges and to verification, for loyalty.c. */
#ifndef LOYALTY_REQUEST_PARTICIPANT_H
#define LOYALTY_REQUEST_PARTICIPANT_H

#include "ledger/verify/verify_store.h"
#include "merge/merge.h"

extern const LoyaltyMergeParticipant loyalty_request_participant;

/* Finds pending requests without claims, and claims of requests that are not pending. */
extern const LoyaltyCheck loyalty_requests_check;

#endif
