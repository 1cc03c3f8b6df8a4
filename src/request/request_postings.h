/* request_postings.h: requests that come to a posting: goodwill points, and bills that were forgotten. */
#ifndef LOYALTY_REQUEST_POSTINGS_H
#define LOYALTY_REQUEST_POSTINGS_H

#include "request/request.h"

/*
 * The document of such a request has the arguments of the direct call, and means what they mean there.
 *
 * Read what such a request says and raise what can never be posted; the customer is locked. Nothing is written. The second one
 * raises LY607 for a bill that is too old.
 */
extern void loyalty_request_read_goodwill(RequestWork *work);
extern void loyalty_request_read_bill(RequestWork *work);

/* Tell whether the card is still the customer's, or none was named; and whether the number is still no bill's. */
extern bool loyalty_request_card_holds(RequestWork *work);
extern bool loyalty_request_number_holds(RequestWork *work);

/* Post it under the key of the request; return the id of the event, which is the bill's, too. */
extern int64 loyalty_request_post_goodwill(RequestWork *work);
extern int64 loyalty_request_post_bill(RequestWork *work);

#endif
