/*
 * referral_api.c: award_referral: points for both sides of a referral.
 *
 * The two events share the referral's id, which is that of the referee's event, and name the bill that was the
 * reason. The order: both customers are locked, the lower id first; a repeat gets its first answer; statuses;
 * program and points; times are judged for both sides before either gets anything; then the referee's award,
 * the referrer's, and the row that ties them to the bill. Its unique index refuses a second referral of the
 * bill (LY439), which undoes both awards.
 *
 * May be late: the event, by any span, on each side by itself: each takes effect with its own account's last
 * entry.
 */
#include "postgres.h"

#include "bill/referral_store.h"
#include "bill/transaction_store.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/earn/award.h"
#include "ledger/posting/operation.h"
#include "ledger/posting/participation.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_award_referral);

enum ReferralArgument
{
	ARG_REFEREE = 1,
	ARG_REFERRER,
	ARG_REFEREE_POINTS,
	ARG_REFERRER_POINTS,
	ARG_TRANSACTION_NUMBER,
	ARG_TRANSACTION_TILL,
};

/* Makes the result; the referee's event is also the referral. */
static Datum
referral_result(Operation *operation, FunctionCallInfo fcinfo, int64 event_id, int64 referee_points,
				int64 referrer_points, int64 current_points)
{
	Datum values[5];
	bool nulls[5] = { false };

	/* The referee's event is what both events share. */
	values[0] = Int64GetDatum(event_id);
	values[1] = Int64GetDatum(event_id);
	values[2] = loyalty_numeric(referee_points);
	values[3] = loyalty_numeric(referrer_points);
	values[4] = loyalty_numeric(current_points);
	return loyalty_call_result(operation->call, fcinfo, values, nulls);
}

/*
 * Makes the result of a repeat. The arguments are the same as then and say what the referrer got; the referee's lot knows
 * the program.
 */
static Datum
earlier_result(Operation *operation, FunctionCallInfo fcinfo, const EarlierEvent *earlier)
{
	int32 org_id = operation->call->org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	int32 program_id;
	TimestampTz expires_at;

	if (!loyalty_lot_of_event(org_id, customer_id, earlier->event_id, &program_id, &expires_at))
		elog(ERROR, "event " INT64_FORMAT " has no lot", earlier->event_id);
	return referral_result(operation, fcinfo, earlier->event_id, earlier->net_points,
						   loyalty_arg_thousandths(fcinfo, ARG_REFERRER_POINTS, "referrer_points",
												   ERRCODE_LOYALTY_POINTS_TOO_PRECISE),
						   loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id));
}

/*
 * Posts one side's award, by an event that names the referral and the bill; returns its id. The first event is
 * the referral, so its id is drawn before the event begins.
 */
static int64
award(Posting *posting, const LoyaltyProgram *program, int64 points, EventCode code, const Event *origin,
	  TimestampTz event_time)
{
	Award award = {
		.program = program,
		.category = CATEGORY_REGULAR,
		.type = AWARD_DIRECT,
		.points = points,
		.expires_at = AT_ONCE,
		.redeemable_from = AT_ONCE,
		.event_code = code,
		.origin = *origin,
	};
	PostingResult result = { 0 };

	loyalty_posting_load(posting, (AccountChoice){ .program = program });
	(void) loyalty_posting_judge_accrual(posting, program, LOYALTY_RAISES);
	loyalty_posting_at(posting, event_time, AT_EXPIRES);
	if (award.origin.pair_id == 0)
		award.origin.event_id = award.origin.pair_id = loyalty_next_id();
	loyalty_award(posting, &award, &result);
	return result.event_id;
}

/*
 * Posts both awards, the referee's first, and the row that ties them to the bill. The idempotency key stays
 * with the referee's event: a repeat is looked for among the referee's.
 */
static void
award_both(Operation *operation, FunctionCallInfo fcinfo, Posting *referrer, const LoyaltyProgram *program,
		   int64 referee_points, int64 referrer_points, Referral *referral)
{
	Event origin = operation->origin;
	const LoyaltyCustomer *referee = &operation->posting.customer;
	TimestampTz registered_on = Max(referee->registered_on, referrer->customer.registered_on);
	TimestampTz refers_to = registered_on;
	TimestampTz event_time;

	(void) loyalty_operation_transaction(operation, &fcinfo->args[ARG_TRANSACTION_NUMBER],
										 &fcinfo->args[ARG_TRANSACTION_TILL], &origin.transaction_id,
										 LOYALTY_RAISES);
	if (origin.transaction_id != 0)
		refers_to = Max(refers_to, loyalty_transaction_time(operation->call->org->org_id, referee,
															origin.transaction_id));
	(void) loyalty_operation_event_time(operation, registered_on, refers_to, &event_time, LOYALTY_RAISES);
	*referral = (Referral){
		.referee_id = referee->customer_id,
		.referrer_id = referrer->customer.customer_id,
		.transaction_id = origin.transaction_id,
		.program_id = program->program_id,
	};
	referral->referral_id =
		award(&operation->posting, program, referee_points, EVENT_REFEREE_AWARD, &origin, event_time);
	origin.has_key = false;
	origin.request_digest = 0;
	origin.pair_id = referral->referral_id;
	referral->referrer_event_id =
		award(referrer, program, referrer_points, EVENT_REFERRER_AWARD, &origin, event_time);
	if (!loyalty_referral_insert(operation->call->org->org_id, referral))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REFERRAL_EXISTS), errmsg("the bill has a referral already")));
}

/*
 * Awards both sides; the order is that of the head. There is no card: two customers take part, and a card would
 * not say which.
 */
Datum
loyalty_award_referral(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	EarlierEvent earlier;
	Posting referrer;
	Referral referral;
	const LoyaltyProgram *program;
	int64 referee_points;
	int64 referrer_points;

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	request.customer_id = fcinfo->args[ARG_REFEREE];
	loyalty_operation_open(&operation, &call, &request);
	request.other_id = loyalty_arg_int8(fcinfo, ARG_REFERRER, "referrer_id");
	if (loyalty_operation_lock_pair(&operation, &referrer, &earlier))
		return earlier_result(&operation, fcinfo, &earlier);
	(void) loyalty_status_guard(&call, &operation.posting.customer, GUARD_REFEREE);
	(void) loyalty_status_guard(&call, &referrer.customer, GUARD_REFERRER);
	(void) loyalty_operation_locate(&operation, LOYALTY_RAISES);
	(void) (loyalty_operation_program(&operation, &program, LOYALTY_RAISES) &&
			loyalty_read_program_points(&fcinfo->args[ARG_REFEREE_POINTS], program, &referee_points,
										LOYALTY_RAISES) &&
			loyalty_read_program_points(&fcinfo->args[ARG_REFERRER_POINTS], program, &referrer_points,
										LOYALTY_RAISES) &&
			loyalty_posting_judge_loyalty(&operation.posting, LOYALTY_RAISES) &&
			loyalty_posting_judge_loyalty(&referrer, LOYALTY_RAISES));
	award_both(&operation, fcinfo, &referrer, program, referee_points, referrer_points, &referral);
	loyalty_posting_end(&referrer);
	loyalty_operation_end(&operation, referral.referral_id);
	return referral_result(&operation, fcinfo, referral.referral_id, referee_points, referrer_points,
						   loyalty_posting_current_points(&operation.posting));
}
