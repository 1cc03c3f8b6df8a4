/*
 * points_api.c: issue_gift_voucher_for_points: points are redeemed, and a voucher is issued for what they are worth.
 *
 * Both happen in one transaction, under the customer's lock: the redemption goes the way of redeem_points (ledger/spend/redemption.c), with
 * its order of refusals, its proof and its repeats; the voucher that of issue.c, with the same key. What the points are worth is
 * said by the program, rounded down to whole steps of the currency; nothing is redeemed for less than one.
 *
 * The voucher names the redemption, and nothing the other way: the ledger knows of no vouchers. So a reversal of the redemption leaves
 * the voucher alone, and staff revokes it.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "incentive/voucher/issue.h"
#include "ledger/spend/redemption.h"

LOYALTY_FUNCTION(loyalty_issue_gift_voucher_for_points);

#define RESULT_COLUMNS 8

#define FIELD(name) \
	{ \
#name, offsetof(RedeemRequest, name) \
	}

static const LoyaltyRequestField fields[] = {
	OPERATION_FIELDS,		 FIELD(points), FIELD(transaction_number),
	FIELD(transaction_till), FIELD(up_to),	FIELD(verification)
};

static const RequestKind kind = { "issue_gift_voucher_for_points", lengthof(fields), fields, true };

/* Reads the points, and what they are worth; LY003 where the program does not say, or they are worth too little. */
static int64
read_worth(Operation *operation, const RedeemRequest *request)
{
	const LoyaltyOrg *org = operation->call->org;
	const LoyaltyProgram *program;
	int64 points;
	int64 worth;

	(void) (loyalty_operation_locate(operation, LOYALTY_RAISES) &&
			loyalty_operation_program(operation, &program, LOYALTY_RAISES) &&
			loyalty_read_program_points(&request->points, program, &points, LOYALTY_RAISES));
	worth = loyalty_redemption_value(&program->redemption, points);
	if (worth < 0)
		loyalty_raise_not_allowed("program", "one that says what points are worth: "
											 "loyalty.set_redemption_rules() does");
	worth = loyalty_voucher_round_down(worth, loyalty_voucher_step(org));
	if (worth == 0)
		loyalty_raise_not_allowed("points", "so many that they are worth the least amount of the currency");
	return worth;
}

/* Takes over whom the operation is about, and where it happens. */
static void
begin_issue(VoucherIssue *issue, Operation *operation)
{
	VoucherWork *work = &issue->work;

	loyalty_voucher_work(work, operation->call, operation->request);
	work->holder = operation->posting.customer;
	issue->count = 1;
	loyalty_issue_read_key(issue);
}

/* Judges the voucher, redeems the points and issues it. */
static void
issue_for_points(VoucherIssue *issue, Operation *operation, FunctionCallInfo fcinfo, PostingResult *result)
{
	const RedeemRequest *request = (const RedeemRequest *) operation->request;
	VoucherWork *work = &issue->work;
	NullableDatum last_day;

	/* A key is the org's: another customer's call may have come with it. */
	if (loyalty_issue_repeated(issue))
		loyalty_raise_idempotency_mismatch();
	loyalty_voucher_require_enabled(work);
	issue->amount = read_worth(operation, request);
	loyalty_voucher_locate(work);
	last_day = loyalty_arg_day(fcinfo, 3, "expires_on");
	issue->expires_at = loyalty_issue_expiry(work, &last_day, &fcinfo->args[4]);
	(void) loyalty_redeem(operation, result, LOYALTY_RAISES);
	issue->event_id = result->event_id;
	if (!loyalty_issue_vouchers(issue))
		loyalty_raise_idempotency_mismatch();
}

/* Fills the row of the answer: the redemption, the voucher, its money. */
static Datum
answer(VoucherIssue *issue, FunctionCallInfo fcinfo, const PostingResult *result)
{
	const IssuedVoucher *voucher = &issue->vouchers[0];
	Datum values[RESULT_COLUMNS];
	bool nulls[RESULT_COLUMNS] = { false };

	values[0] = Int64GetDatum(result->event_id);
	values[1] = Int64GetDatum(voucher->row.voucher_id);
	nulls[2] = !voucher->is_told;
	if (voucher->is_told)
		values[2] = CStringGetTextDatum(voucher->code);
	values[3] = loyalty_numeric(loyalty_voucher_issued_amount(voucher->row.org_id, voucher->row.voucher_id));
	values[4] = loyalty_numeric(result->points);
	values[5] = loyalty_numeric(result->current_points);
	loyalty_end_columns(voucher->row.expires_at, issue->work.call->org->zone, &values[6], &nulls[6]);
	return loyalty_call_result(issue->work.call, fcinfo, values, nulls);
}

/* The call: a repeat answers the redemption and the voucher of the first one. */
Datum
loyalty_issue_gift_voucher_for_points(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	RedeemRequest request;
	Operation operation;
	EarlierEvent earlier;
	PostingResult result = { 0 };
	VoucherIssue issue = { 0 };

	loyalty_operation_call(&call, fcinfo, &kind, &request.operation);
	request.up_to = (NullableDatum){ .value = BoolGetDatum(false) };
	if (loyalty_operation_begin(&operation, &call, &request.operation, &earlier))
	{
		begin_issue(&issue, &operation);
		if (!loyalty_issue_repeated(&issue))
			elog(ERROR, "the voucher of a redemption is not there");
		loyalty_redeem_again(&call, &request.operation, &earlier, &result);
	}
	else
	{
		begin_issue(&issue, &operation);
		issue_for_points(&issue, &operation, fcinfo, &result);
	}
	return answer(&issue, fcinfo, &result);
}
