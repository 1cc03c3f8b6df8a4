/* status_store.h: labels with their restrictions, and the history of customers' statuses, in tables. */
#ifndef LOYALTY_STATUS_STORE_H
#define LOYALTY_STATUS_STORE_H

#include "postgres.h"

#include "org/org_store.h"
#include "status/status_rules.h"

typedef struct LoyaltyStatusLabel
{
	int32 label_id;
	CustomerStatus status;
	bool is_default;
	uint32 own;			 /* restrictions that it was given by name */
	uint32 restrictions; /* all that are in force */
	const char *label;
} LoyaltyStatusLabel;

/* What an org has decided about statuses, kept with the org in the cache. */
struct LoyaltyStatusLabels
{
	bool enabled;  /* the customer status has replaced the fraud status */
	uint32 of_all; /* restrictions of all labels that may have them, those to come too */
	int count;
	LoyaltyStatusLabel *labels; /* by id */
};

/* For loyalty_org_hooks: reads them into the current context, under a snapshot taken now. */
extern const LoyaltyStatusLabels *loyalty_status_load(int32 org_id);

#endif
