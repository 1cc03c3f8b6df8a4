/*
 * transfer_api.c: transfer_points.
 *
 * The order is that of every writing call, with two customers: both are locked, the lower id first; a repeat
 * is looked for under the giver, whose request it is; then both statuses, what the request says, accounts, one
 * time for both, and the transfer. The result is the giver's.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/proof_hooks.h"
#include "ledger/move/transfer.h"
#include "ledger/posting/operation.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_transfer_points);

/* Arguments besides those of every call; the giver stands where other calls have the customer. */
enum TransferArgument
{
	ARG_GIVER = 1,
	ARG_RECEIVER,
	ARG_POINTS,
	ARG_VERIFICATION = 11,
};

/* Judges the giver's proof; it is used up where the transfer is written. */
static void
judge_proof(const Transfer *transfer, FunctionCallInfo fcinfo, LoyaltyCall *call, LoyaltyProofUse *proof)
{
	*proof = (LoyaltyProofUse){ .purpose = "points_transfer",
								.attempt = loyalty_proof_given(&fcinfo->args[ARG_VERIFICATION]),
								.customer_id = transfer->giver->customer.customer_id,
								.has_amount = true,
								.amount = transfer->points,
								.program_id = transfer->program->program_id };
	(void) loyalty_proof_judge(call, proof, LOYALTY_RAISES);
}

/* Makes the row of the giver's event. */
static Datum
transfer_result(Operation *operation, FunctionCallInfo fcinfo, const PostingResult *result)
{
	Datum values[4];
	bool nulls[4] = { false };

	/* The giver's event is what both events share. */
	values[0] = Int64GetDatum(result->event_id);
	values[1] = Int64GetDatum(result->event_id);
	values[2] = loyalty_numeric(result->points);
	values[3] = loyalty_numeric(result->current_points);
	return loyalty_call_result(operation->call, fcinfo, values, nulls);
}

/* Makes the first result of a repeat; the giver's event has the points below zero. */
static Datum
earlier_result(Operation *operation, FunctionCallInfo fcinfo, const EarlierEvent *earlier)
{
	PostingResult result = { .event_id = earlier->event_id, .points = -earlier->net_points };

	result.current_points = loyalty_operation_balance_then(operation, earlier);
	return transfer_result(operation, fcinfo, &result);
}

/*
 * Gives regular points of one customer to another. The request has no field for the two, so its customers are
 * filled by hand. The receiver's accounts are written before the operation ends, which writes the giver's.
 */
Datum
loyalty_transfer_points(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	EarlierEvent earlier;
	Posting receiver;
	Transfer transfer = { .giver = &operation.posting, .receiver = &receiver };
	PostingResult result;
	LoyaltyProofUse proof;
	TimestampTz registered_on, event_time;

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	request.customer_id = fcinfo->args[ARG_GIVER];
	loyalty_operation_open(&operation, &call, &request);
	request.other_id = loyalty_arg_int8(fcinfo, ARG_RECEIVER, "to_customer_id");
	if (loyalty_operation_lock_pair(&operation, &receiver, &earlier))
		return earlier_result(&operation, fcinfo, &earlier);
	(void) loyalty_status_guard(&call, &operation.posting.customer, GUARD_TRANSFER_OUT);
	(void) loyalty_status_guard(&call, &receiver.customer, GUARD_TRANSFER_IN);
	(void) (loyalty_operation_locate(&operation, LOYALTY_RAISES) &&
			loyalty_operation_program(&operation, &transfer.program, LOYALTY_RAISES) &&
			loyalty_read_program_points(&fcinfo->args[ARG_POINTS], transfer.program, &transfer.points,
										LOYALTY_RAISES));
	transfer.origin = operation.origin;
	loyalty_posting_load(transfer.giver, (AccountChoice){ .program = transfer.program });
	loyalty_posting_load(transfer.receiver, (AccountChoice){ .program = transfer.program });
	registered_on = Max(transfer.giver->customer.registered_on, receiver.customer.registered_on);
	(void) loyalty_operation_event_time(&operation, registered_on, registered_on, &event_time,
										LOYALTY_RAISES);
	judge_proof(&transfer, fcinfo, &call, &proof);
	loyalty_postings_expire_at(transfer.giver, transfer.receiver, event_time);
	loyalty_transfer(&transfer);
	result = (PostingResult){ .event_id = transfer.giver->event.event_id, .points = transfer.points };
	proof.used_for = result.event_id;
	loyalty_proof_use_up(&call, &proof);
	loyalty_posting_end(transfer.receiver);
	loyalty_operation_end(&operation, result.event_id);
	result.current_points = loyalty_posting_current_points(transfer.giver);
	return transfer_result(&operation, fcinfo, &result);
}
