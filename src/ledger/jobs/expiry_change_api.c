/*
 * expiry_change_api.c: change_expiry: an open lot of the customer gets another expiry, or none, or expires at once.
 *
 * The lot says which account takes part, so it is read first; then the accounts are loaded, the time is fixed and what
 * is due expires, which may close the very lot: it is read again. A memo entry of zero points records the change,
 * hashed with both times. A lot that is due by its new expiry expires by an event of its own, whose id is drawn
 * before, so that a repeated request finds what expired with the change.
 *
 * The customer is locked from the beginning (loyalty_operation_begin). Nothing is late here: the account's next expiry
 * moves with the change.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/jobs/jobs_store.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/posting/operation.h"
#include "ledger/tables/lot_dates.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_change_expiry);

/* Arguments of change_expiry that no other call has. */
enum ExpiryChangeArgument
{
	ARG_LOT_ID = 2,
	ARG_EXPIRES_AT,
	ARG_IMMEDIATELY,
};

/* Returns the row of change_expiry; an expiry that never comes is null. */
static Datum
change_result(Operation *operation, FunctionCallInfo fcinfo, int64 event_id, const ExpiryChange *change,
			  int64 expired, int64 current_points)
{
	pg_tz *zone = operation->call->org->zone;
	Datum values[7];
	bool nulls[7] = { false };

	values[0] = Int64GetDatum(event_id);
	loyalty_end_columns(change->old_expires_at, zone, &values[1], &nulls[1]);
	loyalty_end_columns(change->new_expires_at, zone, &values[3], &nulls[3]);
	values[5] = loyalty_numeric(expired);
	values[6] = loyalty_numeric(current_points);
	return loyalty_call_result(operation->call, fcinfo, values, nulls);
}

/* Returns the first answer to a repeated request, read from the change and its movements. */
static Datum
earlier_result(Operation *operation, FunctionCallInfo fcinfo, const EarlierEvent *earlier)
{
	int32 org_id = operation->call->org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	ExpiryChange change;
	int64 expired;
	int32 program_id;

	if (!loyalty_expiry_change_of_event(org_id, customer_id, earlier->event_id, &change, &expired,
										&program_id))
		elog(ERROR, "event " INT64_FORMAT " changed no expiry", earlier->event_id);
	return change_result(operation, fcinfo, earlier->event_id, &change, expired,
						 loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id));
}

/* Reads the lot, which must be the customer's own: LY437. */
static void
find_lot(Operation *operation, FunctionCallInfo fcinfo, Lot *lot)
{
	int64 customer_id = operation->posting.customer.customer_id;
	int64 lot_id = loyalty_arg_int8(fcinfo, ARG_LOT_ID, "lot_id");

	if (!loyalty_lot_find(operation->call->org->org_id, customer_id, lot_id, lot))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_LOT_UNKNOWN),
						errmsg("customer " INT64_FORMAT " has no lot " INT64_FORMAT, customer_id, lot_id)));
}

/*
 * Reads the expiry asked for: NULL is never; immediately is the effective time, at which a lot is due. LY003, LY409.
 */
static TimestampTz
read_expiry(const Operation *operation, FunctionCallInfo fcinfo)
{
	TimestampTz expires_at = loyalty_arg_time_or(fcinfo, ARG_EXPIRES_AT, "expires_at", NEVER);

	if (loyalty_arg_bool(fcinfo, ARG_IMMEDIATELY, "immediately"))
	{
		if (expires_at != NEVER)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_INVALID),
							errmsg("an expiry that is immediate has no other time"),
							errhint("Give expires_at or immediately.")));
		return operation->posting.effective_at;
	}
	if (expires_at <= operation->posting.effective_at)
		(void) loyalty_refuse_expiry_passed(expires_at, operation->posting.effective_at,
											"To let the points expire now, give immediately.",
											LOYALTY_RAISES);
	return expires_at;
}

/*
 * Returns the account's next expiry once the lot has its new one: that of the first other open lot, or the new one.
 * The table still has the lot with its old expiry, hence its id is passed over.
 */
static TimestampTz
next_expiry(const Posting *posting, const Lot *changed)
{
	TimestampTz next = changed->expires_at;
	LotStream *stream =
		loyalty_open_lots(posting->writer, posting->call->org->org_id, posting->customer.customer_id,
						  changed->category, changed->program_id);
	Lot lot;

	while (loyalty_next_lot(stream, &lot))
		if (lot.lot_id != changed->lot_id)
		{
			next = Min(next, lot.expires_at);
			break;
		}
	loyalty_close_lots(stream);
	return next;
}

/*
 * Posts a memo entry that says that the lot has another expiry now. Where it is due then, the id of its expiry is
 * reserved before the event draws its own.
 */
static void
post_change(Operation *operation, Lot *lot, TimestampTz expires_at)
{
	Posting *posting = &operation->posting;
	PostedAccount *account = loyalty_posting_account(posting, lot->program_id, lot->category);
	TimestampTz old_expiry = lot->expires_at;

	if (expires_at <= posting->effective_at)
		loyalty_posting_reserve_expiry(posting);
	loyalty_event_begin(posting, EVENT_EXPIRY_CHANGE, posting->event_time, &operation->origin);
	loyalty_event_post(posting, account, ENTRY_MEMO, HOUSE_ADJUSTED, 0);
	lot->expires_at = expires_at;
	loyalty_event_add_lot(posting, lot, false);
	loyalty_event_add_expiry_change(posting, lot->lot_id, old_expiry, expires_at);
	account->account.next_expiry_at = next_expiry(posting, lot);
	loyalty_event_end(posting);
}

/*
 * Gives a lot another expiry and returns the event, both expiries, and what expired at once. The accounts are loaded
 * for the lot's program and category: promised points may have an expiry, too.
 */
Datum
loyalty_change_expiry(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	EarlierEvent earlier;
	Lot lot;
	ExpiryChange change;
	int64 event_id;
	bool due;

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	if (loyalty_operation_begin(&operation, &call, &request, &earlier))
		return earlier_result(&operation, fcinfo, &earlier);
	(void) loyalty_status_guard(&call, &operation.posting.customer, GUARD_CHANGE_EXPIRY);
	(void) loyalty_operation_locate(&operation, LOYALTY_RAISES);
	(void) loyalty_posting_judge_loyalty(&operation.posting, LOYALTY_RAISES);
	find_lot(&operation, fcinfo, &lot);
	loyalty_posting_load(&operation.posting,
						 (AccountChoice){ .program = loyalty_org_program_by_id(call.org, lot.program_id),
										  .category = lot.category });
	loyalty_operation_expire_at(&operation, lot.awarded_at);
	/* Points that were due have just expired: the lot may be among them. */
	find_lot(&operation, fcinfo, &lot);
	if (lot.remaining == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_LOT_CLOSED),
						errmsg("lot " INT64_FORMAT " has no points left", lot.lot_id)));
	change.old_expires_at = lot.expires_at;
	change.new_expires_at = read_expiry(&operation, fcinfo);
	due = change.new_expires_at <= operation.posting.effective_at;
	post_change(&operation, &lot, change.new_expires_at);
	event_id = operation.posting.event.event_id;
	if (due)
		(void) loyalty_posting_expire_due(&operation.posting);
	loyalty_operation_end(&operation, event_id);
	return change_result(&operation, fcinfo, event_id, &change, due ? lot.remaining : 0,
						 loyalty_posting_current_points(&operation.posting));
}
