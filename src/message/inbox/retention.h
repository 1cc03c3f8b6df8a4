/*
 * retention.h: what an org keeps for a time only. Each capability knows what of its own may go; what is in the books may not, and
 * nobody adds it. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_RETENTION_H
#define LOYALTY_RETENTION_H

#include "postgres.h"

#include "org/call.h"

#define LOYALTY_MAX_RETENTIONS 16

/* Kind of thing that is kept for a time; constant, and as long-lived as the library. */
typedef struct LoyaltyRetention
{
	const char *what; /* its word */

	/*
	 * Deletes about "limit" things that were finished before a time, with all that hangs on them; returns how many there were:
	 * 0 ends it. It locks customers ascending, if any. "after" is 0 in the first batch of a run, and what the last one noted.
	 */
	int64 (*forget)(LoyaltyCall *call, TimestampTz before, int limit, int64 *after);
} LoyaltyRetention;

/* Adds one; called at load. What others hang on comes behind it. */
extern void loyalty_retention_add(const LoyaltyRetention *retention);

/* Returns one after the other, NULL behind the last; the one of a word in any spelling, or NULL; all words, between commas. */
extern const LoyaltyRetention *loyalty_retention_at(int i);
extern const LoyaltyRetention *loyalty_retention_find(const char *what);
extern const char *loyalty_retention_words(void);

/* Kinds of this capability, and of events, which stand below it. */
extern const LoyaltyRetention loyalty_messages_retention;
extern const LoyaltyRetention loyalty_reports_retention;
extern const LoyaltyRetention loyalty_inbound_retention;
extern const LoyaltyRetention loyalty_reminders_retention;
extern const LoyaltyRetention loyalty_events_retention;

#endif
