/*
 * change_api.c: adjust_gift_voucher, revoke_gift_voucher, replace_gift_voucher_code: what people do to vouchers by hand. Each leaves a
 * movement, one without an amount where no money moves; the locks are those of voucher.c. Nothing is late.
 *
 * All of them need a reason, which no bill says in their place. What has expired or was revoked stays as it is: money that is gone
 * does not come back by an adjustment, whether the job has written that it is gone or not.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points_limit.h"
#include "common/secret_store.h"
#include "incentive/voucher/voucher.h"
#include "incentive/voucher/voucher_code.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_adjust_gift_voucher);
LOYALTY_FUNCTION(loyalty_revoke_gift_voucher);
LOYALTY_FUNCTION(loyalty_replace_gift_voucher_code);

/* Opens a call about the voucher that argument 1 names. */
static void
begin(VoucherWork *work, LoyaltyCall *call, OperationRequest *request, FunctionCallInfo fcinfo)
{
	loyalty_operation_call(call, fcinfo, &loyalty_operation_kind, request);
	loyalty_voucher_work(work, call, request);
	loyalty_voucher_hold(work, loyalty_arg_int8(fcinfo, 1, "voucher_id"));
}

/* Judges the status of the holder, if there is one. */
static void
guard_holder(const VoucherWork *work, GuardedOperation operation)
{
	if (work->holder.customer_id != 0)
		(void) loyalty_status_guard(work->call, &work->holder, operation);
}

/* Raises LY001 for a change without a reason: it stands in no bill. */
static void
require_reason(const VoucherWork *work)
{
	if (work->operation.reason == NULL)
		loyalty_raise_missing("reason");
}

/* Judges an adjustment and makes its movement; nothing is written. */
static void
judge_adjustment(VoucherWork *work, FunctionCallInfo fcinfo)
{
	int64 amount = loyalty_arg_thousandths(fcinfo, 2, "amount", ERRCODE_LOYALTY_AMOUNT_INVALID);

	loyalty_voucher_require_amount(work->call->org, amount < 0 ? -amount : amount);
	loyalty_voucher_require_issued(work);
	loyalty_voucher_require_good(work);
	if (!loyalty_voucher_takes(work->voucher.balance, amount) && amount < 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_VOUCHER_BALANCE), errmsg("the voucher does not have that much"),
				 errdetail("Asked for are %s; it has %s.", loyalty_points_text(-amount),
						   loyalty_points_text(work->voucher.balance))));
	if (!loyalty_voucher_takes(work->voucher.balance, amount))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW), errmsg("the balance would be too large"),
						errdetail("Amounts are kept below " POINTS_LIMIT_TEXT ".")));
	work->movement = (VoucherMovement){ .kind = VOUCHER_ADJUSTED, .amount = amount };
}

/* Adds to what a voucher has, or takes from it. */
Datum
loyalty_adjust_gift_voucher(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	VoucherWork work;
	Datum values[4];
	bool nulls[4] = { false };

	begin(&work, &call, &request, fcinfo);
	if (!loyalty_voucher_repeated(&work))
	{
		loyalty_voucher_require_enabled(&work);
		guard_holder(&work, GUARD_VOUCHER_CHANGE);
		loyalty_voucher_locate(&work);
		require_reason(&work);
		judge_adjustment(&work, fcinfo);
		loyalty_voucher_change(&work, NULL);
	}
	values[0] = Int64GetDatum(work.movement.movement_id);
	values[1] = loyalty_voucher_balance_then(&work);
	loyalty_end_columns(work.voucher.expires_at, call.org->zone, &values[2], &nulls[2]);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Makes a voucher of no use, and takes what it has. One that has expired is of none already. */
Datum
loyalty_revoke_gift_voucher(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	VoucherWork work;
	Datum values[2];
	bool nulls[2] = { false };

	begin(&work, &call, &request, fcinfo);
	if (!loyalty_voucher_repeated(&work))
	{
		guard_holder(&work, GUARD_VOUCHER_REVOCATION);
		loyalty_voucher_locate(&work);
		require_reason(&work);
		loyalty_voucher_require_issued(&work);
		loyalty_voucher_require_good(&work);
		work.movement = (VoucherMovement){ .kind = VOUCHER_REVOKED, .amount = -work.voucher.balance };
		work.voucher.revoked_at = work.call->now;
		loyalty_voucher_change(&work, NULL);
	}
	values[0] = Int64GetDatum(work.movement.movement_id);
	values[1] = loyalty_voucher_amount_then(&work);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Draws another code and lets go of the one from before. */
static void
recode(VoucherRow *voucher, char code[VOUCHER_CODE_BYTES])
{
	loyalty_voucher_code_release(voucher);
	voucher->key_id = loyalty_secret_in_use();
	do
	{
		loyalty_voucher_code_draw(code);
		if (!loyalty_voucher_code_digest(voucher->org_id, voucher->key_id, code, &voucher->code_digest))
			elog(ERROR, "the secret that is in use is gone");
	} while (!loyalty_voucher_code_claim(voucher));
	voucher->last_four = pstrdup(loyalty_voucher_last_four(code));
}

/* Gives a voucher another code, which is told once: the one from before was lost, or seen by others. */
Datum
loyalty_replace_gift_voucher_code(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	VoucherWork work;
	char code[VOUCHER_CODE_BYTES];

	begin(&work, &call, &request, fcinfo);
	loyalty_voucher_require_enabled(&work);
	guard_holder(&work, GUARD_VOUCHER_CHANGE);
	loyalty_voucher_locate(&work);
	require_reason(&work);
	loyalty_voucher_require_good(&work);
	work.movement = (VoucherMovement){ .kind = VOUCHER_RECODED };
	recode(&work.voucher, code);
	loyalty_voucher_change(&work, NULL);
	loyalty_call_end(&call);
	PG_RETURN_TEXT_P(cstring_to_text(code));
}
