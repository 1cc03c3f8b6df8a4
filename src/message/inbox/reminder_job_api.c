/*
 * reminder_job_api.c: send_reminders, a procedure that commits: sends what there is to be reminded of.
 *
 * It goes through the org's reminders by id, through the days of each (reminder_rules.c), and through the customers of each day
 * by id, a batch at a time. Customers are found without a lock and locked one by one, ascending, with the judgement under the lock
 * (reminders.c). Each is a subtransaction: one who cannot be reminded, as a value of the template is missing, is named in a
 * warning, and the others get their messages. A reminder that fails for many has a fault of its own, such as a template that was
 * not approved; the run leaves it and goes on with the next one. What failed is tried again by the next run, as long as the day
 * is not over. Nothing is late otherwise: a run twice a day sends nothing twice.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/subtransaction.h"
#include "customer/job.h"
#include "message/inbox/reminder_rules.h"
#include "message/inbox/reminder_store.h"

LOYALTY_FUNCTION(loyalty_send_reminders);

#define MAX_FAILURES 10 /* of a reminder in a run */

/* Job with the place that it has come to. */
typedef struct ReminderRun
{
	LoyaltyJob job; /* the first member, so that a batch finds the rest */
	int32 reminder_id;
	int days_before; /* of the reminder, as the run turned to it */
	DateADT day;
	int failures; /* of this reminder */
	bool is_open; /* false: the next reminder is to be looked for */
} ReminderRun;

/* A customer who is being reminded. */
typedef struct Reminding
{
	LoyaltyCall *call;
	const LoyaltyReminder *reminder;
	const LoyaltyReminderTopic *topic;
	DateADT day;
	int64 customer_id;
	bool is_sent;
} Reminding;

/* Sends inside of a subtransaction, which stays whether there was something to send or not. */
static bool
remind(void *arg)
{
	Reminding *reminding = arg;

	reminding->is_sent = loyalty_remind(reminding->call, reminding->reminder, reminding->topic,
										reminding->day, reminding->customer_id);
	return true;
}

/* Warns of a customer who is left out. Errors that are not ours end the run. */
static void
leave_out(const Reminding *reminding, ErrorData *error)
{
	if (loyalty_error_meaning_or_null(error->sqlerrcode) == NULL)
		ReThrowError(error);
	ereport(WARNING, (errcode(error->sqlerrcode),
					  errmsg("reminder \"%s\" leaves customer " INT64_FORMAT " out",
							 reminding->reminder->reminder, reminding->customer_id),
					  errdetail("%s: %s.", unpack_sql_state(error->sqlerrcode),
								loyalty_error_meaning(error->sqlerrcode))));
}

/* Reminds the customers of a batch, with an SPI connection for each, which keeps memory flat. */
static void
remind_customers(ReminderRun *run, Reminding *reminding, const int64 *customers, int count)
{
	int i;

	for (i = 0; i < count && run->failures < MAX_FAILURES; i++)
	{
		ErrorData *error;

		CHECK_FOR_INTERRUPTS();
		if (SPI_connect() != SPI_OK_CONNECT)
			elog(ERROR, "SPI_connect failed");
		reminding->customer_id = customers[i];
		reminding->is_sent = false;
		if (!loyalty_subtransaction_try(remind, reminding, &error))
		{
			leave_out(reminding, error);
			run->failures++;
		}
		if (reminding->is_sent)
			run->job.done++;
		run->job.after = customers[i];
		SPI_finish();
	}
}

/* Does the next customers of the day at hand; returns how many were found. */
static int
remind_day(ReminderRun *run, LoyaltyCall *call, const LoyaltyReminder *reminder)
{
	Reminding reminding = {
		.call = call,
		.reminder = reminder,
		.topic = loyalty_reminder_topic_find(reminder->topic),
		.day = run->day,
	};
	int64 *customers;
	int count;

	if (reminding.topic == NULL)
		return 0;
	customers = palloc(sizeof(int64) * run->job.batch_size);
	count = reminding.topic->find(call, reminder, run->day, run->job.after, run->job.batch_size, customers);
	remind_customers(run, &reminding, customers, count);
	return count;
}

/* Turns to a day of a reminder, or to the first of its days. */
static void
turn_to(ReminderRun *run, const LoyaltyReminder *reminder, DateADT day)
{
	if (run->reminder_id != reminder->reminder_id)
		run->failures = 0;
	run->reminder_id = reminder->reminder_id;
	run->days_before = reminder->days_before;
	run->day = day;
	run->job.after = 0;
	run->is_open = true;
}

/* Leaves a reminder. Days on which somebody was left out stay to be gone through again. */
static void
leave(ReminderRun *run, LoyaltyCall *call, const LoyaltyReminder *reminder)
{
	run->is_open = false;
	if (run->failures == 0)
		loyalty_reminder_reached(call->org->org_id, reminder, run->day);
	else if (run->failures >= MAX_FAILURES)
		ereport(WARNING, (errmsg("reminder \"%s\" is left out of this run", reminder->reminder),
						  errdetail("%d customers could not be reminded.", run->failures)));
}

/* Tells whether the run is in the midst of a reminder. One that was changed meanwhile begins anew, with its own day. */
static bool
is_at(const ReminderRun *run, const LoyaltyReminder *reminder)
{
	return run->is_open && run->reminder_id == reminder->reminder_id &&
		   run->days_before == reminder->days_before;
}

/* Looks for a day with customers who are left to be reminded; 0: there is none any more. */
static int
remind_batch(LoyaltyJob *job, LoyaltyCall *call)
{
	ReminderRun *run = (ReminderRun *) job;
	DateADT today = loyalty_local_date(job->as_of, call->org->zone);
	LoyaltyReminder reminder;

	/* The reminder at hand, unless it was retired meanwhile, or the next one. */
	while (loyalty_reminder_next(call->org->org_id, run->reminder_id - (run->is_open ? 1 : 0), &reminder))
	{
		ReminderDays days =
			loyalty_reminder_days(today, reminder.days_before, reminder.has_until, reminder.reminded_until);
		int count;

		if (!is_at(run, &reminder))
			turn_to(run, &reminder, days.first);
		count = remind_day(run, call, &reminder);
		if (run->failures >= MAX_FAILURES || (count == 0 && run->day >= days.last))
			leave(run, call, &reminder);
		else if (count == 0)
			turn_to(run, &reminder, run->day + 1);
		if (count > 0)
			return count;
	}
	return 0;
}

/* The procedure: sends the reminders of the day of as_of, batch by batch, with a commit after each (customer/job.c). */
Datum
loyalty_send_reminders(PG_FUNCTION_ARGS)
{
	ReminderRun run = {
		.job = {
			.fcinfo = fcinfo,
			.procedure = "send_reminders",
			.done_what = "reminded",
			.batch = remind_batch,
		},
	};

	loyalty_job_run(&run.job);
	PG_RETURN_VOID();
}
