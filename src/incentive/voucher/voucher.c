/*
 * voucher.c: the steps that calls about gift vouchers share.
 *
 * Locks: the holder first, where there is one, as in every call about a customer, so that its status is judged and subscribers are
 * told of what is; then the voucher's row, under which everything about its money happens. The voucher is read without a lock before,
 * to find the holder, and read anew under its own. Who holds it changes by an erasure alone, which leaves nobody.
 *
 * A repeat comes before all judgement: its answer is the movement of the first call, whatever has become of the voucher since.
 *
 * Expiry goes by the clock: a voucher whose time has come is not good any more, whether the job has written that or not, and an
 * event of before that is recorded now comes too late. So no answer hangs on when the job runs.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/errors.h"
#include "common/ids.h"
#include "customer/member.h"
#include "event/notify.h"
#include "incentive/voucher/voucher.h"
#include "org/currency_rules.h"

/* Has no posting: nothing of the ledger moves. */
void
loyalty_voucher_work(VoucherWork *work, LoyaltyCall *call, const OperationRequest *request)
{
	const OperationSubject nobody = { 0 };

	*work = (VoucherWork){ .call = call, .request = request };
	loyalty_operation_enter(&work->operation, call, request, &nobody);
}

/* Locks whoever the holder goes on as. */
static void
lock_holder(VoucherWork *work, int64 customer_id)
{
	int32 org_id = work->call->org->org_id;

	if (customer_id == 0)
		return;
	loyalty_customers_lock_roots(org_id, &customer_id, 1);
	if (!loyalty_customer_lock(org_id, customer_id, &work->holder))
		elog(ERROR, "the holder of a voucher is not there");
}

/* Raises LY901, which says no more than it does of a wrong code. */
void
loyalty_voucher_raise_unknown(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_INCENTIVE_CODE_UNKNOWN), errmsg("the org has no such gift voucher")));
}

/* Reads twice: before the holder's lock and under the voucher's. */
void
loyalty_voucher_hold(VoucherWork *work, int64 voucher_id)
{
	int32 org_id = work->call->org->org_id;

	if (voucher_id == 0 || !loyalty_voucher_read(org_id, voucher_id, false, &work->voucher))
		loyalty_voucher_raise_unknown();
	lock_holder(work, work->voucher.customer_id);
	if (!loyalty_voucher_lock(org_id, voucher_id, &work->voucher))
		elog(ERROR, "a voucher has vanished");
	if (work->voucher.customer_id == 0)
		work->holder = (LoyaltyCustomer){ 0 };
}

/* Looks for the key among the movements of this voucher. */
bool
loyalty_voucher_repeated(VoucherWork *work)
{
	OperationSubject *subject = &work->operation.subject;

	(void) loyalty_operation_key(work->request, subject, LOYALTY_RAISES);
	if (!subject->has_key ||
		!loyalty_voucher_movement_by_key(work->call->org->org_id, work->voucher.voucher_id, &subject->key,
										 &work->movement))
		return false;
	if (work->movement.request_digest != work->request->digest)
		loyalty_raise_idempotency_mismatch();
	return true;
}

/* Asks the configuration of now. */
void
loyalty_voucher_require_enabled(const VoucherWork *work)
{
	if (loyalty_call_org_now(work->call)->config_number[CONFIG_GIFT_CARD_ENABLED] == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_INCENTIVE_NOT_ENABLED), errmsg("the org does not use gift vouchers"),
				 errhint("CONF_GIFT_CARD_ENABLED turns them on.")));
}

/* Asks at the later of the clock and the event. */
void
loyalty_voucher_require_good(const VoucherWork *work)
{
	const VoucherFacts facts = loyalty_voucher_facts(&work->voucher);
	VoucherStatus status =
		loyalty_voucher_status(&facts,
							   work->call->now > work->event_time ? work->call->now : work->event_time);

	if (status == VOUCHER_IS_REVOKED)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_REVOKED), errmsg("the voucher was revoked"),
						errdetail("That was at %s.", timestamptz_to_str(work->voucher.revoked_at))));
	if (status == VOUCHER_HAS_EXPIRED)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_INCENTIVE_EXPIRED), errmsg("the voucher has expired"),
						errdetail("That was at %s.", timestamptz_to_str(work->voucher.expires_at))));
}

/* Reads as the ledger does: the same arguments are refused for the same reasons. */
void
loyalty_voucher_locate(VoucherWork *work)
{
	TimestampTz earliest = work->holder.customer_id == 0 ? DT_NOBEGIN : work->holder.registered_on;

	(void) loyalty_operation_locate(&work->operation, LOYALTY_RAISES);
	(void) loyalty_operation_event_time(&work->operation, earliest, work->call->now, &work->event_time,
										LOYALTY_RAISES);
}

/* Allows what clocks of two tills may differ by. */
void
loyalty_voucher_require_issued(const VoucherWork *work)
{
	if (work->event_time < work->voucher.issued_at - loyalty_time_tolerance(work->call))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_INCENTIVE_EXPIRED), errmsg("the event is older than the voucher"),
				 errdetail("The voucher was issued at %s.", timestamptz_to_str(work->voucher.issued_at))));
}

/* Asks the currency of the org. */
int64
loyalty_voucher_step(const LoyaltyOrg *org)
{
	return loyalty_currency_step(org->config[CONFIG_CURRENCY_CODE]);
}

/* Refuses instead of rounding: what a till asks for must be what is booked. */
void
loyalty_voucher_require_amount(const LoyaltyOrg *org, int64 amount)
{
	int64 step = loyalty_voucher_step(org);

	if (amount <= 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_AMOUNT_INVALID), errmsg("the amount must be positive"),
						errdetail("Asked for are %s.", loyalty_points_text(amount))));
	if (!loyalty_voucher_in_steps(amount, step))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_AMOUNT_INVALID), errmsg("the amount has too many decimals"),
						errdetail("Asked for are %s; the least amount of the currency is %s.",
								  loyalty_points_text(amount), loyalty_points_text(step))));
}

/* Copies what rules ask. */
VoucherFacts
loyalty_voucher_facts(const VoucherRow *voucher)
{
	StaticAssertStmt(DT_NOEND == INT64_MAX, "what never comes is the greatest time");
	return (VoucherFacts){ .balance = voucher->balance,
						   .expires_at = voucher->expires_at,
						   .revoked_at = voucher->revoked_at };
}

/* Numbers the movement by the voucher's row, which is locked or new. */
static void
append(VoucherRow *voucher, VoucherMovement *movement, const LoyaltyCall *call)
{
	voucher->last_movement++;
	voucher->balance += movement->amount;
	movement->org_id = voucher->org_id;
	movement->voucher_id = voucher->voucher_id;
	movement->movement_no = voucher->last_movement;
	movement->movement_id = loyalty_next_id();
	movement->recorded_at = call->now;
	movement->balance_after = voucher->balance;
}

/* Says where it happened, and keeps the key for repeats. */
void
loyalty_voucher_move(VoucherWork *work)
{
	const Event *origin = &work->operation.origin;
	VoucherMovement *movement = &work->movement;

	append(&work->voucher, movement, work->call);
	movement->event_time = work->event_time;
	movement->till_id = origin->till_id;
	movement->store_id = origin->store_id;
	movement->source_id = origin->source_id == 0 ? SOURCE_INSTORE : origin->source_id;
	movement->has_key = work->operation.subject.has_key;
	movement->key = work->operation.subject.key;
	movement->request_digest = work->request->digest;
	loyalty_voucher_movement_insert(movement, work->operation.reason, work->operation.actor);
}

/* Is the system's: it happened when the time came, wherever that was, and nobody asked for it. */
bool
loyalty_voucher_expire(const LoyaltyCall *call, VoucherRow *voucher, TimestampTz as_of)
{
	const VoucherFacts facts = loyalty_voucher_facts(voucher);
	VoucherMovement movement = { .kind = VOUCHER_EXPIRED,
								 .amount = -voucher->balance,
								 .event_time = voucher->expires_at,
								 .source_id = SOURCE_INSTORE };

	if (voucher->balance == 0 || loyalty_voucher_status(&facts, as_of) != VOUCHER_HAS_EXPIRED)
		return false;
	append(voucher, &movement, call);
	loyalty_voucher_movement_insert(&movement, NULL, NULL);
	loyalty_voucher_update(voucher);
	return true;
}

/* Writes the movement first: its number is the row's. */
void
loyalty_voucher_change(VoucherWork *work, const char *event_name)
{
	loyalty_voucher_move(work);
	loyalty_voucher_update(&work->voucher);
	if (event_name != NULL)
		loyalty_voucher_tell(work, event_name);
}

/* Tells nobody of a voucher that nobody holds: events are a customer's. */
void
loyalty_voucher_tell(VoucherWork *work, const char *event_name)
{
	const VoucherMovement *movement = &work->movement;
	LoyaltyNotice notice = { .customer_id = work->holder.customer_id,
							 .event_id = movement->movement_id,
							 .event_name = event_name,
							 .event_time = movement->event_time };

	if (work->holder.customer_id == 0 || !loyalty_notice_wanted(work->call, event_name))
		return;
	notice.details =
		psprintf("\"voucher_id\":" INT64_FORMAT ",\"amount\":%s,\"balance\":%s", movement->voucher_id,
				 loyalty_points_text(movement->amount < 0 ? -movement->amount : movement->amount),
				 loyalty_points_text(movement->balance_after));
	loyalty_notify(work->call, &notice);
}

/* Counts nothing that comes back to a voucher which has expired, whether the job has been there or not. */
Datum
loyalty_voucher_balance_then(const VoucherWork *work)
{
	const VoucherMovement *movement = &work->movement;

	return loyalty_numeric(work->voucher.expires_at <= movement->recorded_at ? 0 : movement->balance_after);
}

/* Leaves the sign to the name of the column. */
Datum
loyalty_voucher_amount_then(const VoucherWork *work)
{
	int64 amount = work->movement.amount;

	return loyalty_numeric(amount < 0 ? -amount : amount);
}
