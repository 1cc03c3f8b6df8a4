/* senders.h: in whose name a message is sent, and by which account of a provider. */
#ifndef LOYALTY_SENDERS_H
#define LOYALTY_SENDERS_H

#include "postgres.h"

#include "org/call.h"

/* A sender of the register. */
typedef struct LoyaltySender
{
	int32 sender_id;
	int32 bsp_account_id; /* 0: none */
	const char *sender;
} LoyaltySender;

/*
 * Chooses: the sender that is named, if the org has it for the channel, for whichever unit; else its default one. "unknown"
 * tells that a name was given which the org does not have. Raises LYM03 where a channel that needs a sender (mobile,
 * whatsapp) has no default; other channels have an empty one then (sender_id 0).
 */
extern void loyalty_sender_choose(const LoyaltyCall *call, const char *channel, const char *name,
								  LoyaltySender *sender, bool *unknown);

/* Returns the code of a sender by its id, and of an account: for those who take messages. NULL for 0. */
extern const char *loyalty_sender_name(int32 org_id, int32 sender_id);
extern const char *loyalty_bsp_account_name(int32 org_id, int32 bsp_account_id);

#endif
