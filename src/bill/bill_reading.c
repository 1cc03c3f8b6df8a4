/*
 * bill_reading.c: what the request of a bill says: its number, amounts, words and lines, and its points, of which the
 * bill may earn none.
 *
 * Each reader refuses with the code of its argument, the first one that is wrong. No table is read but the org's
 * reference data, and nothing is written: a bill that is tagged to an identifier is read by the same functions.
 */
#include "postgres.h"

#include "utils/jsonb.h"

#include "bill/bill_reading.h"
#include "bill/line_items.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/points.h"

/* Returns the request as the bill's: the operations of this file have no other kind. */
static const BillRequest *
asked(const Operation *operation)
{
	return (const BillRequest *) operation->request;
}

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
bool
loyalty_bill_word(const NullableDatum *given, const char *code_set, char *code, LoyaltyRefusal *refusal)
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
	if (!loyalty_read_key(&request->transaction_number, "transaction_number", &transaction->number,
						  refusal) ||
		!read_amount(&request->amount, "amount", &transaction->amount, refusal) ||
		(!request->discount.isnull &&
		 !read_amount(&request->discount, "discount", &transaction->discount, refusal)) ||
		!loyalty_bill_word(&request->transaction_type, "transaction_type", &type, refusal) ||
		!loyalty_bill_word(&request->outlier_status, "outlier_status", &outlier_status, refusal))
		return false;
	transaction->type = (TransactionType) type;
	transaction->outlier_status = (OutlierStatus) outlier_status;
	if (transaction->source_id == 0)
		return loyalty_refuse_missing("source", refusal);
	return read_lines(&request->line_items, bill, refusal);
}

/*
 * Reads points of 0 or more, 0 where none are given: LY401 to LY404. Their decimals are judged where there is a
 * program.
 */
bool
loyalty_bill_points(const NullableDatum *given, const char *name, const LoyaltyProgram *program,
					int64 *points, LoyaltyRefusal *refusal)
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
		   loyalty_bill_points(&request->points, "points", NULL, &points, refusal) &&
		   loyalty_bill_points(&request->bill_promotion_points, "bill_promotion_points", NULL, &points,
							   refusal) &&
		   loyalty_bill_points(&request->customer_promotion_points, "customer_promotion_points", NULL,
							   &points, refusal);
}
