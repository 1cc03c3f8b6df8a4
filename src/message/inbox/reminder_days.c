/*
 * reminder_days.c: birthdays and anniversaries, of which customers can be reminded: days of the standard fields birth_date and
 * anniversary that come again every year.
 *
 * A date that lies in the year of the occasion or after it is no occasion: nobody has a birthday on the day of birth. Values are
 * read under the customer's lock, since a field may have changed since it was found.
 */
#include "postgres.h"

#include "utils/datetime.h"

#include "common/time_rules.h"
#include "customer/occasion_store.h"
#include "message/inbox/reminder_rules.h"
#include "message/inbox/reminders.h"
#include "message/outbox/customer_values.h"

/* Finds those whose field has a day that is kept then. */
static int
find_days(const LoyaltyCall *call, int32 field_id, DateADT day, int64 after, int limit, int64 *customers)
{
	char days[MONTH_DAYS_MAX][MONTH_DAY_BYTES];
	int year;
	int month;
	int of_month;
	int count;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &of_month);
	count = loyalty_kept_days(year, month, of_month, days);
	return loyalty_customers_of_day(call->org->org_id, field_id, days[0], days[count - 1], after, limit,
									customers);
}

/* Returns the values, or NULL where the field has another day by now. */
static Jsonb *
day_values(const LoyaltyCall *call, int32 field_id, const char *tag, const LoyaltyCustomer *customer,
		   DateADT day)
{
	int32 org_id = call->org->org_id;
	const char *value = loyalty_date_of_field(org_id, customer->customer_id, field_id);
	char days[MONTH_DAYS_MAX][MONTH_DAY_BYTES];
	LoyaltyLocalTime date;
	StringInfoData json;
	int year;
	int month;
	int of_month;
	int count;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &of_month);
	count = loyalty_kept_days(year, month, of_month, days);
	if (value == NULL || !loyalty_time_read(value, &date) || date.year >= year ||
		(strcmp(value + 5, days[0]) != 0 && strcmp(value + 5, days[count - 1]) != 0))
		return NULL;
	loyalty_reminder_values_begin(&json, call, customer, tag, day);
	loyalty_values_add(&json, "years", psprintf("%d", year - date.year));
	return loyalty_values_end(&json);
}

/* The birthday's half of both. */
static int
find_birthdays(const LoyaltyCall *call, const LoyaltyReminder *reminder, DateADT day, int64 after, int limit,
			   int64 *customers)
{
	(void) reminder;
	return find_days(call, LOYALTY_FIELD_BIRTH_DATE, day, after, limit, customers);
}

static Jsonb *
birthday_values(const LoyaltyCall *call, const LoyaltyReminder *reminder, const LoyaltyCustomer *customer,
				DateADT day)
{
	(void) reminder;
	return day_values(call, LOYALTY_FIELD_BIRTH_DATE, "birth_date", customer, day);
}

/* The anniversary's half. */
static int
find_anniversaries(const LoyaltyCall *call, const LoyaltyReminder *reminder, DateADT day, int64 after,
				   int limit, int64 *customers)
{
	(void) reminder;
	return find_days(call, LOYALTY_FIELD_ANNIVERSARY, day, after, limit, customers);
}

static Jsonb *
anniversary_values(const LoyaltyCall *call, const LoyaltyReminder *reminder, const LoyaltyCustomer *customer,
				   DateADT day)
{
	(void) reminder;
	return day_values(call, LOYALTY_FIELD_ANNIVERSARY, "anniversary", customer, day);
}

const LoyaltyReminderTopic loyalty_birthday_topic = {
	.topic = "birthday",
	.find = find_birthdays,
	.values = birthday_values,
};

const LoyaltyReminderTopic loyalty_anniversary_topic = {
	.topic = "anniversary",
	.find = find_anniversaries,
	.values = anniversary_values,
};
