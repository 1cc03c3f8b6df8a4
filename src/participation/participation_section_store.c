/*
 * participation_section_store.c: participations as readers see them: the section of documents about one customer, under the
 * caller's snapshot, and the check of verify_ledger that the copies in accounts are right.
 *
 * The section shows what counts today, which the accounts say: an account from before its program began to ask is active
 * without a participation. The check reads both tables as a whole and stops at the first divergence, which is told by ids.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "common/query.h"
#include "customer/find.h"
#include "participation/participation_section_store.h"

/* Builds the section in one statement: a customer has an account for each program. */
static LoyaltyQuery section = LOYALTY_STATEMENT_SEEN(
	"SELECT jsonb_build_object('participations', COALESCE(jsonb_agg(jsonb_build_object('program', g.program,"
	" 'status', COALESCE(loyalty_data.ledger_word(a.participation, 'participation'), 'active'),"
	" 'enrolled_at', p.enrolled_at, 'activated_at', p.activated_at) ORDER BY g.program), '[]'))"
	" FROM loyalty_data.ledger_account a JOIN loyalty_data.program_activation v ON v.org_id = a.org_id AND v.program_id = a.program_id AND v.is_on"
	" JOIN loyalty_data.program g ON g.org_id = a.org_id AND g.program_id = a.program_id"
	" LEFT JOIN loyalty_data.participation p ON p.org_id = $1 AND p.customer_id = $2"
	" AND p.program_id = a.program_id WHERE a.org_id = $1 AND a.customer_id = $2 AND a.category = 'r'",
	INT4OID, INT8OID);

/* clang-format off */
/*
 * A regular account says what the participation says, and without one that there is none, or nothing at all; others say nothing. The last change of a
 * participation led to its status, and each one before it to what the next began with.
 */
static LoyaltyQuery wrong_participations = LOYALTY_CHECK(
	"SELECT format('customer %s, program %s: account %s, participation %s', COALESCE(p.customer_id, a.customer_id),"
	" COALESCE(p.program_id, a.program_id), COALESCE(a.participation, '?'), COALESCE(p.status, '?'))"
	" FROM (SELECT * FROM loyalty_data.ledger_account x WHERE x.org_id = $1 AND x.category = 'r') a"
	" FULL JOIN (SELECT * FROM loyalty_data.participation y WHERE y.org_id = $1) p"
	" ON p.customer_id = a.customer_id AND p.program_id = a.program_id"
	" WHERE CASE WHEN p.customer_id IS NULL THEN COALESCE(a.participation, '-') <> '-'"
	"  ELSE a.participation IS DISTINCT FROM p.status END"
	" UNION ALL SELECT format('customer %s, program %s: account %s, which is not regular', x.customer_id, x.program_id, x.participation)"
	" FROM loyalty_data.ledger_account x WHERE x.org_id = $1 AND x.category <> 'r' AND x.participation IS NOT NULL"
	" UNION ALL SELECT format('customer %s, program %s: change %s', COALESCE(h.customer_id, p.customer_id),"
	" COALESCE(h.program_id, p.program_id), COALESCE(h.change_no, p.last_change_no))"
	" FROM (SELECT y.*, lead(y.old_status) OVER (PARTITION BY y.customer_id, y.program_id ORDER BY y.change_no) AS next_status,"
	"  lead(y.change_no) OVER (PARTITION BY y.customer_id, y.program_id ORDER BY y.change_no) AS next_no"
	"  FROM loyalty_data.participation_change y WHERE y.org_id = $1) h"
	" FULL JOIN (SELECT * FROM loyalty_data.participation x WHERE x.org_id = $1) p"
	" ON p.customer_id = h.customer_id AND p.program_id = h.program_id"
	" WHERE h.customer_id IS NULL OR p.customer_id IS NULL"
	" OR COALESCE(h.next_status, p.status) IS DISTINCT FROM h.new_status"
	" OR COALESCE(h.next_no, p.last_change_no + 1) <> h.change_no + 1");
/* clang-format on */

/* Returns the section as one document, of the survivor where the customer was merged; without a statement where no program asks. */
Datum
loyalty_participations_section(LoyaltyCall *call, int64 customer_id)
{
	LoyaltyCustomer customer;
	bool isnull;

	if (call->org->participation == NULL)
		return DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"participations\": []}"));
	if (!loyalty_customer_read(call->org->org_id, customer_id, &customer))
		elog(ERROR, "customer " INT64_FORMAT " has vanished", customer_id);
	loyalty_customer_survivor(call, &customer);
	return loyalty_row_datum(LOYALTY_QUERY(&section,
										   LOYALTY_CUSTOMER(call->org->org_id, customer.customer_id)),
							 0, 1, &isnull);
}

/* Returns the first participation that does not agree, or NULL. */
static char *
check_participations(int32 org_id)
{
	return loyalty_check_run(&wrong_participations, org_id);
}

const LoyaltyCheck loyalty_participations_check = { .invariant = INVARIANT_PARTICIPATIONS,
													.find = check_participations };
