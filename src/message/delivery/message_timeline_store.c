/*
 * message_timeline_store.c: the statements behind the messages of customer_timeline. A customer may have thousands, which are found
 * by their ids. A message has one line, at the time it was made, which shows what became of it; texts and addresses are for
 * customer_interactions.
 */
#include "postgres.h"

#include "customer/timeline_store.h"
#include "message/delivery/message_timeline_store.h"

static LoyaltyQuery message_neighbours = LOYALTY_TIMELINE_NEIGHBOURS("message", "message_id", "created_at");

static LoyaltyQuery message_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.created_at, t.message_id, 0::int8, loyalty_data.message_word(t.state, 'state'), t.changed_at,"
	" jsonb_build_object('channel', t.channel, 'purpose', loyalty_data.message_word(t.purpose, 'purpose'), 'delivery_status',"
	" loyalty_data.message_word(t.delivery_status, 'delivery_status'), 'cause', t.cause, 'template', e.template, 'campaign',"
	" t.campaign) FROM " LOYALTY_TIMELINE_ROWS(
		"message", "message_id") " t LEFT JOIN loyalty_data.message_template e ON e.org_id = t.org_id"
								 " AND e.template_id = t.template_id"
								 " WHERE true" LOYALTY_TIMELINE_BEHIND("t.created_at", "t.message_id",
																	   "0::int8"),
	LOYALTY_TIMELINE_ROWS_TYPES);

const LoyaltyTimelineSource loyalty_message_timeline = { .kind = "message",
														 .lines = &message_lines,
														 .neighbours = &message_neighbours };
