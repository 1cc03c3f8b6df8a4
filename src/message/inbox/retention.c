/*
 * retention.c: the list of what an org keeps for a time only, and how messages of both directions are forgotten.
 *
 * Messages are found without a lock, some at a time, whichever they are; then their customers are locked ascending, so that two
 * runs never wait in a circle, and each customer's messages go by their keys, the message before what hangs on it: a report that
 * is being recorded holds the message alone. A message that waits or is with a worker stays, however old it is.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "common/word_rules.h"
#include "event/event_store.h"
#include "message/inbox/reminder_store.h"
#include "message/inbox/retention.h"
#include "message/inbox/retention_store.h"

static const LoyaltyRetention *retentions[LOYALTY_MAX_RETENTIONS];
static int retention_count;

/* Appends: the order is that of runs. */
void
loyalty_retention_add(const LoyaltyRetention *retention)
{
	if (retention_count == LOYALTY_MAX_RETENTIONS)
		elog(ERROR, "no room for another kind of what is kept for a time");
	retentions[retention_count++] = retention;
}

/* Returns NULL behind the last one. */
const LoyaltyRetention *
loyalty_retention_at(int i)
{
	return i < retention_count ? retentions[i] : NULL;
}

/* Searches one by one: there are a handful. */
const LoyaltyRetention *
loyalty_retention_find(const char *what)
{
	int i;

	for (i = 0; i < retention_count; i++)
		if (loyalty_same_word(what, retentions[i]->what))
			return retentions[i];
	return NULL;
}

/* Lists them for messages. */
const char *
loyalty_retention_words(void)
{
	StringInfoData words;
	int i;

	initStringInfo(&words);
	for (i = 0; i < retention_count; i++)
		appendStringInfo(&words, "%s%s", i > 0 ? ", " : "", retentions[i]->what);
	return words.data;
}

/* Finds some of a kind, and deletes those of a customer. */
typedef struct Forgetting
{
	int (*find)(int32 org_id, TimestampTz before, int limit, LoyaltyForgotten **found);
	void (*of_customer)(int32 org_id, int64 customer_id, const int64 *message_ids, int n, TimestampTz before);
} Forgetting;

/* Forgets what is found, customer by customer in ascending order; nobody is locked for the org itself. */
static int64
forget(LoyaltyCall *call, const Forgetting *kind, TimestampTz before, int limit)
{
	LoyaltyForgotten *found;
	int count = kind->find(call->org->org_id, before, limit, &found);
	int64 *ids = palloc(sizeof(int64) * Max(count, 1));
	LoyaltyCustomer customer;
	int first;
	int n = 0;

	for (first = 0; first < count; first += n)
	{
		int64 customer_id = found[first].customer_id;

		for (n = 0; first + n < count && found[first + n].customer_id == customer_id; n++)
			ids[n] = found[first + n].message_id;
		if (customer_id != 0)
			(void) loyalty_customer_lock(call->org->org_id, customer_id, &customer);
		kind->of_customer(call->org->org_id, customer_id, ids, n, before);
	}
	return count;
}

/* Messages that were sent, or will never be. */
static int64
forget_messages(LoyaltyCall *call, TimestampTz before, int limit, int64 *after)
{
	static const Forgetting messages = { loyalty_messages_old, loyalty_messages_delete };

	return forget(call, &messages, before, limit);
}

/* Reports of messages, and then those that never found theirs. */
static int64
forget_reports(LoyaltyCall *call, TimestampTz before, int limit, int64 *after)
{
	static const Forgetting reports = { loyalty_reported_old, loyalty_reports_delete };
	int64 count = forget(call, &reports, before, limit);

	return count > 0 ? count : loyalty_waiting_forget(call->org->org_id, before, limit);
}

/* Messages that came in. */
static int64
forget_inbound(LoyaltyCall *call, TimestampTz before, int limit, int64 *after)
{
	static const Forgetting inbound = { loyalty_inbound_old, loyalty_inbound_delete };

	return forget(call, &inbound, before, limit);
}

const LoyaltyRetention loyalty_messages_retention = { .what = "messages", .forget = forget_messages };
const LoyaltyRetention loyalty_reports_retention = { .what = "reports", .forget = forget_reports };
const LoyaltyRetention loyalty_inbound_retention = { .what = "inbound", .forget = forget_inbound };
const LoyaltyRetention loyalty_events_retention = { .what = "events", .forget = loyalty_events_forget };
const LoyaltyRetention loyalty_reminders_retention = { .what = "reminders",
													   .forget = loyalty_reminders_forget };
