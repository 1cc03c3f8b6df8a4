/*
 * redeem_api.c: redeem_points.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/redemption.h"
#include "ledger/redemption_arguments.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_redeem_points);

static Datum
answer_redeem(Operation *operation, const PostingResult *answer)
{
	Datum values[4];
	bool nulls[4] = { false };

	values[0] = Int64GetDatum(answer->event_id);
	values[1] = CStringGetTextDatum(answer->redemption_id);
	values[2] = loyalty_numeric(answer->points);
	values[3] = loyalty_numeric(answer->current_points);
	return loyalty_call_answer(&operation->call, operation->fcinfo, values, nulls);
}

/* The event knows the program that paid; where all could pay, the balance is that of all. */
static int64
balance_then(const Operation *operation, const EarlierEvent *earlier)
{
	int32 org_id = operation->call.org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	const LoyaltyProgram *program = loyalty_operation_programs(operation, ARG_PROGRAM);

	if (program == NULL)
		return loyalty_balance_after_event(org_id, customer_id, 0, earlier->event_id);
	return loyalty_balance_of_event(org_id, customer_id, program->program_id, earlier->event_id);
}

static Datum
answer_again(Operation *operation, const EarlierEvent *earlier)
{
	PostingResult answer = {
		.event_id = earlier->event_id,
		.points = -earlier->net_points,
		.redemption_id = earlier->redemption_id,
		.current_points = balance_then(operation, earlier),
	};

	return answer_redeem(operation, &answer);
}

/* Not enough points is an error of its own: it is what callers ask about most. */
static void
refuse(const RedemptionJudgement *judgement)
{
	const RedemptionVerdict *verdict = &judgement->verdict;

	if (verdict->condition == CONDITION_NONE)
		return;
	if (verdict->condition == CONDITION_AVAILABLE)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_POINTS_INSUFFICIENT), errmsg("not enough points are available"),
				 errdetail("Available are %s points, asked for are %s.", loyalty_points_text(verdict->actual),
						   loyalty_points_text(verdict->required))));
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_NOT_REDEEMABLE),
			 errmsg("the redemption does not meet a condition of program \"%s\"",
					judgement->program->program),
			 errdetail("Condition %s: %s points; here it is %s.", loyalty_condition_names[verdict->condition],
					   loyalty_points_text(verdict->required), loyalty_points_text(verdict->actual))));
}

static void
redeem(Operation *operation, const LoyaltyProgram *program, PostingResult *answer)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	Posting *posting = &operation->posting;
	Event *origin = &operation->origin;
	RedemptionWish wish = {
		.program = program,
		.points = answer->points,
		.up_to = loyalty_arg_bool(fcinfo, ARG_UP_TO, "up_to"),
	};
	RedemptionJudgement judgement;
	LotWalk walk;

	answer->points = loyalty_redemption_draw(posting, &wish, &walk, &judgement);
	refuse(&judgement);
	origin->transaction_id = loyalty_operation_transaction(operation, ARG_TRANSACTION_NUMBER);
	answer->redemption_id =
		loyalty_new_redemption_id(operation->call.org->org_id, posting->customer.customer_id);
	strlcpy(origin->redemption_id, answer->redemption_id, sizeof(origin->redemption_id));
	loyalty_event_begin(posting, EVENT_REDEMPTION, posting->event_time, origin);
	loyalty_walk_post_draws(posting, &walk, HOUSE_REDEEMED);
	loyalty_walk_post_rolls(posting, &walk);
	loyalty_event_end(posting);
	answer->event_id = posting->event.event_id;
}

Datum
loyalty_redeem_points(PG_FUNCTION_ARGS)
{
	Operation operation;
	EarlierEvent earlier;
	const LoyaltyProgram *program;
	PostingResult answer = { 0 };

	if (loyalty_operation_begin(&operation, fcinfo, &redeem_arguments, &earlier))
		return answer_again(&operation, &earlier);
	(void) loyalty_status_guard(&operation.call, &operation.posting.customer, GUARD_REDEEM);
	loyalty_operation_locate(&operation);
	program = loyalty_operation_programs(&operation, ARG_PROGRAM);
	answer.points =
		loyalty_operation_points(&operation, ARG_POINTS,
								 program ? program : loyalty_org_finest_program(operation.call.org));
	if (program)
		loyalty_posting_load(&operation.posting, (AccountChoice){ .program = program });
	else
		loyalty_posting_load(&operation.posting, (AccountChoice){ 0 });
	loyalty_posting_at(&operation.posting,
					   loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", operation.call.now),
					   AT_JUDGED | AT_EXPIRES);
	redeem(&operation, program, &answer);
	loyalty_operation_end(&operation, answer.event_id);
	answer.current_points = loyalty_posting_current_points(&operation.posting);
	return answer_redeem(&operation, &answer);
}
