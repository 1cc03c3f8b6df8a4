/*
 * card_timeline_store.c: the statement behind the cards of customer_timeline. Changes are found by the customer who had the card
 * then; a customer has few. History names no number, so no line does.
 */
#include "postgres.h"

#include "card/card_timeline_store.h"
#include "customer/timeline_store.h"

static LoyaltyQuery card_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.changed_at, t.change_id, 0::int8, t.change, t.changed_at, jsonb_build_object('card_id', t.card_id, 'old_status',"
	" loyalty_data.card_status_word(t.old_status), 'new_status', loyalty_data.card_status_word(t.new_status), 'label',"
	" COALESCE((SELECT l.label FROM loyalty_data.card_label l WHERE l.org_id = t.org_id AND l.label_id = t.label_id),"
	" loyalty_data.card_status_word(t.new_status)), 'reason', t.reason, 'actor', t.actor)"
	" FROM loyalty_data.card_change t WHERE " LOYALTY_TIMELINE_OF("t")
		LOYALTY_TIMELINE_BEHIND("t.changed_at", "t.change_id", "0::int8"),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_card_timeline = { .kind = "card", .lines = &card_lines };
