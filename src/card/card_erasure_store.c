/*
 * card_erasure_store.c: the statements that part cards from a person. Their numbers stay, so that none is made twice;
 * the owner is known to nobody afterwards, also in the history of cards that others have by now. The caller has locked
 * the merge group.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "card/card_hooks.h"
#include "card/card_store.h"

/* Words for the codes of a change of a card. */
#define CHANGE_WORDS \
	"'label', (SELECT q.label FROM loyalty_data.card_label q WHERE q.org_id = t.org_id AND q.label_id = t.label_id)," \
	" 'old_status', loyalty_data.card_status_word(t.old_status), 'new_status'," \
	" loyalty_data.card_status_word(t.new_status)"

/* Deletes an external id; it may be given to another card then. */
static LoyaltyQuery external_id_erase =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.card_external_id WHERE org_id = $1 AND card_external_id = $2",
					  INT4OID, TEXTOID);

/* Forgets the external id in the row of the card. */
static LoyaltyQuery external_id_forget =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card SET card_external_id = NULL"
					  " WHERE org_id = $1 AND card_number = $2",
					  INT4OID, TEXTOID);

/* Forgets free texts in the history of a card. */
static LoyaltyQuery changes_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_change SET reason = NULL, actor = NULL"
					  " WHERE org_id = $1 AND card_id = $2",
					  INT4OID, INT8OID);

/* Forgets a person in the history of cards, of those that others have by now, too. */
static LoyaltyQuery holder_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_change SET customer_id = NULL, reason = NULL, actor = NULL"
					  " WHERE org_id = $1 AND customer_id = $2",
					  INT4OID, INT8OID);

/*
 * Rows that are held: cards, their history while they were the customer's, or nobody's before, and their external ids. A
 * deletion goes from card to card, with the statements above.
 */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD(
		"card",
		"'series', (SELECT q.series FROM loyalty_data.card_series q WHERE q.org_id = t.org_id AND q.series_id"
		" = t.series_id), 'label', (SELECT q.label FROM loyalty_data.card_label q WHERE q.org_id = t.org_id"
		" AND q.label_id = t.label_id), 'status', loyalty_data.card_status_word(t.status), " SAYS_LAST_DAY(
			"last_day", "expires_at"),
		LOYALTY_KEEPS),
	{ .table = "card_change",
	  .shown = LOYALTY_STATEMENT_SEEN(
		  HELD_ROW(CHANGE_WORDS) HELD_OF_CUSTOMER("card_change") " UNION ALL " HELD_ROW(
			  CHANGE_WORDS) " loyalty_data.card c JOIN loyalty_data.card_change t ON t.org_id = c.org_id AND t.card_id ="
							" c.card_id AND t.customer_id IS NULL WHERE c.org_id = $1 AND c.customer_id = $2",
		  INT4OID, INT8OID) },
	{ .table = "card_external_id",
	  .shown = LOYALTY_STATEMENT_SEEN(
		  HELD_ROW(
			  "") " loyalty_data.card c JOIN loyalty_data.card_external_id t ON t.org_id = c.org_id"
				  " AND t.card_external_id = c.card_external_id WHERE c.org_id = $1 AND c.customer_id = $2",
		  INT4OID, INT8OID) },
};

const LoyaltyHoldings loyalty_card_holdings = { holdings, lengthof(holdings) };

/* Deletes the external id of a card from both tables that have it. */
static void
erase_external_id(int32 org_id, const Card *card)
{
	LoyaltyParams params = { 0 };

	LOYALTY_EXECUTE(&external_id_erase, loyalty_int4(org_id), loyalty_text(card->card_external_id));
	loyalty_param(&params, loyalty_int4(org_id));
	loyalty_param(&params, loyalty_text(card->card_number));
	loyalty_execute(&external_id_forget, &params);
}

/* Makes a card deleted and without an owner, and its history silent. */
static void
erase_card(LoyaltyCall *call, Card *card)
{
	int32 org_id = call->org->org_id;
	CardStatus old_status = card->status;
	LoyaltyParams params = { 0 };

	if (card->card_external_id != NULL)
		erase_external_id(org_id, card);
	loyalty_param(&params, loyalty_int4(org_id));
	loyalty_param(&params, loyalty_int8(card->card_id));
	loyalty_execute(&changes_erase, &params);
	card->customer_id = 0;
	card->status = CARD_DELETED;
	card->label_id = 0;
	loyalty_card_update(org_id, card);
	loyalty_card_change_insert(org_id, card, old_status, "erased", &(CardNotes){ 0 }, call->now);
}

/* Erases the cards of all members of a group, and the members from the history of other cards. */
void
loyalty_cards_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int64 *ids;
	int members = loyalty_customer_group(root, &ids);
	int m;

	/* Cards that a merge left behind are still their member's. */
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
