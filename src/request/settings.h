/* settings.h: what an org has set for a type of requests. */
#ifndef LOYALTY_REQUEST_SETTINGS_H
#define LOYALTY_REQUEST_SETTINGS_H

#include "org/call.h"
#include "request/request_rules.h"

/* Settings of a type; a type of which nothing was said waits for somebody. */
typedef struct LoyaltyRequestSettings
{
	bool auto_approve;
	bool has_points_limit;
	int64 auto_approve_points; /* goodwill of at most so many thousandths is approved without anybody */
} LoyaltyRequestSettings;

/* Reads them, as they are committed. */
extern LoyaltyRequestSettings loyalty_request_settings(const LoyaltyCall *call, RequestType type);

#endif
