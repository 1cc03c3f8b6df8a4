/*
 * timeline_store.c: the statements behind the registration and the notes of customer_timeline.
 *
 * Both see the caller's snapshot. A customer has one registration, and notes are few: staff write them one by one. Names and
 * identifiers are in no line; a note is shown as it was written, to those who may write notes.
 */
#include "postgres.h"

#include "customer/timeline_store.h"

static LoyaltyQuery registration_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.recorded_at, t.customer_id, 0::int8, 'customer_registration', t.registered_on, jsonb_build_object('loyalty_type',"
	" CASE t.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END, 'source', (SELECT s.source FROM loyalty_data.source s"
	" WHERE s.source_id = t.registered_source_id), 'till', (SELECT l.till FROM loyalty_data.till l WHERE l.org_id = t.org_id"
	" AND l.till_id = t.registered_till_id)) FROM loyalty_data.customer t WHERE " LOYALTY_TIMELINE_OF("t")
		LOYALTY_TIMELINE_BEHIND("t.recorded_at", "t.customer_id", "0::int8"),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_registration_timeline = { .kind = "registration",
															  .lines = &registration_lines };

static LoyaltyQuery note_lines = LOYALTY_STATEMENT_SEEN(
	"SELECT t.noted_at, t.note_id, 0::int8, 'customer_note', t.noted_at, jsonb_build_object('note', t.note, 'actor', t.actor)"
	" FROM loyalty_data.customer_note t WHERE " LOYALTY_TIMELINE_OF("t")
		LOYALTY_TIMELINE_BEHIND("t.noted_at", "t.note_id", "0::int8"),
	LOYALTY_TIMELINE_TYPES);

const LoyaltyTimelineSource loyalty_note_timeline = { .kind = "note", .lines = &note_lines };
