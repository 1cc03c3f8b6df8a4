/*
 * subscribers.h: subscribers that calls name.
 *
 * The cache of an org has its subscribers, and calls find theirs in it without a statement. A call that changes one locks
 * the org first and looks at the org of then.
 */
#ifndef LOYALTY_SUBSCRIBERS_H
#define LOYALTY_SUBSCRIBERS_H

#include "postgres.h"

#include "fmgr.h"

#include "common/seal.h"
#include "event/event_store.h"

/* Returns the subscriber that argument 1 names: LYN01 where the org has none of that name, or it is retired. */
extern const LoyaltySubscriber *loyalty_subscriber_named(const LoyaltyCall *call, FunctionCallInfo fcinfo);

/* Names what is sealed of a subscriber. */
extern LoyaltySealOf loyalty_subscriber_seal(int32 org_id, int32 subscriber_id);

/*
 * Says which subscribers of orgs are late, which have dead events, and whose secret does not open, for health_check; NULL: none. A
 * key file that cannot be used raises nothing.
 */
extern const char *loyalty_subscribers_amiss(const int32 *org_ids, int count);

#endif
