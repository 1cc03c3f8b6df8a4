/*
 * reminder_api.c: create_reminder, update_reminder, retire_reminder: which days customers are reminded of, how long before, and
 * by which message. Reference data of the org: changes wait for each other, and count from the next run of send_reminders on.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "customer/channels.h"
#include "message/inbox/reminder_rules.h"
#include "message/inbox/reminder_store.h"
#include "message/outbox/outbox.h"
#include "message/template/template_store.h"

LOYALTY_FUNCTION(loyalty_create_reminder);
LOYALTY_FUNCTION(loyalty_update_reminder);
LOYALTY_FUNCTION(loyalty_retire_reminder);

/* Positions of the arguments of create_reminder, from 0. */
enum CreateArgument
{
	ARG_REMINDER = 1,
	ARG_TOPIC,
	ARG_DAYS_BEFORE,
	ARG_TEMPLATE,
	ARG_CHANNEL,
	ARG_PROGRAM,
};

/* Positions of those of update_reminder. */
enum UpdateArgument
{
	ARG_NEW_DAYS_BEFORE = 2,
	ARG_NEW_TEMPLATE,
	ARG_NEW_CHANNEL,
};

/* Reads a number of days before the occasion. */
static int
read_days(FunctionCallInfo fcinfo, int n)
{
	int32 days = loyalty_arg_int4(fcinfo, n, "days_before");

	if (days < 0 || days > REMINDER_DAYS_MAX)
		loyalty_raise_not_allowed("days_before", psprintf("0 to %d", REMINDER_DAYS_MAX));
	return days;
}

/* Reads a channel; NULL: none is named. */
static const char *
read_channel(FunctionCallInfo fcinfo, int n)
{
	const char *channel = loyalty_arg_text_or_null(fcinfo, n, "channel", LOYALTY_MAX_CODE);

	return channel ? loyalty_channel_checked(channel, NULL, "channel") : NULL;
}

/* Returns the program that reminders of a topic are about, 0 where it knows none. */
static int32
read_program(FunctionCallInfo fcinfo, const LoyaltyCall *call, const LoyaltyReminderTopic *topic)
{
	const char *program = loyalty_arg_text_or_null(fcinfo, ARG_PROGRAM, "program", LOYALTY_MAX_CODE);

	if (topic->of_program)
		return loyalty_org_program(call->org, program)->program_id;
	if (program != NULL)
		loyalty_raise_not_allowed("program", "none for this topic");
	return 0;
}

/* Finds the template of a reminder. Codes and messages to contacts remind nobody of a day. */
static void
use_template(const LoyaltyCall *call, const char *name, LoyaltyReminder *reminder)
{
	TemplateRow row;

	if (!loyalty_template_read(call->org->org_id, name, &row))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TEMPLATE_UNKNOWN), errmsg("template \"%s\" does not exist", name)));
	if (row.purpose != PURPOSE_PROMOTIONAL && row.purpose != PURPOSE_TRANSACTIONAL)
		loyalty_raise_not_allowed("template", "templates of purpose promotional or transactional");
	reminder->template_id = row.template_id;
}

/* Makes a reminder; returns its id. */
Datum
loyalty_create_reminder(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyReminder reminder = { 0 };
	const LoyaltyReminderTopic *topic;

	loyalty_call_begin(&call, fcinfo);
	reminder.reminder = loyalty_arg_key(fcinfo, ARG_REMINDER, "reminder");
	topic = loyalty_reminder_topic_find(loyalty_arg_text(fcinfo, ARG_TOPIC, "topic", LOYALTY_MAX_CODE));
	if (topic == NULL)
		loyalty_raise_not_allowed("topic", loyalty_reminder_topic_words());
	reminder.topic = topic->topic;
	reminder.days_before = read_days(fcinfo, ARG_DAYS_BEFORE);
	use_template(&call, loyalty_arg_text(fcinfo, ARG_TEMPLATE, "template", LOYALTY_MAX_CODE), &reminder);
	reminder.channel = read_channel(fcinfo, ARG_CHANNEL);
	reminder.program_id = read_program(fcinfo, &call, topic);
	reminder.reminder_id = loyalty_next_reference_id();
	if (!loyalty_reminder_insert(call.org->org_id, &reminder))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUPLICATE_NAME),
						errmsg("reminder \"%s\" exists already", reminder.reminder)));
	loyalty_call_end(&call);
	PG_RETURN_INT32(reminder.reminder_id);
}

/* Opens a call about a reminder in use, which is read under the lock of the org. */
static void
open_reminder(LoyaltyCall *call, FunctionCallInfo fcinfo, LoyaltyReminder *reminder)
{
	const char *code;

	loyalty_call_begin(call, fcinfo);
	code = loyalty_arg_text(fcinfo, ARG_REMINDER, "reminder", LOYALTY_MAX_CODE);
	loyalty_call_lock_org(call);
	if (!loyalty_reminder_find(call->org->org_id, code, reminder))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_REMINDER_UNKNOWN), errmsg("reminder \"%s\" does not exist", code),
				 errhint("A reminder that was retired is none any more.")));
}

/* Changes what is given. */
Datum
loyalty_update_reminder(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyReminder reminder;
	const char *template_name;
	const char *channel;

	open_reminder(&call, fcinfo, &reminder);
	template_name = loyalty_arg_text_or_null(fcinfo, ARG_NEW_TEMPLATE, "template", LOYALTY_MAX_CODE);
	channel = read_channel(fcinfo, ARG_NEW_CHANNEL);
	if (!PG_ARGISNULL(ARG_NEW_DAYS_BEFORE))
		reminder.days_before = read_days(fcinfo, ARG_NEW_DAYS_BEFORE);
	if (template_name != NULL)
		use_template(&call, template_name, &reminder);
	if (channel != NULL)
		reminder.channel = channel;
	loyalty_reminder_update(call.org->org_id, &reminder);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Ends a reminder for good. */
Datum
loyalty_retire_reminder(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyReminder reminder;

	open_reminder(&call, fcinfo, &reminder);
	loyalty_reminder_retire(call.org->org_id, reminder.reminder_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}
