/*
 * issue.c: issuing coupons to customers.
 *
 * The order: whom the items are about; all customers, ascending; repeats, of requests made before and of items that stand before in
 * the batch; the merge, the card, and the status; then each item is judged by all but the issue limit (issue_judge.c); then codes
 * of the stock and the limits (issue_take.c); then all is written: coupons of a table together, then counts of customers, requests,
 * notes and events. A refusal writes nothing and is kept in its item, so no subtransaction is needed to go on behind it.
 *
 * A list of customers and a batch differ from a call in nothing but where a refusal goes: a call raises it where it is made, with its
 * message; the others keep its SQLSTATE beside the item. So there is one order of checks, and one place that writes.
 *
 * The customer's lock comes before the key of a repeat is looked for: of two calls with one key the second waits, and finds the coupon
 * of the first. It also guards what the customer has had so far. An item sees those that stand before it in the batch as if they
 * were written: they are counted by walking from an item to the one of the same customer before it.
 *
 * A coupon's id is that of its event. What a coupon is worth, and what else its series says, is not copied into it: a series cannot be
 * changed, and its promotion keeps all of its versions.
 *
 * Locks: customers, codes of the stock, slots of limits. Nothing is late but the notice of a limit.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "common/ids.h"
#include "customer/member.h"
#include "event/notify.h"
#include "incentive/coupon/issue.h"
#include "incentive/limit/incentive_request.h"
#include "ledger/batch/batch.h"
#include "status/status_guard.h"

/* Reserves all items in one array, in huge memory if need be: their addresses tell their order. */
void
loyalty_issue_begin(IssueRun *run, LoyaltyCall *call, int count)
{
	int i;

	*run = (IssueRun){
		.call = call,
		.function = loyalty_function_named(loyalty_issue_kind.function),
		.count = count,
		.items = palloc_extended(sizeof(IssueItem) * Max(count, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO),
	};
	for (i = 0; i < count; i++)
		run->items[i].same_as = -1;
}

/* Returns where the refusals of an item go. */
static LoyaltyRefusal *
refusal_of(const IssueRun *run, IssueItem *item)
{
	return run->raises ? LOYALTY_RAISES : &item->refusal;
}

/* Finds whom an item is about, and reads its key. */
static void
name_item(IssueRun *run, IssueItem *item)
{
	OperationRequest *request = &item->request.operation;
	OperationSubject subject = { 0 };
	LoyaltyRefusal *refusal = refusal_of(run, item);

	if (!loyalty_operation_name(run->call, request, &subject, refusal) ||
		(!subject.has_key && !loyalty_operation_key(request, &subject, refusal)))
		return;
	loyalty_operation_enter(&item->operation, run->call, request, &subject);
}

/* Digests the arguments of the item itself, not of the batch: the same item is a repeat in another batch. */
void
loyalty_issue_set(IssueRun *run, int i, NullableDatum *arguments)
{
	IssueItem *item = &run->items[i];

	if (arguments == NULL)
	{
		(void) loyalty_refuse_missing("items", refusal_of(run, item));
		return;
	}
	loyalty_operation_ask_with(&loyalty_issue_kind, run->function, arguments, &item->request.operation);
	if (!item->request.operation.idempotency_key.isnull)
		item->request.operation.digest = loyalty_arguments_digest("issue_item", run->function, arguments, 1);
	name_item(run, item);
}

/* Takes the call's own arguments, whose digest the call makes. */
void
loyalty_issue_set_call(IssueRun *run, FunctionCallInfo fcinfo)
{
	loyalty_operation_ask(fcinfo, &loyalty_issue_kind, &run->items[0].request.operation);
	name_item(run, &run->items[0]);
}

/* Tells whether an item is still to be looked at. */
static bool
is_open(const IssueItem *item)
{
	return item->refusal.sqlstate == 0 && !item->is_repeat && item->same_as < 0;
}

/* Gives an item its locked customer, and the item of the same one that stands before it. */
static void
meet_customer(IssueRun *run, IssueItem *item)
{
	int64 customer_id = item->operation.subject.customer_id;
	LockedCustomer *locked = loyalty_incentive_customer(&run->customers, customer_id);

	if (locked == NULL)
	{
		if (run->raises)
			loyalty_raise_customer_unknown(customer_id);
		loyalty_refusal_keep(&item->refusal, ERRCODE_LOYALTY_CUSTOMER_UNKNOWN);
		return;
	}
	item->customer = &locked->customer;
	item->before = locked->last;
	locked->last = item;
}

/* Locks the customers of all items, and gives each its own. */
static void
lock_customers(IssueRun *run)
{
	int64 *ids = palloc_extended(sizeof(int64) * 2 * Max(run->count, 1), MCXT_ALLOC_HUGE);
	int count = 0;
	int i;

	for (i = 0; i < run->count; i++)
		if (is_open(&run->items[i]))
			ids[count++] = run->items[i].operation.subject.customer_id;
	loyalty_incentive_customers_lock(run->call, ids, count, &run->customers);
	for (i = 0; i < run->count; i++)
		if (is_open(&run->items[i]))
			meet_customer(run, &run->items[i]);
}

/* Fills in the coupon that an earlier request made. */
static void
answer_again(IssueRun *run, IssueItem *item, const IncentiveRequest *earlier)
{
	LoyaltyRows *rows =
		loyalty_coupon_issued(run->call->org->org_id, earlier->customer_id, earlier->result_id);
	const char *series;

	if (rows->count == 0)
		elog(ERROR, "coupon " INT64_FORMAT " is not there", earlier->result_id);
	(void) loyalty_read_text(&item->request.series, "series", LOYALTY_MAX_CODE, &series, LOYALTY_RAISES);
	(void) loyalty_issue_find_series(run, series, &item->series, LOYALTY_RAISES);
	item->coupon.coupon_id = earlier->result_id;
	item->coupon.display_code = loyalty_row_text_or_null(rows, 0, 1);
	item->coupon.expires_at = DatumGetTimestampTz(loyalty_row_value(rows, 0, 2));
	item->is_repeat = true;
}

/* Looks for a request made before with the key of an item; and for one in the batch. */
static void
find_earlier(IssueRun *run, IssueItem *item)
{
	const OperationSubject *subject = &item->operation.subject;
	int64 digest = item->request.operation.digest;
	const IssueItem *first;
	IncentiveRequest earlier;

	if (loyalty_incentive_request_find(run->call->org->org_id, item->customer, &subject->key, digest,
									   &earlier, refusal_of(run, item)))
		answer_again(run, item, &earlier);
	for (first = item->before; first != NULL && is_open(item); first = first->before)
	{
		if (first->same_as >= 0 || !first->operation.subject.has_key ||
			memcmp(&first->operation.subject.key, &subject->key, sizeof(pg_uuid_t)) != 0)
			continue;
		if (first->request.operation.digest == digest)
			item->same_as = (int) (first - run->items);
		else
			(void) loyalty_refuse_idempotency_mismatch(&item->refusal);
	}
}

/* Judges an item: the customer, the card, the status, then what is asked for. */
static void
judge(IssueRun *run, IssueItem *item)
{
	LoyaltyRefusal *refusal = refusal_of(run, item);
	Operation *operation = &item->operation;
	StatusVerdict verdict;

	item->is_judged =
		loyalty_operation_hold(run->call, operation->request, &operation->subject, item->customer, refusal) &&
		loyalty_status_permits(run->call, item->customer, GUARD_COUPON_ISSUE, &verdict, refusal) &&
		loyalty_issue_judge(run, item, refusal);
}

/* Raises the first refused item of a run that is all or nothing. */
static void
raise_refusal(const IssueRun *run)
{
	int i;

	for (i = 0; i < run->count && run->all_or_nothing; i++)
		if (run->items[i].refusal.sqlstate != 0)
			loyalty_batch_raise_item(run->items[i].refusal.sqlstate, i, run->count);
}

/* ---- writing */

/* Adds an interval of whole days to a day, as the calendar does: a month behind the 31st is the last day of the next one. */
static DateADT
day_behind(DateADT day, const Interval *validity)
{
	Timestamp at = (Timestamp) day * USECS_PER_DAY;
	Timestamp end = DatumGetTimestamp(
		DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(at), IntervalPGetDatum(validity)));

	return (DateADT) (end / USECS_PER_DAY);
}

/* Finds out from when to when a coupon is good by its own dates: days begin and end on the org's clock. */
static void
date_coupon(const IssueRun *run, const IssueItem *item, Coupon *coupon)
{
	const IssueSeries *series = &item->series->series;
	pg_tz *zone = run->call->org->zone;
	DateADT day = loyalty_local_date(item->event_time, zone) + series->valid_from_days;

	coupon->valid_from = series->valid_from_days > 0 ? loyalty_start_of_day(day, zone) : item->event_time;
	coupon->expires_at = DT_NOEND;
	if (!series->has_validity)
		return;
	if (series->validity.time == 0)
		coupon->expires_at = loyalty_start_of_day(day_behind(day, &series->validity), zone);
	else
		coupon->expires_at = coupon->valid_from + series->validity.time;
	coupon->expires_at = Min(coupon->expires_at, LATEST_TIME);
}

/*
 * Makes the coupon of an item. It stands under the id of the customer who is asked for today, and stays there when that one is
 * merged: reads cover the group.
 */
static void
make_coupon(IssueRun *run, IssueItem *item)
{
	const Operation *operation = &item->operation;

	item->coupon = (Coupon){
		.customer_id = item->customer->customer_id,
		.coupon_id = loyalty_next_id(),
		.issued_at = item->event_time,
		.revoked_at = DT_NOEND,
		.org_id = run->call->org->org_id,
		.series_id = item->series->series.series_id,
		.till_id = operation->origin.till_id,
		.source_id = operation->origin.source_id,
		.campaign = item->campaign,
	};
	date_coupon(run, item, &item->coupon);
	loyalty_issue_code(item);
}

/*
 * Writes the coupons of one table together: rows of a batch go in as COPY writes them, and each index takes all of theirs one after
 * the other.
 */
static void
write_coupons(const IssueRun *run, bool generic)
{
	Coupon *coupons = palloc_extended(sizeof(Coupon) * Max(run->count, 1), MCXT_ALLOC_HUGE);
	int count = 0;
	int i;

	for (i = 0; i < run->count; i++)
		if (run->items[i].is_judged && run->items[i].coupon.is_generic == generic)
			coupons[count++] = run->items[i].coupon;
	loyalty_coupons_insert(coupons, count, generic);
	pfree(coupons);
}

/*
 * Takes the codes of the stock away that were given out. They were locked FOR UPDATE, so nobody reads them as free any more, and
 * a rollback leaves them where they were.
 */
static void
take_away(const IssueRun *run)
{
	int i;

	for (i = 0; i < run->series.n; i++)
		if (run->series.items[i]->stock != NULL)
			loyalty_stock_delete(run->series.items[i]->stock, run->series.items[i]->given);
}

/* Writes what stands beside the coupon of an item: its count, its request, what people said. */
static void
write_beside(IssueRun *run, IssueItem *item)
{
	const Operation *operation = &item->operation;
	int32 org_id = run->call->org->org_id;
	IncentiveRequest request = {
		.customer_id = item->customer->customer_id,
		.result_id = item->coupon.coupon_id,
		.request_digest = item->request.operation.digest,
		.idempotency_digest = operation->subject.key,
	};

	if (item->series->has_own_limit)
		(void) loyalty_limit_take_own(&item->series->own_limit, item->customer, 1, LOYALTY_RAISES);
	if (operation->subject.has_key)
		(void) loyalty_incentive_request_write(org_id, &request);
	loyalty_incentive_note_write(org_id, request.customer_id, request.result_id, operation->reason,
								 operation->actor);
}

/*
 * Tells subscribers of it, and never the code: a subscriber who shall know it asks for the coupon, which it may if it may see the
 * customer.
 */
static void
tell(IssueRun *run, const IssueItem *item)
{
	LoyaltyNotice notice = { .customer_id = item->customer->customer_id,
							 .event_id = item->coupon.coupon_id,
							 .event_name = "coupon_issued",
							 .event_time = item->event_time };
	StringInfoData details;

	if (!loyalty_notice_wanted(run->call, notice.event_name))
		return;
	initStringInfo(&details);
	appendStringInfo(&details, "\"coupon_id\":" INT64_FORMAT ",\"series\":", item->coupon.coupon_id);
	escape_json(&details, item->series->series.series);
	notice.details = details.data;
	loyalty_notify(run->call, &notice);
}

/*
 * Tells contacts of limits that are nearly used. It comes last: whatever the notice finds, the coupons of this call are taken from
 * what is left.
 */
static void
watch_limits(IssueRun *run)
{
	int i;

	for (i = 0; i < run->series.n; i++)
	{
		SeriesAtHand *at_hand = run->series.items[i];

		if (at_hand->given > 0 && at_hand->limit.notify_at >= 0)
			(void) loyalty_limit_watch(run->call, &at_hand->limit, at_hand->series.series,
									   loyalty_series_left(&at_hand->series, &at_hand->limit));
	}
}

/* Writes everything, table by table. */
static void
write_all(IssueRun *run)
{
	int i;

	loyalty_issue_open_codes(run);
	for (i = 0; i < run->count; i++)
		if (run->items[i].is_judged)
			make_coupon(run, &run->items[i]);
	loyalty_issue_close_codes(run);
	take_away(run);
	write_coupons(run, false);
	write_coupons(run, true);
	for (i = 0; i < run->count; i++)
		if (run->items[i].is_judged)
			write_beside(run, &run->items[i]);
	for (i = 0; i < run->count; i++)
		if (run->items[i].is_judged)
			tell(run, &run->items[i]);
	watch_limits(run);
}

/* Goes through the steps of the head. */
void
loyalty_issue_perform(IssueRun *run)
{
	int i;

	raise_refusal(run); /* before anybody waits */
	lock_customers(run);
	for (i = 0; i < run->count; i++)
		if (is_open(&run->items[i]) && run->items[i].operation.subject.has_key)
			find_earlier(run, &run->items[i]);
	for (i = 0; i < run->count; i++)
		if (is_open(&run->items[i]))
			judge(run, &run->items[i]);
	raise_refusal(run);
	loyalty_issue_take(run);
	raise_refusal(run);
	write_all(run);
}

/* ---- the answer */

/* Repeats of an item share its refusal. */
int
loyalty_issue_refused(const IssueRun *run, int i)
{
	const IssueItem *item = &run->items[i];

	return item->same_as >= 0 ? run->items[item->same_as].refusal.sqlstate : item->refusal.sqlstate;
}

/* Compares with the ends of series and promotion, which may come first. */
static TimestampTz
end_of(const IssueItem *item)
{
	return Min(item->coupon.expires_at, item->series->ends_at);
}

/* Gives a repeat the same coupon; a generic one has the code of its series. */
void
loyalty_issue_values(const IssueRun *run, int i, Datum *values, bool *nulls)
{
	const IssueItem *item = &run->items[i];
	const char *code;

	if (item->same_as >= 0)
		item = &run->items[item->same_as];
	code = item->coupon.display_code != NULL ? item->coupon.display_code : item->series->display_code;
	memset(nulls, false, sizeof(bool) * ISSUE_COLUMNS);
	values[0] = Int64GetDatum(item->coupon.coupon_id);
	values[1] = CStringGetTextDatum(code);
	loyalty_end_columns(end_of(item), run->call->org->zone, &values[2], &nulls[2]);
}
