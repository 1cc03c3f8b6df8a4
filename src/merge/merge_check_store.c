/*
 * merge_check_store.c: what verify_ledger asks of merged customers.
 *
 * Who was merged into whom stands in the customers' rows, which no hash covers. It follows from three others: the
 * survivor's row says the same as the victim's; the victim has a record of the merge, and nobody else has one; and the
 * events of a merge, which hashes do cover, are of customers who have the same owner today.
 *
 * All customers are read under one snapshot, up to the first divergence. Nothing is locked.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "merge/merge_check_store.h"

/* clang-format off */
/*
 * Three parts: victims, by their survivor and their record; survivors, by those whom they name; and pairs of events,
 * which are of one owner.
 */
static LoyaltyQuery wrong_merges = LOYALTY_CHECK(
	"SELECT format('customer %s, merged into %s: the survivor, or the record of the merge, does not say so',"
	" c.customer_id, COALESCE(c.merged_into, 0))"
	" FROM loyalty_data.customer c"
	" LEFT JOIN loyalty_data.customer s ON s.org_id = $1 AND s.customer_id = c.merged_into"
	" LEFT JOIN loyalty_data.merge_record r ON r.org_id = $1 AND r.customer_id = c.customer_id"
	" LEFT JOIN loyalty_data.customer t ON t.org_id = $1 AND t.customer_id = r.survivor_id"
	" WHERE c.org_id = $1 AND (c.merged_into IS NOT NULL OR r.customer_id IS NOT NULL)"
	" AND (s.customer_id IS NULL OR s.merged_into IS NOT NULL OR r.customer_id IS NULL"
	"  OR COALESCE(c.customer_id <> ALL (s.merged_ids), true)"
	"  OR COALESCE(t.merged_into, r.survivor_id) <> c.merged_into)"
	" UNION ALL SELECT format('customer %s: names customer %s, who was not merged into it', m.customer_id, m.victim_id)"
	" FROM (SELECT c.customer_id, COALESCE(c.merged_into, c.customer_id) AS owner, unnest(c.merged_ids) AS victim_id"
	"  FROM loyalty_data.customer c WHERE c.org_id = $1) m"
	" LEFT JOIN loyalty_data.customer v ON v.org_id = $1 AND v.customer_id = m.victim_id"
	" WHERE v.merged_into IS DISTINCT FROM m.owner"
	" UNION ALL SELECT format('customer %s: merge %s has events of customers who are not of one group', p.owner, p.pair_id)"
	" FROM (SELECT e.pair_id, min(COALESCE(c.merged_into, e.customer_id)) AS owner,"
	"  max(COALESCE(c.merged_into, e.customer_id)) AS other_owner"
	"  FROM loyalty_data.ledger_event e LEFT JOIN loyalty_data.customer c ON c.org_id = $1"
	"   AND c.customer_id = e.customer_id"
	"  WHERE e.org_id = $1 AND e.event_code = 41 GROUP BY e.pair_id) p"
	" WHERE p.owner <> p.other_owner");
/* clang-format on */

/* Returns the first customer who does not agree, or NULL. */
static char *
check_merges(int32 org_id)
{
	return loyalty_check_run(&wrong_merges, org_id);
}

const LoyaltyCheck loyalty_merges_check = { .invariant = INVARIANT_MERGES, .find = check_merges };
