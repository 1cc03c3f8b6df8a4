/*
 * event_check.h: what verify_channels asks of events. Whether all that happened was told, each capability knows of what is its own:
 * each adds a check. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_EVENT_CHECK_H
#define LOYALTY_EVENT_CHECK_H

#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"

#define LOYALTY_MAX_EVENT_CHECKS 16

/* An invariant, and what finds its first break in an org: a text of ids and of a subscriber's name. */
typedef struct LoyaltyEventCheck
{
	const char *invariant;
	LoyaltyQuery *first_break;
} LoyaltyEventCheck;

/* Makes a statement about a whole org that answers one row. */
#define LOYALTY_EVENT_CHECK(text) \
	{ \
		.sql = text, .types = { INT4OID }, .seen = true, .any_plan = true, .limit = 1 \
	}

/*
 * Finds what happened and was not told to a subscriber that wanted it. "things" is a query of what happened in the org ($1):
 * customer_id, event_id, event_name, recorded_at. A call that began before the commit of a subscriber does not know of it, so that
 * the first hour is not asked for; nor is what the org keeps no more.
 */
#define LOYALTY_UNTOLD(things) \
	LOYALTY_EVENT_CHECK( \
		"SELECT format('customer %s, subscriber %s: %s %s', t.customer_id, s.subscriber, t.event_name, t.event_id)" \
		" FROM (" things ") t JOIN loyalty_data.event_subscriber s ON s.org_id = $1 AND s.state <> 'r'" \
		" AND (s.event_names IS NULL OR t.event_name::text COLLATE \"C\" = ANY (s.event_names))" \
		" WHERE t.recorded_at > s.told_from + interval '1 hour'" \
		" AND (s.kept_from IS NULL OR t.recorded_at >= s.kept_from)" \
		" AND NOT EXISTS (SELECT FROM loyalty_data.event_delivery d WHERE d.org_id = $1" \
		" AND d.customer_id = t.customer_id AND d.subscriber_id = s.subscriber_id AND d.event_id = t.event_id)")

/* Adds one; called at load. */
extern void loyalty_event_check_add(const LoyaltyEventCheck *check);

/* Returns one after the other, NULL behind the last. */
extern const LoyaltyEventCheck *loyalty_event_check_at(int i);

/* Returns the first break in an org, in the current memory context; NULL: there is none. */
extern const char *loyalty_event_break(const LoyaltyEventCheck *check, int32 org_id);

/* Checks of events, and of what is told by capabilities below them. */
extern const LoyaltyEventCheck loyalty_event_order_check;
extern const LoyaltyEventCheck loyalty_registrations_told_check;
extern const LoyaltyEventCheck loyalty_statuses_told_check;

#endif
