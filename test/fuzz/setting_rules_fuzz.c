/*
 * setting_rules_fuzz.c: who is reached by a channel is an audience; more points are never approved where fewer are not; a step that
 * is due stays due, and none is before an earlier one.
 */
// sources: setting_rules.c request_rules.c word_rules.c status_rules.c
#include "fuzz_input.h"
#include "request/setting_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	RequestType type = loyalty_request_type_at(fuzz_choice(&input, REQUEST_TYPE_COUNT));
	RequestAudience audience = (RequestAudience) fuzz_choice(&input, AUDIENCE_COUNT);
	RequestChannel channel = (RequestChannel) fuzz_choice(&input, REQUEST_CHANNEL_COUNT);
	bool has_limit = fuzz_bool(&input);
	int64_t limit = fuzz_number(&input, INT64_MIN, INT64_MAX);
	int64_t points = fuzz_number(&input, INT64_MIN, INT64_MAX);
	int64_t fewer = fuzz_number(&input, INT64_MIN, points);
	int64_t requested_at = fuzz_number(&input, -INT64_C(3155673600000000), INT64_C(252455615999999999));
	int64_t now = fuzz_number(&input, requested_at, INT64_C(252455615999999999));
	int hours = (int) fuzz_number(&input, 1, REQUEST_HOURS_MAX);
	int before = (int) fuzz_number(&input, 0, REQUEST_HOURS_MAX);

	if (loyalty_request_channel_fits(type, audience, channel))
		REQUIRE(loyalty_request_audience_fits(type, audience));
	if (loyalty_request_audience_fits(type, audience))
		REQUIRE(loyalty_request_channel_fits(type, audience, REQUEST_BY_MOBILE) ||
				loyalty_request_channel_fits(type, audience, REQUEST_BY_EMAIL));
	if (loyalty_request_is_auto(true, has_limit, limit, points))
		REQUIRE(loyalty_request_is_auto(true, has_limit, limit, fewer) &&
				loyalty_request_is_auto(true, false, limit, points));
	REQUIRE(!loyalty_request_is_auto(false, has_limit, limit, points));
	if (loyalty_request_step_fits(hours, before, 0) && loyalty_request_step_is_due(requested_at, hours, now))
		REQUIRE(before == 0 || loyalty_request_step_is_due(requested_at, before, now));
	return 0;
}
