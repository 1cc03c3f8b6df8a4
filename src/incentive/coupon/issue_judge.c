/*
 * issue_judge.c: what the request of an issue says, and what stands against it.
 *
 * Arguments come first, in the order of all operations, then the series, then who it is for (issue_rules.c). The issue limit is
 * judged by taking from it, when nothing else refuses. Nothing is written.
 *
 * What a series says is read once for all items of a call: its row, the dates of its promotion, who claims it, its two limits. A claim
 * that comes while the call is under way is one that came after it.
 *
 * Days between two issues are days of the calendar on the org's clock, not spans of 24 hours: with 7 of them, whoever got a coupon on a
 * Monday evening gets the next one on Monday morning. Issues may be told late, so the nearest one is looked for on both sides.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "common/args.h"
#include "common/clock.h"
#include "common/errors.h"
#include "incentive/coupon/issue.h"
#include "incentive/promotion/promotion.h"

static const LoyaltyRequestField issue_fields[] = {
	OPERATION_FIELDS,
	{ "series", offsetof(IssueRequest, series) },
	{ "campaign", offsetof(IssueRequest, campaign) },
};

const RequestKind loyalty_issue_kind = { "issue_coupon", lengthof(issue_fields), issue_fields, false };

/* Reads the dates and limits that all items of a series share. */
static void
learn_series(IssueRun *run, SeriesAtHand *at_hand)
{
	const IssueSeries *series = &at_hand->series;
	LoyaltyPromotion promotion;
	Coupon generic;

	loyalty_promotion_read(run->call, series->promotion_id, &promotion);
	at_hand->begins_at = Max(series->starts_at, promotion.definition.starts_at);
	at_hand->ends_at = Min(series->ends_at, promotion.definition.ends_at);
	loyalty_offer_claim_read(series->org_id, series->series_id, &at_hand->claim);
	at_hand->has_own_limit =
		loyalty_limit_find(series->org_id, series->series_id, LIMIT_CUSTOMER_ISSUES, &at_hand->own_limit);
	if (!loyalty_limit_find(series->org_id, series->series_id, LIMIT_ISSUES, &at_hand->limit))
		elog(ERROR, "series %d has no limit of issues", series->series_id);
	if (series->generic_code != NULL && loyalty_coupon_read(series->org_id, series->generic_code, &generic))
		at_hand->display_code = generic.display_code;
}

/* Looks among those that were found before: a batch is about few. */
bool
loyalty_issue_find_series(IssueRun *run, const char *code, SeriesAtHand **found, LoyaltyRefusal *refusal)
{
	SeriesAtHand *at_hand;
	int i;

	for (i = 0; i < run->series.n; i++)
		if (strcmp(run->series.items[i]->series.series, code) == 0)
		{
			*found = run->series.items[i];
			return true;
		}
	at_hand = palloc0(sizeof(SeriesAtHand));
	if (!loyalty_issue_series_find(run->call->org->org_id, code, &at_hand->series))
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_INCENTIVE_UNKNOWN,
					   errmsg("the org has no series of coupons \"%s\"", code));
	learn_series(run, at_hand);
	LOYALTY_APPEND(run->series, at_hand);
	*found = at_hand;
	return true;
}

/* Reads the arguments of an item, in the order of the page. */
static bool
read_request(IssueRun *run, IssueItem *item, LoyaltyRefusal *refusal)
{
	const IssueRequest *request = &item->request;
	Operation *operation = &item->operation;
	const char *series;

	if (!loyalty_read_text(&request->series, "series", LOYALTY_MAX_CODE, &series, refusal) ||
		!loyalty_read_key_or_null(&request->campaign, "campaign", LOYALTY_MAX_CODE, &item->campaign,
								  refusal) ||
		!loyalty_operation_locate(operation, refusal))
		return false;
	if (operation->origin.source_id == 0)
		return loyalty_refuse_missing("source", refusal);
	return loyalty_operation_program_if_any(operation, &item->program, refusal) &&
		   loyalty_operation_event_time(operation, DT_NOBEGIN, DT_NOBEGIN, &item->event_time, refusal) &&
		   loyalty_issue_find_series(run, series, &item->series, refusal);
}

/*
 * Tells whether somebody else claims the series than whom the coupon is issued for. A campaign is told by its name as written; a
 * program is the one that the request names, or the usual one.
 */
static bool
is_claimed_by_other(const IssueItem *item)
{
	const OfferClaim *claim = &item->series->claim;

	if (!claim->is_claimed)
		return false;
	if (claim->campaign != NULL)
		return item->campaign == NULL || strcmp(claim->campaign, item->campaign) != 0;
	return item->program == NULL || item->program->program_id != claim->program_id;
}

/*
 * Finds the issue that is nearest to the one at hand among those of the merge group: each of its ids is asked, since coupons stay
 * where they were issued. Revoked ones count: they were had.
 */
static void
find_nearest(const IssueRun *run, const IssueItem *item, CouponIssueCheck *check)
{
	pg_tz *zone = run->call->org->zone;
	DateADT day = loyalty_local_date(item->event_time, zone);
	int64 *ids;
	int count = loyalty_customer_group(item->customer, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		TimestampTz around[2];
		int side;

		loyalty_issues_around(&item->series->series, ids[i], item->event_time, &around[0], &around[1]);
		for (side = 0; side < 2; side++)
		{
			int32 apart;

			if (TIMESTAMP_NOT_FINITE(around[side]))
				continue;
			apart = day - loyalty_local_date(around[side], zone);
			if (!check->has_nearest || abs(apart) < abs(check->days_to_other))
				check->days_to_other = apart;
			check->has_nearest = true;
		}
	}
}

/* Counts items that stand before it in the batch among what the customer has had: they are not written yet. */
static void
count_before(const IssueRun *run, const IssueItem *item, CouponIssueCheck *check)
{
	pg_tz *zone = run->call->org->zone;
	const IssueItem *other;

	for (other = item->before; other != NULL; other = other->before)
	{
		int32 apart;

		if (!other->is_judged || other->series != item->series)
			continue;
		check->own_issued++;
		apart = loyalty_local_date(item->event_time, zone) - loyalty_local_date(other->event_time, zone);
		if (!check->has_nearest || abs(apart) < abs(check->days_to_other))
			check->days_to_other = apart;
		check->has_nearest = true;
	}
}

/* Puts together what the rules ask. */
static CouponIssueCheck
check_of(const IssueRun *run, const IssueItem *item)
{
	const SeriesAtHand *at_hand = item->series;
	CouponIssueCheck check = {
		.at = item->event_time,
		.begins_at = at_hand->begins_at,
		.ends_at = at_hand->ends_at,
		.is_stopped = !TIMESTAMP_IS_NOEND(at_hand->series.stopped_at),
		.is_claimed = is_claimed_by_other(item),
		.own_maximum = at_hand->has_own_limit ? at_hand->own_limit.maximum : LIMIT_UNBOUNDED,
		.days_between = at_hand->series.days_between_issues,
	};

	if (at_hand->has_own_limit)
		check.own_issued = loyalty_limit_used(&at_hand->own_limit, item->customer);
	if (check.days_between > 0)
		find_nearest(run, item, &check);
	if (check.days_between > 0 || at_hand->has_own_limit)
		count_before(run, item, &check);
	return check;
}

/* Refuses a series that is not in its time. */
static bool
refuse_time(const char *when, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_INCENTIVE_EXPIRED, errmsg("no coupons of the series are issued"),
				   errdetail("%s", when));
}

/* Refuses what the rules found. */
static bool
refuse(const CouponIssueCheck *check, CouponIssueObstacle obstacle, LoyaltyRefusal *refusal)
{
	switch (obstacle)
	{
		case COUPON_ISSUE_FINE:
			return true;
		case COUPON_ISSUE_STOPPED:
			return refuse_time("It was stopped.", refusal);
		case COUPON_ISSUE_NOT_BEGUN:
			return refuse_time("It has not begun.", refusal);
		case COUPON_ISSUE_ENDED:
			return refuse_time("It has ended.", refusal);
		case COUPON_ISSUE_CLAIMED:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_OFFER_CLAIMED,
						   errmsg("the series is claimed by another campaign or program"),
						   errhint("The view loyalty.offer_claims shows by which."));
		case COUPON_ISSUE_OWN_LIMIT:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_USE_LIMIT_REACHED, errmsg("the limit is reached"),
						   errdetail("The customer has had " INT64_FORMAT " coupons of the series, the limit "
									 "is " INT64_FORMAT ".",
									 check->own_issued, check->own_maximum));
		case COUPON_ISSUE_TOO_SOON:
			LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_INCENTIVE_CONDITION,
						   errmsg("the customer has had a coupon of the series too near to that day"),
						   errdetail("Days between two: required %d, actual %d.", check->days_between,
									 abs(check->days_to_other)));
	}
	return true;
}

/* Reads, then judges. */
bool
loyalty_issue_judge(IssueRun *run, IssueItem *item, LoyaltyRefusal *refusal)
{
	CouponIssueCheck check;

	if (!read_request(run, item, refusal))
		return false;
	check = check_of(run, item);
	return refuse(&check, loyalty_coupon_issue_judge(&check), refusal);
}
