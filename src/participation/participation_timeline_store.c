/*
 * participation_timeline_store.c: the statement behind the participations of customer_timeline. Changes have no id of their own:
 * the customer's stands in its place, which puts them behind whatever else was recorded at their time.
 */
#include "postgres.h"

#include "customer/timeline_store.h"
#include "participation/participation_timeline_store.h"

/* Tells changes of one time apart. Ids of programs are small: those of all reference data come from one sequence. */
#define PART "(t.program_id::int8 << 31 | t.change_no)"

static LoyaltyQuery participation_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.changed_at, t.customer_id, " PART
	", 'participation_change', t.changed_at, jsonb_build_object('program',"
	" (SELECT p.program FROM loyalty_data.program p WHERE p.org_id = t.org_id AND p.program_id = t.program_id), 'previous_status',"
	" loyalty_data.ledger_word(t.old_status, 'participation'), 'status', loyalty_data.ledger_word(t.new_status, 'participation'),"
	" 'cause', CASE t.cause WHEN 'e' THEN 'enrolment' WHEN 'r' THEN 'registration' WHEN 't' THEN 'terms_met' WHEN 's' THEN 'status'"
	" WHEN 'g' THEN 'merge' END,"
	" 'reason', n.reason, 'actor', n.actor) FROM loyalty_data.participation_change t"
	" LEFT JOIN loyalty_data.participation_note n ON n.org_id = $1 AND n.customer_id = $2 AND n.program_id = t.program_id"
	" AND n.change_no = t.change_no WHERE " LOYALTY_TIMELINE_OF("t")
		LOYALTY_TIMELINE_BEHIND("t.changed_at", "t.customer_id", PART),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_participation_timeline = { .kind = "participation",
															   .lines = &participation_lines };
