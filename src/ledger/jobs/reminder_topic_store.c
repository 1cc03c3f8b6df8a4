/*
 * reminder_topic_store.c: points that expire, as a topic of reminders: whose points are good for the last time on a day, and how
 * many they are.
 *
 * Accounts say when their next points expire, and an index has them by that time: who has points that expire on a day is among those
 * whose next expiry is not after it, and their open lots tell the rest. Points that are still promised on the day of the reminder
 * are not counted. Under the customer's lock the lots are read again.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "common/clock.h"
#include "common/query.h"
#include "ledger/jobs/reminder_topic.h"
#include "message/outbox/customer_values.h"

/* Open lots of "a" that expire in a span, which is the day. */
#define LOTS_OF_THE_DAY(of_customer) \
	" loyalty_data.points_lot l WHERE l.org_id = $1 AND l.customer_id = " of_customer \
	" AND l.category = 'r' AND l.is_open AND l.program_id = $2 AND l.expires_at > $3 AND l.expires_at <= $4"

static LoyaltyQuery customers_of_day = LOYALTY_STATEMENT(
	"SELECT DISTINCT a.customer_id FROM loyalty_data.ledger_account a WHERE a.org_id = $1 AND a.program_id = $2"
	" AND a.next_expiry_at <= $4 AND a.customer_id > $5 AND EXISTS (SELECT FROM" LOTS_OF_THE_DAY(
		"a.customer_id") ") ORDER BY a.customer_id LIMIT $6",
	INT4OID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT4OID);

static LoyaltyQuery points_of_day =
	LOYALTY_STATEMENT("SELECT trim_scale(sum(l.remaining))::text FROM" LOTS_OF_THE_DAY("$5"), INT4OID,
					  INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID);

/* Makes the parameters that both statements begin with: points whose last day it is expire behind its first instant. */
static LoyaltyParams
of_day(const LoyaltyCall *call, const LoyaltyReminder *reminder, DateADT day)
{
	return LOYALTY_PARAMS(loyalty_int4(call->org->org_id), loyalty_int4(reminder->program_id),
						  loyalty_time(loyalty_start_of_day(day, call->org->zone)),
						  loyalty_time(loyalty_start_of_day(day + 1, call->org->zone)));
}

/* Reads without locks: each customer is locked later, and judged then. */
static int
find(const LoyaltyCall *call, const LoyaltyReminder *reminder, DateADT day, int64 after, int limit,
	 int64 *customers)
{
	LoyaltyParams params = of_day(call, reminder, day);
	LoyaltyRows *rows;
	uint64 i;

	loyalty_param(&params, loyalty_int8(after));
	loyalty_param(&params, loyalty_int4(limit));
	rows = loyalty_query(&customers_of_day, &params);
	for (i = 0; i < rows->count; i++)
		customers[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}

/* Returns the points without the zeros behind them, the day, the days that are left, and the program. */
static Jsonb *
values(const LoyaltyCall *call, const LoyaltyReminder *reminder, const LoyaltyCustomer *customer, DateADT day)
{
	LoyaltyParams params = of_day(call, reminder, day);
	LoyaltyRows *rows;
	StringInfoData json;
	const char *points;

	loyalty_param(&params, loyalty_int8(customer->customer_id));
	rows = loyalty_query(&points_of_day, &params);
	points = loyalty_row_text_or_null(rows, 0, 1);
	if (points == NULL)
		return NULL;
	loyalty_reminder_values_begin(&json, call, customer, "expiry_date", day);
	loyalty_values_add(&json, "points", points);
	loyalty_values_add(&json, "program", loyalty_org_program_by_id(call->org, reminder->program_id)->program);
	return loyalty_values_end(&json);
}

const LoyaltyReminderTopic loyalty_points_reminder_topic = {
	.topic = "points_expiry",
	.of_program = true,
	.find = find,
	.values = values,
};
