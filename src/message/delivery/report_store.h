/* report_store.h: what was sent to a customer, to all of an org, and the consents for operators, as answers have it. */
#ifndef LOYALTY_REPORT_STORE_H
#define LOYALTY_REPORT_STORE_H

#include "postgres.h"

#include "common/query.h"
#include "org/call.h"

/* Interactions that are asked for. */
typedef struct InteractionFilter
{
	const char *channel; /* NULL: any */
	TimestampTz from;	 /* DT_NOBEGIN: from the first */
	TimestampTz before;	 /* DT_NOEND: to the last */
	int64 below;		 /* messages of smaller ids: those behind the page before */
	int page_size;
} InteractionFilter;

/* Reads a page of a customer's interactions, in the columns of customer_interactions. */
extern LoyaltyRows *loyalty_interactions_read(const LoyaltyOrg *org, int64 customer_id,
											  const InteractionFilter *filter);

/* Messages of an org that are counted. */
typedef struct ReportFilter
{
	NullableDatum from_date;
	NullableDatum to_date;
	const char *campaign; /* NULL: any, and none */
	const char *channel;  /* NULL: any */
} ReportFilter;

/* Counts the messages of an org, in the columns of message_report. */
extern LoyaltyRows *loyalty_message_report_read(const LoyaltyOrg *org, const ReportFilter *filter);

/* Opens the consents that override the register as lines of CSV: rows of one text, without a head. */
extern LoyaltyCursor *loyalty_dnd_consents_open(int32 org_id);

/* Returns the section "last_interactions" of the single view: the last ten messages to the customer. */
extern Datum loyalty_interactions_section(LoyaltyCall *call, int64 customer_id);

#endif
