/*
 * reminder_store.c: the statements on reminders, and on who was reminded of what. A reminder is reference data, which a job writes
 * to once a day: the last day that it has come to. Who was reminded is a row of the customer's for each occasion.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/clock.h"
#include "message/inbox/reminder_store.h"

/* Columns of a reminder with its template, as the reader has them. */
#define REMINDER_COLUMNS \
	"r.reminder_id, r.reminder::text, r.topic::text, t.template::text, r.channel::text, r.program_id," \
	" r.days_before::int4, r.reminded_until, t.template_id, t.purpose FROM loyalty_data.reminder r" \
	" JOIN loyalty_data.message_template t ON t.org_id = r.org_id AND t.template_id = r.template_id"

static LoyaltyQuery reminder_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.reminder (org_id, reminder_id, reminder, topic, template_id, channel, program_id,"
	" days_before, is_retired) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, INT4OID, TEXTOID, INT4OID, INT4OID);

static LoyaltyQuery reminder_next =
	LOYALTY_STATEMENT("SELECT " REMINDER_COLUMNS " WHERE r.org_id = $1 AND r.reminder_id > $2"
					  " AND NOT r.is_retired ORDER BY r.reminder_id LIMIT 1",
					  INT4OID, INT4OID);

static LoyaltyQuery reminder_find =
	LOYALTY_STATEMENT("SELECT " REMINDER_COLUMNS
					  " WHERE r.org_id = $1 AND r.reminder = $2 AND NOT r.is_retired",
					  INT4OID, TEXTOID);

static LoyaltyQuery reminder_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.reminder SET template_id = $3, channel = $4, days_before = $5, reminded_until = NULL"
	" WHERE org_id = $1 AND reminder_id = $2",
	INT4OID, INT4OID, INT4OID, TEXTOID, INT4OID);

static LoyaltyQuery reminder_retire = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.reminder SET is_retired = true WHERE org_id = $1 AND reminder_id = $2", INT4OID,
	INT4OID);

static LoyaltyQuery reminder_reached = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.reminder SET reminded_until = $3 WHERE org_id = $1 AND reminder_id = $2"
	" AND days_before = $4 AND reminded_until IS DISTINCT FROM $3",
	INT4OID, INT4OID, DATEOID, INT4OID);

static LoyaltyQuery was_sent =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.reminder_sent s WHERE s.org_id = $1 AND s.customer_id = $2"
					  " AND s.reminder_id = $3 AND s.occasion = $4",
					  INT4OID, INT8OID, INT4OID, DATEOID);

static LoyaltyQuery sent_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.reminder_sent (org_id, customer_id, reminder_id, occasion, sent_at)"
	" VALUES ($1, $2, $3, $4, $5)",
	INT4OID, INT8OID, INT4OID, DATEOID, TIMESTAMPTZOID);

/* Deletes some of those that are over: any will do. */
static LoyaltyQuery sent_forget = LOYALTY_STATEMENT(
	"DELETE FROM loyalty_data.reminder_sent s WHERE (s.org_id, s.customer_id, s.reminder_id, s.occasion) IN (SELECT"
	" o.org_id, o.customer_id, o.reminder_id, o.occasion FROM loyalty_data.reminder_sent o WHERE o.org_id = $1"
	" AND o.occasion < $2 LIMIT $3)",
	INT4OID, DATEOID, INT4OID);

/* Reads a reminder out of a row of its columns. */
static void
reminder_of_row(LoyaltyRows *rows, LoyaltyReminder *reminder)
{
	*reminder = (LoyaltyReminder){
		.reminder_id = loyalty_row_int4(rows, 0, 1),
		.reminder = loyalty_row_text(rows, 0, 2),
		.topic = loyalty_row_text(rows, 0, 3),
		.template_name = loyalty_row_text(rows, 0, 4),
		.channel = loyalty_row_text_or_null(rows, 0, 5),
		.program_id = loyalty_row_int4_or(rows, 0, 6, 0),
		.days_before = loyalty_row_int4(rows, 0, 7),
		.reminded_until = loyalty_row_int4_or(rows, 0, 8, 0),
		.has_until = !loyalty_row_isnull(rows, 0, 8),
		.template_id = loyalty_row_int4(rows, 0, 9),
		.purpose = loyalty_row_char(rows, 0, 10),
	};
}

/* Returns a day as a parameter. */
static NullableDatum
day_param(DateADT day)
{
	return loyalty_datum(DateADTGetDatum(day), false);
}

/* Tells by the count whether the code was free. */
bool
loyalty_reminder_insert(int32 org_id, const LoyaltyReminder *reminder)
{
	return LOYALTY_EXECUTE(&reminder_insert, loyalty_int4(org_id), loyalty_int4(reminder->reminder_id),
						   loyalty_text(reminder->reminder), loyalty_text(reminder->topic),
						   loyalty_int4(reminder->template_id), loyalty_text(reminder->channel),
						   loyalty_int4_or_null(reminder->program_id),
						   loyalty_int4(reminder->days_before)) == 1;
}

/* Reads one row. */
bool
loyalty_reminder_next(int32 org_id, int32 after, LoyaltyReminder *reminder)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&reminder_next, loyalty_int4(org_id), loyalty_int4(after));

	if (rows->count > 0)
		reminder_of_row(rows, reminder);
	return rows->count > 0;
}

/* Finds it by its code. */
bool
loyalty_reminder_find(int32 org_id, const char *code, LoyaltyReminder *reminder)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&reminder_find, loyalty_int4(org_id), loyalty_text(code));

	if (rows->count > 0)
		reminder_of_row(rows, reminder);
	return rows->count > 0;
}

/* Begins anew with the day that is its own from now on: who was reminded already is not again. */
void
loyalty_reminder_update(int32 org_id, const LoyaltyReminder *reminder)
{
	LOYALTY_EXECUTE(&reminder_update, loyalty_int4(org_id), loyalty_int4(reminder->reminder_id),
					loyalty_int4(reminder->template_id), loyalty_text(reminder->channel),
					loyalty_int4(reminder->days_before));
}

/* Keeps the row, whose code those who were reminded by it have. */
void
loyalty_reminder_retire(int32 org_id, int32 reminder_id)
{
	LOYALTY_EXECUTE(&reminder_retire, loyalty_int4(org_id), loyalty_int4(reminder_id));
}

/* Writes nothing where it stands there already, or the reminder was changed meanwhile: it begins anew then. */
void
loyalty_reminder_reached(int32 org_id, const LoyaltyReminder *reminder, DateADT day)
{
	LOYALTY_EXECUTE(&reminder_reached, loyalty_int4(org_id), loyalty_int4(reminder->reminder_id),
					day_param(day), loyalty_int4(reminder->days_before));
}

/* Tells by the count. */
bool
loyalty_reminder_was_sent(int32 org_id, int64 customer_id, int32 reminder_id, DateADT day)
{
	return LOYALTY_EXECUTE(&was_sent, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(reminder_id),
						   day_param(day)) > 0;
}

/* Writes one row. */
void
loyalty_reminder_sent_insert(int32 org_id, int64 customer_id, int32 reminder_id, DateADT day, TimestampTz now)
{
	LOYALTY_EXECUTE(&sent_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(reminder_id),
					day_param(day), loyalty_time(now));
}

/* Goes by the day of the occasion: what is to come must not be forgotten, or it would be reminded of again. */
int64
loyalty_reminders_forget(LoyaltyCall *call, TimestampTz before, int limit, int64 *after)
{
	return (int64) LOYALTY_EXECUTE(&sent_forget, loyalty_int4(call->org->org_id),
								   day_param(loyalty_local_date(before, call->org->zone)),
								   loyalty_int4(limit));
}
