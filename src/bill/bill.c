/*
 * bill.c: recording a bill with everything that it earns.
 *
 * Everything is judged before anything is written: what the request says, what the customer's status leaves of it, what the
 * account and the dates have against its points. The last judgement is the number's, which claims it: two bills of one number
 * meet there. The bill's id, which is its event's, is drawn with it, and ids for the expiries that come before.
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

/* A bill on its way. */
typedef struct Bill
{
	BillText text;
	StatusVerdict verdict;
	Category category;
	TimestampTz redeemable_from;
	const LoyaltyProgram *program;	 /* of what it earns; NULL: the customer has no accounts */
	LOYALTY_ARRAY(AwardPart) earned; /* lots of that program and category */
	Award award;					 /* what they are together */
} Bill;

static const BillRequest *
asked(const Operation *operation)
{
	return (const BillRequest *) operation->request;
}

/* ---- what the request says */

/* An amount that is not negative: LY402, LY404, LY413. */
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

/* The code for a word of a set; returns are made by return_transaction alone. */
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

static void
add_part(Bill *bill, AwardType type, int32 line_no, int64 points)
{
	AwardPart part = { .type = type, .line_no = line_no, .points = points };

	if (points > 0)
		LOYALTY_APPEND(bill->earned, part);
}

/* Points, none being fine: LY401 to LY404. */
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

/* Whether any line says what it earns. */
static bool
lines_earn(const BillText *text)
{
	int i;

	for (i = 0; i < text->line_count; i++)
		if (text->lines[i].points != LOYALTY_NOT_GIVEN)
			return true;
	return false;
}

/* The lots of the lines. */
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

/* Of the bill as a whole: as given; or nothing where lines say what they earn; or computed from the amount. */
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

/* Lots are spent in this order where they expire together. */
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

/* Where nothing is earned, what is given must make sense all the same. */
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

/* The lots that the status of the customer leaves of a bill's; why there are none goes into the note. */
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

static bool
earns(const Operation *operation, const Bill *bill)
{
	return operation->posting.customer.loyalty && bill->text.transaction.type != TRANSACTION_NON_LOYALTY;
}

/* The program and points of a bill, with the accounts that take part. */
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

/* A bill that says that it is none of a loyalty customer may be older than the registration. */
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

/* All that it earns, as one award. */
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

static bool
refuse_taken(const Transaction *transaction, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_TRANSACTION_EXISTS,
				   errmsg("bill \"%s\" exists already", transaction->number),
				   errhint("A number is unique per till, and per org where a bill names no till."));
}

/* What the account and the dates have against its points, which is said after its number was found free. */
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

bool
loyalty_bill_claim(int32 org_id, const Transaction *transaction, LoyaltyRefusal *refusal)
{
	return loyalty_transaction_claim(org_id, transaction) || refuse_taken(transaction, refusal);
}

/* Claims the bill's number under the id that its event will have. */
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

/* The points of a bill, in the bill's event; a bill without points is an event without entries. */
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
