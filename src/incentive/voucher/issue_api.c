/*
 * issue_api.c: create_voucher, issue_gift_voucher. Both read arguments and go the way of issue.c.
 *
 * Judged in this order: the customer, a repeat, whether the org sells vouchers, the customer's status, where and when, the amount, the
 * end. A customer is locked first, as in every call about one; vouchers of nobody lock nothing but their key, since nobody knows them
 * yet. Nothing is late.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/member.h"
#include "incentive/voucher/issue.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_create_voucher);
LOYALTY_FUNCTION(loyalty_issue_gift_voucher);

/* Fills the columns of a voucher: id, code, end and last day. A code that is not told again is null. */
static void
voucher_columns(const VoucherIssue *issue, const IssuedVoucher *voucher, Datum values[4], bool nulls[4])
{
	memset(nulls, false, sizeof(bool) * 4);
	values[0] = Int64GetDatum(voucher->row.voucher_id);
	nulls[1] = !voucher->is_told;
	if (voucher->is_told)
		values[1] = CStringGetTextDatum(voucher->code);
	loyalty_end_columns(voucher->row.expires_at, issue->work.call->org->zone, &values[2], &nulls[2]);
}

/* Reads what a call for vouchers says, and issues them; the customer, if there is one, is locked. */
static void
issue_vouchers(VoucherIssue *issue, FunctionCallInfo fcinfo, int amount, int expires_on)
{
	VoucherWork *work = &issue->work;
	NullableDatum last_day;

	loyalty_issue_read_key(issue);
	if (loyalty_issue_repeated(issue))
		return;
	loyalty_voucher_require_enabled(work);
	if (work->holder.customer_id != 0)
		(void) loyalty_status_guard(work->call, &work->holder, GUARD_VOUCHER_ISSUE);
	loyalty_voucher_locate(work);
	issue->amount = loyalty_arg_thousandths(fcinfo, amount, "amount", ERRCODE_LOYALTY_AMOUNT_INVALID);
	loyalty_voucher_require_amount(work->call->org, issue->amount);
	last_day = loyalty_arg_day(fcinfo, expires_on, "expires_on");
	issue->expires_at = loyalty_issue_expiry(work, &last_day, &fcinfo->args[expires_on + 1]);
	(void) loyalty_issue_vouchers(issue);
}

/* Issues vouchers of nobody, for cards that are sold later; one row for each. */
Datum
loyalty_create_voucher(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	VoucherIssue issue = { 0 };
	int i;

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	loyalty_voucher_work(&issue.work, &call, &request);
	loyalty_set_begin(fcinfo);
	issue.count = loyalty_arg_int4(fcinfo, 2, "count");
	if (issue.count < 1 || issue.count > VOUCHERS_AT_ONCE)
		loyalty_raise_not_allowed("count", "1 to 10000");
	issue_vouchers(&issue, fcinfo, 1, 3);
	for (i = 0; i < issue.count; i++)
	{
		Datum values[4];
		bool nulls[4];

		voucher_columns(&issue, &issue.vouchers[i], values, nulls);
		loyalty_set_add(fcinfo, values, nulls);
	}
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Issues a voucher to a customer, or to whoever stands at the till. */
Datum
loyalty_issue_gift_voucher(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	VoucherIssue issue = { 0 };
	Datum values[4];
	bool nulls[4];

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	loyalty_voucher_work(&issue.work, &call, &request);
	if (!PG_ARGISNULL(1))
		loyalty_customer_lock_root(call.org->org_id, PG_GETARG_INT64(1), &issue.work.holder);
	issue.count = 1;
	issue_vouchers(&issue, fcinfo, 2, 3);
	voucher_columns(&issue, &issue.vouchers[0], values, nulls);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
