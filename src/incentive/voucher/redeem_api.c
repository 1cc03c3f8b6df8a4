/*
 * redeem_api.c: redeem_gift_voucher, gift_voucher_balance, reverse_voucher_redemption: the calls of tills.
 *
 * Judged in this order: the code; a repeat; whether the org uses vouchers; the holder's status; where and when; what is asked for; the
 * voucher; its balance. The digest of a request does not cover the code: tables have nothing that guesses could be held against.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "incentive/voucher/voucher.h"
#include "incentive/voucher/voucher_code.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_redeem_gift_voucher);
LOYALTY_FUNCTION(loyalty_gift_voucher_balance);
LOYALTY_FUNCTION(loyalty_reverse_voucher_redemption);

#define ARG_CODE 1

/* Digests a request without its code. */
static int64
digest_without_code(FunctionCallInfo fcinfo)
{
	const LoyaltyFunction *function = loyalty_function(fcinfo);
	NullableDatum *arguments = palloc(sizeof(NullableDatum) * function->count);

	memcpy(arguments, fcinfo->args, sizeof(NullableDatum) * function->count);
	arguments[ARG_CODE] = (NullableDatum){ .isnull = true };
	return loyalty_arguments_digest(function->name, function, arguments, 0);
}

/* Judges a redemption and makes its movement; nothing is written. */
static void
judge_redemption(VoucherWork *work, FunctionCallInfo fcinfo)
{
	int64 amount = loyalty_arg_thousandths(fcinfo, 2, "amount", ERRCODE_LOYALTY_AMOUNT_INVALID);
	const char *number = loyalty_arg_key_or_null(fcinfo, 3, "transaction_number", LOYALTY_MAX_CODE);
	bool up_to = loyalty_arg_bool(fcinfo, 4, "up_to");
	int64 taken;

	loyalty_voucher_require_amount(work->call->org, amount);
	loyalty_voucher_require_issued(work);
	loyalty_voucher_require_good(work);
	taken = loyalty_voucher_take(work->voucher.balance, amount, up_to);
	if (taken == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_VOUCHER_BALANCE), errmsg("the voucher does not have that much"),
				 errdetail("Asked for are %s; it has %s.", loyalty_points_text(amount),
						   loyalty_points_text(work->voucher.balance))));
	work->movement =
		(VoucherMovement){ .kind = VOUCHER_REDEEMED, .amount = -taken, .transaction_number = number };
}

/* Pays with a voucher. */
Datum
loyalty_redeem_gift_voucher(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	VoucherWork work;
	const char *code;
	Datum values[6];
	bool nulls[6] = { false };

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	if (request.digest != 0)
		request.digest = digest_without_code(fcinfo);
	loyalty_voucher_work(&work, &call, &request);
	code = loyalty_arg_text(fcinfo, ARG_CODE, "code", LOYALTY_MAX_CODE);
	loyalty_voucher_hold(&work, loyalty_voucher_of_code(call.org->org_id, code, false));
	/* The code may have been replaced while the call waited for the voucher. */
	if (loyalty_voucher_of_code(call.org->org_id, code, false) != work.voucher.voucher_id)
		loyalty_voucher_hold(&work, 0);
	if (!loyalty_voucher_repeated(&work))
	{
		loyalty_voucher_require_enabled(&work);
		if (work.holder.customer_id != 0)
			(void) loyalty_status_guard(&call, &work.holder, GUARD_VOUCHER_REDEMPTION);
		loyalty_voucher_locate(&work);
		judge_redemption(&work, fcinfo);
		loyalty_voucher_change(&work, "voucher_redeemed");
	}
	values[0] = Int64GetDatum(work.movement.movement_id);
	values[1] = Int64GetDatum(work.voucher.voucher_id);
	values[2] = loyalty_voucher_amount_then(&work);
	values[3] = loyalty_voucher_balance_then(&work);
	loyalty_end_columns(work.voucher.expires_at, call.org->zone, &values[4], &nulls[4]);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Tells what a voucher has. Reads under the caller's snapshot and locks nothing. */
Datum
loyalty_gift_voucher_balance(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	VoucherRow voucher;
	VoucherFacts facts;
	int64 voucher_id;
	Datum values[6];
	bool nulls[6] = { false };

	loyalty_call_begin(&call, fcinfo);
	voucher_id = loyalty_voucher_of_code(call.org->org_id,
										 loyalty_arg_text(fcinfo, ARG_CODE, "code", LOYALTY_MAX_CODE), true);
	if (voucher_id == 0 || !loyalty_voucher_read(call.org->org_id, voucher_id, true, &voucher))
		loyalty_voucher_raise_unknown();
	facts = loyalty_voucher_facts(&voucher);
	values[0] = Int64GetDatum(voucher_id);
	values[1] = loyalty_numeric(loyalty_voucher_balance(&facts, call.now));
	values[2] = CStringGetTextDatum(loyalty_voucher_status_names[loyalty_voucher_status(&facts, call.now)]);
	values[3] = TimestampTzGetDatum(voucher.issued_at);
	loyalty_end_columns(voucher.expires_at, call.org->zone, &values[4], &nulls[4]);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}

/* Judges a reversal and makes its movement; nothing is written. A voucher that has expired takes its money back, and it is gone. */
static void
judge_reversal(VoucherWork *work, FunctionCallInfo fcinfo)
{
	int64 movement_id = loyalty_arg_int8(fcinfo, 2, "redemption_movement_id");
	int64 amount = 0;
	VoucherRedemption redemption;
	int64 back;

	if (!PG_ARGISNULL(3))
	{
		amount = loyalty_arg_thousandths(fcinfo, 3, "amount", ERRCODE_LOYALTY_AMOUNT_INVALID);
		loyalty_voucher_require_amount(work->call->org, amount);
	}
	loyalty_voucher_require_issued(work);
	if (!loyalty_voucher_redemption_find(work->call->org->org_id, work->voucher.voucher_id, movement_id,
										 &redemption))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REDEMPTION_UNKNOWN),
						errmsg("voucher " INT64_FORMAT " has no such redemption", work->voucher.voucher_id)));
	if (work->voucher.revoked_at != DT_NOEND)
		loyalty_voucher_require_good(work);
	if (redemption.reversed == redemption.redeemed)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_USE_GIVEN_BACK),
						errmsg("all of the redemption has come back already")));
	back = loyalty_voucher_give_back(redemption.redeemed, redemption.reversed, amount);
	if (back == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_REVERSAL_EXCEEDS), errmsg("less is left of the redemption"),
						errdetail("Asked for are %s; %s of %s are left.", loyalty_points_text(amount),
								  loyalty_points_text(redemption.redeemed - redemption.reversed),
								  loyalty_points_text(redemption.redeemed))));
	work->movement =
		(VoucherMovement){ .kind = VOUCHER_REVERSED, .amount = back, .reversed_no = redemption.movement_no };
}

/* Gives the money of a redemption back to its voucher: all that is left of it, or a part. */
Datum
loyalty_reverse_voucher_redemption(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	OperationRequest request;
	VoucherWork work;
	Datum values[5];
	bool nulls[5] = { false };

	loyalty_operation_call(&call, fcinfo, &loyalty_operation_kind, &request);
	loyalty_voucher_work(&work, &call, &request);
	loyalty_voucher_hold(&work, loyalty_arg_int8(fcinfo, 1, "voucher_id"));
	if (!loyalty_voucher_repeated(&work))
	{
		if (work.holder.customer_id != 0)
			(void) loyalty_status_guard(&call, &work.holder, GUARD_VOUCHER_REVERSAL);
		loyalty_voucher_locate(&work);
		judge_reversal(&work, fcinfo);
		(void) loyalty_voucher_expire(&call, &work.voucher, call.now);
		loyalty_voucher_change(&work, "voucher_reversed");
	}
	values[0] = Int64GetDatum(work.movement.movement_id);
	values[1] = loyalty_voucher_amount_then(&work);
	values[2] = loyalty_voucher_balance_then(&work);
	loyalty_end_columns(work.voucher.expires_at, call.org->zone, &values[3], &nulls[3]);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
