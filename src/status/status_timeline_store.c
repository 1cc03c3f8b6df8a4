/*
 * status_timeline_store.c: the statements behind the statuses and deletions of customer_timeline. Both are changed by hand, so a
 * customer has few of them. A request for deletion is two lines: when it was made, and when it was decided.
 */
#include "postgres.h"

#include "customer/timeline_store.h"
#include "status/status_timeline_store.h"

/* A label by a column of ids. */
#define LABEL(column) \
	"COALESCE((SELECT q.label FROM loyalty_data.status_label q WHERE q.org_id = t.org_id AND q.label_id = t." column \
	"), 'active')"

static LoyaltyQuery status_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.changed_at, t.change_id, 0::int8, 'customer_status_change', t.changed_at, CASE WHEN t.fraud_status IS NULL"
	" THEN jsonb_build_object('previous_label', " LABEL("previous_label_id") ", 'label', " LABEL(
		"label_id") ") ELSE jsonb_build_object('previous_fraud_status', COALESCE(loyalty_data.fraud_status_word("
					"t.previous_fraud_status), 'not_fraud'), 'fraud_status', loyalty_data.fraud_status_word(t.fraud_status))"
					" END || jsonb_build_object('reason', t.reason, 'actor', t.actor)"
					" FROM loyalty_data.customer_status_change t WHERE " LOYALTY_TIMELINE_OF("t")
						LOYALTY_TIMELINE_BEHIND("t.changed_at", "t.change_id", "0::int8"),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_status_timeline = { .kind = "status", .lines = &status_lines };

static LoyaltyQuery deletion_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT l.at, l.request_id, l.part, l.action, l.at, l.summary FROM (SELECT t.requested_at AS at, t.request_id, 0::int8"
	" AS part, 'submitted' AS action, jsonb_build_object('role', t.requested_by, 'reason', t.reason) AS summary"
	" FROM loyalty_data.deletion_request t WHERE " LOYALTY_TIMELINE_OF(
		"t") " UNION ALL SELECT t.decided_at, t.request_id, 1, CASE t.decision WHEN 'a' THEN 'approved' ELSE 'declined' END,"
			 " jsonb_build_object('role', t.decided_by) FROM loyalty_data.deletion_request t WHERE " LOYALTY_TIMELINE_OF(
				 "t") " AND t.decided_at IS NOT NULL) l WHERE true" LOYALTY_TIMELINE_BEHIND("l.at",
																							"l.request_id",
																							"l.part"),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_deletion_timeline = { .kind = "deletion", .lines = &deletion_lines };
