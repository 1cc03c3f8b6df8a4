/* message_hits_store.h: what customers bought after they got a message. */
#ifndef LOYALTY_MESSAGE_HITS_STORE_H
#define LOYALTY_MESSAGE_HITS_STORE_H

#include "message/delivery/report_store.h"

/* Counts customers and their bills by campaign and channel, in the columns of message_hits. */
extern LoyaltyRows *loyalty_message_hits_read(const LoyaltyOrg *org, int days, const ReportFilter *filter);

#endif
