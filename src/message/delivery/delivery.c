/*
 * delivery.c: what a report does: it is kept, it may raise the message's delivery status, and it may teach that the person
 * does not want to be called. A delivery teaches nothing: that somebody was reached once says nothing of a register.
 *
 * Reports and acknowledgements cross: a provider may report before the worker has told its id. Such a report waits under the
 * id, and is recorded as the acknowledgement brings it, in its transaction. The message's row is locked while a report is
 * recorded; its customer is not, since a report concerns nothing else of the customer.
 */
#include "postgres.h"

#include "customer/ndnc_store.h"
#include "message/delivery/delivery.h"

#define SMS_CHANNEL "mobile" /* the register is about calls and short messages */

const char *const loyalty_report_outcomes[REPORT_OUTCOME_COUNT] = {
	[REPORT_RECORDED] = "recorded", [REPORT_REPEATED] = "repeated", [REPORT_WAITING] = "waiting",
	[REPORT_DROPPED] = "dropped",	[REPORT_UNKNOWN] = "unknown",
};

/* Notes in the register what the operator said of the mobile, where its message still knows it. */
static void
learn(LoyaltyCall *call, const ProviderMessage *message, TimestampTz at)
{
	const char *mobile =
		loyalty_delivered_address(message->org_id, message->customer_id, message->message_id);

	if (mobile != NULL)
		loyalty_ndnc_learn(call->org, mobile, message->customer_id, message->message_id, at);
}

/* Records a report of a message that is known. */
static ReportOutcome
record(LoyaltyCall *call, const ProviderMessage *message, const DeliveryReport *report)
{
	int32 org_id = message->org_id;
	DeliveredMessage delivered;
	char status;

	if (!loyalty_delivered_lock(org_id, message->customer_id, message->message_id, &delivered))
		return REPORT_UNKNOWN;
	if (!loyalty_report_insert(org_id, message->customer_id, message->message_id, report))
		return REPORT_REPEATED;
	status = loyalty_delivery_higher(delivered.delivery_status, report->verdict.delivery_status);
	if (status != delivered.delivery_status)
		loyalty_delivered_update(org_id, message->customer_id, message->message_id, status);
	if (report->verdict.cause != NULL && strcmp(report->verdict.cause, DELIVERY_CAUSE_DND) == 0 &&
		strcmp(delivered.channel, SMS_CHANNEL) == 0)
		learn(call, message, report->occurred_at);
	return REPORT_RECORDED;
}

/* Looks again where the acknowledgement came while the report was about to wait. */
ReportOutcome
loyalty_delivery_report(LoyaltyCall *call, ProviderMessage *message, const DeliveryReport *report)
{
	if (!loyalty_provider_message_find(message))
	{
		EarlyReport early = loyalty_early_report_keep(message, report);

		if (early != EARLY_LATE)
			return early == EARLY_KEPT ? REPORT_WAITING : REPORT_DROPPED;
		if (!loyalty_provider_message_find(message))
			return REPORT_UNKNOWN;
	}
	return record(call, message, report);
}

/* Records what waited in the order in which it came. */
void
loyalty_delivery_acknowledged(LoyaltyCall *call, int64 customer_id, int64 message_id, int32 bsp_account_id,
							  const char *provider_message_id)
{
	ProviderMessage message = { .org_id = call->org->org_id,
								.bsp_account_id = bsp_account_id,
								.provider_message_id = provider_message_id,
								.customer_id = customer_id,
								.message_id = message_id };
	DeliveryReport *early = NULL;
	int count = loyalty_provider_message_claim(&message, &early);
	int i;

	for (i = 0; i < count; i++)
		(void) record(call, &message, &early[i]);
}
