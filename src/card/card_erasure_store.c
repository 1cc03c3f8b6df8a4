/*
 * card_erasure_store.c: the statements that part cards from a person. Their numbers stay, so that none is made twice;
 * whose they were is known to nobody.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "card/card_hooks.h"
#include "card/card_store.h"

static LoyaltyQuery external_id_erase =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.card_external_id WHERE org_id = $1 AND card_external_id = $2",
					  INT4OID, TEXTOID);

static LoyaltyQuery external_id_forget =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card SET card_external_id = NULL"
					  " WHERE org_id = $1 AND card_number = $2",
					  INT4OID, TEXTOID);

static LoyaltyQuery changes_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_change SET reason = NULL, actor = NULL"
					  " WHERE org_id = $1 AND card_id = $2",
					  INT4OID, INT8OID);

/* Of cards that others have by now, too. */
static LoyaltyQuery holder_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_change SET customer_id = NULL, reason = NULL, actor = NULL"
					  " WHERE org_id = $1 AND customer_id = $2",
					  INT4OID, INT8OID);

static void
erase_external_id(int32 org_id, const Card *card)
{
	LoyaltyParams key = { 0 };
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&key, org_id);
	loyalty_param_text(&key, card->card_external_id);
	loyalty_execute(&external_id_erase, &key);
	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, card->card_number);
	loyalty_execute(&external_id_forget, &params);
}

static void
erase_card(LoyaltyCall *call, Card *card)
{
	int32 org_id = call->org->org_id;
	CardStatus old_status = card->status;
	LoyaltyParams params = { 0 };

	if (card->card_external_id != NULL)
		erase_external_id(org_id, card);
	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, card->card_id);
	loyalty_execute(&changes_erase, &params);
	card->customer_id = 0;
	card->status = CARD_DELETED;
	card->label_id = 0;
	loyalty_card_update(org_id, card);
	loyalty_card_change_insert(org_id, card, old_status, "erased", NULL, NULL, call->now);
}

void
loyalty_cards_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int64 *ids;
	int members = loyalty_customer_group(root, &ids);
	int m;

	for (m = 0; m < members; m++)
	{
		Card *cards;
		int count = loyalty_cards_owned(call->org->org_id, ids[m], &cards);
		int i;

		for (i = 0; i < count; i++)
			erase_card(call, &cards[i]);
	}
	loyalty_execute_of_group(&holder_erase, call->org->org_id, root, NULL);
}
