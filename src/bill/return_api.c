/*
 * return_api.c: return_transaction, with the frame of a return, which no batch or load shares.
 *
 * The order: who it is; locks; a repeat gets its first answer; the status; where the return is made; then the
 * bill, redemptions that paid for it and its referral are found, their accounts are loaded, the time is fixed
 * and what is due is expired, and rules decide what comes back. Then it is written: one event has the credit of
 * the redemptions that are reversed, since those points may pay for what is taken next, and the debit of the bill's
 * points. What has come back and is due expires, and the referral's awards go back, by events of their own.
 *
 * Locks: the customer, and the referrer of the bill, in ascending order of their ids (referral.h). The lock of
 * the customer keeps two returns of one bill apart. May be late: a return, by any span; it takes effect with
 * the last entry, and points that are put back into a lot that is due expire at once, by events of their own.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "bill/bill.h"
#include "bill/bill_record.h"
#include "bill/referral.h"
#include "bill/return_hooks.h"
#include "bill/return_lines.h"
#include "bill/return_points.h"
#include "bill/return_store.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/posting/operation.h"
#include "ledger/spend/reversal.h"
#include "ledger/tables/claim_store.h"
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

/* Redemptions in the order in which they go back, the last one first. */
typedef LOYALTY_ARRAY(Reversible) Reversibles;

/* A return on its way. */
typedef struct Return
{
	FunctionCallInfo fcinfo; /* whose own arguments are read as they are judged */
	LoyaltyCall call;
	OperationRequest request;
	Operation operation;
	ReturnedBill bill;			   /* as it stands in tables */
	BillReturn state;			   /* what came back of it, and comes back now */
	Reversibles paid_by;		   /* redemptions made on the bill */
	ReferralReturn referral;	   /* that the bill was the reason of */
	const LoyaltyProgram *program; /* of the bill's points; NULL: the customer has no accounts */
	Reversed reversed;			   /* of the redemptions */
	int64 points;				   /* that were taken back of what the bill earned */
} Return;

/* Makes the result; the return's id is that of its event. */
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

/* Tells whether the balance of the default program can stand in an answer: the customer is enrolled, and there is one. */
static bool
has_default_program(const Operation *operation)
{
	return operation->posting.customer.loyalty && operation->call->org->program_count > 0;
}

/*
 * Returns what an event took of the bill's points. Its net has what it put back of redemptions as well, less what of
 * that settled claims of other returns.
 */
static int64
points_taken(int64 net_points, int64 put_back, int64 settled)
{
	return put_back - settled - net_points;
}

/*
 * Makes the result of a repeat as the first call had it: amounts of the return as it stands, the balance after its
 * event.
 */
static Datum
earlier_result(Return *back, const EarlierEvent *earlier)
{
	Operation *operation = &back->operation;
	int32 org_id = operation->call->org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	int64 current_points = 0;
	int64 put_back;
	int64 settled;
	int32 program_id;
	int64 amount;

	put_back = loyalty_event_put_back(org_id, customer_id, earlier->event_id, &settled);
	loyalty_return_read(org_id, customer_id, earlier->transaction_id, &amount, &program_id);
	if (program_id == 0 && has_default_program(operation))
		program_id = loyalty_org_program(operation->call->org, NULL)->program_id;
	if (program_id != 0)
		current_points = loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id);
	return return_result(back, earlier->event_id, amount,
						 points_taken(earlier->net_points, put_back, settled), current_points);
}

/* Finds the bill by its number, and its till where the number is that of several: LY411, LY420. */
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

/* Finds redemptions that paid for the bill and of which something is left to reverse. */
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

/*
 * Loads the accounts of the bill's points, of those that paid for it, and of its referral. A bill without
 * points has the account of the default program, whose balance is in the answer.
 */
static void
involve_accounts(Return *back)
{
	Posting *posting = &back->operation.posting;
	LOYALTY_ARRAY(int32) programs = { 0 };
	int i;
	int d;

	if (back->bill.program_id == 0 && !has_default_program(&back->operation))
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

/* Returns the latest time that a return refers to: that of its bill or of a redemption made on it. */
static TimestampTz
latest_named(const Return *back)
{
	TimestampTz latest = Max(back->bill.event_time, back->operation.posting.customer.registered_on);
	int i;

	for (i = 0; i < back->paid_by.n; i++)
		latest = Max(latest, back->paid_by.items[i].redemption.event_time);
	return latest;
}

/*
 * Fixes the time and expires what is due. A return is not older than its bill, which may be older than the
 * registration.
 */
static void
set_time(Return *back)
{
	Operation *operation = &back->operation;
	TimestampTz event_time;

	(void) loyalty_operation_event_time(operation, AT_ONCE, latest_named(back), &event_time, LOYALTY_RAISES);
	if (event_time < back->bill.event_time)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_RETURN_BEFORE_BILL), errmsg("the return is older than its bill"),
				 errdetail("It is at %s, the bill at %s.", pstrdup(timestamptz_to_str(event_time)),
						   pstrdup(timestamptz_to_str(back->bill.event_time)))));
	loyalty_posting_at(&operation->posting, event_time, AT_EXPIRES);
}

/* Raises what is wrong with a line that the return names. */
pg_noreturn static void
refuse_line(int32 line, const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_LINE_ITEMS_INVALID),
					errmsg("line %d of the bill cannot be returned", line), errdetail("%s.", what)));
}

/* Raises what the rules have against a return. */
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
		case RETURN_LINE_TAKES_OFF:
			refuse_line(line, "It takes off the price, and comes back with the last of the others");
	}
}

/* Lets the rules decide what comes back, in whatever form the call says it. */
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

/*
 * Decides how much of the redemptions that one program paid goes back: their share of the bill's amount as one sum, which
 * is split over what is left of them.
 */
static void
share_program(Return *back, const LoyaltyProgram *program, ReturnedPart *parts)
{
	int64 step = loyalty_program_step(&program->rules);
	int64 points = 0;
	int count = 0;
	int i;

	for (i = 0; i < back->paid_by.n; i++)
	{
		const Reversible *reversible = &back->paid_by.items[i];

		if (reversible->program_id != program->program_id)
			continue;
		points += reversible->redemption.points;
		parts[count++] = (ReturnedPart){ .order = i, .points = reversible->left };
	}
	points = loyalty_return_points(&back->state, 0, points, step, program->rules.rounding);
	(void) loyalty_return_split(parts, count, points, step);
	for (i = 0; i < count; i++)
		if (parts[i].now > 0)
			loyalty_reversible_share(&back->paid_by.items[parts[i].order], parts[i].now);
}

/*
 * Decides what goes back of redemptions that paid for the bill: all that is left with its end, else the share of each
 * program. Several programs that paid keep decimals of their own: their points go back with the last part. What they
 * drew is read anew, since lots may have expired with the fixing of the time.
 */
static void
share_redemptions(Return *back)
{
	Posting *posting = &back->operation.posting;
	const LoyaltyOrg *org = posting->call->org;
	ReturnedPart *parts = palloc(sizeof(ReturnedPart) * Max(back->paid_by.n, 1));
	int i;

	for (i = 0; i < back->paid_by.n; i++)
	{
		Redemption redemption = back->paid_by.items[i].redemption;

		loyalty_reversible_load(posting, &redemption, &back->paid_by.items[i]);
		if (back->state.complete && back->paid_by.items[i].left > 0)
			loyalty_reversible_share(&back->paid_by.items[i], 0);
	}
	for (i = 0; i < org->program_count && back->paid_by.n > 0 && !back->state.complete; i++)
		share_program(back, &org->programs[i], parts);
}

/* Returns the lines that come back as lines of the return, with the numbers that they have on the bill. */
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

/*
 * Writes the return as a transaction of its own, which names its bill. Its id is drawn here, for it is also that of the
 * event to come; those of expiries on arrival, and of the referral's events, were drawn before.
 */
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
		.program_id = back->bill.judged_by,
		.source_id = operation->origin.source_id,
		.type = TRANSACTION_RETURN,
		.outlier_status = OUTLIER_NORMAL,
		.counts = back->bill.counts,
		.return_kind = back->state.kind,
		.amount = back->state.amount_now,
		.number = loyalty_arg_text_or_null(fcinfo, ARG_RETURN_NUMBER, "return_number", LOYALTY_MAX_CODE),
		.parent_customer_id = back->bill.customer_id,
		.parent_id = back->bill.transaction_id,
	};

	if (transaction.number != NULL)
		(void) (loyalty_refuse_unseen("return_number", transaction.number, LOYALTY_RAISES) &&
				loyalty_bill_claim(org_id, &transaction, LOYALTY_RAISES));
	loyalty_bill_record(&operation->posting, &transaction, lines, line_count);
	operation->origin.transaction_id = transaction.transaction_id;
	operation->origin.event_id = transaction.transaction_id;
}

/* Finds the bill and where the return is made: without a till or store of its own, where its bill was. */
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

/*
 * Posts all of it. What the event has put back is written before lots are read, of which the bill's points are taken.
 * The awards of a referral go back with the bill's last part: they were for the bill as a whole.
 */
static void
post(Return *back)
{
	Operation *operation = &back->operation;
	Posting *posting = &operation->posting;

	share_redemptions(back);
	loyalty_reversal_reserve(posting, back->paid_by.items, back->paid_by.n);
	if (back->state.complete)
		loyalty_referral_reserve(&back->referral);
	write_return(back);
	loyalty_event_begin(posting, EVENT_TRANSACTION_RETURN, posting->event_time, &operation->origin);
	loyalty_reversal_post(posting, back->paid_by.items, back->paid_by.n, &back->reversed);
	loyalty_event_flush(posting);
	if (back->bill.program_id != 0)
		loyalty_return_take_back(posting, &back->bill, &back->state, back->program);
	loyalty_event_end(posting);
	back->points = points_taken(posting->event.net_points, back->reversed.points, back->reversed.settled);
	if (back->reversed.expired > 0)
		(void) loyalty_posting_expire_due(posting);
	if (back->state.complete)
		loyalty_referral_take_back(operation, &back->referral, &operation->origin);
}

/* Takes a bill back, whole or in part; the order is that of the head. */
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
	post(&back);
	if (back.state.complete)
		loyalty_return_completed(operation, &back.bill, back.reversed.event_id);
	loyalty_operation_end(operation, back.reversed.event_id);
	if (back.program != NULL)
		current_points =
			loyalty_posting_account(posting, back.program->program_id, CATEGORY_REGULAR)->account.balance;
	return return_result(&back, back.reversed.event_id, back.state.amount_now, back.points, current_points);
}
