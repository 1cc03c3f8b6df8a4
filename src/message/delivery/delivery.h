/* delivery.h: what reports of providers do to messages. */
#ifndef LOYALTY_DELIVERY_H
#define LOYALTY_DELIVERY_H

#include "message/delivery/delivery_store.h"
#include "org/call.h"

/* Fates of a report. */
typedef enum ReportOutcome
{
	REPORT_RECORDED,
	REPORT_REPEATED, /* one before said the same */
	REPORT_WAITING,	 /* for the acknowledgement of its message */
	REPORT_DROPPED,	 /* too many wait */
	REPORT_UNKNOWN,	 /* the message is not kept any more */
	REPORT_OUTCOME_COUNT
} ReportOutcome;

extern const char *const loyalty_report_outcomes[REPORT_OUTCOME_COUNT];

/* Records a report of the message that an id names, or has it wait. */
extern ReportOutcome loyalty_delivery_report(LoyaltyCall *call, ProviderMessage *message,
											 const DeliveryReport *report);

/*
 * Says which id a provider gave a message (account 0: none), and records the reports that waited for it; called as the
 * message is acknowledged, whose row the caller may have locked.
 */
extern void loyalty_delivery_acknowledged(LoyaltyCall *call, int64 customer_id, int64 message_id,
										  int32 bsp_account_id, const char *provider_message_id);

#endif
