/*
 * ndnc_store.h: what the do-not-call register says of mobiles, whoever has them. It is about the number, so no customer is
 * locked for it.
 */
#ifndef LOYALTY_NDNC_STORE_H
#define LOYALTY_NDNC_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "org/call.h"

/* The item of the status of a mobile in lists of what is known of a customer. */
#define NDNC_ITEM "ndnc_status"

/* Words for staff in the place of a status of a mobile that nobody knows. */
#define NDNC_NOT_AVAILABLE "Info not Available"

/* Words of a mobile that is in the register, and of one that is not. */
#define NDNC_REGISTERED "registered"
#define NDNC_NOT_REGISTERED "not_registered"

/* Entry of a mobile. */
typedef struct LoyaltyNdnc
{
	const char *status; /* registered, not_registered or unknown */
	TimestampTz updated_at;
	TimestampTz
		learned_at; /* from the report on a message, which the next two name; DT_NOBEGIN: it was set */
	int64 learned_customer_id;
	int64 learned_message_id;
	Datum industries; /* text[]: whose calls are blocked; 0: those of all */
} LoyaltyNdnc;

/* Reads the entry of a mobile in normal form; false: there is none. "seen": under the caller's snapshot. */
extern bool loyalty_ndnc_read(int32 org_id, const char *mobile, bool seen, LoyaltyNdnc *ndnc);

/* Writes the entry of a mobile over the one that is there. */
extern void loyalty_ndnc_store(int32 org_id, const char *mobile, const LoyaltyNdnc *ndnc);

/*
 * Tells whether the register blocks promotional messages of the org to a mobile in normal form: it is registered, for all
 * industries or for the org's (CONF_ORG_INDUSTRY). An org that names none is taken for one that is blocked.
 */
extern bool loyalty_ndnc_blocks(const LoyaltyOrg *org, const char *mobile);

/*
 * Learns from the report on a message that the person does not want to be called: the mobile is registered since then,
 * unless something newer is known of it. Industries stay where they explain the report.
 */
extern void loyalty_ndnc_learn(const LoyaltyOrg *org, const char *mobile, int64 customer_id, int64 message_id,
							   TimestampTz at);

/* Forgets that messages of a customer taught anything of a mobile, and not what they taught: they are deleted. */
extern void loyalty_ndnc_forget_messages(int32 org_id, int64 customer_id, const int64 *message_ids, int n);

#endif
