/*
 * transfer_api.c: transfer_points.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/operation.h"
#include "ledger/transfer.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_transfer_points);

enum TransferArgument
{
	ARG_RECEIVER = 2,
	ARG_POINTS,
	ARG_PROGRAM,
	ARG_EVENT_TIME,
	ARG_TILL,
	ARG_REASON,
	ARG_SOURCE,
	ARG_ACTOR,
	ARG_IDEMPOTENCY_KEY,
};

static const OperationArguments arguments = {
	.till = ARG_TILL,
	.store = -1,
	.source = ARG_SOURCE,
	.reason = ARG_REASON,
	.actor = ARG_ACTOR,
	.idempotency_key = ARG_IDEMPOTENCY_KEY,
};

static Datum
answer_transfer(Operation *operation, const PostingResult *answer)
{
	Datum values[4];
	bool nulls[4] = { false };

	/* The giver's event is what both events share. */
	values[0] = Int64GetDatum(answer->event_id);
	values[1] = Int64GetDatum(answer->event_id);
	values[2] = loyalty_numeric(answer->points);
	values[3] = loyalty_numeric(answer->current_points);
	return loyalty_call_answer(&operation->call, operation->fcinfo, values, nulls);
}

static Datum
answer_again(Operation *operation, const EarlierEvent *earlier)
{
	PostingResult answer = { .event_id = earlier->event_id, .points = -earlier->net_points };

	loyalty_operation_locate(operation);
	answer.current_points =
		loyalty_balance_of_event(operation->call.org->org_id, operation->posting.customer.customer_id,
								 loyalty_operation_program(operation, ARG_PROGRAM)->program_id,
								 earlier->event_id);
	return answer_transfer(operation, &answer);
}

Datum
loyalty_transfer_points(PG_FUNCTION_ARGS)
{
	Operation operation;
	EarlierEvent earlier;
	Posting receiver;
	Transfer transfer = { .giver = &operation.posting, .receiver = &receiver };
	PostingResult answer = { 0 };

	loyalty_operation_open(&operation, fcinfo, &arguments);
	if (loyalty_operation_lock_pair(&operation, &receiver,
									loyalty_arg_int8(fcinfo, ARG_RECEIVER, "to_customer_id"), &earlier))
		return answer_again(&operation, &earlier);
	(void) loyalty_status_guard(&operation.call, &operation.posting.customer, GUARD_TRANSFER_OUT);
	(void) loyalty_status_guard(&operation.call, &receiver.customer, GUARD_TRANSFER_IN);
	loyalty_operation_locate(&operation);
	transfer.program = loyalty_operation_program(&operation, ARG_PROGRAM);
	transfer.points = loyalty_operation_points(&operation, ARG_POINTS, transfer.program);
	transfer.origin = operation.origin;
	loyalty_posting_load(transfer.giver, (AccountChoice){ .program = transfer.program });
	loyalty_posting_load(transfer.receiver, (AccountChoice){ .program = transfer.program });
	loyalty_postings_at(transfer.giver, transfer.receiver,
						loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", operation.call.now),
						AT_JUDGED | AT_EXPIRES);
	loyalty_transfer(&transfer);
	answer.event_id = transfer.giver->event.event_id;
	answer.points = transfer.points;
	loyalty_posting_end(transfer.receiver);
	loyalty_operation_end(&operation, answer.event_id);
	answer.current_points = loyalty_posting_current_points(transfer.giver);
	return answer_transfer(&operation, &answer);
}
