/*
 * setting_rules.c: what an org may say of a type of change requests.
 *
 * Mobiles and e-mails are addresses themselves: the one before the change and the one after it are told, each by its own channel.
 * An external id is none, so its customer is told, by both channels. Of a merge both sides are told. Of a deletion nobody is:
 * there is nobody any more. Whatever else changes, the customer is told.
 */
#include "request/setting_rules.h"

const char *const loyalty_request_audiences[AUDIENCE_COUNT] = { "old_id",	"new_id",	"requestor",
																"survivor", "customer", "contact" };
const char loyalty_request_audience_letters[AUDIENCE_COUNT + 1] = "onrsck";
const char *const loyalty_request_channels[REQUEST_CHANNEL_COUNT] = { "mobile", "email" };
const char *const loyalty_request_otp_words[OTP_COUNT] = { "off", "new", "old", "both" };
const RequestOtp loyalty_request_otp_choices[OTP_COUNT] = { OTP_OFF, OTP_NEW, OTP_OLD, OTP_BOTH };

/* Has no default, so that the compiler finds a new audience. */
bool
loyalty_request_audience_fits(RequestType type, RequestAudience audience)
{
	bool is_address = type == REQUEST_MOBILE || type == REQUEST_EMAIL;
	bool is_merge = type == REQUEST_ACCOUNT_MERGE;

	switch (audience)
	{
		case AUDIENCE_OLD_ID:
		case AUDIENCE_NEW_ID:
			return is_address;
		case AUDIENCE_REQUESTOR:
		case AUDIENCE_SURVIVOR:
			return is_merge;
		case AUDIENCE_CUSTOMER:
			return !is_address && !is_merge && type != REQUEST_DELETE_ACCOUNT;
		case AUDIENCE_CONTACT:
			return true;
		case AUDIENCE_COUNT:
			break;
	}
	return false;
}

/* Binds old and new identifiers to what they are addresses of. */
bool
loyalty_request_channel_fits(RequestType type, RequestAudience audience, RequestChannel channel)
{
	if (!loyalty_request_audience_fits(type, audience))
		return false;
	if (audience != AUDIENCE_OLD_ID && audience != AUDIENCE_NEW_ID)
		return true;
	return channel == (type == REQUEST_MOBILE ? REQUEST_BY_MOBILE : REQUEST_BY_EMAIL);
}

/* Knows the identifiers. Of a number that somebody else has by now there need not be a new one. */
bool
loyalty_request_otp_fits(RequestType type, RequestOtp otp)
{
	if (otp == OTP_OFF || type == REQUEST_MOBILE || type == REQUEST_EMAIL || type == REQUEST_EXTERNAL_ID)
		return true;
	return type == REQUEST_MOBILE_REALLOCATION && otp == OTP_OLD;
}

/* Compares with the limit, which belongs to what is allowed. */
bool
loyalty_request_is_auto(bool auto_approve, bool has_limit, int64_t limit, int64_t points)
{
	return auto_approve && (!has_limit || points <= limit);
}

/* Wants later steps to come later, by an hour at least. */
bool
loyalty_request_step_fits(int hours, int before, int after)
{
	return hours >= 1 && hours <= REQUEST_HOURS_MAX && hours > before && (after == 0 || hours < after);
}

/* Counts hours, not days on anybody's clock. */
bool
loyalty_request_step_is_due(int64_t requested_at, int hours, int64_t now)
{
	return now - requested_at >= hours * INT64_C(3600000000);
}
