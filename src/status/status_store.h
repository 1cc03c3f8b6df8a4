/* status_store.h: labels with their restrictions, and customers' statuses with their history, in tables. */
#ifndef LOYALTY_STATUS_STORE_H
#define LOYALTY_STATUS_STORE_H

#include "postgres.h"

#include "common/array.h"
#include "customer/customer_store.h"
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

/* Writers of labels hold the org (loyalty_call_lock_org). The first label of a status becomes its default. */
extern bool loyalty_label_insert(int32 org_id, int32 label_id, CustomerStatus status, const char *label,
								 const char *description);
extern void loyalty_label_set_default(int32 org_id, CustomerStatus status, int32 label_id);

/* Gives a restriction to these labels and takes it from the others; and says whether all labels have it. */
extern void loyalty_restriction_set(int32 org_id, uint32 restriction, const int32 *label_ids, int count,
									bool of_all);

/* A change of a customer's status, of label or of fraud status; texts may be NULL. */
typedef struct StatusChange
{
	int32 label_id; /* 0: the built-in one of active, as in the next */
	int32 previous_label_id;
	char fraud_status; /* 0: the label changes, not this */
	char previous_fraud_status;
	const char *reason;
	const char *actor;
} StatusChange;

extern void loyalty_status_change_insert(int32 org_id, int64 customer_id, const StatusChange *change,
										 TimestampTz changed_at);
extern void loyalty_customer_set_label(int32 org_id, int64 customer_id, int32 label_id);
extern void loyalty_customer_set_fraud_status(int32 org_id, int64 customer_id, char fraud_status);

/* Keeps the org from enabling the customer status until the transaction ends. */
extern void loyalty_status_hold(int32 org_id);

/* Writes that the customer status is enabled. */
extern void loyalty_status_enable(int32 org_id, TimestampTz enabled_at);

/* Locks everybody who has a fraud status, ascending, and answers which ones there are. */
typedef LOYALTY_ARRAY(char) FraudStatuses;
extern void loyalty_fraud_statuses_lock(int32 org_id, FraudStatuses *used);

/*
 * Those of a fraud status, who are locked, get a label instead (0: they keep theirs), with an entry in their history.
 * Who asked to be deleted gets it when the request is declined.
 */
extern uint64 loyalty_fraud_status_replace(int32 org_id, char fraud_status, int32 label_id, const char *actor,
										   TimestampTz now);

/* Whether a role may set statuses. */
extern bool loyalty_status_may_set(Oid role);

/* The section "status" of customer_single_view: what a label means, since when, and any request for deletion. */
extern Datum loyalty_status_section(int32 org_id, const LoyaltyCustomer *customer,
									const LoyaltyStatusLabel *label, bool enabled);

/* Takes free texts out of the history of a customer and of those merged into it. */
extern void loyalty_status_texts_erase(int32 org_id, const LoyaltyCustomer *root);

#endif
