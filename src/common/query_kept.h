/* query_kept.h: functions that the files of the statements share. */
#ifndef LOYALTY_QUERY_KEPT_H
#define LOYALTY_QUERY_KEPT_H

#include "common/query.h"

/* Makes the text of a statement that is said in words, which is kept with it. */
extern void loyalty_query_derive(LoyaltyQuery *query);

/* A scan for the rows of a query that finds some; NULL: its statement must run. */
extern LoyaltyScan *loyalty_query_scan(LoyaltyQuery *query, const LoyaltyParams *params);

/* Opens a portal on a statement. */
extern Portal loyalty_query_portal(LoyaltyQuery *query, const LoyaltyParams *params);

#endif
