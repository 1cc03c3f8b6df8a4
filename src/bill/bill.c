/*
 * bill.c: recording a bill with everything that it earns: the frame of add_transaction, of
 * add_transaction_by_identifiers and of the lines of a load.
 *
 * Everything is judged before anything is written, in this order: the customer's status; place, number, amounts
 * and lines; program and points, of which the status may leave less; the time; what accounts and dates have
 * against the points. The last judgement is the number's, which claims it: that writes a row, and two bills of
 * one number meet at its unique index, where the later one waits. Then accounts are opened, what is due is
 * expired, and bill, event and lots are written.
 *
 * Locks: the caller holds the customer's. May be late: the bill, by any span. It takes effect with the
 * account's last entry, and points that are due by then expire in events of their own, whose ids were drawn
 * before the bill's.
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "bill/bill.h"
#include "bill/line_items.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "ledger/earn/award.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
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
} Bill;

/* Returns the request as the bill's: the operations of this file have no other kind. */
static const BillRequest *
asked(const Operation *operation)
{
	return (const BillRequest *) operation->request;
}

/* ---- what the request says */

/* Reads an amount that is not negative, in thousandths: LY402, LY404, LY413. */
static bool
read_amount(const NullableDatum *given, const char *name, int64 *amount, LoyaltyRefusal *refusal)
{
	if (!loyalty_read_thousandths(given, name, ERRCODE_LOYALTY_AMOUNT_INVALID, amount, refusal))
		return false;
	if (*amount < 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_AMOUNT_INVALID, errmsg("argument \"%s\" is negative", name),
					   errdetail("It is %s.", loyalty_points_text(*amount)));
	return true;
}

/*
 * Reads the code for a word of a set: LY003. A bill cannot call itself a return; return_transaction alone makes
 * them.
 */
static bool
read_word(const NullableDatum *given, const char *code_set, char *code, LoyaltyRefusal *refusal)
{
	const char *word;

	if (!loyalty_read_text(given, code_set, LOYALTY_MAX_CODE, &word, refusal))
		return false;
	*code = loyalty_word_code(code_set, word);
	return (*code != 0 && (*code != TRANSACTION_RETURN || strcmp(code_set, "transaction_type") != 0)) ||
		   loyalty_refuse_not_allowed(code_set, loyalty_code_set_words(code_set), refusal);
}

static bool
read_lines(const NullableDatum *given, BillText *bill, LoyaltyRefusal *refusal)
{
	bill->lines = NULL;
	bill->line_count = 0;
	return given->isnull ||
		   loyalty_line_items(DatumGetJsonbP(given->value), &bill->lines, &bill->line_count, refusal);
}

/* Reads in the order of the page, cheap things first: ten thousand lines are parsed once nothing else is wrong. */
bool
loyalty_bill_read(const Operation *operation, BillText *bill, LoyaltyRefusal *refusal)
{
	const BillRequest *request = asked(operation);
	Transaction *transaction = &bill->transaction;
	char type;
	char outlier_status;

	*transaction = (Transaction){
		.till_id = operation->origin.till_id,
		.store_id = operation->origin.store_id,
		.source_id = operation->origin.source_id,
	};
	if (!loyalty_read_text(&request->transaction_number, "transaction_number", LOYALTY_MAX_CODE,
						   &transaction->number, refusal) ||
		!read_amount(&request->amount, "amount", &transaction->amount, refusal) ||
		(!request->discount.isnull &&
		 !read_amount(&request->discount, "discount", &transaction->discount, refusal)) ||
		!read_word(&request->transaction_type, "transaction_type", &type, refusal) ||
		!read_word(&request->outlier_status, "outlier_status", &outlier_status, refusal))
		return false;
	transaction->type = (TransactionType) type;
	transaction->outlier_status = (OutlierStatus) outlier_status;
	if (transaction->source_id == 0)
		return loyalty_refuse_missing("source", refusal);
	return read_lines(&request->line_items, bill, refusal);
}

/* Adds a lot to what the bill earns; points of zero bring none. */
static void
add_part(Bill *bill, AwardType type, int32 line_no, int64 points)
{
	AwardPart part = { .type = type, .line_no = line_no, .points = points };

	if (points > 0)
		LOYALTY_APPEND(bill->earned, part);
}

/*
 * Reads points of 0 or more, 0 where none are given: LY401 to LY404. Their decimals are judged where there is a
 * program.
 */
static bool
read_points(const NullableDatum *given, const char *name, const LoyaltyProgram *program, int64 *points,
			LoyaltyRefusal *refusal)
{
	*points = 0;
	if (given->isnull)
		return true;
	if (!loyalty_read_thousandths(given, name, ERRCODE_LOYALTY_POINTS_TOO_PRECISE, points, refusal))
		return false;
	if (*points < 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_NOT_POSITIVE, errmsg("points must not be negative"),
					   errdetail("Argument \"%s\" is %s.", name, loyalty_points_text(*points)));
	return program == NULL || loyalty_program_judge_kept(program, *points, refusal);
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
 * count twice; else those that the program computes from the amount.
 */
static bool
read_bill_points(const Operation *operation, const Bill *bill, int64 *points, LoyaltyRefusal *refusal)
{
	const NullableDatum *given = &asked(operation)->points;
	int64 amount = bill->text.transaction.amount;

	if (!read_points(given, "points", bill->program, points, refusal))
		return false;
	if (!given->isnull || lines_earn(&bill->text))
		return true;
	if (!loyalty_program_award(&bill->program->rules, amount, points))
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_OVERFLOW,
					   errmsg("the bill would earn too many points"),
					   errdetail("The amount is %s.", loyalty_points_text(amount)));
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
	if (!read_points(&request->bill_promotion_points, "bill_promotion_points", bill->program, &points,
					 refusal))
		return false;
	add_part(bill, AWARD_BILL_PROMOTION, 0, points);
	if (!read_points(&request->customer_promotion_points, "customer_promotion_points", bill->program, &points,
					 refusal))
		return false;
	add_part(bill, AWARD_CUSTOMER_PROMOTION, 0, points);
	return read_line_points(bill, refusal);
}

/* Reads what is given and keeps nothing of it. There is no program that could judge how many decimals it keeps. */
bool
loyalty_bill_check_unused(const Operation *operation, LoyaltyRefusal *refusal)
{
	const BillRequest *request = asked(operation);
	const LoyaltyProgram *found;
	const char *program;
	int64 points;

	return loyalty_read_text_or_null(&request->operation.program, "program", LOYALTY_MAX_CODE, &program,
									 refusal) &&
		   (program == NULL || loyalty_org_named_program(operation->call->org, program, &found, refusal)) &&
		   read_points(&request->points, "points", NULL, &points, refusal) &&
		   read_points(&request->bill_promotion_points, "bill_promotion_points", NULL, &points, refusal) &&
		   read_points(&request->customer_promotion_points, "customer_promotion_points", NULL, &points,
					   refusal);
}

/* ---- what becomes of it */

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

		bill->earned.n = 0;
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

/* Tells whether the bill may bring points at all. */
static bool
earns(const Operation *operation, const Bill *bill)
{
	return operation->posting.customer.loyalty && bill->text.transaction.type != TRANSACTION_NON_LOYALTY;
}

/*
 * Judges program and points, and loads the accounts that take part. None is opened yet: opening writes, and the
 * bill may still be refused. A customer who is not enrolled has no program and no accounts.
 */
static bool
judge_earned(Operation *operation, Bill *bill, LoyaltyRefusal *refusal)
{
	const BillRequest *request = asked(operation);
	char category;

	if (!read_word(&request->category, "category", &category, refusal) ||
		!loyalty_read_time_or(&request->redeemable_from, "redeemable_from", AT_ONCE, &bill->redeemable_from,
							  refusal))
		return false;
	bill->category = (Category) category;
	if (operation->posting.customer.loyalty && !loyalty_operation_program(operation, &bill->program, refusal))
		return false;
	if (!(earns(operation, bill) ? read_earned(operation, bill, refusal)
								 : loyalty_bill_check_unused(operation, refusal)))
		return false;
	if (bill->program != NULL)
		loyalty_posting_load(&operation->posting, (AccountChoice){ .program = bill->program,
																   .category = bill->category,
																   .opens_none = true });
	apply_status(operation, bill);
	return true;
}

/*
 * Judges and fixes the event's time. A bill that is no loyalty bill may be older than the registration: it
 * earns nothing. Nothing is expired here, since that would write.
 */
static bool
judge_time(Operation *operation, const Bill *bill, LoyaltyRefusal *refusal)
{
	bool any_age = bill->text.transaction.type == TRANSACTION_NON_LOYALTY;
	TimestampTz event_time;

	if (!loyalty_operation_event_time(operation, &event_time, refusal) ||
		!loyalty_judge_event_time(operation->call, event_time,
								  any_age ? AT_ONCE : operation->posting.customer.registered_on, refusal))
		return false;
	loyalty_posting_at(&operation->posting, event_time, 0);
	return true;
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

/* Refuses a number that another bill has (LY410). */
static bool
refuse_taken(const Transaction *transaction, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TRANSACTION_EXISTS,
				   errmsg("bill \"%s\" exists already", transaction->number),
				   errhint("A number is unique per till, and per org where a bill names no till."));
}

/*
 * Judges the award silently first. Where it is refused, a number that is taken outweighs the reason: a till
 * that sends a bill again without a key must hear LY410, and not that its points have no room or its date has
 * passed meanwhile.
 */
static bool
judge_award(const Operation *operation, Bill *bill, LoyaltyRefusal *refusal)
{
	const Transaction *transaction = &bill->text.transaction;
	LoyaltyRefusal refused = { 0 };

	bill->award = award_of(bill);
	if (bill->program == NULL || loyalty_award_judge(&operation->posting, &bill->award, &refused))
		return true;
	if (loyalty_transaction_of_number(operation->call->org->org_id, transaction->till_id,
									  transaction->number) != 0)
		return refuse_taken(transaction, refusal);
	return loyalty_award_judge(&operation->posting, &bill->award, refusal);
}

/* Claims by the row itself: a look before it would see no bill whose transaction is still open. */
bool
loyalty_bill_claim(int32 org_id, const Transaction *transaction, LoyaltyRefusal *refusal)
{
	return loyalty_transaction_claim(org_id, transaction) || refuse_taken(transaction, refusal);
}

/*
 * Claims the bill's number under the id that its event will have. Ids for expiries are drawn before it, so that
 * the balance after the bill's event, which a repeat is answered with, has them in.
 */
static bool
claim(Operation *operation, Bill *bill, LoyaltyRefusal *refusal)
{
	Transaction *transaction = &bill->text.transaction;
	Posting *posting = &operation->posting;

	loyalty_posting_reserve_expiries(posting);
	transaction->customer_id = posting->customer.customer_id;
	transaction->transaction_id = loyalty_next_id();
	transaction->event_time = posting->event_time;
	operation->origin.transaction_id = operation->origin.event_id = transaction->transaction_id;
	return loyalty_bill_claim(operation->call->org->org_id, transaction, refusal);
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
	return judge_earned(operation, bill, refusal) && judge_time(operation, bill, refusal) &&
		   judge_award(operation, bill, refusal) && claim(operation, bill, refusal);
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

/* Judges, then writes. The bill's rows go before its event, which names them, and accounts and notes go last. */
bool
loyalty_bill(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal)
{
	Posting *posting = &operation->posting;
	BillText *text;
	Bill bill = { 0 };

	if (!judge(operation, &bill, refusal))
		return false;
	text = &bill.text;
	if (bill.program != NULL)
		loyalty_operation_open_accounts(operation, bill.program, bill.category);
	(void) loyalty_posting_expire_due(posting);
	text->transaction.recorded_at = posting->recorded_at;
	loyalty_transaction_insert(operation->call->org->org_id, &text->transaction, text->lines,
							   text->line_count);
	post_earned(operation, &bill, result);
	loyalty_operation_end(operation, result->event_id);
	result->current_points = loyalty_posting_current_points(posting);
	return true;
}

/*
 * Finds the program by the lot of the first result: its default may have changed since. The points are those of
 * the event.
 */
void
loyalty_bill_again(Operation *operation, const EarlierEvent *earlier, PostingResult *result)
{
	int32 org_id = operation->call->org->org_id;
	int64 customer_id = operation->posting.customer.customer_id;
	const LoyaltyProgram *program;
	int32 program_id;

	*result = (PostingResult){ .event_id = earlier->event_id, .points = earlier->net_points };
	if (!operation->posting.customer.loyalty)
		return;
	(void) loyalty_operation_locate(operation, LOYALTY_RAISES);
	/* A bill that earned nothing has no lot to name its program: the arguments, the same as then, still do. */
	if (!loyalty_lot_of_event(org_id, customer_id, earlier->event_id, &program_id, &result->expires_at))
	{
		(void) loyalty_operation_program(operation, &program, LOYALTY_RAISES);
		program_id = program->program_id;
	}
	result->current_points = loyalty_balance_after_event(org_id, customer_id, program_id, earlier->event_id);
}
