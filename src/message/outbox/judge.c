/*
 * judge.c: whether a message may be sent, asked of the tables.
 *
 * What the table of message_rules.c asks is read here, and only what can matter: codes ask for no consent, promotional messages
 * alone for the rest, and of that only what the org's configuration lets decide. A sender holds the customer's lock; a taker judges by what
 * is committed, and whoever changes a customer's mind a moment later comes too late by that moment.
 */
#include "postgres.h"

#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "common/clock.h"
#include "customer/consent.h"
#include "customer/ndnc_store.h"
#include "customer/reach.h"
#include "message/outbox/judge.h"
#include "status/status_guard.h"

#define MINUTES_PER_DAY (HOURS_PER_DAY * MINS_PER_HOUR)

/* Reads what the customer said to messages like this. */
static void
add_consent(const LoyaltyCall *call, const LoyaltyMessage *message, SendFacts *facts)
{
	const char *purpose = message->purpose == PURPOSE_PROMOTIONAL ? "promotional" : "transactional";
	HeldConsent consent;

	if (!loyalty_reach_consent(message->org_id, message->customer_id, message->channel, purpose,
							   message->source_id, &consent))
		return;
	facts->consent = consent.opted_in ? CONSENT_OPTED_IN : CONSENT_OPTED_OUT;
	facts->consent_holds = call->now < loyalty_consent_end(consent.consented_at, call->org->zone);
}

/* Tells whether the customer got as many promotional messages in the period as the org allows. */
static bool
is_over_the_cap(const LoyaltyCall *call, const LoyaltyMessage *message, bool taking)
{
	int64 cap = call->org->config_number[CONFIG_PROMOTIONAL_CAP];
	TimestampTz since = call->now - call->org->config_number[CONFIG_PROMOTIONAL_CAP_HOURS] * USECS_PER_HOUR;

	return cap > 0 && loyalty_promotional_count(message->org_id, message->customer_id, message->message_id,
												since, taking) >= cap;
}

/* Reads what is asked about promotional messages alone, each where the org's configuration makes it matter. */
static void
add_promotional(const LoyaltyCall *call, const LoyaltyMessage *message, const char *address, bool taking,
				SendFacts *facts)
{
	facts->needs_opt_in = call->org->config_number[CONFIG_PROMOTIONAL_NEEDS_OPT_IN] != 0;
	facts->sends_to_ndnc = call->org->config_number[CONFIG_SEND_TO_NDNC] != 0;
	facts->is_control = loyalty_reach_is_control(call->org, message->customer_id);
	facts->is_registered = !facts->sends_to_ndnc && strcmp(message->channel, "mobile") == 0 &&
						   loyalty_ndnc_blocks(call->org, address);
	facts->is_over_the_cap = is_over_the_cap(call, message, taking);
}

/*
 * Asks the guard of statuses, whose refusal is the first row of the table and no error. Nothing else is read of somebody who has
 * no address, or of a message that asks for no consent.
 */
SendVerdict
loyalty_message_verdict(LoyaltyCall *call, const LoyaltyCustomer *customer, const LoyaltyMessage *message,
						const char *address, bool taking)
{
	SendFacts facts = { .purpose = message->purpose,
						.about_deletion = message->about_deletion,
						.has_address = address != NULL };
	int sqlstate = 0;

	if (customer != NULL)
	{
		(void) loyalty_status_verdict(call, customer, GUARD_SEND_MESSAGE, &sqlstate);
		facts.is_stopped = sqlstate != 0 || customer->erased || customer->merged_into != 0;
	}
	if (customer != NULL && address != NULL &&
		(message->purpose == PURPOSE_PROMOTIONAL || message->purpose == PURPOSE_TRANSACTIONAL))
	{
		add_consent(call, message, &facts);
		if (message->purpose == PURPOSE_PROMOTIONAL)
			add_promotional(call, message, address, taking, &facts);
	}
	return loyalty_message_judge(&facts);
}

/* Counts on the org's clock, on which quiet hours are said; an end that clocks skip is as timezone() has it. */
TimestampTz
loyalty_quiet_end(const LoyaltyOrg *org, TimestampTz at)
{
	int hours = (int) org->config_number[CONFIG_QUIET_HOURS];
	int64 local = loyalty_local_time(at, org->zone);
	DateADT day = loyalty_local_date(at, org->zone);
	int minute = (int) ((local - day * USECS_PER_DAY) / USECS_PER_MINUTE);
	int wait = loyalty_quiet_minutes(minute, hours / MINUTES_PER_DAY, hours % MINUTES_PER_DAY);
	LoyaltyLocalTime end = { .has_clock = true };
	TimestampTz instant;

	if (wait == 0)
		return at;
	day += (minute + wait) / MINUTES_PER_DAY;
	j2date(day + POSTGRES_EPOCH_JDATE, &end.year, &end.month, &end.day);
	end.hour = (minute + wait) % MINUTES_PER_DAY / MINS_PER_HOUR;
	end.minute = (minute + wait) % MINS_PER_HOUR;
	(void) loyalty_time_instant(&end, org->zone, &instant);
	return Max(instant, at);
}
