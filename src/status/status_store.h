/*
 * status_store.h: labels with their restrictions, and customers' statuses with their history, in tables.
 * Writers of labels hold the org (loyalty_call_lock_org), writers of a customer's status hold the customer.
 */
#ifndef LOYALTY_STATUS_STORE_H
#define LOYALTY_STATUS_STORE_H

#include "postgres.h"

#include "common/array.h"
#include "customer/customer_store.h"
#include "customer/holding_store.h"
#include "org/org_store.h"
#include "status/status_rules.h"

/* A label of an org, as it is cached: its id is what customers have, and what it stops is worked out. */
typedef struct LoyaltyStatusLabel
{
	int32 label_id;
	CustomerStatus status;
	bool is_default;
	uint32 own;			 /* restrictions that it was given by name */
	uint32 restrictions; /* all that are in force */
	const char *label;
} LoyaltyStatusLabel;

/* Decisions of an org about statuses, kept with the org in the cache and never changed there. */
struct LoyaltyStatusLabels
{
	bool enabled;  /* the customer status has replaced the fraud status */
	uint32 of_all; /* restrictions of all labels that may have them, those to come too */
	int count;
	LoyaltyStatusLabel *labels; /* by id */
};

/* Reads the decisions of an org into the current context, under a snapshot taken now, for loyalty_org_hooks. */
extern const LoyaltyStatusLabels *loyalty_status_load(int32 org_id);

/*
 * Write a new label, false where the org has one of that name (the first label of a status becomes its default);
 * and make a label the default of its status in place of the present one.
 */
extern bool loyalty_label_insert(int32 org_id, int32 label_id, CustomerStatus status, const char *label,
								 const char *description);
extern void loyalty_label_set_default(int32 org_id, CustomerStatus status, int32 label_id);

/*
 * Gives a restriction to these labels and takes it from all others of the org; and sets whether all labels have it,
 * those to come too. The caller has judged whether these labels may have it.
 */
extern void loyalty_restriction_set(int32 org_id, uint32 restriction, const int32 *label_ids, int count,
									bool of_all);

/* A change of a customer's status, of label or of fraud status, for the history; texts may be NULL. */
typedef struct StatusChange
{
	int32 label_id; /* 0: the built-in one of active, as in the next */
	int32 previous_label_id;
	char fraud_status; /* 0: the label changes, not this */
	char previous_fraud_status;
	const char *reason;
	const char *actor;
} StatusChange;

/* Write a change into the history of a locked customer, and the label or the fraud status into its row. */
extern int64 loyalty_status_change_insert(int32 org_id, int64 customer_id, const StatusChange *change,
										  TimestampTz changed_at);
extern void loyalty_customer_set_label(int32 org_id, int64 customer_id, int32 label_id);
extern void loyalty_customer_set_fraud_status(int32 org_id, int64 customer_id, char fraud_status);

/* Keeps the org from enabling the customer status until the transaction ends. Comes before customers are locked. */
extern void loyalty_status_hold(int32 org_id);

/* Writes that the customer status is enabled. The org is locked. */
extern void loyalty_status_enable(int32 org_id, TimestampTz enabled_at);

/* Codes of fraud statuses. */
typedef LOYALTY_ARRAY(char) FraudStatuses;

/* Locks everybody who has a fraud status, ascending, and returns in "used" the ones there are. */
extern void loyalty_fraud_statuses_lock(int32 org_id, FraudStatuses *used);

/*
 * Gives the customers of a fraud status, who are locked, a label in its place (0: they keep theirs), with an
 * entry in their history. A customer whose deletion is requested gets it when the request is declined. Returns
 * how many there are.
 */
extern uint64 loyalty_fraud_status_replace(int32 org_id, char fraud_status, int32 label_id, const char *actor,
										   TimestampTz now);

/* Tells whether a role may set statuses by hand. */
extern bool loyalty_status_may_set(Oid role);

/*
 * Returns the section "status" of customer_single_view, a jsonb: what the customer's label means, the restrictions in
 * force (a text array), since when, and any open request for deletion. Sees what the caller's statement sees.
 */
extern Datum loyalty_status_section(int32 org_id, const LoyaltyCustomer *customer,
									const LoyaltyStatusLabel *label, Datum restrictions, bool enabled);

/* Rows that are held about the statuses of customers. */
extern const LoyaltyHoldings loyalty_status_holdings;

#endif
