/*
 * return_api.c: return_transaction.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "bill/bill.h"
#include "bill/claw_back.h"
#include "bill/referral.h"
#include "bill/return_lines.h"
#include "bill/return_store.h"
#include "common/args.h"
#include "common/compare.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/posting/event.h"
#include "ledger/posting/operation.h"
#include "ledger/spend/reversal.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_return_transaction);

enum ReturnArgument
{
	ARG_NUMBER = 2,
	ARG_LINE_ITEMS,
	ARG_AMOUNT,
	ARG_TRANSACTION_TILL,
	ARG_RETURN_NUMBER,
};

typedef LOYALTY_ARRAY(Reversible) Reversibles;

/* A return on its way. */
typedef struct Return
{
	FunctionCallInfo fcinfo; /* whose own arguments are read as they are judged */
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	ReturnedBill bill;
	BillReturn state;
	Reversibles paid_by;		   /* redemptions made on the bill */
	ReferralReturn referral;	   /* that the bill was the reason of */
	const LoyaltyProgram *program; /* of the bill's points; NULL: the customer has no accounts */
} Return;

static Datum
return_result(Return *back, int64 return_id, int64 amount, int64 points, int64 current_points)
{
	Datum values[5];
	bool nulls[5] = { false };

	values[0] = Int64GetDatum(return_id);
	values[1] = Int64GetDatum(return_id);
	values[2] = loyalty_numeric(amount);
	values[3] = loyalty_numeric(points);
	values[4] = loyalty_numeric(current_points);
	return loyalty_call_result(&back->call, back->fcinfo, values, nulls);
}

static Datum
earlier_result(Return *back, const EarlierEvent *earlier)
{
	Operation *operation = &back->operation;
	int32 org_id = operation->call->org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	int64 current_points = 0;
	int32 program_id;
	int64 amount;

	loyalty_return_read(org_id, customer_id, earlier->transaction_id, &amount, &program_id);
	if (program_id == 0 && operation->posting.customer.loyalty)
		program_id = loyalty_org_program(operation->call->org, NULL)->program_id;
	if (program_id != 0)
		current_points = loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id);
	return return_result(back, earlier->event_id, amount, -earlier->net_points, current_points);
}

/* The bill by its number, and its till where the number is that of several: LY411, LY420. */
static void
find_bill(Return *back)
{
	Operation *operation = &back->operation;
	FunctionCallInfo fcinfo = back->fcinfo;
	int64 customer_id = operation->posting.customer.customer_id;
	const char *number = loyalty_arg_text(fcinfo, ARG_NUMBER, "transaction_number", LOYALTY_MAX_CODE);
	const char *till =
		loyalty_arg_text_or_null(fcinfo, ARG_TRANSACTION_TILL, "transaction_till", LOYALTY_MAX_CODE);
	int count = loyalty_returned_bill_find(operation->call->org->org_id, &operation->posting.customer, number,
										   till == NULL,
										   till ? loyalty_org_till(operation->call->org, till)->till_id : 0,
										   &back->bill);

	if (count != 1)
		(void) loyalty_refuse_bill(customer_id, number, count, LOYALTY_RAISES);
}

/* Redemptions that paid for the bill and are not reversed already. */
static void
find_redemptions(Return *back)
{
	Posting *posting = &back->operation.posting;
	Redemptions redemptions = { 0 };
	int i;

	loyalty_redemptions_of_transaction(posting->call->org->org_id, &posting->customer,
									   back->bill.transaction_id, &redemptions);
	for (i = 0; i < redemptions.n; i++)
	{
		Reversible reversible;

		loyalty_reversible_load(posting, &redemptions.items[i], &reversible);
		if (reversible.left > 0)
			LOYALTY_APPEND(back->paid_by, reversible);
	}
}

/* The accounts of the bill's points and of those that paid for it. */
static void
involve_accounts(Return *back)
{
	Posting *posting = &back->operation.posting;
	LOYALTY_ARRAY(int32) programs = { 0 };
	int i;
	int d;

	if (!posting->customer.loyalty)
		return;
	back->program = back->bill.program_id != 0
						? loyalty_org_program_by_id(posting->call->org, back->bill.program_id)
						: loyalty_org_program(posting->call->org, NULL);
	for (i = 0; i < back->paid_by.n; i++)
		for (d = 0; d < back->paid_by.items[i].draws.n; d++)
			LOYALTY_APPEND(programs, back->paid_by.items[i].draws.items[d].lot.program_id);
	if (programs.n > 0)
		loyalty_posting_load(posting, (AccountChoice){ .open = programs.items, .open_count = programs.n });
	loyalty_posting_load(posting, (AccountChoice){ .program = back->program,
												   .category = back->bill.category,
												   .keeps_others = true });
	loyalty_referral_involve(&back->operation, &back->referral);
}

/* A return is not older than its bill, which may be older than the registration. */
static void
set_time(Return *back)
{
	Operation *operation = &back->operation;
	TimestampTz event_time;

	(void) loyalty_operation_event_time(operation, &event_time, LOYALTY_RAISES);
	if (event_time < back->bill.event_time)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_RETURN_BEFORE_BILL), errmsg("the return is older than its bill"),
				 errdetail("It is at %s, the bill at %s.", pstrdup(timestamptz_to_str(event_time)),
						   pstrdup(timestamptz_to_str(back->bill.event_time)))));
	loyalty_posting_at(&operation->posting, event_time, AT_ANY_AGE | AT_EXPIRES);
}

pg_noreturn static void
refuse_line(int32 line, const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID),
					errmsg("line %d of the bill cannot be returned", line), errdetail("%s.", what)));
}

/* Says what is wrong with a return. */
static void
judge(const BillReturn *state, ReturnProblem problem, int32 line)
{
	switch (problem)
	{
		case RETURN_FINE:
			return;
		case RETURN_NOTHING_LEFT:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_RETURN_EXCEEDS), errmsg("nothing of the bill is left"),
							errdetail("All of it was returned before.")));
			break;
		case RETURN_TOO_MUCH:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_RETURN_EXCEEDS),
							errmsg("more is returned than is left of the bill"),
							errdetail("Of %s there are %s left.", loyalty_points_text(state->amount),
									  loyalty_points_text(state->amount - state->amount_back))));
			break;
		case RETURN_LINE_NOT_LEFT:
		case RETURN_LINE_TOO_MANY:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_RETURN_EXCEEDS),
							errmsg("more is returned than is left of line %d", line)));
			break;
		case RETURN_MIXED:
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_RETURN_MIXED),
							errmsg("a bill is returned by line or by amount, not by both"),
							errdetail("Earlier returns of it were by %s.",
									  state->kind_back == RETURN_LINES ? "line" : "amount"),
							errhint("Go on in the same way, or return all that is left.")));
			break;
		case RETURN_LINE_UNKNOWN:
			refuse_line(line, "The bill has no such line");
		case RETURN_LINE_TWICE:
			refuse_line(line, "The return names it twice");
		case RETURN_LINE_NO_PIECES:
			refuse_line(line, "The quantity is zero");
	}
}

/* What comes back, in whatever form the call says so. */
static void
decide(Return *back)
{
	Operation *operation = &back->operation;
	FunctionCallInfo fcinfo = back->fcinfo;
	BillReturn *state = &back->state;
	ReturnProblem problem;
	int32 line = 0;

	loyalty_returned_bill_read(operation->call->org->org_id, &operation->posting.customer, &back->bill,
							   state);
	if (!PG_ARGISNULL(ARG_LINE_ITEMS) && !PG_ARGISNULL(ARG_AMOUNT))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_RETURN_MIXED),
						errmsg("a return is by line or by amount, not by both")));
	if (!PG_ARGISNULL(ARG_LINE_ITEMS))
	{
		AskedLine *asked;
		int count = loyalty_return_lines_read(PG_GETARG_JSONB_P(ARG_LINE_ITEMS), &asked);

		problem = loyalty_return_lines(state, asked, count, &line);
	}
	else if (!PG_ARGISNULL(ARG_AMOUNT))
	{
		int64 amount = loyalty_arg_thousandths(fcinfo, ARG_AMOUNT, "amount", ERRCODE_LOYALTY_AMOUNT_INVALID);

		if (amount <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_LOYALTY_AMOUNT_INVALID), errmsg("the returned amount must be positive"),
					 errdetail("It is %s.", loyalty_points_text(amount))));
		problem = loyalty_return_amount(state, amount);
	}
	else
		problem = loyalty_return_whole(state);
	judge(state, problem, line);
}

/* The event of a part of the return: only the return itself returns a repeated request. */
static Event
part_columns(const Return *back)
{
	Event origin = back->operation.origin;

	origin.has_key = false;
	origin.request_digest = 0;
	origin.transaction_id = back->bill.transaction_id;
	return origin;
}

/* Points that paid for what comes back are put back first: their share of the bill, all that is left with its end. */
static void
reverse_redemptions(Return *back)
{
	Posting *posting = &back->operation.posting;
	int i;

	for (i = 0; i < back->paid_by.n; i++)
	{
		Reversible *reversible = &back->paid_by.items[i];
		const LoyaltyProgram *program =
			loyalty_org_program_by_id(posting->call->org, reversible->draws.items[0].lot.program_id);
		int64 points = loyalty_return_points(&back->state, 0, reversible->redemption.points,
											 loyalty_program_step(&program->rules), program->rules.rounding);
		Event origin = part_columns(back);
		Reversed reversed;

		/* Several programs that paid keep decimals of their own: their points go back with the last part. */
		if (reversible->program_id == 0 && !back->state.complete)
			continue;
		points = back->state.complete ? reversible->left : Min(points, reversible->left);
		if (points > 0)
			loyalty_reverse(posting, reversible, points, &origin, &reversed);
	}
}

/* The awards of a referral go back with the bill's last part. */
static void
take_referral_back(Return *back)
{
	Event origin = part_columns(back);

	if (back->state.complete)
		loyalty_referral_take_back(&back->operation, &back->referral, &origin);
}

/* What earlier returns were to take of a lot, and what this one takes. */
static void
share_lot(const Return *back, ReturnedLot *lots, int count)
{
	const ReturnedLot *root = lots;
	const ProgramRules *rules = &back->program->rules;
	int64 step = loyalty_program_step(rules);
	int64 points;
	int i;

	for (i = 0; i < count; i++)
		if (lots[i].lot.lot_id == lots[i].root_id)
			root = &lots[i];
	points = loyalty_return_points(&back->state, root->lot.line_no, root->lot.points, step, rules->rounding);
	loyalty_return_fates(lots, count, points,
						 loyalty_returned_before(&back->state, root->lot.line_no, root->lot.points, step,
												 rules->rounding));
}

static bool
is_concerned(const ReturnedLot *returned)
{
	return returned->unspent + returned->spent + returned->given + returned->paid + returned->expired +
			   returned->claimed >
		   0;
}

static int
compare_returned(const void *left, const void *right)
{
	return loyalty_compare_ids(&(*(ReturnedLot *const *) left)->lot.lot_id,
							   &(*(ReturnedLot *const *) right)->lot.lot_id);
}

/* Takes back what the bill earned, account by account. */
static void
take_back(Return *back)
{
	Posting *posting = &back->operation.posting;
	ReturnedLot *lots;
	ReturnedLot **concerned;
	int count = loyalty_returned_lots(posting->call->org->org_id, &posting->customer, &back->bill, &lots);
	int first;
	int next;
	int a;
	int i;

	for (first = 0; first < count; first = next)
	{
		for (next = first + 1; next < count && lots[next].root_id == lots[first].root_id;)
			next++;
		share_lot(back, &lots[first], next - first);
	}
	concerned = palloc(sizeof(ReturnedLot *) * Max(count, 1));
	for (a = 0; a < posting->account_count; a++)
	{
		PostedAccount *account = &posting->accounts[a];
		int n = 0;

		for (i = 0; i < count; i++)
			if (lots[i].lot.program_id == account->account.program_id &&
				lots[i].lot.category == account->account.category && is_concerned(&lots[i]))
				concerned[n++] = &lots[i];
		if (n == 0)
			continue;
		qsort(concerned, n, sizeof(ReturnedLot *), compare_returned);
		loyalty_claw_back(posting, account, concerned, n, back->program->rules.allow_negative_on_return);
	}
}

/* The lines that come back, as lines of the return. */
static int
returned_lines(const BillReturn *state, TransactionLine **lines)
{
	int count = 0;
	int i;

	*lines = palloc0(sizeof(TransactionLine) * Max(state->line_count, 1));
	for (i = 0; i < state->line_count; i++)
		if (state->lines[i].named)
			(*lines)[count++] = (TransactionLine){
				.line_no = state->lines[i].line_no,
				.item_code = state->lines[i].item_code,
				.quantity = state->lines[i].quantity_now,
				.amount = state->lines[i].amount_now,
			};
	return count;
}

/* The return as a transaction of its own, which names its bill. */
static void
write_return(Return *back)
{
	Operation *operation = &back->operation;
	FunctionCallInfo fcinfo = back->fcinfo;
	int32 org_id = operation->call->org->org_id;
	TransactionLine *lines;
	int line_count = returned_lines(&back->state, &lines);
	Transaction transaction = {
		.transaction_id = loyalty_next_id(),
		.customer_id = operation->posting.customer.customer_id,
		.event_time = operation->posting.event_time,
		.recorded_at = operation->posting.recorded_at,
		.till_id = operation->origin.till_id,
		.store_id = operation->origin.store_id,
		.source_id = operation->origin.source_id,
		.type = TRANSACTION_RETURN,
		.outlier_status = OUTLIER_NORMAL,
		.return_kind = back->state.kind,
		.amount = back->state.amount_now,
		.number = loyalty_arg_text_or_null(fcinfo, ARG_RETURN_NUMBER, "return_number", LOYALTY_MAX_CODE),
		.parent_customer_id = back->bill.customer_id,
		.parent_id = back->bill.transaction_id,
	};

	if (transaction.number != NULL)
		(void) loyalty_bill_claim(org_id, &transaction, LOYALTY_RAISES);
	loyalty_transaction_insert(org_id, &transaction, lines, line_count);
	operation->origin.transaction_id = transaction.transaction_id;
	operation->origin.event_id = transaction.transaction_id;
}

/* Without a till of its own a return is made where its bill was. */
static void
place_return(Return *back)
{
	Operation *operation = &back->operation;

	(void) loyalty_operation_locate(operation, LOYALTY_RAISES);
	if (operation->origin.source_id == 0)
		loyalty_raise_missing("source");
	find_bill(back);
	if (operation->origin.till_id != 0 || operation->origin.store_id != 0)
		return;
	operation->origin.till_id = back->bill.till_id;
	operation->origin.store_id = back->bill.store_id;
}

Datum
loyalty_return_transaction(PG_FUNCTION_ARGS)
{
	Return back = { .fcinfo = fcinfo };
	Operation *operation = &back.operation;
	Posting *posting = &operation->posting;
	EarlierEvent earlier;
	int64 current_points = 0;

	loyalty_operation_call(&back.call, fcinfo, &loyalty_operation_kind, &back.request);
	loyalty_operation_open(operation, &back.call, &back.request);
	loyalty_referral_lock_before(
		operation, loyalty_arg_text_or_null(fcinfo, ARG_NUMBER, "transaction_number", LOYALTY_MAX_CODE),
		loyalty_arg_text_or_null(fcinfo, ARG_TRANSACTION_TILL, "transaction_till", LOYALTY_MAX_CODE),
		&back.referral);
	if (loyalty_operation_lock(operation, &earlier))
		return earlier_result(&back, &earlier);
	(void) loyalty_status_guard(&back.call, &posting->customer, GUARD_RETURN);
	place_return(&back);
	find_redemptions(&back);
	loyalty_referral_find(operation, back.bill.transaction_id, &back.referral);
	involve_accounts(&back);
	set_time(&back);
	decide(&back);
	reverse_redemptions(&back);
	take_referral_back(&back);
	write_return(&back);
	loyalty_event_begin(posting, EVENT_TRANSACTION_RETURN, posting->event_time, &operation->origin);
	if (back.bill.program_id != 0)
		take_back(&back);
	loyalty_event_end(posting);
	loyalty_operation_end(operation, posting->event.event_id);
	if (back.program != NULL)
		current_points =
			loyalty_posting_account(posting, back.program->program_id, CATEGORY_REGULAR)->account.balance;
	return return_result(&back, posting->event.event_id, back.state.amount_now, -posting->event.net_points,
						 current_points);
}
