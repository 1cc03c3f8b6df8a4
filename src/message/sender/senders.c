/*
 * senders.c: which sender a message has.
 *
 * The one that is asked for, if the org has it in use for the channel, whichever unit it is of and wherever the customer is;
 * otherwise the org's default one, and whoever asked for another is told. One that is retired or was not verified is none:
 * providers would refuse it. Reads one row, locks nothing: a message goes out under the sender that was there when it was
 * made.
 */
#include "postgres.h"

#include "common/errors.h"
#include "message/sender/sender_rules.h"
#include "message/sender/sender_store.h"
#include "message/sender/senders.h"

/* Compares the name with the answer: the default one may be the one that was asked for. */
void
loyalty_sender_choose(const LoyaltyCall *call, const char *channel, const char *name, LoyaltySender *sender,
					  bool *unknown)
{
	LoyaltySender none = { 0 };

	*sender = none;
	if (!loyalty_sender_find(call->org->org_id, channel, name, sender) && loyalty_sender_needed(channel))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_SENDER_MISSING),
						errmsg("the org has no default sender for channel %s", channel),
						errhint("Create one with loyalty.create_sender(), or make one the default with "
								"loyalty.set_default_sender().")));
	*unknown = name != NULL && (sender->sender == NULL || strcmp(sender->sender, name) != 0);
}

/* Raises LYM09, which quotes the code: it is the org's own word. */
void
loyalty_bsp_account_raise_unknown(const char *bsp_account)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_BSP_ACCOUNT),
					errmsg("account \"%s\" of a provider does not exist", bsp_account),
					errhint("Create it with loyalty.create_bsp_account().")));
}

/* Reads the whole row, which has the secret sealed. */
void
loyalty_bsp_account_get(const LoyaltyCall *call, const char *bsp_account, LoyaltyBspAccount *account)
{
	BspAccountRow row;

	if (!loyalty_bsp_account_read(call->org->org_id, bsp_account, &row))
		loyalty_bsp_account_raise_unknown(bsp_account);
	account->bsp_account_id = row.bsp_account_id;
	account->bsp = row.bsp;
}
