/*
 * reverse_api.c: reverse_coupon_redemption, which gives a use back by itself, and revoke_coupon, which takes a coupon away.
 *
 * Both lock the customer, then the coupon, in that order, as a redemption does: of two calls about one coupon the second sees what the
 * first one has done. A use is given back once, by itself or with its bill. A coupon that was revoked keeps its uses, and its number
 * counts as issued. Nothing is late but the time of a reversal, which lies behind its redemption.
 *
 * Neither is an operation of the customer: they pass whatever its status is, as returns do. Who redeemed in the name of nobody gives back
 * in the name of nobody; the id of the use is all that is known of it then.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "customer/member.h"
#include "event/notify.h"
#include "incentive/coupon/give_back.h"
#include "incentive/coupon/redeem.h"
#include "incentive/limit/answer.h"
#include "incentive/limit/incentive_request.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_reverse_coupon_redemption);
LOYALTY_FUNCTION(loyalty_revoke_coupon);

/* A reversal on its way. */
typedef struct UseReversal
{
	LoyaltyCall call;
	OperationRequest request;
	Operation operation; /* without a posting */
	LoyaltyCustomer customer;
	const LoyaltyCustomer *holder; /* the customer; NULL: nobody in particular used it */
	int64 use_id;
	IncentiveUse use;
	Coupon coupon;
} UseReversal;

/* Makes the result: ids of the return, of the use and of the coupon, and what the coupon has left. */
static Datum
reversal_result(UseReversal *reversal, FunctionCallInfo fcinfo, int64 return_id, int64 left)
{
	Datum values[4];
	bool nulls[4] = { false };

	values[0] = Int64GetDatum(return_id);
	values[1] = Int64GetDatum(reversal->use.use_id);
	values[2] = Int64GetDatum(reversal->use.coupon_id);
	values[3] = Int64GetDatum(left);
	nulls[3] = left == COUPON_UNLIMITED;
	return loyalty_call_result(&reversal->call, fcinfo, values, nulls);
}

/* Opens the call and locks the customer, if one is named. */
static void
open_reversal(UseReversal *reversal, FunctionCallInfo fcinfo)
{
	OperationSubject subject = { 0 };
	LoyaltyCall *call = &reversal->call;

	loyalty_operation_call(call, fcinfo, &loyalty_operation_kind, &reversal->request);
	(void) loyalty_operation_key(&reversal->request, &subject, LOYALTY_RAISES);
	loyalty_operation_enter(&reversal->operation, call, &reversal->request, &subject);
	reversal->use_id = loyalty_arg_int8(fcinfo, 2, "use_id");
	if (reversal->request.customer_id.isnull)
		return;
	subject.customer_id =
		loyalty_operation_followed(&reversal->operation, DatumGetInt64(reversal->request.customer_id.value));
	if (!loyalty_customer_lock(call->org->org_id, subject.customer_id, &reversal->customer))
		loyalty_raise_customer_unknown(subject.customer_id);
	reversal->holder = &reversal->customer;
	call->org = loyalty_call_org_now(call);
}

/* Finds the use of the customer, or of nobody, and locks its coupon: LY919. */
static void
find_use(UseReversal *reversal)
{
	int32 org_id = reversal->call.org->org_id;
	bool found = reversal->holder != NULL
					 ? loyalty_use_find(org_id, reversal->holder, reversal->use_id, &reversal->use)
					 : loyalty_use_read(org_id, LOYALTY_NOBODY, reversal->use_id, &reversal->use);

	if (!found || reversal->use.kind != USE_COUPON)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_USE_UNKNOWN),
						errmsg("there is no redemption " INT64_FORMAT " of a coupon", reversal->use_id)));
	loyalty_used_coupon(reversal->holder, &reversal->use, &reversal->coupon);
}

/* Returns what the coupon has left by its series. */
static int64
left_of(const Coupon *coupon)
{
	CouponSeries series;

	loyalty_series_read(coupon->org_id, coupon->series_id, &series);
	return loyalty_coupon_left(coupon->redemptions, series.per_coupon);
}

/* Reads where and when: no reversal is older than what it gives back. */
static UseReturn
read_return(UseReversal *reversal)
{
	Operation *operation = &reversal->operation;
	UseReturn back = { .customer_id = reversal->use.customer_id,
					   .use_id = reversal->use.use_id,
					   .recorded_at = reversal->call.now,
					   .org_id = reversal->call.org->org_id };

	(void) loyalty_operation_locate(operation, LOYALTY_RAISES);
	if (operation->origin.source_id == 0)
		loyalty_raise_missing("source");
	(void) loyalty_operation_event_time(operation, DT_NOBEGIN, reversal->use.event_time, &back.event_time,
										LOYALTY_RAISES);
	if (back.event_time < reversal->use.event_time)
		loyalty_raise_not_allowed("event_time", "a time that is not before that of the redemption");
	back.till_id = operation->origin.till_id;
	back.source_id = operation->origin.source_id;
	return back;
}

/* Keeps the answer under the key. */
static void
write_request(const UseReversal *reversal, int64 return_id, int64 left)
{
	IncentiveRequest request = { .customer_id = reversal->use.customer_id,
								 .result_id = return_id,
								 .request_digest = reversal->request.digest,
								 .idempotency_digest = reversal->operation.subject.key };

	if (!reversal->operation.subject.has_key)
		return;
	if (left != COUPON_UNLIMITED)
		request.answer = loyalty_answer_of_number("redemptions_left", left);
	(void) loyalty_incentive_request_write(reversal->call.org->org_id, &request);
}

/* Locks the coupon where no customer is locked: of two calls of nobody with one key the second then finds the first. */
static void
hold_use_of_nobody(UseReversal *reversal)
{
	if (reversal->holder == NULL &&
		loyalty_use_read(reversal->call.org->org_id, LOYALTY_NOBODY, reversal->use_id, &reversal->use))
		loyalty_used_coupon(NULL, &reversal->use, &reversal->coupon);
}

/* Looks for an earlier reversal with the key, and reads the use that it gave back. Stands under who had used it. */
static bool
is_repeat(UseReversal *reversal, IncentiveRequest *earlier)
{
	int32 org_id = reversal->call.org->org_id;

	return reversal->operation.subject.has_key &&
		   loyalty_incentive_request_find(org_id, reversal->holder, &reversal->operation.subject.key,
										  reversal->request.digest, earlier, LOYALTY_RAISES) &&
		   loyalty_use_read(org_id, earlier->customer_id, reversal->use_id, &reversal->use);
}

/* Judges the customer, then finds the use, which must not have come back in another way: LY915. */
static void
judge_reversal(UseReversal *reversal)
{
	UseReturn back;

	if (reversal->holder != NULL)
	{
		loyalty_customer_require_root(reversal->holder);
		(void) loyalty_status_guard(&reversal->call, reversal->holder, GUARD_COUPON_REVERSAL);
	}
	find_use(reversal);
	if (loyalty_use_return_read(reversal->call.org->org_id, reversal->use.customer_id, reversal->use_id,
								&back))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_USE_GIVEN_BACK), errmsg("the redemption was given back already"),
				 errdetail("It came back at %s.", pstrdup(timestamptz_to_str(back.event_time)))));
}

/* Gives a use back. A repeat comes before anything is judged. */
Datum
loyalty_reverse_coupon_redemption(PG_FUNCTION_ARGS)
{
	UseReversal reversal = { .holder = NULL };
	IncentiveRequest earlier;
	UseReturn back;
	int64 left;

	open_reversal(&reversal, fcinfo);
	hold_use_of_nobody(&reversal);
	if (is_repeat(&reversal, &earlier))
		return reversal_result(&reversal, fcinfo, earlier.result_id,
							   loyalty_answer_number(earlier.answer, "redemptions_left", COUPON_UNLIMITED));
	judge_reversal(&reversal);
	back = read_return(&reversal);
	back.return_id = loyalty_next_id();
	left = left_of(&reversal.coupon);
	if (left != COUPON_UNLIMITED)
		left++;
	write_request(&reversal, back.return_id, left);
	loyalty_incentive_note_write(back.org_id, back.customer_id, back.return_id, reversal.operation.reason,
								 reversal.operation.actor);
	loyalty_coupon_give_back(&reversal.call, reversal.holder, &reversal.use, &reversal.coupon, &back);
	return reversal_result(&reversal, fcinfo, back.return_id, left);
}

/* ---- taking a coupon away */

/* Tells subscribers of it. */
static void
tell_revoked(LoyaltyCall *call, const LoyaltyCustomer *customer, const Coupon *coupon)
{
	LoyaltyNotice notice = { .customer_id = customer->customer_id,
							 .event_name = "coupon_revoked",
							 .event_time = call->now };

	if (!loyalty_notice_wanted(call, notice.event_name))
		return;
	notice.details = loyalty_coupon_details(coupon->org_id, coupon->series_id, coupon->coupon_id);
	loyalty_notify(call, &notice);
}

/* Revokes one, with what was said of it; false where it was revoked before. */
static bool
revoke_one(LoyaltyCall *call, const LoyaltyCustomer *customer, Coupon *coupon, const char *reason,
		   const char *actor)
{
	if (coupon->revoked_at != DT_NOEND)
		return false;
	coupon->revoked_at = call->now;
	loyalty_coupon_update(coupon);
	loyalty_incentive_note_write(call->org->org_id, coupon->customer_id, coupon->coupon_id, reason, actor);
	tell_revoked(call, customer, coupon);
	return true;
}

/* Collects the coupons of a code that the customer holds: one, or those of a generic code. LY901, LY902. */
static int
coupons_of_code(const LoyaltyMember *member, FunctionCallInfo fcinfo, Coupon **coupons)
{
	int32 org_id = member->call.org->org_id;
	const char *text = loyalty_arg_text(fcinfo, 2, "coupon_code", LOYALTY_MAX_TEXT);
	char code[CODE_BYTES];
	Coupon *coupon = palloc0(sizeof(Coupon));
	int count = 1;

	if (!loyalty_code_normal(text, code) || !loyalty_coupon_read(org_id, code, coupon))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_CODE_UNKNOWN), errmsg("there is no such coupon")));
	*coupons = coupon;
	if (coupon->customer_id == 0)
		count = loyalty_generic_coupons(org_id, &member->customer, coupon->series_id, coupons);
	else if (loyalty_coupon_is_held(coupon, &member->customer))
		(void) loyalty_coupon_lock(org_id, code, coupon);
	else
		count = 0;
	if (count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_COUPON_OF_OTHER), errmsg("the coupon is another customer's")));
	return count;
}

/* Takes the coupons of a code away from a customer; LY904 where that was done before. */
Datum
loyalty_revoke_coupon(PG_FUNCTION_ARGS)
{
	LoyaltyMember member;
	const char *reason;
	const char *actor;
	Coupon *coupons;
	int revoked = 0;
	int count;
	int i;

	loyalty_member_begin(&member, fcinfo, "coupon_revocation");
	reason = loyalty_arg_text_or_null(fcinfo, 3, "reason", LOYALTY_MAX_TEXT);
	actor = loyalty_arg_text_or_null(fcinfo, 4, "actor", LOYALTY_MAX_NAME);
	count = coupons_of_code(&member, fcinfo, &coupons);
	for (i = 0; i < count; i++)
		revoked += revoke_one(&member.call, &member.customer, &coupons[i], reason, actor);
	if (revoked == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_INCENTIVE_REVOKED), errmsg("the coupon was revoked already")));
	loyalty_call_end(&member.call);
	PG_RETURN_INT32(revoked);
}
