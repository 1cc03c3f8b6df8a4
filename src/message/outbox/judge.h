/* judge.h: whether a message may be sent, asked of the tables. */
#ifndef LOYALTY_JUDGE_H
#define LOYALTY_JUDGE_H

#include "postgres.h"

#include "message/outbox/outbox_store.h"
#include "org/call.h"

/*
 * Judges a message to an address (NULL: there is none), as it is sent and again as it is taken ("taking"). The customer is
 * NULL for the org itself.
 */
extern SendVerdict loyalty_message_verdict(LoyaltyCall *call, const LoyaltyCustomer *customer,
										   const LoyaltyMessage *message, const char *address, bool taking);

/*
 * Returns the first instant from "at" on that does not lie in the org's quiet hours, which are on its clock; "at" itself where
 * the org has none.
 */
extern TimestampTz loyalty_quiet_end(const LoyaltyOrg *org, TimestampTz at);

#endif
