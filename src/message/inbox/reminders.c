/*
 * reminders.c: the topics of reminders, and the steps of one: lock, judge, send, note.
 *
 * Each customer is reminded of an occasion once by a reminder, whatever else becomes of the message: one that was suppressed, as
 * the customer wants no such messages, was the one. Who was merged into a customer may have been reminded before, so the whole group
 * is asked. A customer who was merged or deleted since it was found is passed over. Locks are the customer's own.
 */
#include "postgres.h"

#include "common/word_rules.h"
#include "message/inbox/reminder_store.h"
#include "message/inbox/reminders.h"
#include "message/outbox/customer_values.h"
#include "message/outbox/outbox.h"

static const LoyaltyReminderTopic *topics[LOYALTY_MAX_REMINDER_TOPICS];
static int topic_count;

/* Appends: the order is that of lists. */
void
loyalty_reminder_topic_add(const LoyaltyReminderTopic *topic)
{
	if (topic_count == LOYALTY_MAX_REMINDER_TOPICS)
		elog(ERROR, "no room for another topic of reminders");
	topics[topic_count++] = topic;
}

/* Searches one by one: there are a handful. */
const LoyaltyReminderTopic *
loyalty_reminder_topic_find(const char *topic)
{
	int i;

	for (i = 0; i < topic_count; i++)
		if (loyalty_same_word(topic, topics[i]->topic))
			return topics[i];
	return NULL;
}

/* Lists them for messages. */
const char *
loyalty_reminder_topic_words(void)
{
	StringInfoData words;
	int i;

	initStringInfo(&words);
	for (i = 0; i < topic_count; i++)
		appendStringInfo(&words, "%s%s", i > 0 ? ", " : "", topics[i]->topic);
	return words.data;
}

/* Opens the object with what every topic has. Values are texts, and what is not known is left out. */
void
loyalty_reminder_values_begin(StringInfo json, const LoyaltyCall *call, const LoyaltyCustomer *customer,
							  const char *day_tag, DateADT day)
{
	DateADT today = loyalty_local_date(call->now, call->org->zone);

	loyalty_values_begin(json);
	loyalty_values_add(json, "days_before", psprintf("%d", Max(day - today, 0)));
	loyalty_values_add(json, day_tag, loyalty_day_text(day));
	loyalty_values_add_customer(json, call, customer);
}

/* Tells whether anybody of the customer's group was reminded. */
static bool
was_reminded(const LoyaltyCall *call, const LoyaltyReminder *reminder, const LoyaltyCustomer *customer,
			 DateADT day)
{
	int64 *group;
	int members = loyalty_customer_group(customer, &group);
	int i;

	for (i = 0; i < members; i++)
		if (loyalty_reminder_was_sent(call->org->org_id, group[i], reminder->reminder_id, day))
			return true;
	return false;
}

/* The message says in its campaign which reminder it is of. */
bool
loyalty_remind(LoyaltyCall *call, const LoyaltyReminder *reminder, const LoyaltyReminderTopic *topic,
			   DateADT day, int64 customer_id)
{
	LoyaltyCustomer customer;
	LoyaltyMessageAnswer answer;
	LoyaltyMessageRequest request = {
		.customer = &customer,
		.purpose = reminder->purpose,
		.template_name = reminder->template_name,
		.channel = reminder->channel,
		.campaign = reminder->reminder,
	};

	if (!loyalty_customer_lock(call->org->org_id, customer_id, &customer) || customer.merged_into != 0 ||
		customer.erased || was_reminded(call, reminder, &customer, day))
		return false;
	request.variables = topic->values(call, reminder, &customer, day);
	if (request.variables == NULL)
		return false;
	loyalty_message_send(call, &request, &answer);
	loyalty_reminder_sent_insert(call->org->org_id, customer_id, reminder->reminder_id, day, call->now);
	return true;
}
