/*
 * escalation_api.c: escalate_change_requests, a procedure that commits: tells contacts of requests that wait.
 *
 * A request is told of once for each step of its type, in the order of steps, as soon as it has waited for so many hours; a run
 * that comes late tells of every step that was missed. Customers are found without a lock, by the ids that their requests stand
 * under, a batch at a time; then they, or their survivors, are locked ascending, and their requests read and judged. So a request
 * that is decided at the same moment is told of before, or not at all, and of two runs at once the second finds nothing. Each
 * request is a subtransaction: one of which nobody can be told, since the text or the sender is not there, is named in a warning and
 * waits for the next run.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/subtransaction.h"
#include "customer/job.h"
#include "customer/member.h"
#include "request/escalation_store.h"
#include "request/notices.h"
#include "request/setting_store.h"

LOYALTY_FUNCTION(loyalty_escalate_change_requests);

/* A request whose contacts are being told, with the hours of the steps of its type (0: no such step). */
typedef struct Escalating
{
	LoyaltyJob *job;
	LoyaltyCall *call;
	WaitingRequest *request;
	LoyaltyCustomer customer; /* as it is today: the survivor of one who was merged */
	int hours[REQUEST_STEP_MAX + 1];
	bool is_told;
} Escalating;

/* Tells of each step that is due, and notes the last one. */
static bool
escalate(void *arg)
{
	Escalating *escalating = arg;
	WaitingRequest *request = escalating->request;
	LoyaltyRequestNews news = { .request_id = request->request_id,
								.type = request->type,
								.requested_at = request->requested_at,
								.customer = &escalating->customer };
	int step;

	loyalty_request_waiting_values(escalating->call, request, &news.old_value, &news.new_value);
	for (step = request->escalated_step + 1; step <= REQUEST_STEP_MAX; step++)
	{
		if (escalating->hours[step] == 0 ||
			!loyalty_request_step_is_due(request->requested_at, escalating->hours[step],
										 escalating->job->as_of))
			continue;
		news.step = step;
		(void) loyalty_request_tell_waiting(escalating->call, &news);
		request->escalated_step = step;
		loyalty_request_escalated(escalating->call, request, step);
		escalating->is_told = true;
	}
	return true;
}

/* Warns of a request of which nobody could be told. Errors that are not ours end the run. */
static void
leave_out(const WaitingRequest *request, ErrorData *error)
{
	if (loyalty_error_meaning_or_null(error->sqlerrcode) == NULL)
		ReThrowError(error);
	ereport(WARNING, (errcode(error->sqlerrcode),
					  errmsg("change request " INT64_FORMAT " is left out", request->request_id),
					  errdetail("%s: %s.", unpack_sql_state(error->sqlerrcode),
								loyalty_error_meaning(error->sqlerrcode))));
}

/* Tells of the requests that stand under an id, whose customer today is locked. */
static void
escalate_customer(LoyaltyJob *job, LoyaltyCall *call, int64 customer_id, int64 root_id)
{
	WaitingRequest *requests;
	int count = loyalty_requests_waiting(call->org->org_id, customer_id, &requests);
	int i;

	for (i = 0; i < count; i++)
	{
		Escalating escalating = { .job = job, .call = call, .request = &requests[i] };
		ErrorData *error;

		CHECK_FOR_INTERRUPTS();
		if (!loyalty_customer_read_now(call->org->org_id, root_id, &escalating.customer))
			elog(ERROR, "the customer of a request does not exist");
		loyalty_request_hours_read(call->org->org_id, requests[i].type, escalating.hours);
		if (!loyalty_subtransaction_try(escalate, &escalating, &error))
			leave_out(&requests[i], error);
		else if (escalating.is_told)
			job->done++;
	}
}

/* Does the next customers who have requests that are due. */
static int
escalate_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	int64 *customers = palloc(sizeof(int64) * job->batch_size);
	int64 *roots = palloc(sizeof(int64) * job->batch_size);
	int count = loyalty_requests_due(call->org->org_id, job->as_of, job->after, job->batch_size, customers);
	int i;

	memcpy(roots, customers, sizeof(int64) * count);
	loyalty_customers_lock_roots(call->org->org_id, roots, count);
	for (i = 0; i < count; i++)
		escalate_customer(job, call, customers[i], roots[i]);
	if (count > 0)
		job->after = customers[count - 1];
	return count;
}

/* The procedure: tells of what is due by as_of, batch by batch, with a commit after each (customer/job.c). */
Datum
loyalty_escalate_change_requests(PG_FUNCTION_ARGS)
{
	LoyaltyJob job = {
		.fcinfo = fcinfo,
		.procedure = "escalate_change_requests",
		.done_what = "told of",
		.done_of = "change requests",
		.batch = escalate_batch,
	};

	loyalty_job_run(&job);
	PG_RETURN_VOID();
}
