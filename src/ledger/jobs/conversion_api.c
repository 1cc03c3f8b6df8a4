/*
 * conversion_api.c: convert_promised_points, a procedure that commits, and unlock_promised_points.
 *
 * The job takes customers by id, from the last one on, and each by itself: lock, judge, convert, release at the commit
 * of the batch. Its order of ids is that of the locks, so that two jobs, or a job and a batch, never wait for each
 * other in a circle. A customer is judged as a whole before anything is written, and left out where an account has no
 * room: an error would take back the batch of all others. Within a customer, programs are posted one after another and
 * lots by their instant, each instant as an event of its own at that time, as if the job had run then.
 *
 * May be late: the conversion, until the job runs. Promised points are not spent before; a customer whose status keeps
 * points from being allocated waits, and is looked at again by the next run. Unlocking is a call like any other, and
 * never late.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/job.h"
#include "ledger/jobs/jobs_store.h"
#include "ledger/posting/conversion.h"
#include "ledger/posting/operation.h"
#include "ledger/posting/promised.h"
#include "ledger/tables/lot_dates.h"
#include "ledger/tables/promised_lots.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_convert_promised_points);
LOYALTY_FUNCTION(loyalty_unlock_promised_points);

/* Arguments of unlock_promised_points that no other call has. */
enum UnlockArgument
{
	ARG_TRANSACTION_NUMBER = 2,
	ARG_TRANSACTION_TILL,
	ARG_LINE_NO,
	ARG_LOT_ID,
};

/* Reads a stream to its end: what is converted is decided before the first row is written. */
static void
read_lots(LotStream *stream, Lots *lots)
{
	Lot lot;

	while (loyalty_next_lot(stream, &lot))
		LOYALTY_APPEND(*lots, lot);
	loyalty_close_lots(stream);
}

/* Returns the lots of one program, from the first of them on. The list shares the memory of the whole. */
static Lots
same_program(const Lots *lots, int first)
{
	Lots same = { .items = &lots->items[first] };

	while (first + same.n < lots->n && same.items[same.n].program_id == same.items[0].program_id)
		same.n++;
	return same;
}

/*
 * Lets, of the accounts of all programs, which come by program, those of one take part: no other lifts its times. They
 * stay where they are, so that what is posted moves them for good.
 */
static void
involve_program(Posting *posting, PostedAccount *accounts, int count, int32 program_id)
{
	int first = 0;

	while (first < count && accounts[first].account.program_id != program_id)
		first++;
	posting->accounts = &accounts[first];
	posting->account_count = 0;
	while (first + posting->account_count < count &&
		   posting->accounts[posting->account_count].account.program_id == program_id)
		posting->account_count++;
}

/*
 * Converts the promised points of a locked customer that have come, program by program. Points wait while the
 * customer's status keeps points from being allocated; a customer without room for them is left out of the job.
 * Returns whether any were converted.
 */
static bool
convert_due(LoyaltyJob *job, Posting *posting)
{
	const LoyaltyCall *call = posting->call;
	Lots lots = { 0 };
	PostedAccount *accounts;
	bool converted = false;
	int count;
	int i;

	if (!loyalty_promised_may_convert(call, &posting->customer))
		return false;
	read_lots(loyalty_open_promised(call->org->org_id, posting->customer.customer_id, job->as_of, false),
			  &lots);
	if (lots.n == 0)
		return false;
	loyalty_conversion_involve(posting, &lots);
	if (!loyalty_conversion_fits(posting, &lots))
	{
		loyalty_job_leave_out(job, posting->customer.customer_id);
		return false;
	}
	accounts = posting->accounts;
	count = posting->account_count;
	for (i = 0; i < lots.n;)
	{
		Lots of_program = same_program(&lots, i);

		involve_program(posting, accounts, count, of_program.items[0].program_id);
		converted |= loyalty_promised_convert(posting, &of_program);
		loyalty_posting_end(posting);
		i += of_program.n;
	}
	return converted;
}

/*
 * Converts the points of a batch of customers, each locked by a statement of its own, ascending. An SPI connection for
 * each keeps the batch's memory flat: what a customer's rows take goes with it.
 */
static int
convert_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	int64 *customers = palloc(sizeof(int64) * job->batch_size);
	int count =
		loyalty_customers_promised(call->org->org_id, job->as_of, job->after, job->batch_size, customers);
	int i;

	for (i = 0; i < count; i++)
	{
		Posting posting;

		CHECK_FOR_INTERRUPTS();
		if (SPI_connect() != SPI_OK_CONNECT)
			elog(ERROR, "SPI_connect failed");
		loyalty_posting_begin(&posting, call, customers[i]);
		if (convert_due(job, &posting))
			job->done++;
		job->after = customers[i];
		SPI_finish();
	}
	return count;
}

/* The procedure: converts what has come by as_of, batch by batch, with a commit after each (customer/job.c). */
Datum
loyalty_convert_promised_points(PG_FUNCTION_ARGS)
{
	LoyaltyJob job = {
		.fcinfo = fcinfo,
		.procedure = "convert_promised_points",
		.done_what = "converted promised points of",
		.batch = convert_batch,
	};

	loyalty_job_run(&job);
	PG_RETURN_VOID();
}

/* Returns the row of unlock_promised_points. */
static Datum
unlock_result(Operation *operation, FunctionCallInfo fcinfo, const Conversion *conversion,
			  int64 current_points)
{
	Datum values[4];
	bool nulls[4] = { false };

	values[0] = Int64GetDatum(conversion->event_id);
	values[1] = Int32GetDatum(conversion->lots);
	values[2] = loyalty_numeric(conversion->points);
	values[3] = loyalty_numeric(current_points);
	return loyalty_call_result(operation->call, fcinfo, values, nulls);
}

/* Returns the first answer to a repeated request, read from the movements of its event. */
static Datum
earlier_result(Operation *operation, FunctionCallInfo fcinfo, const EarlierEvent *earlier)
{
	Conversion conversion = { .event_id = earlier->event_id };
	int32 org_id = operation->call->org->org_id;
	int32 program_id;

	conversion.lots = loyalty_event_conversion(org_id, earlier->customer_id, earlier->event_id,
											   &conversion.points, &program_id);
	return unlock_result(operation, fcinfo, &conversion,
						 loyalty_balance_after_event(org_id, earlier->customer_id, program_id,
													 earlier->event_id));
}

/*
 * Reads which points are unlocked. Exactly one of bill and lot says it; a line is a bill's: LY003. A bill that does
 * not exist raises here, one without such points gives no lots.
 */
static void
read_locked(Operation *operation, FunctionCallInfo fcinfo, Lots *lots)
{
	int64 bill;
	bool has_line = !PG_ARGISNULL(ARG_LINE_NO);
	bool has_lot = !PG_ARGISNULL(ARG_LOT_ID);
	int32 line_no = has_line ? PG_GETARG_INT32(ARG_LINE_NO) : 0;
	int64 lot_id = has_lot ? PG_GETARG_INT64(ARG_LOT_ID) : 0;

	(void) loyalty_operation_transaction(operation, &fcinfo->args[ARG_TRANSACTION_NUMBER],
										 &fcinfo->args[ARG_TRANSACTION_TILL], &bill, LOYALTY_RAISES);
	if ((bill != 0) == has_lot || (has_line && has_lot))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
						errmsg("exactly one of a bill and a lot says which points are unlocked"),
						errhint("Give transaction_number, with line_no for a line of it, or lot_id.")));
	operation->origin.transaction_id = bill;
	read_lots(loyalty_open_locked(operation->call->org->org_id, operation->posting.customer.customer_id,
								  operation->origin.transaction_id, lot_id, has_line ? &line_no : NULL),
			  lots);
}

/* Returns the time of the latest award among lots. */
static TimestampTz
latest_award(const Lots *lots)
{
	TimestampTz latest = AT_ONCE;
	int i;

	for (i = 0; i < lots->n; i++)
		latest = Max(latest, lots->items[i].awarded_at);
	return latest;
}

/* Raises LY460. */
static void
raise_nothing_promised(const Operation *operation)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_NOTHING_PROMISED),
					errmsg("customer " INT64_FORMAT " has no such trigger-based points to unlock",
						   operation->posting.customer.customer_id)));
}

/*
 * Makes regular points of a bill's trigger-based lots, or of one lot, and returns the event. Lots are read before what
 * is due expires, so that they may all be gone by the time of the event: then the whole call is refused, and takes
 * back the expiries that it posted.
 */
Datum
loyalty_unlock_promised_points(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	EarlierEvent earlier;
	Conversion conversion;
	Lots lots = { 0 };

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	if (loyalty_operation_begin(&operation, &call, &request, &earlier))
		return earlier_result(&operation, fcinfo, &earlier);
	(void) loyalty_status_guard(&call, &operation.posting.customer, GUARD_UNLOCK_PROMISED);
	(void) loyalty_operation_locate(&operation, LOYALTY_RAISES);
	(void) loyalty_posting_judge_loyalty(&operation.posting, LOYALTY_RAISES);
	read_locked(&operation, fcinfo, &lots);
	if (lots.n == 0)
		raise_nothing_promised(&operation);
	loyalty_conversion_involve(&operation.posting, &lots);
	loyalty_operation_expire_at(&operation, latest_award(&lots));
	loyalty_convert_lots(&operation.posting, &lots, EVENT_TRIGGER_BASED_CONVERSION, &operation.origin,
						 &conversion);
	if (conversion.event_id == 0)
		raise_nothing_promised(&operation);
	loyalty_operation_end(&operation, conversion.event_id);
	return unlock_result(&operation, fcinfo, &conversion, loyalty_posting_current_points(&operation.posting));
}
