/*
 * move_api.c: move_transaction: a bill that was booked for the wrong customer goes to the right one.
 *
 * One transaction does two things. The bill comes back from the wrong customer as a whole, as a return takes it: its
 * points go, whatever became of them. And it is booked for the right one under its own number, time and place, with the
 * points that it brought, as if it had been rung up for them. The return names the bill; so does the second booking, by
 * its parent, and the number goes over to it: the first one is not found any more. Both events share the id of the
 * return's as their pair.
 *
 * The order: both customers are locked, the lower id first; a repeat gets its first answer; the status of the wrong one;
 * the bill, and what keeps it where it is; then the return is posted and written, then the bill is judged for the right
 * customer and booked. A refusal on either side undoes both.
 *
 * A bill does not come back to somebody who still owes points of an earlier booking of it: it would bring all its points
 * anew, and each round there and back would make as many as were spent. Settling the claim out of the new lots would not
 * do: a redemption that is reversed later, or a return of the new booking, would find it paid by points that the bill
 * itself had brought.
 *
 * Locks: both customers. Another move of the bill, or a return, waits for the wrong one's and does not find it then. May
 * be late: the move, and the bill for its new customer, by any span.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "bill/bill.h"
#include "bill/bill_record.h"
#include "bill/referral_store.h"
#include "bill/return_points.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "ledger/posting/event.h"
#include "ledger/spend/reversal.h"
#include "ledger/tables/claim_store.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_move_transaction);

enum MoveArgument
{
	ARG_NUMBER = 1,
	ARG_FROM,
	ARG_TO,
	ARG_TRANSACTION_TILL,
};

/* A bill on its way from one customer to another. */
typedef struct Move
{
	FunctionCallInfo fcinfo;
	LoyaltyCall call;
	OperationRequest request;
	Operation from;		/* the call's own: it has the key */
	Operation to;		/* at the place of the bill */
	ReturnedBill bill;	/* with the program of its points */
	RebookedBill moved; /* its text is the bill as it was booked */
	int64 return_id;	/* of its event, too */
} Move;

/* Makes the result; the event is the return's, by which a repeat is found. */
static Datum
move_result(Move *move, int64 event_id, int64 from_points, const PostingResult *booked)
{
	Datum values[6];
	bool nulls[6] = { false };

	values[0] = Int64GetDatum(event_id);
	values[1] = Int64GetDatum(booked->event_id);
	values[2] = loyalty_numeric(from_points);
	values[3] = loyalty_numeric(booked->points);
	values[4] = loyalty_numeric(booked->current_points);
	values[5] = loyalty_bill_warnings((Datum) 0, booked->no_points);
	return loyalty_call_result(&move->call, move->fcinfo, values, nulls);
}

/* Finds a till by the id that a bill has; NULL for none. */
static const LoyaltyTill *
till_of(const LoyaltyOrg *org, int32 till_id)
{
	int i;

	for (i = 0; i < org->till_count; i++)
		if (org->tills[i].till_id == till_id)
			return &org->tills[i];
	return NULL;
}

/*
 * Reads the second booking as it was made: its points are those of the lots that it brought, and the balance is that
 * after its event. Where it brought none, the program is the one that the till and the org name.
 */
static void
read_booked(Move *move, const LoyaltyCustomer *root, int64 customer_id, int64 transaction_id,
			PostingResult *booked)
{
	int32 org_id = move->call.org->org_id;
	ReturnedBill bill = { .customer_id = customer_id, .transaction_id = transaction_id };
	const LoyaltyProgram *program = NULL;
	Transaction transaction;
	ReturnedLots lots = { 0 };
	int32 program_id;
	int i;

	loyalty_returned_lots(org_id, root, &bill, &lots);
	program_id = lots.n > 0 ? lots.items[0].lot.program_id : 0;
	*booked = (PostingResult){ .event_id = transaction_id };
	if (!loyalty_transaction_read(org_id, customer_id, transaction_id, &transaction))
		elog(ERROR, "a bill that was moved is gone");
	booked->no_points = transaction.no_points;
	for (i = 0; i < lots.n; i++)
		if (lots.items[i].lot.lot_id == lots.items[i].root_id)
			booked->points += lots.items[i].lot.points;
	move->from.till = till_of(move->call.org, transaction.till_id);
	if (program_id == 0 && root->loyalty &&
		loyalty_operation_program_if_any(&move->from, &program, LOYALTY_RAISES) && program != NULL)
		program_id = program->program_id;
	if (program_id != 0)
		booked->current_points = loyalty_balance_after_event(org_id, customer_id, program_id, transaction_id);
}

/*
 * Makes the result of a repeat. The bill was booked for one of the merge group of the customer whom the call names, as
 * it is today.
 */
static Datum
earlier_result(Move *move, const EarlierEvent *earlier)
{
	int32 org_id = move->call.org->org_id;
	int64 transaction_id = 0;
	LoyaltyCustomer root;
	PostingResult booked;
	Transaction back;
	int64 *ids;
	int count;
	int i;

	if (!loyalty_transaction_read(org_id, earlier->customer_id, earlier->transaction_id, &back) ||
		!loyalty_customer_read_now(org_id, move->request.other_id, &root) ||
		(root.merged_into != 0 && !loyalty_customer_read_now(org_id, root.merged_into, &root)))
		elog(ERROR, "a bill that was moved has no return, or no customer");
	count = loyalty_customer_group(&root, &ids);
	for (i = 0; i < count && transaction_id == 0; i++)
		transaction_id = loyalty_transaction_moved(org_id, ids[i], back.parent_customer_id, back.parent_id);
	if (transaction_id == 0)
		elog(ERROR, "a bill that was moved has no booking");
	read_booked(move, &root, ids[i - 1], transaction_id, &booked);
	return move_result(move, earlier->event_id, -earlier->net_points, &booked);
}

/* Raises LY425 for a bill that something was done with; "what" is a sentence without its full stop. */
pg_noreturn static void
refuse_fixed(const Move *move, const char *what, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_TRANSACTION_FIXED),
			 errmsg("bill \"%s\" cannot move to another customer", move->moved.text.transaction.number),
			 errdetail("%s.", what), errhint("%s.", hint)));
}

/* Finds the bill by its number, and its till where the number is that of several: LY411, LY420. */
static void
find_bill(Move *move)
{
	int32 org_id = move->call.org->org_id;
	const LoyaltyCustomer *customer = &move->from.posting.customer;
	const char *number = loyalty_arg_text(move->fcinfo, ARG_NUMBER, "transaction_number", LOYALTY_MAX_CODE);
	const char *till =
		loyalty_arg_text_or_null(move->fcinfo, ARG_TRANSACTION_TILL, "transaction_till", LOYALTY_MAX_CODE);
	BillText *text = &move->moved.text;
	int count =
		loyalty_returned_bill_find(org_id, customer, number, till == NULL,
								   till ? loyalty_org_till(move->call.org, till)->till_id : 0, &move->bill);

	if (count != 1)
		(void) loyalty_refuse_bill(customer->customer_id, number, count, LOYALTY_RAISES);
	if (!loyalty_transaction_read(org_id, move->bill.customer_id, move->bill.transaction_id,
								  &text->transaction))
		elog(ERROR, "a bill is gone");
	text->line_count =
		loyalty_transaction_lines(org_id, move->bill.customer_id, move->bill.transaction_id, &text->lines);
}

/*
 * Judges what was done with the bill: it moves alone. What paid for it, or came of it, is the wrong customer's, who
 * would lose the reason for it.
 */
static void
judge_free(const Move *move, const BillReturn *state)
{
	const Posting *posting = &move->from.posting;
	int32 org_id = move->call.org->org_id;
	Redemptions redemptions = { 0 };
	Referral referral;
	int i;

	if (state->kind_back != RETURN_NONE)
		refuse_fixed(move, "A part of it came back, or all of it",
					 "Return what is left, and book a new bill");
	loyalty_redemptions_of_transaction(org_id, &posting->customer, move->bill.transaction_id, &redemptions);
	for (i = 0; i < redemptions.n; i++)
	{
		Reversible reversible;

		loyalty_reversible_load(posting, &redemptions.items[i], &reversible);
		if (reversible.left > 0)
			refuse_fixed(move, "Points were redeemed on it", "Reverse the redemption first");
	}
	if (loyalty_referral_of_bill(org_id, &posting->customer, move->bill.transaction_id, &referral))
		refuse_fixed(move, "It was the reason of a referral",
					 "Return it, which takes the referral back, and book a new bill");
}

/* Tells whether a return still claims points of the lots that a booking of a bill brought to a merge group. */
static bool
is_claimed(int32 org_id, const LoyaltyCustomer *customer, const LotClaims *claims, const ReturnedBill *bill)
{
	ReturnedLots lots = { 0 };
	int i;

	loyalty_returned_lots(org_id, customer, bill, &lots);
	for (i = 0; i < lots.n; i++)
	{
		const LotClaim *claim =
			loyalty_claim_find(claims, lots.items[i].root_customer_id, lots.items[i].root_id);

		if (claim != NULL && claim->open > 0)
			return true;
	}
	return false;
}

/*
 * Judges whether the right customer had the bill before and owes points of it. Goes back over its bookings, each the
 * parent of the next; most bills have one, and most customers no claim. Rows of bills never change, so that bookings of others are
 * read without their locks.
 */
static void
judge_claims(const Move *move)
{
	int32 org_id = move->call.org->org_id;
	const LoyaltyCustomer *customer = &move->to.posting.customer;
	Transaction booking = move->moved.text.transaction;
	LotClaims claims = { 0 };
	int64 *ids;
	int members = loyalty_customer_group(customer, &ids);

	if (booking.parent_id != 0)
		loyalty_claims_of_group(org_id, customer, &claims);
	while (claims.n > 0 && booking.parent_id != 0)
	{
		ReturnedBill before = { .customer_id = booking.parent_customer_id,
								.transaction_id = booking.parent_id };
		int i = 0;

		while (i < members && ids[i] != before.customer_id)
			i++;
		if (i < members && is_claimed(org_id, customer, &claims, &before))
			refuse_fixed(move, "It was this customer's before, who spent points of it that are still claimed",
						 "Reverse the redemption first, or return the bill and book a new one");
		if (!loyalty_transaction_read(org_id, before.customer_id, before.transaction_id, &booking))
			elog(ERROR, "a booking of a bill is gone");
	}
}

/* Notes the lots that the bill brought, as awards of the same points, lines and dates. */
static void
take_parts(Move *move)
{
	RebookedBill *moved = &move->moved;
	const Transaction *transaction = &moved->text.transaction;
	ReturnedLots lots = { 0 };
	AwardPart *parts;
	int i;

	loyalty_returned_lots(move->call.org->org_id, &move->from.posting.customer, &move->bill, &lots);
	parts = palloc(sizeof(AwardPart) * Max(lots.n, 1));
	/* A bill that brought no lots may earn some now, which are redeemable at once. */
	moved->redeemable_from = AT_ONCE;
	for (i = 0; i < lots.n; i++)
	{
		const Lot *lot = &lots.items[i].lot;

		if (lot->lot_id != lots.items[i].root_id)
			continue;
		parts[moved->part_count++] =
			(AwardPart){ .type = lot->award_type, .line_no = lot->line_no, .points = lot->points };
		moved->redeemable_from = lot->redeemable_from;
	}
	moved->parts = parts;
	moved->category = move->bill.category;
	moved->earns_anew = lots.n == 0 && (transaction->no_points != 0 || !move->from.posting.customer.loyalty);
	if (move->bill.program_id != 0)
		moved->program = loyalty_org_program_by_id(move->call.org, move->bill.program_id);
}

/* Writes the return with the lines that it takes back; what else they say stands in those of the bill. */
static void
write_return(Move *move)
{
	Operation *from = &move->from;
	const BillText *text = &move->moved.text;
	TransactionLine *lines = palloc(sizeof(TransactionLine) * Max(text->line_count, 1));
	int i;
	Transaction back = {
		.transaction_id = loyalty_next_id(),
		.customer_id = from->posting.customer.customer_id,
		.event_time = from->posting.event_time,
		.recorded_at = from->posting.recorded_at,
		.till_id = from->origin.till_id,
		.store_id = from->origin.store_id,
		.source_id = from->origin.source_id,
		.type = TRANSACTION_RETURN,
		.program_id = text->transaction.program_id,
		.counts = text->transaction.counts,
		.outlier_status = OUTLIER_NORMAL,
		.return_kind = RETURN_MOVED,
		.amount = text->transaction.amount,
		.parent_customer_id = move->bill.customer_id,
		.parent_id = move->bill.transaction_id,
	};

	for (i = 0; i < text->line_count; i++)
	{
		lines[i] = text->lines[i];
		lines[i].attributes = NULL;
		lines[i].discount = 0;
	}
	loyalty_bill_record(&from->posting, &back, lines, text->line_count);
	move->return_id = back.transaction_id;
	from->origin.transaction_id = from->origin.event_id = from->origin.pair_id = back.transaction_id;
}

/* Returns when the bill is put right: now, or at its own time if a fast clock rang it up later. LY423 before that. */
static TimestampTz
time_of_move(const Move *move)
{
	TimestampTz event_time;

	(void) loyalty_operation_event_time(&move->from, AT_ONCE, move->bill.event_time, &event_time,
										LOYALTY_RAISES);
	if (event_time < move->bill.event_time)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_RETURN_BEFORE_BILL), errmsg("the move is older than its bill"),
				 errdetail("It is at %s, the bill at %s.", pstrdup(timestamptz_to_str(event_time)),
						   pstrdup(timestamptz_to_str(move->bill.event_time)))));
	return event_time;
}

/* Takes the bill from the wrong customer. */
static void
take_back(Move *move, const BillReturn *state)
{
	Posting *posting = &move->from.posting;

	if (move->moved.program != NULL)
		loyalty_posting_load(posting, (AccountChoice){ .program = move->moved.program,
													   .category = move->moved.category });
	loyalty_posting_at(posting, time_of_move(move), AT_EXPIRES);
	write_return(move);
	loyalty_event_begin(posting, EVENT_TRANSACTION_RETURN, posting->event_time, &move->from.origin);
	if (move->moved.program != NULL)
		loyalty_return_take_back(posting, &move->bill, state, move->moved.program);
	loyalty_event_end(posting);
	loyalty_operation_end(&move->from, posting->event.event_id);
}

/* Books it for the right customer, at its own place; the reason and actor of the move are on both sides. */
static void
book(Move *move, PostingResult *booked)
{
	Operation *to = &move->to;
	Transaction *transaction = &move->moved.text.transaction;

	to->call = &move->call;
	to->request = &move->request;
	to->till = till_of(move->call.org, transaction->till_id);
	to->reason = move->from.reason;
	to->actor = move->from.actor;
	to->origin = (Event){
		.till_id = transaction->till_id,
		.store_id = transaction->store_id,
		.source_id = transaction->source_id,
		.pair_id = move->return_id,
	};
	transaction->parent_customer_id = move->bill.customer_id;
	transaction->parent_id = move->bill.transaction_id;
	loyalty_bill_rebook(to, &move->moved, booked);
}

/* Moves a bill; the order is that of the head. */
Datum
loyalty_move_transaction(PG_FUNCTION_ARGS)
{
	Move move = { .fcinfo = fcinfo };
	Operation *from = &move.from;
	EarlierEvent earlier;
	BillReturn state;
	PostingResult booked = { 0 };

	loyalty_operation_call(&move.call, fcinfo, &loyalty_operation_kind, &move.request);
	move.request.customer_id = fcinfo->args[ARG_FROM];
	loyalty_operation_open(from, &move.call, &move.request);
	move.request.other_id = loyalty_arg_int8(fcinfo, ARG_TO, "to_customer_id");
	if (loyalty_operation_lock_pair(from, &move.to.posting, &earlier))
		return earlier_result(&move, &earlier);
	(void) loyalty_status_guard(&move.call, &from->posting.customer, GUARD_RETURN);
	(void) loyalty_operation_locate(from, LOYALTY_RAISES);
	if (from->origin.source_id == 0)
		loyalty_raise_missing("source");
	find_bill(&move);
	if (from->origin.till_id == 0 && from->origin.store_id == 0)
	{
		from->origin.till_id = move.bill.till_id;
		from->origin.store_id = move.bill.store_id;
	}
	loyalty_returned_bill_read(move.call.org->org_id, &from->posting.customer, &move.bill, &state);
	judge_free(&move, &state);
	judge_claims(&move);
	take_parts(&move);
	(void) loyalty_return_whole(&state);
	take_back(&move, &state);
	book(&move, &booked);
	return move_result(&move, move.return_id, -from->posting.event.net_points, &booked);
}
