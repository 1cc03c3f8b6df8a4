/*
 * event_rules.h: names of events, and the way of a head through takings and acknowledgements. Knows no server.
 *
 * A head is a few numbers, and each step changes them in one way that its fuzz target holds against a list of events: what
 * waits is what was added and not passed, attempts are those of the next one, and numbers of leases never come again.
 */
#ifndef LOYALTY_EVENT_RULES_H
#define LOYALTY_EVENT_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Returns the name of an event as payloads have it, however a caller spells it; NULL: there is no such event. */
extern const char *loyalty_event_name_find(const char *given);

/* Returns all names, for messages. */
extern const char *loyalty_event_name_list(void);

/* Place of a subscriber in the events of a customer. Times are microseconds. */
typedef struct EventHead
{
	int32_t next_no; /* taken next, or leased */
	int32_t last_no;
	int32_t lease_no; /* grows with each lease, and with its end: an old number acknowledges nothing */
	int32_t attempts; /* of the next one */
	int32_t dead;	  /* events that nobody could deliver and that were not told again since */
	int64_t available_at;
	bool is_waiting; /* next_no is there */
} EventHead;

/* States of deliveries, as the table has them; a dead one that a replay tells again is replayed. */
#define EVENT_WAITS 'w'
#define EVENT_DELIVERED 'd'
#define EVENT_DEAD 'x'
#define EVENT_REPLAYED 'r'

/* Adds one more event at the end of those of a customer; returns its number. */
extern int32_t loyalty_event_head_add(EventHead *head, int64_t now);

/* Leases the next one; false where its attempts are used up: it is dead, and the head stands at the one after it. */
extern bool loyalty_event_head_take(EventHead *head, int32_t max_attempts, int64_t now, int64_t lease);

/* Outcomes that a worker tells. */
typedef enum EventOutcome
{
	EVENT_OUTCOME_DELIVERED,
	EVENT_OUTCOME_RETRY,
	EVENT_OUTCOME_FAILED,
	EVENT_OUTCOME_COUNT,
} EventOutcome;

/* Tells whether a lease is the one that is under way: nobody has ended it, and nobody has taken the event since. */
extern bool loyalty_event_head_is_leased(const EventHead *head, int32_t lease_no);

/* Ends the lease; returns the state of what was leased. */
extern char loyalty_event_head_end(EventHead *head, EventOutcome outcome, int32_t max_attempts, int64_t now);

#endif
