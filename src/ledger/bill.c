/*
 * bill.c: recording a bill with everything that it earns.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "ledger/award.h"
#include "ledger/bill.h"
#include "ledger/line_items.h"
#include "status/status_guard.h"

/* What a bill earns: lots of one program and category. */
typedef struct Earnings
{
	const LoyaltyProgram *program;
	Category category;
	TimestampTz redeemable_from;
	LOYALTY_ARRAY(AwardPart) parts;
} Earnings;

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

/* The code for a word of a set; returns are made by return_transaction alone. */
static char
read_word(const Operation *operation, int n, const char *code_set)
{
	char code =
		loyalty_word_code(code_set, loyalty_arg_text(operation->fcinfo, n, code_set, LOYALTY_MAX_CODE));

	if (code == 0 || (code == TRANSACTION_RETURN && strcmp(code_set, "transaction_type") == 0))
		loyalty_raise_not_allowed(code_set, loyalty_code_set_words(code_set));
	return code;
}

void
loyalty_bill_read(const Operation *operation, const BillArguments *at, Bill *bill)
{
	FunctionCallInfo fcinfo = operation->fcinfo;

	bill->transaction = (Transaction){
		.number = loyalty_arg_text(fcinfo, at->number, "transaction_number", LOYALTY_MAX_CODE),
		.amount = read_amount(operation, at->amount, "amount"),
		.discount = PG_ARGISNULL(at->discount) ? 0 : read_amount(operation, at->discount, "discount"),
		.type = read_word(operation, at->type, "transaction_type"),
		.outlier_status = read_word(operation, at->outlier_status, "outlier_status"),
		.till_id = operation->origin.till_id,
		.store_id = operation->origin.store_id,
		.source_id = operation->origin.source_id,
	};
	if (bill->transaction.source_id == 0)
		loyalty_raise_missing("source");
	bill->lines = NULL;
	bill->line_count = PG_ARGISNULL(at->line_items)
						   ? 0
						   : loyalty_line_items(PG_GETARG_JSONB_P(at->line_items), &bill->lines);
}

static void
add_part(Earnings *earnings, AwardType type, int32 line_no, int64 points)
{
	AwardPart part = { .type = type, .line_no = line_no, .points = points };

	if (points > 0)
		LOYALTY_APPEND(earnings->parts, part);
}

/* Points of an argument, none being fine: LY401 to LY404. */
static int64
read_points(const Operation *operation, int n, const char *name, const LoyaltyProgram *program)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	int64 points;

	if (PG_ARGISNULL(n))
		return 0;
	points = loyalty_arg_thousandths(operation->fcinfo, n, name, ERRCODE_LOYALTY_POINTS_TOO_PRECISE);
	if (points < 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_NOT_POSITIVE), errmsg("points must not be negative"),
						errdetail("Argument \"%s\" is %s.", name, loyalty_points_text(points))));
	if (program != NULL)
		loyalty_operation_check_kept(program, points);
	return points;
}

/* Whether any line says what it earns. */
static bool
lines_earn(const Bill *bill)
{
	int i;

	for (i = 0; i < bill->line_count; i++)
		if (bill->lines[i].points != LOYALTY_NOT_GIVEN)
			return true;
	return false;
}

/* The lots of the lines. */
static void
read_line_points(Earnings *earnings, const Bill *bill)
{
	int i;

	for (i = 0; i < bill->line_count; i++)
	{
		const TransactionLine *line = &bill->lines[i];
		int64 points = line->points == LOYALTY_NOT_GIVEN ? 0 : line->points;

		loyalty_operation_check_kept(earnings->program, points);
		loyalty_operation_check_kept(earnings->program, line->promotion_points);
		add_part(earnings, AWARD_LINE_ITEM, i + 1, points);
		add_part(earnings, AWARD_LINE_ITEM_PROMOTION, i + 1, line->promotion_points);
	}
}

/* Of the bill as a whole: as given; or nothing where lines say what they earn; or computed from the amount. */
static int64
bill_points(const Operation *operation, const BillArguments *at, const Bill *bill,
			const LoyaltyProgram *program)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	int64 points = read_points(operation, at->points, "points", program);

	if (!PG_ARGISNULL(at->points) || lines_earn(bill))
		return points;
	if (!loyalty_program_award(&program->rules, bill->transaction.amount, &points))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW), errmsg("the bill would earn too many points"),
				 errdetail("The amount is %s.", loyalty_points_text(bill->transaction.amount))));
	return points;
}

/* Lots are spent in this order where they expire together. */
static void
read_earnings(const Operation *operation, const BillArguments *at, const Bill *bill, Earnings *earnings)
{
	const LoyaltyProgram *program = earnings->program;

	add_part(earnings, AWARD_BILL, 0, bill_points(operation, at, bill, program));
	add_part(earnings, AWARD_BILL_PROMOTION, 0,
			 read_points(operation, at->bill_promotion_points, "bill_promotion_points", program));
	add_part(earnings, AWARD_CUSTOMER_PROMOTION, 0,
			 read_points(operation, at->customer_promotion_points, "customer_promotion_points", program));
	read_line_points(earnings, bill);
}

/* Where nothing is earned, what is given must make sense all the same. */
void
loyalty_bill_check_unused(const Operation *operation, const BillArguments *at)
{
	const char *program =
		loyalty_arg_text_or_null(operation->fcinfo, at->program, "program", LOYALTY_MAX_CODE);

	if (program != NULL)
		(void) loyalty_org_program(operation->call.org, program);
	(void) read_points(operation, at->points, "points", NULL);
	(void) read_points(operation, at->bill_promotion_points, "bill_promotion_points", NULL);
	(void) read_points(operation, at->customer_promotion_points, "customer_promotion_points", NULL);
}

/* The lots that the status of the customer leaves of a bill's; why there are none goes into the note. */
static void
apply_status(Operation *operation, const StatusVerdict *verdict, Earnings *earnings)
{
	int kept = 0;
	int i;

	if (verdict->zero_points_by != 0)
	{
		const char *why =
			psprintf("no points: %s", loyalty_status_why(&operation->call, &operation->posting.customer,
														 verdict->zero_points_by));

		earnings->parts.n = 0;
		operation->reason = operation->reason ? psprintf("%s; %s", operation->reason, why) : why;
	}
	for (i = 0; i < earnings->parts.n; i++)
	{
		AwardType type = earnings->parts.items[i].type;

		if (verdict->no_promotions_by == 0 || type == AWARD_BILL || type == AWARD_LINE_ITEM)
			earnings->parts.items[kept++] = earnings->parts.items[i];
	}
	earnings->parts.n = kept;
}

/* The program and points of a bill, with the accounts that take part. */
static void
prepare_earnings(Operation *operation, const BillArguments *at, const Bill *bill, Earnings *earnings)
{
	FunctionCallInfo fcinfo = operation->fcinfo;

	earnings->category = (Category) read_word(operation, at->category, "category");
	earnings->redeemable_from = loyalty_arg_time_or(fcinfo, at->redeemable_from, "redeemable_from", AT_ONCE);
	if (!operation->posting.customer.loyalty)
	{
		loyalty_bill_check_unused(operation, at);
		return;
	}
	earnings->program = loyalty_operation_program(operation, at->program);
	if (bill->transaction.type == TRANSACTION_NON_LOYALTY)
		loyalty_bill_check_unused(operation, at);
	else
		read_earnings(operation, at, bill, earnings);
	loyalty_posting_load(&operation->posting,
						 (AccountChoice){ .program = earnings->program, .category = earnings->category });
}

void
loyalty_bill_claim(int32 org_id, const Transaction *transaction)
{
	if (!loyalty_transaction_claim(org_id, transaction))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TRANSACTION_EXISTS),
						errmsg("bill \"%s\" exists already", transaction->number),
						errhint("A number is unique per till, and per org where a bill names no till.")));
}

/* Claims the bill's number and writes it under the id that its event will have. */
static void
write_bill(Operation *operation, Bill *bill)
{
	Transaction *transaction = &bill->transaction;
	int32 org_id = operation->call.org->org_id;

	transaction->customer_id = operation->posting.customer.customer_id;
	transaction->transaction_id = loyalty_next_id();
	transaction->event_time = operation->posting.event_time;
	transaction->recorded_at = operation->posting.recorded_at;
	loyalty_bill_claim(org_id, transaction);
	loyalty_transaction_insert(org_id, transaction, bill->lines, bill->line_count);
	operation->origin.transaction_id = transaction->transaction_id;
	operation->origin.event_id = transaction->transaction_id;
}

/* The points of a bill, in the bill's event; a bill without points is an event without entries. */
static void
post_earnings(Operation *operation, const Earnings *earnings, PostingResult *answer)
{
	Posting *posting = &operation->posting;
	const AwardPart *parts = earnings->parts.items;

	if (earnings->parts.n > 0)
	{
		Award award = {
			.program = earnings->program,
			.category = earnings->category,
			.type = parts[0].type,
			.line_no = parts[0].line_no,
			.points = parts[0].points,
			.more_count = earnings->parts.n - 1,
			.more = parts + 1,
			.expires_at = AT_ONCE,
			.redeemable_from = earnings->redeemable_from,
			.event_code = EVENT_TRANSACTION_ADD,
			.origin = operation->origin,
		};

		loyalty_award(posting, &award, answer);
		return;
	}
	loyalty_event_begin(posting, EVENT_TRANSACTION_ADD, posting->event_time, &operation->origin);
	loyalty_event_end(posting);
	answer->event_id = posting->event.event_id;
}

void
loyalty_bill_post(Operation *operation, const BillArguments *at, PostingResult *answer)
{
	FunctionCallInfo fcinfo = operation->fcinfo;
	StatusVerdict verdict =
		loyalty_status_guard(&operation->call, &operation->posting.customer, GUARD_TRANSACTION);
	Earnings earnings = { 0 };
	TimestampTz event_time;
	Bill bill;

	loyalty_operation_locate(operation);
	loyalty_bill_read(operation, at, &bill);
	if (verdict.outlier_by != 0)
		bill.transaction.outlier_status = OUTLIER_OUTLIER;
	prepare_earnings(operation, at, &bill, &earnings);
	apply_status(operation, &verdict, &earnings);
	event_time = loyalty_arg_time_or(fcinfo, at->event_time, "event_time", operation->call.now);
	if (bill.transaction.type == TRANSACTION_NON_LOYALTY)
		loyalty_posting_at(&operation->posting, event_time, AT_ANY_AGE | AT_EXPIRES);
	else
		loyalty_posting_at(&operation->posting, event_time, AT_JUDGED | AT_EXPIRES);
	write_bill(operation, &bill);
	post_earnings(operation, &earnings, answer);
	loyalty_operation_end(operation, answer->event_id);
	answer->current_points = loyalty_posting_current_points(&operation->posting);
}

void
loyalty_bill_again(Operation *operation, const BillArguments *at, const EarlierEvent *earlier,
				   PostingResult *answer)
{
	int32 org_id = operation->call.org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	int32 program_id;

	*answer = (PostingResult){ .event_id = earlier->event_id, .points = earlier->net_points };
	if (!operation->posting.customer.loyalty)
		return;
	loyalty_operation_locate(operation);
	/* A bill that earned nothing has no lot to name its program: the arguments, the same as then, still do. */
	if (!loyalty_lot_of_event(org_id, customer_id, earlier->event_id, &program_id, &answer->expires_at))
		program_id = loyalty_operation_program(operation, at->program)->program_id;
	answer->current_points = loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id);
}
