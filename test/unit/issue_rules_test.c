/*
 * issue_rules_test.c: how long coupons may be good, and the order of what stands against an issue, with every boundary.
 */
#include "incentive/coupon/issue_rules.h"
#include "tap.h"

#define NEVER INT64_MAX

static const CouponIssueCheck fine = {
	.at = 100,
	.begins_at = 100,
	.ends_at = 101,
	.own_maximum = 2,
	.own_issued = 1,
	.days_between = 7,
	.has_nearest = true,
	.days_to_other = 7,
};

static void
test_validity(void)
{
	ok(loyalty_coupon_validity_is_possible(&(CouponValidity){ 1, 0, 0 }) &&
		   loyalty_coupon_validity_is_possible(&(CouponValidity){ 0, 1, 0 }) &&
		   loyalty_coupon_validity_is_possible(&(CouponValidity){ 1, 15, 0 }),
	   "months and days");
	ok(loyalty_coupon_validity_is_possible(&(CouponValidity){ 0, 0, 1 }), "hours alone");
	ok(!loyalty_coupon_validity_is_possible(&(CouponValidity){ 0, 1, 1 }) &&
		   !loyalty_coupon_validity_is_possible(&(CouponValidity){ 1, 0, 1 }),
	   "not both");
	ok(!loyalty_coupon_validity_is_possible(&(CouponValidity){ 0, 0, 0 }), "not nothing");
	ok(!loyalty_coupon_validity_is_possible(&(CouponValidity){ -1, 40, 0 }) &&
		   !loyalty_coupon_validity_is_possible(&(CouponValidity){ 1, -1, 0 }) &&
		   !loyalty_coupon_validity_is_possible(&(CouponValidity){ 0, 0, -1 }),
	   "and nothing that goes back");
	ok(loyalty_coupon_validity_is_of_days(&(CouponValidity){ 0, 1, 0 }) &&
		   !loyalty_coupon_validity_is_of_days(&(CouponValidity){ 0, 0, 1 }),
	   "days end with a day, hours do not");
}

static void
test_judgement(void)
{
	CouponIssueCheck issue = fine;

	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_FINE,
	   "the first moment, the last coupon, the day itself");
	issue.days_to_other = 6;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_TOO_SOON, "a day too soon");
	issue.days_to_other = -6;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_TOO_SOON, "also where the other one is told first");
	issue.days_to_other = -7;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_FINE, "far enough in front of it");
	issue.days_to_other = 0;
	issue.has_nearest = false;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_FINE, "the first coupon has none beside it");
	issue.has_nearest = true;
	issue.own_issued = 2;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_OWN_LIMIT,
	   "the customer's limit comes before the days");
	issue.is_claimed = true;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_CLAIMED, "the claim before the limit");
	issue.ends_at = 100;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_ENDED,
	   "the end, which is a moment without it, before the claim");
	issue.begins_at = 101;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_NOT_BEGUN, "the beginning before the end");
	issue.is_stopped = true;
	ok(loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_STOPPED, "and that it was stopped before all");
}

int
main(void)
{
	plan(16);
	test_validity();
	test_judgement();
	return tap_exit();
}
