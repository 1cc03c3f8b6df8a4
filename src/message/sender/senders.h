/* senders.h: in whose name a message is sent, and by which account of a provider. */
#ifndef LOYALTY_SENDERS_H
#define LOYALTY_SENDERS_H

#include "postgres.h"

#include "common/pg_compat.h"
#include "org/call.h"

/* A sender of the register. */
typedef struct LoyaltySender
{
	int32 sender_id;
	int32 bsp_account_id; /* 0: none */
	const char *sender;
} LoyaltySender;

/* An account with a provider; its keys are sealed, and told by bsp_secret() alone. */
typedef struct LoyaltyBspAccount
{
	int32 bsp_account_id;
	const char *bsp; /* the provider's name, as tables have it */
} LoyaltyBspAccount;

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

/* Finds an account of the org by its code; LYM09, which others who look for one raise by the second. */
extern void loyalty_bsp_account_get(const LoyaltyCall *call, const char *bsp_account,
									LoyaltyBspAccount *account);
pg_noreturn extern void loyalty_bsp_account_raise_unknown(const char *bsp_account);

#endif
