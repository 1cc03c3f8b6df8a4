/*
 * inbound_timeline_store.c: the statements behind what a customer wrote to the org, in customer_timeline. It may have written
 * thousands of times, so rows are found by their ids. What it says is for the view inbound_messages.
 */
#include "postgres.h"

#include "customer/timeline_store.h"
#include "message/inbox/inbound_timeline_store.h"

static LoyaltyQuery inbound_neighbours =
	LOYALTY_TIMELINE_NEIGHBOURS("inbound_message", "message_id", "recorded_at");

static LoyaltyQuery inbound_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.recorded_at, t.message_id, 0::int8, 'message_received', t.received_at, jsonb_build_object('channel', t.channel,"
	" 'action', CASE t.action WHEN 'o' THEN 'opted_out' WHEN 'i' THEN 'opted_in' ELSE 'none' END, 'sender', t.sender) FROM " LOYALTY_TIMELINE_ROWS(
		"inbound_message", "message_id") " t WHERE true" LOYALTY_TIMELINE_BEHIND("t.recorded_at",
																				 "t.message_id", "0::int8"),
	LOYALTY_TIMELINE_ROWS_TYPES);

const LoyaltyTimelineSource loyalty_inbound_timeline = { .kind = "inbound_message",
														 .lines = &inbound_lines,
														 .neighbours = &inbound_neighbours };
