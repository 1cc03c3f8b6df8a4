/*
 * bill.c: recording a bill with everything that it earns: the frame of add_transaction, of
 * add_transaction_by_identifiers and of the lines of a load.
 *
 * Everything is judged before anything is written, in this order: the customer's status; place, number, amounts
 * and lines; program and points, of which the status may leave less; the time; what accounts and dates have
 * against the points, which are left out then, with a reason that the bill keeps. The last judgement is the number's, which claims it: that writes a row, and two bills of
 * one number meet at its unique index, where the later one waits. Then accounts are opened, what is due is
 * expired, and bill, event and lots are written.
 *
 * Locks: the caller holds the customer's. May be late: the bill, by any span. It takes effect with the
 * account's last entry, and points that are due by then expire in events of their own, whose ids were drawn
 * before the bill's.
 */
#include "postgres.h"

#include "bill/bill_reading.h"
#include "bill/bill_record.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "ledger/earn/award.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/posting/participation.h"
#include "ledger/posting/promised.h"
#include "status/status_guard.h"

#define BILL_FIELD(name) \
	{ \
#name, offsetof(BillRequest, name) \
	}

static const LoyaltyRequestField bill_fields[] = {
	OPERATION_FIELDS,		BILL_FIELD(transaction_number),	   BILL_FIELD(amount),
	BILL_FIELD(discount),	BILL_FIELD(transaction_type),	   BILL_FIELD(points),
	BILL_FIELD(line_items), BILL_FIELD(bill_promotion_points), BILL_FIELD(customer_promotion_points),
	BILL_FIELD(category),	BILL_FIELD(redeemable_from),	   BILL_FIELD(outlier_status),
};

const RequestKind loyalty_bill_kind = { "add_transaction", lengthof(bill_fields), bill_fields, true };

/* A bill on its way through the steps of this file. */
typedef struct Bill
{
	BillText text;
	StatusVerdict verdict; /* what the status of the customer takes away */
	Category category;
	TimestampTz redeemable_from;
	const LoyaltyProgram *program;	 /* of what it earns; NULL: the customer has no accounts */
	LOYALTY_ARRAY(AwardPart) earned; /* lots of that program and category */
	Award award;					 /* what they are together */
	char no_points; /* a NoPoints: why there is none of what it could have earned; 0: no reason */
	int64 balance;	/* of accounts that take no part, for want of room */
} Bill;

/* Returns the request as the bill's: the operations of this file have no other kind. */
static const BillRequest *
asked(const Operation *operation)
{
	return (const BillRequest *) operation->request;
}

/* ---- what it earns */

/* Adds a lot to what the bill earns; points of zero bring none. */
static void
add_part(Bill *bill, AwardType type, int32 line_no, int64 points)
{
	AwardPart part = { .type = type, .line_no = line_no, .points = points };

	if (points > 0)
		LOYALTY_APPEND(bill->earned, part);
}

/* Tells whether any line says what it earns. */
static bool
lines_earn(const BillText *text)
{
	int i;

	for (i = 0; i < text->line_count; i++)
		if (text->lines[i].points != LOYALTY_NOT_GIVEN)
			return true;
	return false;
}

/* Adds the lots of the lines, each with the number by which a return finds the line's share. */
static bool
read_line_points(Bill *bill, LoyaltyRefusal *refusal)
{
	int i;

	for (i = 0; i < bill->text.line_count; i++)
	{
		const TransactionLine *line = &bill->text.lines[i];
		int64 points = line->points == LOYALTY_NOT_GIVEN ? 0 : line->points;

		if (!loyalty_program_judge_kept(bill->program, points, refusal) ||
			!loyalty_program_judge_kept(bill->program, line->promotion_points, refusal))
			return false;
		add_part(bill, AWARD_LINE_ITEM, i + 1, points);
		add_part(bill, AWARD_LINE_ITEM_PROMOTION, i + 1, line->promotion_points);
	}
	return true;
}

/*
 * Reads the points of the bill as a whole: those given; else none where lines say what they earn, or they would
 * count twice; else those that the program computes from the amount. More than there can be are no fault of the
 * till's: the bill goes without.
 */
static bool
read_bill_points(const Operation *operation, Bill *bill, int64 *points, LoyaltyRefusal *refusal)
{
	const NullableDatum *given = &asked(operation)->points;
	int64 amount = bill->text.transaction.amount;

	if (!loyalty_bill_points(given, "points", bill->program, points, refusal))
		return false;
	if (!given->isnull || lines_earn(&bill->text))
		return true;
	if (!loyalty_program_award(&bill->program->rules, amount, points))
		bill->no_points = NO_POINTS_OVERFLOW;
	return true;
}

/*
 * Adds all lots in the order in which they are spent where they expire together: the bill's own, promotions,
 * lines.
 */
static bool
read_earned(const Operation *operation, Bill *bill, LoyaltyRefusal *refusal)
{
	const BillRequest *request = asked(operation);
	int64 points;

	if (!read_bill_points(operation, bill, &points, refusal))
		return false;
	add_part(bill, AWARD_BILL, 0, points);
	if (!loyalty_bill_points(&request->bill_promotion_points, "bill_promotion_points", bill->program, &points,
							 refusal))
		return false;
	add_part(bill, AWARD_BILL_PROMOTION, 0, points);
	if (!loyalty_bill_points(&request->customer_promotion_points, "customer_promotion_points", bill->program,
							 &points, refusal))
		return false;
	add_part(bill, AWARD_CUSTOMER_PROMOTION, 0, points);
	return read_line_points(bill, refusal);
}

/* ---- what becomes of it */

/* Tells whether the bill may bring points at all. */
static bool
earns(const Bill *bill)
{
	return bill->program != NULL && bill->text.transaction.type != TRANSACTION_NON_LOYALTY;
}

/*
 * Leaves of a bill's lots what the status of the customer allows; the reason that there are none goes into the
 * event's note.
 */
static void
apply_status(Operation *operation, Bill *bill)
{
	const StatusVerdict *verdict = &bill->verdict;
	int kept = 0;
	int i;

	if (verdict->zero_points_by != 0)
	{
		const char *why =
			psprintf("no points: %s", loyalty_status_why(operation->call, &operation->posting.customer,
														 verdict->zero_points_by));

		if (earns(bill))
			bill->no_points = NO_POINTS_STATUS;
		operation->reason = operation->reason ? psprintf("%s; %s", operation->reason, why) : why;
	}
	for (i = 0; i < bill->earned.n; i++)
	{
		AwardType type = bill->earned.items[i].type;

		if (verdict->no_promotions_by == 0 || type == AWARD_BILL || type == AWARD_LINE_ITEM)
			bill->earned.items[kept++] = bill->earned.items[i];
	}
	bill->earned.n = kept;
}

/* Puts all that the bill earns into one award: one credit, a lot for each part. */
static Award
award_of(const Bill *bill)
{
	Award award = {
		.program = bill->program,
		.category = bill->category,
		.expires_at = AT_ONCE,
		.redeemable_from = bill->redeemable_from,
		.event_code = EVENT_TRANSACTION_ADD,
	};

	if (bill->earned.n > 0)
	{
		award.type = bill->earned.items[0].type;
		award.line_no = bill->earned.items[0].line_no;
		award.points = bill->earned.items[0].points;
		award.more_count = bill->earned.n - 1;
		award.more = bill->earned.items + 1;
	}
	return award;
}

/*
 * Notes in the bill whose rules judge it, and whether these count it: also where it earns nothing. One that earned nothing
 * for want of a participation is never counted, whatever becomes of that later. The accounts are loaded.
 */
static void
note_program(Operation *operation, Bill *bill)
{
	NoPoints none = NO_POINTS_NONE;

	if (earns(bill))
		none = loyalty_participation_no_points(
			loyalty_posting_participation(&operation->posting, bill->program));
	bill->text.transaction.program_id = bill->program ? bill->program->program_id : 0;
	bill->text.transaction.counts = earns(bill) && none == NO_POINTS_NONE ? COUNTS : COUNTS_NOT;
	if (none == NO_POINTS_NONE)
		return;
	bill->no_points = none;
	operation->reason = loyalty_no_points_reason(operation->reason, none);
}

/* Takes all lots from a bill, for a reason that its answer and its row say. */
static void
earn_nothing(Bill *bill, NoPoints why)
{
	bill->earned.n = 0;
	bill->no_points = why;
	bill->award = award_of(bill);
}

/*
 * Judges program and points, and loads the accounts that take part. None is opened yet: opening writes, and the
 * bill may still be refused. A customer who is not enrolled has no program and no accounts; in an org that has no
 * program nobody has.
 */
static bool
judge_earned(Operation *operation, Bill *bill, LoyaltyRefusal *refusal)
{
	const BillRequest *request = asked(operation);
	char category;

	if (!loyalty_bill_word(&request->category, "category", &category, refusal) ||
		!loyalty_read_time_or(&request->redeemable_from, "redeemable_from", AT_ONCE, &bill->redeemable_from,
							  refusal))
		return false;
	bill->category = (Category) category;
	if (operation->posting.customer.loyalty &&
		!loyalty_operation_program_if_any(operation, &bill->program, refusal))
		return false;
	if (bill->program == NULL && operation->posting.customer.loyalty &&
		bill->text.transaction.type != TRANSACTION_NON_LOYALTY)
		bill->no_points = NO_POINTS_NO_PROGRAM;
	if (!(earns(bill) ? read_earned(operation, bill, refusal)
					  : loyalty_bill_check_unused(operation, refusal)))
		return false;
	if (bill->program != NULL)
		loyalty_posting_load(&operation->posting, (AccountChoice){ .program = bill->program,
																   .category = bill->category,
																   .opens_none = true });
	note_program(operation, bill);
	apply_status(operation, bill);
	if (bill->no_points != NO_POINTS_NONE)
		earn_nothing(bill, bill->no_points);
	return true;
}

/* Refuses a number that another bill has (LY410). */
static bool
refuse_taken(const Transaction *transaction, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TRANSACTION_EXISTS,
				   errmsg("bill \"%s\" exists already", transaction->number),
				   errhint("A number is unique per till, and per org where a bill names no till."));
}

/*
 * Judges the award. A sale is never refused for a rule of its program: points that have no room, or whose date has
 * passed, are left out. Where not even what is due has room to expire, the accounts take no part, and the next posting
 * that does is refused for it.
 */
static void
judge_award(Operation *operation, Bill *bill)
{
	Posting *posting = &operation->posting;
	LoyaltyRefusal refused = { 0 };

	bill->award = award_of(bill);
	if (bill->program == NULL || loyalty_award_judge(posting, &bill->award, &refused))
		return;
	earn_nothing(bill, refused.sqlstate == ERRCODE_LOYALTY_POINTS_OVERFLOW ? NO_POINTS_OVERFLOW
																		   : NO_POINTS_PROGRAM_OVER);
	if (loyalty_award_judge(posting, &bill->award, &refused))
		return;
	bill->program = NULL;
	bill->balance = loyalty_posting_current_points(posting);
	posting->account_count = 0;
}

/* Claims by the row itself: a look before it would see no bill whose transaction is still open. */
bool
loyalty_bill_claim(int32 org_id, const Transaction *transaction, LoyaltyRefusal *refusal)
{
	return loyalty_transaction_claim(org_id, transaction) || refuse_taken(transaction, refusal);
}

/*
 * Gives the bill its customer, and the id that its event will have. Ids for expiries are drawn before it, so that the
 * balance after the bill's event, which a repeat is answered with, has them in; promised points that have come are
 * converted before it for the same reason, which is no part of the bill and stays if the number is taken.
 */
static void
name(Operation *operation, Bill *bill)
{
	Transaction *transaction = &bill->text.transaction;
	Posting *posting = &operation->posting;

	loyalty_posting_convert_due(posting);
	loyalty_posting_reserve_expiries(posting);
	transaction->customer_id = posting->customer.customer_id;
	transaction->transaction_id = loyalty_next_id();
	transaction->event_time = posting->event_time;
	operation->origin.transaction_id = operation->origin.event_id = transaction->transaction_id;
}

/* Judges everything in the one order that single calls, batches and loads share. */
static bool
judge(Operation *operation, Bill *bill, LoyaltyRefusal *refusal)
{
	if (!loyalty_status_permits(operation->call, &operation->posting.customer, GUARD_TRANSACTION,
								&bill->verdict, refusal) ||
		!loyalty_operation_locate(operation, refusal) || !loyalty_bill_read(operation, &bill->text, refusal))
		return false;
	if (bill->verdict.outlier_by != 0)
		bill->text.transaction.outlier_status = OUTLIER_OUTLIER;
	if (!judge_earned(operation, bill, refusal) ||
		!loyalty_operation_bill_time(operation, bill->text.transaction.type == TRANSACTION_NON_LOYALTY,
									 refusal))
		return false;
	judge_award(operation, bill);
	name(operation, bill);
	return loyalty_bill_claim(operation->call->org->org_id, &bill->text.transaction, refusal);
}

/* Posts the points in the bill's event; a bill without points is an event without entries. */
static void
post_earned(Operation *operation, Bill *bill, PostingResult *result)
{
	Posting *posting = &operation->posting;

	if (bill->earned.n > 0)
	{
		bill->award.origin = operation->origin;
		loyalty_award(posting, &bill->award, result);
		return;
	}
	loyalty_event_begin(posting, EVENT_TRANSACTION_ADD, posting->event_time, &operation->origin);
	loyalty_event_end(posting);
	result->event_id = posting->event.event_id;
}

/*
 * Writes a bill that was judged. Its rows go before its event, which names them, and accounts and notes go last.
 */
static void
write_bill(Operation *operation, Bill *bill, PostingResult *result)
{
	Posting *posting = &operation->posting;
	BillText *text = &bill->text;

	if (bill->program != NULL)
		loyalty_operation_open_accounts(operation, bill->program, bill->category);
	(void) loyalty_posting_expire_due(posting);
	text->transaction.recorded_at = posting->recorded_at;
	text->transaction.no_points = result->no_points = bill->no_points;
	loyalty_bill_record(posting, &text->transaction, text->lines, text->line_count);
	post_earned(operation, bill, result);
	loyalty_operation_end(operation, result->event_id);
	result->current_points = bill->balance + loyalty_posting_current_points(posting);
}

/* Judges, then writes. */
bool
loyalty_bill(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal)
{
	Bill bill = { 0 };

	if (!judge(operation, &bill, refusal))
		return false;
	write_bill(operation, &bill, result);
	return true;
}

/* ---- a bill that moves to another customer */

/* Fills what a bill earns with the lots that it brought before; the status of its new customer may leave less. */
static void
earn_again(Operation *operation, Bill *bill, const RebookedBill *moved)
{
	int64 points;
	int i;

	if (bill->program == NULL)
		bill->no_points =
			operation->posting.customer.loyalty && bill->text.transaction.type != TRANSACTION_NON_LOYALTY
				? NO_POINTS_NO_PROGRAM
				: NO_POINTS_NONE;
	else if (moved->earns_anew && earns(bill))
	{
		if (loyalty_program_award(&bill->program->rules, bill->text.transaction.amount, &points))
			add_part(bill, AWARD_BILL, 0, points);
		else
			bill->no_points = NO_POINTS_OVERFLOW;
	}
	else if (earns(bill))
		for (i = 0; i < moved->part_count; i++)
			add_part(bill, moved->parts[i].type, moved->parts[i].line_no, moved->parts[i].points);
	apply_status(operation, bill);
	if (bill->no_points != NO_POINTS_NONE)
		earn_nothing(bill, bill->no_points);
}

/*
 * Judges the steps of a bill in their order, but for the request, which was read when the bill was booked first, and
 * for the number, which goes over.
 */
static void
judge_again(Operation *operation, Bill *bill, const RebookedBill *moved)
{
	Posting *posting = &operation->posting;
	Transaction *transaction = &bill->text.transaction;
	TimestampTz earliest = posting->customer.registered_on;

	(void) loyalty_status_permits(operation->call, &posting->customer, GUARD_TRANSACTION, &bill->verdict,
								  LOYALTY_RAISES);
	if (bill->verdict.outlier_by != 0)
		transaction->outlier_status = OUTLIER_OUTLIER;
	bill->program = moved->program;
	if (!posting->customer.loyalty)
		bill->program = NULL;
	else if (bill->program == NULL)
		(void) loyalty_operation_program_if_any(operation, &bill->program, LOYALTY_RAISES);
	if (bill->program != NULL)
		loyalty_posting_load(posting, (AccountChoice){ .program = bill->program,
													   .category = bill->category,
													   .opens_none = true });
	note_program(operation, bill);
	earn_again(operation, bill, moved);
	if (transaction->type == TRANSACTION_NON_LOYALTY ||
		transaction->event_time >= earliest - loyalty_time_tolerance(operation->call))
		earliest = AT_ONCE;
	(void) loyalty_judge_event_time(operation->call, transaction->event_time, earliest, LOYALTY_RAISES);
	loyalty_posting_at(posting, transaction->event_time, AT_WRITES_NOTHING);
	judge_award(operation, bill);
}

/* Books it as if it had been rung up for this customer: expiries count from the time of the bill. */
void
loyalty_bill_rebook(Operation *operation, const RebookedBill *moved, PostingResult *result)
{
	Bill bill = { .text = moved->text,
				  .category = moved->category,
				  .redeemable_from = moved->redeemable_from };
	Transaction *transaction = &bill.text.transaction;

	judge_again(operation, &bill, moved);
	name(operation, &bill);
	loyalty_number_move(operation->call->org->org_id, transaction);
	write_bill(operation, &bill, result);
}
