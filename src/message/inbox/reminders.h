/*
 * reminders.h: messages that remind customers of a day. What there is to be reminded of, capabilities above know, too: each topic
 * is one that somebody adds. Owned here, filled by loyalty.c.
 */
#ifndef LOYALTY_REMINDERS_H
#define LOYALTY_REMINDERS_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/date.h"
#include "utils/jsonb.h"

#include "customer/customer_store.h"
#include "org/call.h"

#define LOYALTY_MAX_REMINDER_TOPICS 16

/* Reminder of an org. */
typedef struct LoyaltyReminder
{
	int32 reminder_id;
	const char *reminder; /* its code */
	const char *topic;
	int32 template_id;
	const char *template_name;
	char purpose;		 /* of the template, as the table has it: promotional or transactional */
	const char *channel; /* NULL: that of the template */
	int32 program_id;	 /* 0: the topic knows no programs */
	int days_before;
	DateADT reminded_until; /* the last day that runs have come to */
	bool has_until;			/* false: none has */
} LoyaltyReminder;

/* Topic; constant, and as long-lived as the library. */
typedef struct LoyaltyReminderTopic
{
	const char *topic;
	bool of_program; /* reminders name a program */

	/* Finds up to "limit" customers behind an id, ascending, who have an occasion on a day. Nobody is locked. */
	int (*find)(const LoyaltyCall *call, const LoyaltyReminder *reminder, DateADT day, int64 after, int limit,
				int64 *customers);

	/* Returns the values of the message's tags, of a customer who is locked; NULL: there is no occasion any more. */
	Jsonb *(*values)(const LoyaltyCall *call, const LoyaltyReminder *reminder,
					 const LoyaltyCustomer *customer, DateADT day);
} LoyaltyReminderTopic;

/* Adds one; called at load. */
extern void loyalty_reminder_topic_add(const LoyaltyReminderTopic *topic);

/* Returns the topic of that word, in any spelling, or NULL; and all words, between commas. */
extern const LoyaltyReminderTopic *loyalty_reminder_topic_find(const char *topic);
extern const char *loyalty_reminder_topic_words(void);

/*
 * Locks a customer and sends it what a reminder says about a day; false where it was sent already, or there is no occasion. Raises
 * what sending raises.
 */
extern bool loyalty_remind(LoyaltyCall *call, const LoyaltyReminder *reminder,
						   const LoyaltyReminderTopic *topic, DateADT day, int64 customer_id);

/*
 * Begins the object of values that a topic returns, which loyalty_values_end ends. Every topic has the day of the occasion, by the tag that its templates
 * have for it, and how many days are left; and what templates say of any customer, as far as it is known.
 */
extern void loyalty_reminder_values_begin(StringInfo json, const LoyaltyCall *call,
										  const LoyaltyCustomer *customer, const char *day_tag, DateADT day);

/* Topics of what is known of customers. */
extern const LoyaltyReminderTopic loyalty_birthday_topic;
extern const LoyaltyReminderTopic loyalty_anniversary_topic;

#endif
