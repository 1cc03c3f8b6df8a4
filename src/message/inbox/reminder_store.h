/* reminder_store.h: reminders of orgs, and who was reminded, in tables. */
#ifndef LOYALTY_REMINDER_STORE_H
#define LOYALTY_REMINDER_STORE_H

#include "postgres.h"

#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "message/inbox/reminders.h"

/* Writes a new reminder; false where the code is taken. */
extern bool loyalty_reminder_insert(int32 org_id, const LoyaltyReminder *reminder);

/* Reads the reminders in use behind an id, the first one alone; false: there is none. */
extern bool loyalty_reminder_next(int32 org_id, int32 after, LoyaltyReminder *reminder);

/* Reads the one of a code, if it is in use. */
extern bool loyalty_reminder_find(int32 org_id, const char *code, LoyaltyReminder *reminder);

/* Write what may change of one; retire it; note the last day that a run has come to. */
extern void loyalty_reminder_update(int32 org_id, const LoyaltyReminder *reminder);
extern void loyalty_reminder_retire(int32 org_id, int32 reminder_id);
extern void loyalty_reminder_reached(int32 org_id, const LoyaltyReminder *reminder, DateADT day);

/* Tells whether a customer was reminded of a day, and notes that one is, who is locked. */
extern bool loyalty_reminder_was_sent(int32 org_id, int64 customer_id, int32 reminder_id, DateADT day);
extern void loyalty_reminder_sent_insert(int32 org_id, int64 customer_id, int32 reminder_id, DateADT day,
										 TimestampTz now);

/* Forgets up to "limit" of those whose day is over since the day of a time; returns how many they were. */
extern int64 loyalty_reminders_forget(LoyaltyCall *call, TimestampTz before, int limit, int64 *after);

#endif
