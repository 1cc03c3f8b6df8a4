/*
 * request_check_store.c: what verify_ledger asks of change requests: each that is pending has a claim, or a second one could be
 * made; each claim is a pending request's, or nobody could ask for the same again. All are read under one snapshot, up to the
 * first divergence. Nothing is locked.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "request/request_participant.h"

/* clang-format off */
static LoyaltyQuery wrong_requests = LOYALTY_CHECK(
	"SELECT format('customer %s: request %s is pending and claims nothing', r.customer_id, r.request_id)"
	" FROM loyalty_data.change_request r WHERE r.org_id = $1 AND r.status = 'p'"
	" AND NOT EXISTS (SELECT FROM loyalty_data.change_request_claim c WHERE c.org_id = $1"
	"  AND c.request_id = r.request_id)"
	" UNION ALL SELECT format('customer %s: request %s has a claim and is not pending', c.customer_id, c.request_id)"
	" FROM loyalty_data.change_request_claim c LEFT JOIN loyalty_data.change_request r ON r.org_id = $1"
	" AND r.customer_id = c.customer_id AND r.request_id = c.request_id"
	" WHERE c.org_id = $1 AND r.status IS DISTINCT FROM 'p'");
/* clang-format on */

/* Returns the first request that does not agree, or NULL. */
static char *
check_requests(int32 org_id)
{
	return loyalty_check_run(&wrong_requests, org_id);
}

const LoyaltyCheck loyalty_requests_check = { .invariant = INVARIANT_REQUESTS, .find = check_requests };
