/* status_change.h: the steps that changes of statuses share: who is locked, which labels, what is written. */
#ifndef LOYALTY_STATUS_CHANGE_H
#define LOYALTY_STATUS_CHANGE_H

#include "fmgr.h"

#include "org/call.h"
#include "status/status_labels.h"

/* The reason of a change and who made it, for the history; texts may be NULL. */
typedef struct StatusNotes
{
	const char *reason;
	const char *actor;
} StatusNotes;

/* Reads both, from argument n and the one behind it; the actor is the caller's role where nobody is named. */
extern void loyalty_status_notes(const LoyaltyCall *call, FunctionCallInfo fcinfo, int n, StatusNotes *notes);

/* Returns the name of the caller's role, while the owner is on. */
extern const char *loyalty_status_role(const LoyaltyCall *call);

/*
 * Locks a customer whose status is to change, whatever the status stops: LY107, LY125 for one who was merged,
 * LY206 for one who was deleted for good.
 */
extern void loyalty_status_customer_lock(LoyaltyCall *call, int64 customer_id, LoyaltyCustomer *customer);

/* Returns a label that a caller names; LY202 where the org has none. */
extern const LoyaltyStatusLabel *loyalty_status_label_get(const LoyaltyOrg *org, const char *name);

/*
 * Returns a label to set by hand: LY202, LY204 where the org uses the fraud status, LY210 where only a request
 * sets it.
 */
extern const LoyaltyStatusLabel *loyalty_status_label_to_set(const LoyaltyOrg *org, const char *name);

/* Gives a locked customer another label, with an entry in the history; LY207 where its deletion is requested. */
extern void loyalty_status_set_label(LoyaltyCall *call, const LoyaltyCustomer *customer, int32 label_id,
									 const StatusNotes *notes);

/* Gives a locked customer another label without asking for requests: for the requests themselves. */
extern void loyalty_status_changed(LoyaltyCall *call, int64 customer_id, const StatusChange *change);
extern void loyalty_status_write_label(LoyaltyCall *call, const LoyaltyCustomer *customer, int32 label_id,
									   const StatusNotes *notes);

/*
 * Returns the id of the label of that name, or (NULL) of the status's default label. Makes the label where the org
 * has none, by that name or by the word of the status, and locks the org only then. Comes before customers are
 * locked: whoever locks both locks the org first.
 */
extern int32 loyalty_status_label_ensure(LoyaltyCall *call, CustomerStatus status, const char *name);

#endif
