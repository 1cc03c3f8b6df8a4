/* reminder_topic.h: points that expire, as a topic of reminders. */
#ifndef LOYALTY_LEDGER_REMINDER_TOPIC_H
#define LOYALTY_LEDGER_REMINDER_TOPIC_H

#include "message/inbox/reminders.h"

/* The occasion is the last day on which points of the program are good. */
extern const LoyaltyReminderTopic loyalty_points_reminder_topic;

#endif
