/*
 * card_told_store.c: whether changes of customers' cards were told to subscribers. What happens to many cards by one call is not,
 * nor what a merge or a deletion does to them, which is told itself.
 */
#include "postgres.h"

#include "card/card_told_store.h"

static LoyaltyQuery cards_untold = LOYALTY_UNTOLD(
	"SELECT h.customer_id, h.change_id AS event_id, 'card_change' AS event_name, h.changed_at AS recorded_at"
	" FROM loyalty_data.card_change h WHERE h.org_id = $1 AND h.customer_id IS NOT NULL"
	" AND h.change <> ALL ('{expired,merged,erased}')");

const LoyaltyEventCheck loyalty_cards_told_check = { "changes of cards were told", &cards_untold };
