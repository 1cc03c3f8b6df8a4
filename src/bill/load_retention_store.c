/*
 * load_retention_store.c: lines that loads refused, of which an org keeps a list for a time. The list is about a relation of the
 * org, not about customers, and whoever loads the relation again makes it anew.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "bill/load_retention_store.h"
#include "common/query.h"

static LoyaltyQuery errors_forget = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.transaction_load_error e WHERE (e.org_id, e.relation, e.line_no) IN (SELECT o.org_id,"
	" o.relation, o.line_no FROM loyalty_data.transaction_load_error o WHERE o.org_id = $1"
	" AND o.recorded_at < $2 LIMIT $3)",
	INT4OID, TIMESTAMPTZOID, INT4OID);

/* Deletes some of the old ones: any will do. */
static int64
forget(LoyaltyCall *call, TimestampTz before, int limit, int64 *after)
{
	return (int64) LOYALTY_EXECUTE(&errors_forget, loyalty_int4(call->org->org_id), loyalty_time(before),
								   loyalty_int4(limit));
}

const LoyaltyRetention loyalty_load_errors_retention = { .what = "load_errors", .forget = forget };
