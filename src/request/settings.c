/* settings.c: what the org says of a type of requests, with what holds where it says nothing. */
#include "postgres.h"

#include "request/setting_store.h"

/* Reads one row, by each call that needs it. */
LoyaltyRequestSettings
loyalty_request_settings(const LoyaltyCall *call, RequestType type)
{
	LoyaltyRequestSettings settings;

	if (!loyalty_request_setting_read(call->org->org_id, type, &settings))
		settings = (LoyaltyRequestSettings){ .notify = NOTIFY_NEVER, .otp = OTP_OFF };
	return settings;
}
