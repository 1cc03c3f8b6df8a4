/*
 * merge_timeline_store.c: the statement behind the merges of customer_timeline. A merge stands under its victim, who has one; the
 * survivor's timeline has it since it has all lines of its victims.
 */
#include "postgres.h"

#include "customer/timeline_store.h"
#include "merge/merge_timeline_store.h"

static LoyaltyQuery merge_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.recorded_at, t.merge_id, 0::int8, 'customer_merge', t.event_time, jsonb_build_object('survivor_id', t.survivor_id,"
	" 'victim_id', t.customer_id, 'till', (SELECT l.till FROM loyalty_data.till l WHERE l.org_id = t.org_id"
	" AND l.till_id = t.till_id), 'reason', t.reason, 'actor', t.actor) FROM loyalty_data.merge_record t WHERE " LOYALTY_TIMELINE_OF(
		"t") LOYALTY_TIMELINE_BEHIND("t.recorded_at", "t.merge_id", "0::int8"),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_merge_timeline = { .kind = "merge", .lines = &merge_lines };
