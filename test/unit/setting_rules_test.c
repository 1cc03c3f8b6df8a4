/* setting_rules_test.c: who is told of which change by which channel, what is approved by itself, and when a step is due. */
#include <string.h>

#include "request/setting_rules.h"
#include "tap.h"

#define HOUR INT64_C(3600000000)

/* Audiences that each type has beside contacts, as letters. */
static const struct
{
	RequestType type;
	const char *audiences;
} told[REQUEST_TYPE_COUNT] = {
	{ REQUEST_MOBILE, "on" },
	{ REQUEST_EMAIL, "on" },
	{ REQUEST_EXTERNAL_ID, "c" },
	{ REQUEST_ACCOUNT_MERGE, "rs" },
	{ REQUEST_MOBILE_REALLOCATION, "c" },
	{ REQUEST_GOODWILL_POINTS, "c" },
	{ REQUEST_GOODWILL_COUPON, "c" },
	{ REQUEST_EDIT_PROFILE, "c" },
	{ REQUEST_DELETE_ACCOUNT, "" },
	{ REQUEST_RETRO_TRANSACTION, "c" },
};

static void
test_audiences(void)
{
	int wrong = 0;

	for (int t = 0; t < REQUEST_TYPE_COUNT; t++)
		for (int a = 0; a < AUDIENCE_CONTACT; a++)
		{
			bool fits = strchr(told[t].audiences, loyalty_request_audience_letters[a]) != NULL;
			bool is_bound = told[t].type == REQUEST_MOBILE || told[t].type == REQUEST_EMAIL;

			wrong += loyalty_request_audience_fits(told[t].type, (RequestAudience) a) != fits;
			wrong += loyalty_request_channel_fits(told[t].type, (RequestAudience) a, REQUEST_BY_MOBILE) !=
					 (fits && (!is_bound || told[t].type == REQUEST_MOBILE));
			wrong += loyalty_request_channel_fits(told[t].type, (RequestAudience) a, REQUEST_BY_EMAIL) !=
					 (fits && (!is_bound || told[t].type == REQUEST_EMAIL));
		}
	ok(wrong == 0, "each type has its audiences, and each its channels");
	for (int t = 0; t < REQUEST_TYPE_COUNT; t++)
		wrong += !loyalty_request_audience_fits(told[t].type, AUDIENCE_CONTACT) ||
				 !loyalty_request_channel_fits(told[t].type, AUDIENCE_CONTACT, REQUEST_BY_EMAIL);
	ok(wrong == 0, "contacts can be told of every type");
	ok(!loyalty_request_audience_fits(REQUEST_MOBILE, AUDIENCE_COUNT), "there are no others");
	ok(loyalty_request_otp_fits(REQUEST_MOBILE, OTP_BOTH) &&
		   loyalty_request_otp_fits(REQUEST_EMAIL, OTP_NEW) &&
		   loyalty_request_otp_fits(REQUEST_EXTERNAL_ID, OTP_OLD) &&
		   !loyalty_request_otp_fits(REQUEST_ACCOUNT_MERGE, OTP_OLD),
	   "codes prove identifiers");
	ok(loyalty_request_otp_fits(REQUEST_MOBILE_REALLOCATION, OTP_OLD) &&
		   !loyalty_request_otp_fits(REQUEST_MOBILE_REALLOCATION, OTP_NEW) &&
		   !loyalty_request_otp_fits(REQUEST_MOBILE_REALLOCATION, OTP_BOTH),
	   "who has a number by now proves that number");
	ok(loyalty_request_otp_fits(REQUEST_ACCOUNT_MERGE, OTP_OFF), "none is always possible");
}

static void
test_auto(void)
{
	ok(!loyalty_request_is_auto(false, false, 0, 0) && !loyalty_request_is_auto(false, true, 100, 1),
	   "nothing is approved by itself where the org does not say so");
	ok(loyalty_request_is_auto(true, false, 0, INT64_MAX), "without a limit everything is");
	ok(loyalty_request_is_auto(true, true, 50000, 50000) &&
		   !loyalty_request_is_auto(true, true, 50000, 50001),
	   "the limit belongs to what is");
}

/* Escalation after 4, 24 and 72 hours, as in the worked example. */
static void
test_steps(void)
{
	ok(loyalty_request_step_fits(4, 0, 0) && loyalty_request_step_fits(24, 4, 72) &&
		   loyalty_request_step_fits(REQUEST_HOURS_MAX, 24, 0),
	   "steps come behind each other");
	ok(!loyalty_request_step_fits(4, 4, 0) && !loyalty_request_step_fits(72, 4, 72) &&
		   !loyalty_request_step_fits(0, 0, 0) && !loyalty_request_step_fits(-1, 0, 0) &&
		   !loyalty_request_step_fits(REQUEST_HOURS_MAX + 1, 0, 0),
	   "and neither together nor beyond a year");
	ok(!loyalty_request_step_is_due(0, 4, 4 * HOUR - 1) && loyalty_request_step_is_due(0, 4, 4 * HOUR) &&
		   loyalty_request_step_is_due(-HOUR, 4, 3 * HOUR) && !loyalty_request_step_is_due(HOUR, 4, 0),
	   "one is due as soon as its hours are over");
}

int
main(void)
{
	plan(10);
	test_audiences();
	test_auto();
	test_steps();
	return tap_exit();
}
