/*
 * event_of_entry.h: SQL that finds the event of an entry, wherever it stands. Statements join it, so that none of them
 * needs to know which events have a row (loyalty_event_stands_in_entry).
 */
#ifndef LOYALTY_EVENT_OF_ENTRY_H
#define LOYALTY_EVENT_OF_ENTRY_H

/*
 * A subquery for the event of entry "x" of customer $2 of org $1: its row, or what stands in the entry. One of the two
 * parts has a row, as event_code tells. The limit keeps the planner from joining by customer instead of by the whole
 * key, which would read the customer's history for each entry.
 */
#define LOYALTY_EVENT_OF_ENTRY(x) \
	"((SELECT y.event_code, y.event_time, y.recorded_at, y.source_id, y.till_id, y.store_id, y.transaction_id," \
	"  y.redemption_id, y.net_points FROM loyalty_data.ledger_event y" \
	"  WHERE " x ".event_code IS NULL AND y.org_id = $1" \
	"  AND y.customer_id = $2" \
	"  AND y.event_id = " x ".event_id LIMIT 1)" \
	" UNION ALL SELECT " x ".event_code, " x ".event_time, " x ".recorded_at, " x ".source_id, " x \
	".till_id," \
	"  " x ".store_id, NULL, NULL, CASE WHEN " x ".entry_type = 'd'" \
	"   THEN - " x ".points ELSE " x ".points END WHERE " x ".event_code IS NOT NULL)"

#endif
