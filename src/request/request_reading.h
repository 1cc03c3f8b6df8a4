/* request_reading.h: readers of what a request says that its making, its facts and its effect share. */
#ifndef LOYALTY_REQUEST_READING_H
#define LOYALTY_REQUEST_READING_H

#include "customer/customer_update.h"
#include "customer/release.h"
#include "request/request.h"

/* Returns the type of identifiers that a type of requests changes; IDENTIFIER_TYPE_COUNT: none. */
extern IdentifierType loyalty_request_identifier(RequestType type);

/* Reads a document as the change of a profile: LY124. */
extern void loyalty_request_read_update(const Jsonb *payload, LoyaltyCustomerUpdate *update);

/*
 * Fills the release of the number of a reallocation. Anybody of the customer's group may hold it: whoever was merged brought
 * it, and it finds the survivor until it is given up.
 */
extern LoyaltyRelease loyalty_request_release(RequestWork *work);

/* Raises LY607 where the customer must keep the number, and gets no other one. */
extern void loyalty_request_number_free(RequestWork *work);

/*
 * Makes a member of the second customer, for the functions of direct calls; the call is the same, and whatever they note in it
 * is lost with the copy, which nobody minds.
 */
extern LoyaltyMember loyalty_request_target(const RequestWork *work);

#endif
