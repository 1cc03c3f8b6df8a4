/*
 * status_change.c: the steps that changes of statuses share.
 *
 * A change of label locks the customer, so it waits for every call that was let through under the old label,
 * and calls that come later wait and then see the new one: what a label stops has no gap. With the label in the
 * customer's row goes a row of history, in the same transaction.
 *
 * Locks: the customer's row; the org's row where a label is made (ensure), always before customers. Nothing is
 * late here.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/json.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "customer/member.h"
#include "customer/notice_hooks.h"
#include "status/status_change.h"

/* Asks for the name of the caller that the owner took the place of. */
const char *
loyalty_status_role(const LoyaltyCall *call)
{
	return GetUserNameFromId(call->owner.caller, false);
}

/* Puts the role in the place of an actor, so that the history is never without one. */
void
loyalty_status_notes(const LoyaltyCall *call, FunctionCallInfo fcinfo, int n, StatusNotes *notes)
{
	notes->reason = loyalty_arg_text_or_null(fcinfo, n, "reason", LOYALTY_MAX_TEXT);
	notes->actor = loyalty_arg_text_or_null(fcinfo, n + 1, "actor", LOYALTY_MAX_NAME);
	if (notes->actor == NULL)
		notes->actor = loyalty_status_role(call);
}

/* Asks no guard: a label must be changeable whatever it blocks. Only a deletion for good is the end of it. */
void
loyalty_status_customer_lock(LoyaltyCall *call, int64 customer_id, LoyaltyCustomer *customer)
{
	if (!loyalty_customer_lock(call->org->org_id, customer_id, customer))
		loyalty_raise_customer_unknown(customer_id);
	loyalty_customer_require_root(customer);
	if (customer->erased)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_DELETED),
						errmsg("customer " INT64_FORMAT " was deleted", customer_id)));
}

/* Searches the org's cache. */
const LoyaltyStatusLabel *
loyalty_status_label_get(const LoyaltyOrg *org, const char *name)
{
	const LoyaltyStatusLabel *label = loyalty_status_label_named(org, name);

	if (label == NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_STATUS_LABEL_UNKNOWN),
						errmsg("label \"%s\" of customers does not exist", name),
						errhint("Create it with loyalty.create_status_label().")));
	return label;
}

/* Refuses the label of requested deletions by hand: no request would stand behind it, and nobody could decline it. */
const LoyaltyStatusLabel *
loyalty_status_label_to_set(const LoyaltyOrg *org, const char *name)
{
	const LoyaltyStatusLabel *label;

	if (!org->status_labels->enabled)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_STATUS_NOT_ENABLED),
						errmsg("org \"%s\" uses the fraud status", org->org),
						errhint("Turn the customer status on with loyalty.enable_customer_status().")));
	label = loyalty_status_label_get(org, name);
	if (strcmp(label->label, LABEL_DELETION_PENDING) == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_STATUS_LABEL_RESERVED),
						errmsg("label \"%s\" is not set by hand", label->label),
						errhint("It comes with loyalty.request_deletion().")));
	return label;
}

/* Writes the history and tells subscribers, in words: of the label, or of the fraud status where that is what changed. */
void
loyalty_status_changed(LoyaltyCall *call, int64 customer_id, const StatusChange *change)
{
	LoyaltyNotice notice = { .customer_id = customer_id,
							 .event_name = "customer_status_change",
							 .event_time = call->now };
	StringInfoData json;

	notice.event_id = loyalty_status_change_insert(call->org->org_id, customer_id, change, call->now);
	if (!loyalty_notice_hooks.wanted(call, notice.event_name))
		return;
	initStringInfo(&json);
	appendStringInfoString(&json, "\"label\":");
	escape_json(&json, loyalty_status_label(loyalty_call_org_now(call), change->label_id)->label);
	if (change->fraud_status != 0)
		appendStringInfo(&json, ",\"fraud_status\":\"%s\"", loyalty_fraud_status_name(change->fraud_status));
	notice.details = json.data;
	loyalty_notice_hooks.notify(call, &notice);
}

/* Writes nothing where the label stays: the history has changes alone. */
void
loyalty_status_write_label(LoyaltyCall *call, const LoyaltyCustomer *customer, int32 label_id,
						   const StatusNotes *notes)
{
	StatusChange change = { .label_id = label_id,
							.previous_label_id = customer->status_label_id,
							.reason = notes->reason,
							.actor = notes->actor };

	if (label_id == customer->status_label_id)
		return;
	loyalty_customer_set_label(call->org->org_id, customer->customer_id, label_id);
	loyalty_status_changed(call, customer->customer_id, &change);
}

/* Looks the current label up in the org of now, for it may be younger than the call. */
void
loyalty_status_set_label(LoyaltyCall *call, const LoyaltyCustomer *customer, int32 label_id,
						 const StatusNotes *notes)
{
	const LoyaltyStatusLabel *current =
		loyalty_status_label(loyalty_call_org_now(call), customer->status_label_id);

	if (strcmp(current->label, LABEL_DELETION_PENDING) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_DELETION_REQUESTED),
				 errmsg("the deletion of customer " INT64_FORMAT " is requested", customer->customer_id),
				 errhint("Decline it with loyalty.decline_deletion() first.")));
	loyalty_status_write_label(call, customer, label_id, notes);
}

/* Finds a label by its name, or the default one of a status. */
static const LoyaltyStatusLabel *
find_label(const LoyaltyOrg *org, CustomerStatus status, const char *name)
{
	return name ? loyalty_status_label_named(org, name) : loyalty_status_label_default(org, status);
}

/*
 * Looks again once the org is locked: where somebody else made the label meanwhile, the lock has waited for
 * that. The name that it is made with is reserved, so nobody else can have a label of it and another status.
 */
int32
loyalty_status_label_ensure(LoyaltyCall *call, CustomerStatus status, const char *name)
{
	const LoyaltyStatusLabel *label = find_label(call->org, status, name);
	int32 label_id;

	if (label == NULL)
	{
		loyalty_call_lock_org(call);
		label = find_label(call->org, status, name);
	}
	if (label != NULL)
		return label->label_id;
	label_id = loyalty_next_reference_id();
	if (!loyalty_label_insert(call->org->org_id, label_id, status, name ? name : loyalty_status_name(status),
							  NULL))
		elog(ERROR, "a reserved label of customers is taken");
	return label_id;
}
