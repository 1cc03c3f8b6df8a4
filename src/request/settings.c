/* settings.c: what an org has set for a type of requests. Without a word of it every request waits for somebody. */
#include "postgres.h"

#include "request/settings.h"

/* Says of every type that nothing was set. */
LoyaltyRequestSettings
loyalty_request_settings(const LoyaltyCall *call, RequestType type)
{
	return (LoyaltyRequestSettings){ .auto_approve = false };
}
