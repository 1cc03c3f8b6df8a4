/* campaign_email.h: campaign users who are known by an e-mail that is contact data. */
#ifndef LOYALTY_CAMPAIGN_EMAIL_H
#define LOYALTY_CAMPAIGN_EMAIL_H

#include "customer/customer_store.h"

/*
 * Returns the campaign user who has the e-mail, or 0; raises LY112 where there are several. "seen": under the caller's
 * snapshot.
 */
extern int64 loyalty_campaign_user_of_email(int32 org_id, const char *email, bool seen);

/*
 * Takes the place of the e-mail among the keys, for an id of the caller's, who gives it up by
 * loyalty_identifier_release() before the transaction ends; waits for others who do the same.
 */
extern void loyalty_email_hold(int32 org_id, const char *email, int64 holder_id);

#endif
