/*
 * escalation_store.c: the statements about requests that wait. Deletions stand with the statuses, and all others with the requests;
 * each notes for itself which step was told of last. Whoever writes holds the lock of the customer, or of its survivor.
 *
 * Customers are looked for by what is due: a request that waits, of a type with a step that comes behind the last one that was told
 * of, and whose hours are over. Those who wait are few (a partial index has them alone), so that a run that has nothing to do is
 * soon done; a run that goes on does so behind the id where the batch before it ended.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "request/escalation_store.h"
#include "request/request_store.h"
#include "status/status_change.h"

/* Steps of an org that are due for a request of a type that was made at a time, and have not been told of. */
#define HAS_STEP(type, alias) \
	"EXISTS (SELECT FROM loyalty_data.change_request_contact s WHERE s.org_id = $1 AND s.request_type = " type \
	" AND s.step > " alias ".escalated_step AND " alias \
	".requested_at <= $2 - make_interval(hours => s.after_hours))"

/* Ids under which requests stand, which a merge does not change, ascending. */
static LoyaltyQuery customers_due = LOYALTY_STATEMENT(
	"SELECT DISTINCT q.customer_id FROM ((SELECT r.customer_id FROM loyalty_data.change_request r WHERE r.org_id = $1"
	" AND r.status = 'p' AND r.customer_id > $3 AND " HAS_STEP(
		"r.request_type",
		"r") " ORDER BY r.customer_id LIMIT $4)"
			 " UNION ALL (SELECT d.customer_id FROM loyalty_data.deletion_request d WHERE d.org_id = $1 AND d.decided_at IS NULL"
			 " AND d.customer_id > $3 AND " HAS_STEP("'r'", "d") " ORDER BY d.customer_id LIMIT $4)) q"
																 " ORDER BY q.customer_id LIMIT $4",
	INT4OID, TIMESTAMPTZOID, INT8OID, INT4OID);

/* Read and mark the deletion of a customer; requests are read and written by their own store. */
static LoyaltyQuery deletion_waiting = LOYALTY_STATEMENT(
	"SELECT d.request_id, d.requested_at, d.escalated_step FROM loyalty_data.deletion_request d WHERE d.org_id = $1"
	" AND d.customer_id = $2 AND d.decided_at IS NULL",
	INT4OID, INT8OID);

static LoyaltyQuery deletion_escalated = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.deletion_request SET escalated_step = $4 WHERE org_id = $1 AND customer_id = $2"
	" AND request_id = $3",
	INT4OID, INT8OID, INT8OID, INT2OID);

/* A customer comes once, however many requests of it wait. */
int
loyalty_requests_due(int32 org_id, TimestampTz as_of, int64 after, int limit, int64 *customers)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&customers_due, loyalty_int4(org_id), loyalty_time(as_of),
									  loyalty_int8(after), loyalty_int4(limit));
	uint64 i;

	for (i = 0; i < rows->count; i++)
		customers[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}

/* A customer has one deletion that waits at most; it comes behind the others. */
int
loyalty_requests_waiting(int32 org_id, int64 customer_id, WaitingRequest **requests)
{
	const LoyaltyCustomer record = { .customer_id = customer_id };
	LoyaltyRows *rows = LOYALTY_QUERY(&deletion_waiting, LOYALTY_CUSTOMER(org_id, customer_id));
	ChangeRequest *pending;
	int count = loyalty_change_requests_pending(org_id, &record, &pending);
	int i;

	*requests = palloc0(sizeof(WaitingRequest) * (count + 1));
	for (i = 0; i < count; i++)
		(*requests)[i] = (WaitingRequest){ .customer_id = customer_id,
										   .request_id = pending[i].request_id,
										   .requested_at = pending[i].requested_at,
										   .type = pending[i].type,
										   .escalated_step = pending[i].escalated_step };
	if (rows->count == 0)
		return count;
	(*requests)[count] = (WaitingRequest){ .customer_id = customer_id,
										   .request_id = loyalty_row_int8(rows, 0, 1),
										   .requested_at = loyalty_row_int8(rows, 0, 2),
										   .type = REQUEST_DELETE_ACCOUNT,
										   .escalated_step = loyalty_row_int2(rows, 0, 3) };
	return count + 1;
}

/* Reads them of requests alone: a deletion has none. */
void
loyalty_request_waiting_values(const LoyaltyCall *call, const WaitingRequest *request, const char **old_value,
							   const char **new_value)
{
	const ChangeRequest row = { .org_id = call->org->org_id,
								.customer_id = request->customer_id,
								.request_id = request->request_id };
	ChangeRequestContent content = { .old_value = NULL };

	if (request->type != REQUEST_DELETE_ACCOUNT)
		loyalty_change_request_content(&row, &content);
	*old_value = content.old_value;
	*new_value = content.new_value;
}

/* Writes to the table that the request stands in. */
void
loyalty_request_escalated(const LoyaltyCall *call, const WaitingRequest *request, int step)
{
	int32 org_id = call->org->org_id;
	ChangeRequest row;

	if (request->type == REQUEST_DELETE_ACCOUNT)
	{
		LOYALTY_EXECUTE(&deletion_escalated, LOYALTY_CUSTOMER(org_id, request->customer_id),
						loyalty_int8(request->request_id), loyalty_int2(step));
		return;
	}
	if (!loyalty_change_request_read(org_id, request->customer_id, request->request_id, &row))
		elog(ERROR, "a request that waits does not exist");
	row.escalated_step = (int16) step;
	loyalty_change_request_update(&row);
	loyalty_change_request_log(&row, REQUEST_ESCALATED, step, call->now, loyalty_status_role(call), NULL);
}
