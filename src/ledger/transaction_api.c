/*
 * transaction_api.c: add_transaction.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/line_items.h"
#include "ledger/operation.h"
#include "ledger/transaction_store.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_add_transaction);

enum TransactionArgument
{
	ARG_NUMBER = 2,
	ARG_AMOUNT,
	ARG_EVENT_TIME,
	ARG_TILL,
	ARG_STORE,
	ARG_SOURCE,
	ARG_DISCOUNT,
	ARG_TYPE,
	ARG_POINTS,
	ARG_LINE_ITEMS,
	ARG_IDEMPOTENCY_KEY,
	ARG_PROGRAM,
	ARG_REASON,
	ARG_ACTOR,
	ARG_CARD_NUMBER,
	ARG_CARD_EXTERNAL_ID,
};

static const OperationArguments arguments = {
	.till = ARG_TILL,
	.store = ARG_STORE,
	.source = ARG_SOURCE,
	.reason = ARG_REASON,
	.actor = ARG_ACTOR,
	.idempotency_key = ARG_IDEMPOTENCY_KEY,
	.card_number = ARG_CARD_NUMBER,
	.card_restricted = true,
};

static Datum
answer_transaction(Operation *operation, const Answer *answer)
{
	Datum values[4];
	bool nulls[4] = { false };

	values[0] = Int64GetDatum(answer->event_id);
	values[1] = Int64GetDatum(answer->event_id);
	values[2] = loyalty_numeric(answer->points);
	values[3] = loyalty_numeric(answer->current_points);
	return loyalty_call_answer(&operation->call, operation->fcinfo, values, nulls);
}

/* A bill that earned nothing has no lot to name its program: the arguments, the same as then, still do. */
static const LoyaltyProgram *
read_program(const Operation *operation)
{
	return loyalty_operation_program(operation, loyalty_arg_text_or_null(operation->fcinfo, ARG_PROGRAM,
																		 "program", LOYALTY_MAX_CODE));
}

static Datum
answer_again(Operation *operation, const EarlierEvent *earlier)
{
	int32 org_id = operation->call.org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	Answer answer = { .event_id = earlier->event_id, .points = earlier->net_points };
	int32 program_id;

	if (operation->posting.customer.loyalty)
	{
		loyalty_operation_place(operation);
		if (!loyalty_lot_of_event(org_id, customer_id, earlier->event_id, &program_id, &answer.expires_at))
			program_id = read_program(operation)->program_id;
		answer.current_points =
			loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id);
	}
	return answer_transaction(operation, &answer);
}

/* An amount that is not negative: LY402, LY404, LY413. */
static int64
read_amount(const Operation *operation, int n, const char *name)
{
	int64 amount = loyalty_arg_thousandths(operation->fcinfo, n, name, ERRCODE_LOYALTY_AMOUNT_INVALID);

	if (amount < 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_AMOUNT_INVALID), errmsg("argument \"%s\" is negative", name),
						errdetail("It is %s.", loyalty_points_text(amount))));
	return amount;
}

static int
read_transaction(Operation *operation, Transaction *transaction, TransactionLine **lines)
{
	FunctionCallInfo fcinfo = operation->fcinfo;

	*transaction = (Transaction){
		.customer_id = operation->posting.customer.customer_id,
		.number = loyalty_arg_text(fcinfo, ARG_NUMBER, "transaction_number", LOYALTY_MAX_CODE),
		.amount = read_amount(operation, ARG_AMOUNT, "amount"),
		.discount = PG_ARGISNULL(ARG_DISCOUNT) ? 0 : read_amount(operation, ARG_DISCOUNT, "discount"),
		.type = loyalty_word_code("transaction_type",
								  loyalty_arg_text(fcinfo, ARG_TYPE, "transaction_type", LOYALTY_MAX_CODE)),
		.till_id = operation->columns.till_id,
		.store_id = operation->columns.store_id,
		.source_id = operation->columns.source_id,
	};
	if (transaction->type == 0)
		loyalty_raise_not_allowed("transaction_type", loyalty_room_words("transaction_type"));
	if (transaction->source_id == 0)
		loyalty_raise_missing("source");
	return PG_ARGISNULL(ARG_LINE_ITEMS) ? 0 : loyalty_line_items(PG_GETARG_JSONB_P(ARG_LINE_ITEMS), lines);
}

/* As given, none being fine; or as the program computes them from the amount. */
static int64
read_points(const Operation *operation, const LoyaltyProgram *program, int64 amount)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	int64 points;

	if (!PG_ARGISNULL(ARG_POINTS))
	{
		points = loyalty_arg_thousandths(fcinfo, ARG_POINTS, "points", ERRCODE_LOYALTY_POINTS_TOO_PRECISE);
		return points == 0 ? 0 : loyalty_operation_points(operation, ARG_POINTS, program);
	}
	if (!loyalty_program_award(&program->rules, amount, &points))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW), errmsg("the bill would earn too many points"),
				 errdetail("The amount is %s.", loyalty_points_text(amount))));
	return points;
}

/* A campaign user earns nothing, but what is given must make sense all the same. */
static void
check_unused_points(const Operation *operation)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	const char *program = loyalty_arg_text_or_null(fcinfo, ARG_PROGRAM, "program", LOYALTY_MAX_CODE);

	if (program != NULL)
		(void) loyalty_org_program(operation->call.org, program);
	if (!PG_ARGISNULL(ARG_POINTS) &&
		loyalty_arg_thousandths(fcinfo, ARG_POINTS, "points", ERRCODE_LOYALTY_POINTS_TOO_PRECISE) < 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_NOT_POSITIVE), errmsg("points must not be negative")));
}

/* Claims the bill's number and writes it under the id that its event will have. */
static void
write_transaction(Operation *operation, Transaction *transaction, const TransactionLine *lines,
				  int line_count)
{
	int32 org_id = operation->call.org->org_id;

	transaction->transaction_id = loyalty_next_id();
	transaction->event_time = operation->posting.event_time;
	transaction->recorded_at = operation->posting.recorded_at;
	if (!loyalty_transaction_claim(org_id, transaction))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TRANSACTION_EXISTS),
						errmsg("bill \"%s\" exists already", transaction->number),
						errhint("A number is unique per till, and per org where a bill names no till.")));
	loyalty_transaction_insert(org_id, transaction, lines, line_count);
	operation->columns.transaction_id = transaction->transaction_id;
	operation->columns.event_id = transaction->transaction_id;
}

/* The points of a bill, in the bill's event; a bill without points is an event without entries. */
static void
post_bill(Operation *operation, const LoyaltyProgram *program, int64 points, Answer *answer)
{
	Posting *posting = &operation->posting;
	Award award = {
		.program = program,
		.category = CATEGORY_REGULAR,
		.type = AWARD_BILL,
		.points = points,
		.expires_at = AT_ONCE,
		.redeemable_from = AT_ONCE,
		.event_code = EVENT_TRANSACTION_ADD,
		.columns = operation->columns,
	};

	if (points > 0)
	{
		loyalty_award(posting, &award, answer);
		return;
	}
	loyalty_event_begin(posting, EVENT_TRANSACTION_ADD, posting->event_time, &operation->columns);
	loyalty_event_end(posting);
	answer->event_id = posting->event.event_id;
}

/* A bill that the status leaves without points says so in its note, after the reason that was given. */
static void
note_no_points(Operation *operation, const StatusVerdict *verdict)
{
	const char *why =
		psprintf("no points: %s",
				 loyalty_status_why(&operation->call, &operation->posting.customer, verdict->zero_points_by));

	operation->reason = operation->reason ? psprintf("%s; %s", operation->reason, why) : why;
}

Datum
loyalty_add_transaction(PG_FUNCTION_ARGS)
{
	Operation operation;
	EarlierEvent earlier;
	StatusVerdict verdict;
	Transaction transaction;
	TransactionLine *lines = NULL;
	const LoyaltyProgram *program = NULL;
	Answer answer = { 0 };
	int64 points = 0;
	int line_count;

	if (loyalty_operation_begin(&operation, fcinfo, &arguments, &earlier))
		return answer_again(&operation, &earlier);
	verdict = loyalty_status_guard(&operation.call, &operation.posting.customer, GUARD_TRANSACTION);
	loyalty_operation_place(&operation);
	line_count = read_transaction(&operation, &transaction, &lines);
	transaction.is_outlier = verdict.outlier_by != 0;
	if (operation.posting.customer.loyalty)
	{
		program = read_program(&operation);
		points = read_points(&operation, program, transaction.amount);
		loyalty_posting_involve(&operation.posting, program, CATEGORY_REGULAR);
	}
	else
		check_unused_points(&operation);
	if (verdict.zero_points_by != 0)
	{
		points = 0;
		note_no_points(&operation, &verdict);
	}
	loyalty_posting_set_time(&operation.posting,
							 loyalty_arg_time_or(fcinfo, ARG_EVENT_TIME, "event_time", operation.call.now));
	write_transaction(&operation, &transaction, lines, line_count);
	post_bill(&operation, program, points, &answer);
	loyalty_operation_end(&operation, answer.event_id);
	answer.current_points = loyalty_posting_current_points(&operation.posting);
	return answer_transaction(&operation, &answer);
}
