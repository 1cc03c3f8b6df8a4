/* mobile_store.h: where mobiles of an org are stored, for those whose normal form has changed. */
#ifndef LOYALTY_MOBILE_STORE_H
#define LOYALTY_MOBILE_STORE_H

#include "common/query.h"
#include "customer/member.h"

/* Mobile that somebody has. */
typedef struct KnownMobile
{
	int64 owner_id;	   /* of today: the root of the holder's merge group */
	int64 customer_id; /* whose record has it */
	const char *value;
	bool is_held; /* as identifier; false: a profile or a channel shows it */
} KnownMobile;

/* Opens the mobiles that customers have, by ascending owner, of owners behind an id. */
extern LoyaltyCursor *loyalty_mobiles_known(int32 org_id, int64 after_owner_id);

/* Reads the row that the cursor stands at; its text is in the current context. */
extern void loyalty_mobile_read(const LoyaltyCursor *cursor, KnownMobile *mobile);

/* Writes a mobile in the place of another one in a customer's profiles and channels; the customer is locked. */
extern void loyalty_mobile_replace(int32 org_id, int64 customer_id, const char *from, const char *to,
								   TimestampTz now);

/*
 * Takes a mobile that is somebody else's by now out of profiles and channels of a customer, who is locked, and of everybody
 * merged into it; and out of the do-not-call register.
 */
extern void loyalty_mobile_forget(const LoyaltyMember *member, const char *mobile);

/* Reads the mobiles of the do-not-call register: rows of one text. */
extern LoyaltyRows *loyalty_ndnc_mobiles(int32 org_id);

/* Moves what the register says of a mobile to another one; what it says of that one by now stays. */
extern void loyalty_ndnc_move(int32 org_id, const char *from, const char *to);

#endif
