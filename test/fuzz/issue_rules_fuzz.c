/* issue_rules_fuzz.c: whoever has had fewer coupons, longer ago, of a series that runs longer, gets one where others do. */
// sources: issue_rules.c
#include "fuzz_input.h"
#include "incentive/coupon/issue_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	CouponValidity validity = {
		(int32_t) fuzz_number(&input, INT32_MIN, INT32_MAX),
		(int32_t) fuzz_number(&input, INT32_MIN, INT32_MAX),
		fuzz_number(&input, INT64_MIN, INT64_MAX),
	};
	CouponIssueCheck issue = {
		.at = fuzz_number(&input, INT64_MIN, INT64_MAX),
		.begins_at = fuzz_number(&input, INT64_MIN, INT64_MAX),
		.ends_at = fuzz_number(&input, INT64_MIN, INT64_MAX),
		.is_stopped = fuzz_bool(&input),
		.is_claimed = fuzz_bool(&input),
		.own_maximum = fuzz_number(&input, 0, INT64_MAX),
		.own_issued = fuzz_number(&input, 0, INT64_MAX),
		.days_between = (int32_t) fuzz_number(&input, 0, INT32_MAX),
		.has_nearest = fuzz_bool(&input),
		.days_to_other = (int32_t) fuzz_number(&input, INT32_MIN, INT32_MAX),
	};
	bool is_fine = loyalty_coupon_issue_judge(&issue) == COUPON_ISSUE_FINE;
	CouponIssueCheck easier = issue;

	if (loyalty_coupon_validity_is_possible(&validity))
		REQUIRE(loyalty_coupon_validity_is_of_days(&validity) == (validity.microseconds == 0));
	easier.begins_at = fuzz_number(&input, INT64_MIN, issue.begins_at);
	easier.ends_at = fuzz_number(&input, issue.ends_at, INT64_MAX);
	easier.own_issued = fuzz_number(&input, 0, issue.own_issued);
	easier.days_between = (int32_t) fuzz_number(&input, 0, issue.days_between);
	easier.is_stopped = easier.is_claimed = easier.has_nearest = false;
	REQUIRE(!is_fine || loyalty_coupon_issue_judge(&easier) == COUPON_ISSUE_FINE);
	REQUIRE(!is_fine || (issue.at >= issue.begins_at && issue.at < issue.ends_at));
	return 0;
}
