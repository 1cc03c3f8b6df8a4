/*
 * issue_rules.c: what a series of coupons may say of them, and what stands against issuing one.
 *
 * The order of the checks is that of docs/coupon.md: the series first, then who uses it, then the customer. What costs the least
 * to find out comes first within each; the issue limit, which is taken and not asked for, comes behind all of them.
 */
#include "incentive/coupon/issue_rules.h"

const char *const loyalty_coupon_code_types[COUPON_CODE_TYPE_COUNT] = { "unique", "uploaded", "generic" };

/* Refuses days and hours together: whether such a time ends with a day nobody could say. */
bool
loyalty_coupon_validity_is_possible(const CouponValidity *validity)
{
	bool has_days = validity->months != 0 || validity->days != 0;

	if (validity->months < 0 || validity->days < 0 || validity->microseconds < 0)
		return false;
	return has_days != (validity->microseconds != 0);
}

/* Looks at the hours, which a possible one has instead of days. */
bool
loyalty_coupon_validity_is_of_days(const CouponValidity *validity)
{
	return validity->microseconds == 0;
}

/* Tells whether the nearest other issue is too near, on either side: one may be told later than the other. */
static bool
is_too_soon(const CouponIssueCheck *issue)
{
	int64_t apart = issue->days_to_other;

	return issue->has_nearest && (apart < 0 ? -apart : apart) < issue->days_between;
}

/* Goes through the obstacles in their order. */
CouponIssueObstacle
loyalty_coupon_issue_judge(const CouponIssueCheck *issue)
{
	if (issue->is_stopped)
		return COUPON_ISSUE_STOPPED;
	if (issue->at < issue->begins_at)
		return COUPON_ISSUE_NOT_BEGUN;
	if (issue->at >= issue->ends_at)
		return COUPON_ISSUE_ENDED;
	if (issue->is_claimed)
		return COUPON_ISSUE_CLAIMED;
	if (issue->own_issued >= issue->own_maximum)
		return COUPON_ISSUE_OWN_LIMIT;
	if (is_too_soon(issue))
		return COUPON_ISSUE_TOO_SOON;
	return COUPON_ISSUE_FINE;
}
