/* settings.h: what the org says of a type of requests. */
#ifndef LOYALTY_REQUEST_SETTINGS_H
#define LOYALTY_REQUEST_SETTINGS_H

#include "postgres.h"

#include "message/sender/contact_rules.h"
#include "org/call.h"
#include "request/setting_rules.h"

/*
 * Settings of a type of requests. Audiences are those who are told of a change that was made; contacts, who are told of requests,
 * stand in a table of their own.
 */
typedef struct LoyaltyRequestSettings
{
	bool auto_approve; /* a request is approved as it comes */
	bool has_points_limit;
	int64 auto_approve_points; /* thousandths of points; a goodwill of more waits */
	ContactNotify notify;	   /* whether contacts of the org are told of a request */
	int64 notify_amount;	   /* thousandths, for NOTIFY_ONLY_WHEN */
	RequestOtp otp;			   /* which identifiers are proved by a one-time code */
	bool communicates[AUDIENCE_COUNT];
} LoyaltyRequestSettings;

/* Reads the settings of a type; where the org said nothing, nobody is told and all is decided by hand. */
extern LoyaltyRequestSettings loyalty_request_settings(const LoyaltyCall *call, RequestType type);

#endif
