/*
 * redeem.c: redeeming a coupon whose customer is locked.
 *
 * The order: the coupon is locked; a repeat gets its first answer; the customer and the card are held, and the status allows it; the
 * request is read and all judged (redeem_judge.c), then a proof, where one is given or required; then the limits are taken, which are
 * judged by that, of the customer first; then all is written. In a batch an item that is refused by the last limit gives back what
 * it took of others, since nothing but the limits is written by then.
 *
 * Locks: the customer, by the caller; the coupon; slots of limits, ascending, which are held from here to the commit. May be late: a
 * redemption of a day that is over is judged by its own time, beside what was redeemed since.
 *
 * Two tills with one coupon meet at its row: the second one waits, and finds it used up, or redeems it where the first has rolled back. Two
 * with coupons of one customer meet at the customer. Two with nothing in common but a limit meet nowhere, unless it is nearly used up
 * (limit.c). A redemption beside a merge of its customer waits for it, or is waited for: the group is known from the row that is locked. One
 * beside the revocation of its coupon, or beside its return, meets that one at the row of the coupon, too.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "common/clock.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/points.h"
#include "customer/member.h"
#include "event/notify.h"
#include "incentive/coupon/give_back.h"
#include "incentive/coupon/redeem.h"
#include "incentive/limit/answer.h"
#include "incentive/limit/incentive_request.h"
#include "incentive/limit/use_store.h"
#include "status/status_guard.h"

/* Returns the customer of the group that the request stands under; nobody's stands under its own id. */
static int64
customer_of(const CouponRedemption *redemption)
{
	return redemption->has_customer ? redemption->customer.customer_id : LOYALTY_NOBODY;
}

/* Returns what the use and its series say; what was left then stands with the request. */
static void
answer_again(CouponRedemption *redemption, const IncentiveRequest *earlier, CouponResult *result)
{
	int32 org_id = redemption->operation.call->org->org_id;
	IncentiveUse use;
	CouponSeries series;

	if (!loyalty_use_read(org_id, earlier->customer_id, earlier->result_id, &use))
		elog(ERROR, "use " INT64_FORMAT " is not there", earlier->result_id);
	loyalty_series_read(org_id, use.series_id, &series);
	*result = (CouponResult){
		.use_id = use.use_id,
		.coupon_id = use.coupon_id,
		.transaction_id = use.transaction_id,
		.series = series.series,
		.discount = use.discount,
		.redemptions_left = loyalty_answer_number(earlier->answer, "redemptions_left", COUPON_UNLIMITED),
	};
}

/* Looks for an earlier redemption with the key; true with its answer where there is one. */
static bool
is_repeat(CouponRedemption *redemption, CouponResult *result, LoyaltyRefusal *refusal)
{
	const Operation *operation = &redemption->operation;
	IncentiveRequest earlier;

	if (!operation->subject.has_key ||
		!loyalty_incentive_request_find(operation->call->org->org_id,
										redemption->has_customer ? &redemption->customer : NULL,
										&operation->subject.key, operation->request->digest, &earlier,
										refusal))
		return false;
	answer_again(redemption, &earlier, result);
	return true;
}

/* Judges the customer: merged, the card, the status. */
static bool
may_ask(CouponRedemption *redemption, LoyaltyRefusal *refusal)
{
	Operation *operation = &redemption->operation;
	StatusVerdict verdict;

	return !redemption->has_customer ||
		   (loyalty_operation_hold(operation->call, operation->request, &operation->subject,
								   &redemption->customer, refusal) &&
			loyalty_status_permits(operation->call, &redemption->customer, GUARD_COUPON_REDEMPTION, &verdict,
								   refusal));
}

/* Judges the proof of the customer who redeems. */
static bool
judge_proof(CouponRedemption *redemption, LoyaltyRefusal *refusal)
{
	const CouponRequest *request = (const CouponRequest *) redemption->operation.request;

	if (!redemption->has_customer)
		return true;
	redemption->proof = (LoyaltyProofUse){ .purpose = "coupon",
										   .attempt = loyalty_proof_given(&request->verification),
										   .customer_id = redemption->customer.customer_id };
	return loyalty_proof_judge(redemption->operation.call, &redemption->proof, refusal);
}

/* Gives back the first of the limits that were taken. */
static void
give_back(const CouponRedemption *redemption, int own, int total)
{
	while (total-- > 0)
		loyalty_limit_give_back(redemption->operation.call, &redemption->total.items[total], 1);
	while (own-- > 0)
		loyalty_limit_give_back_own(&redemption->own.items[own], &redemption->customer, 1);
}

/*
 * Takes a use of each limit, of the customer's first: slots are locked last. Limits of the series and of the promotion that it stands on are
 * taken in the order of their ids, which is one order for all who take several.
 */
static bool
take_limits(CouponRedemption *redemption, LoyaltyRefusal *refusal)
{
	LoyaltyCall *call = redemption->operation.call;
	int own;
	int total;

	for (own = 0; own < redemption->own.count; own++)
		if (!loyalty_limit_take_own(&redemption->own.items[own], &redemption->customer, 1, refusal))
		{
			give_back(redemption, own, 0);
			return false;
		}
	loyalty_coupon_limits(&redemption->coupon, redemption->series.promotion_id, LIMIT_TOTAL,
						  &redemption->total);
	for (total = 0; total < redemption->total.count; total++)
		if (!loyalty_limit_take(call, &redemption->total.items[total], 1, refusal))
		{
			give_back(redemption, own, total);
			return false;
		}
	return true;
}

/* Writes the use as it was judged. */
static void
write_use(const CouponRedemption *redemption, int64 use_id)
{
	const Operation *operation = &redemption->operation;
	const Coupon *coupon = &redemption->coupon;
	int64 customer_id = customer_of(redemption);
	IncentiveUse use = {
		.customer_id = customer_id,
		.use_id = use_id,
		.event_time = redemption->event_time,
		.recorded_at = operation->call->now,
		.coupon_id = coupon->coupon_id,
		.transaction_id = redemption->transaction_id,
		.coupon_customer_id = coupon->customer_id == customer_id ? 0 : coupon->customer_id,
		.org_id = operation->call->org->org_id,
		.promotion_id = redemption->promotion.row.promotion_id,
		.version = redemption->promotion.row.version,
		.series_id = coupon->series_id,
		.till_id = operation->origin.till_id,
		.store_id = operation->origin.store_id,
		.source_id = operation->origin.source_id,
		.kind = USE_COUPON,
		.has_bill_amount = redemption->has_amount,
		.bill_amount = redemption->amount,
		.discount = redemption->discount,
		.code = redemption->code,
		.transaction_number = redemption->number,
	};

	loyalty_use_insert(&use);
	loyalty_incentive_note_write(use.org_id, customer_id, use_id, operation->reason, operation->actor);
}

/* Keeps the answer under the key. Of two calls of nobody with one key the coupon's lock lets the second one find the first. */
static void
write_request(const CouponRedemption *redemption, const CouponResult *result)
{
	const Operation *operation = &redemption->operation;
	IncentiveRequest request = {
		.customer_id = customer_of(redemption),
		.result_id = result->use_id,
		.request_digest = operation->request->digest,
		.idempotency_digest = operation->subject.key,
	};

	if (!operation->subject.has_key)
		return;
	if (result->redemptions_left != COUPON_UNLIMITED)
		request.answer = loyalty_answer_of_number("redemptions_left", result->redemptions_left);
	if (!loyalty_incentive_request_write(operation->call->org->org_id, &request))
		loyalty_raise_idempotency_mismatch();
}

/* Tells subscribers of it; what nobody in particular redeems is nobody's event. */
static void
tell(const CouponRedemption *redemption, const CouponResult *result)
{
	LoyaltyCall *call = redemption->operation.call;
	LoyaltyNotice notice = { .customer_id = redemption->customer.customer_id,
							 .event_id = result->use_id,
							 .event_name = "coupon_redeemed",
							 .event_time = redemption->event_time };

	if (!redemption->has_customer || !loyalty_notice_wanted(call, notice.event_name))
		return;
	notice.details =
		psprintf("%s,\"use_id\":" INT64_FORMAT ",\"discount\":%s",
				 loyalty_coupon_details(call->org->org_id, redemption->coupon.series_id, result->coupon_id),
				 result->use_id, loyalty_points_text(result->discount));
	loyalty_notify(call, &notice);
}

/*
 * Writes everything, and makes the answer. The coupon is written first, since its row is what others wait for; the proof is used up with the
 * use that it was asked for, so that a refused redemption leaves it to the next one.
 */
static void
write_all(CouponRedemption *redemption, CouponResult *result)
{
	redemption->coupon.redemptions++;
	*result = (CouponResult){
		.use_id = loyalty_next_id(),
		.coupon_id = redemption->coupon.coupon_id,
		.transaction_id = redemption->transaction_id,
		.series = redemption->series.series,
		.discount = redemption->discount,
		.redemptions_left =
			loyalty_coupon_left(redemption->coupon.redemptions, redemption->series.per_coupon),
	};
	loyalty_coupon_update(&redemption->coupon);
	write_use(redemption, result->use_id);
	write_request(redemption, result);
	redemption->proof.used_for = result->use_id;
	if (redemption->has_customer)
		loyalty_proof_use_up(redemption->operation.call, &redemption->proof);
	tell(redemption, result);
}

/*
 * Goes through the steps of the head. A key that was used for something else is a refusal, too: then the look for a repeat says so, and
 * nothing else is judged.
 */
bool
loyalty_coupon_redeem(CouponRedemption *redemption, CouponResult *result, LoyaltyRefusal *refusal)
{
	CouponVerdict verdict;

	loyalty_coupon_find(redemption);
	if (is_repeat(redemption, result, refusal))
		return true;
	if ((refusal != NULL && refusal->sqlstate != 0) || !may_ask(redemption, refusal) ||
		!loyalty_coupon_read_request(redemption, refusal))
		return false;
	verdict = loyalty_coupon_weigh(redemption);
	if (!loyalty_coupon_refuse(&verdict, refusal) || !judge_proof(redemption, refusal) ||
		!take_limits(redemption, refusal))
		return false;
	write_all(redemption, result);
	return true;
}

/* Makes the columns in the order of the page. */
void
loyalty_coupon_values(const CouponResult *result, Datum *values, bool *nulls)
{
	memset(nulls, false, sizeof(bool) * COUPON_RESULT_COLUMNS);
	values[0] = Int64GetDatum(result->use_id);
	values[1] = Int64GetDatum(result->coupon_id);
	values[2] = Int64GetDatum(result->transaction_id);
	nulls[2] = result->transaction_id == 0;
	values[3] = CStringGetTextDatum(result->series);
	values[4] = loyalty_numeric(result->discount);
	values[5] = Int64GetDatum(result->redemptions_left);
	nulls[5] = result->redemptions_left == COUPON_UNLIMITED;
}
