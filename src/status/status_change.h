/* status_change.h: the steps that changes of statuses share: who is locked, which labels, what is written. */
#ifndef LOYALTY_STATUS_CHANGE_H
#define LOYALTY_STATUS_CHANGE_H

#include "fmgr.h"

#include "org/call.h"
#include "status/status_labels.h"

/* Why, and who; texts may be NULL. */
typedef struct StatusNotes
{
	const char *reason;
	const char *actor;
} StatusNotes;

/* Reads both, from two arguments; who is the caller's role where nobody is named. */
extern void loyalty_status_notes(const LoyaltyCall *call, FunctionCallInfo fcinfo, int n, StatusNotes *notes);

/* The name of the caller's role. */
extern const char *loyalty_status_role(const LoyaltyCall *call);

/*
 * Locks a customer whose status is to change, whatever it stops: LY107, LY125, LY206 for one who was deleted.
 */
extern void loyalty_status_customer_lock(LoyaltyCall *call, int64 customer_id, LoyaltyCustomer *customer);

/* A label that a caller names; LY202. */
extern const LoyaltyStatusLabel *loyalty_status_label_get(const LoyaltyOrg *org, const char *name);

/* A label to set by hand: LY202, LY204 where the org uses the fraud status, LY210 where only a request sets it. */
extern const LoyaltyStatusLabel *loyalty_status_label_to_set(const LoyaltyOrg *org, const char *name);

/* Gives a locked customer another label, with an entry in the history; LY207 where its deletion is requested. */
extern void loyalty_status_set_label(LoyaltyCall *call, const LoyaltyCustomer *customer, int32 label_id,
									 const StatusNotes *notes);

/* The same without asking for requests: for the requests themselves. */
extern void loyalty_status_write_label(LoyaltyCall *call, const LoyaltyCustomer *customer, int32 label_id,
									   const StatusNotes *notes);

/*
 * The id of a label that the extension makes where it is absent: by its name (NULL: the default one of the status,
 * by its own word where there is none). Locks the org only then; comes before customers are locked.
 */
extern int32 loyalty_status_label_ensure(LoyaltyCall *call, CustomerStatus status, const char *name);

#endif
