/* merge_told_store.c: whether merges were told to subscribers, in the streams of both. */
#include "postgres.h"

#include "merge/merge_told_store.h"

static LoyaltyQuery merges_untold = LOYALTY_UNTOLD(
	"SELECT x.customer_id, m.merge_id AS event_id, 'customer_merge' AS event_name, m.recorded_at"
	" FROM loyalty_data.merge_record m CROSS JOIN LATERAL (VALUES (m.customer_id), (m.survivor_id)) x (customer_id)"
	" WHERE m.org_id = $1");

const LoyaltyEventCheck loyalty_merges_told_check = { "merges were told to both sides", &merges_untold };
