/*
 * status_customer.c: statuses as seen from below: customers' calls pass the guard, and new customers get a
 * label.
 *
 * Calls about customers know operations by their words, since the enum is in this room; a word that is not in
 * the table is a fault of the code and raises. The customer is locked by the call that asks, but for the single
 * view, which only reads and sees what the caller's statement sees.
 */
#include "postgres.h"

#include "customer/erasure.h"
#include "customer/find.h"
#include "status/status_change.h"
#include "status/status_customer.h"
#include "status/status_guard.h"

/* Returns the operation of a word. */
static GuardedOperation
operation_of(const char *word)
{
	GuardedOperation operation = loyalty_guarded_find(word);

	if (operation == GUARD_COUNT)
		elog(ERROR, "operation \"%s\" is not in the table of operations", word);
	return operation;
}

/* Raises where the status refuses; what it does short of that does not concern calls about customers. */
static void
guard(const LoyaltyCall *call, const LoyaltyCustomer *customer, const char *word)
{
	(void) loyalty_status_guard(call, customer, operation_of(word));
}

/* Returns in words why an operation would be refused, or NULL. */
static const char *
refusal(const LoyaltyCall *call, const LoyaltyCustomer *customer, const char *word)
{
	int sqlstate;
	StatusVerdict verdict = loyalty_status_verdict(call, customer, operation_of(word), &sqlstate);

	if (sqlstate == 0)
		return NULL;
	return verdict.refused_by ? loyalty_status_why(call, customer, verdict.refused_by) : "deleted";
}

/* Returns the label that a new customer begins with: the org's default one of active, or 0, the built-in one. */
static int32
label_of_new(const LoyaltyCall *call)
{
	const LoyaltyStatusLabel *label = loyalty_status_label_default(call->org, STATUS_ACTIVE);

	return label ? label->label_id : 0;
}

/*
 * Raises where the caller may not set the label: a label comes with a registration from those alone who may set
 * it afterwards.
 */
static void
check_label(const LoyaltyCall *call, const char *label)
{
	(void) loyalty_status_label_to_set(call->org, label);
	if (!loyalty_status_may_set(call->owner.caller))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("a status label is set by those who may call loyalty.set_customer_status()")));
}

/* Gives the label that a registration names; the role is the actor. */
static void
set_label(LoyaltyCall *call, const LoyaltyCustomer *customer, const char *label, const char *reason)
{
	StatusNotes notes = { .reason = reason, .actor = loyalty_status_role(call) };

	loyalty_status_set_label(call, customer, loyalty_status_label_to_set(call->org, label)->label_id, &notes);
}

/* Reads the row of a victim, then that of its survivor, which is never merged itself. */
Datum
loyalty_status_single_view(LoyaltyCall *call, int64 customer_id)
{
	int32 org_id = call->org->org_id;
	LoyaltyCustomer customer;
	const LoyaltyStatusLabel *label;
	const LoyaltyOrg *org;

	if (!loyalty_customer_read(org_id, customer_id, &customer))
		elog(ERROR, "customer " INT64_FORMAT " has vanished", customer_id);
	loyalty_customer_survivor(call, &customer);
	org = loyalty_call_org_now(call);
	label = loyalty_status_label(org, customer.status_label_id);
	return loyalty_status_section(org_id, &customer, label,
								  loyalty_restriction_words(loyalty_status_restrictions(call, &customer)),
								  org->status_labels->enabled);
}

/* Leaves the labels and their times: they say nothing of the person. */
void
loyalty_status_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	loyalty_holdings_erase(&loyalty_status_holdings, call->org->org_id, root);
}

const LoyaltyStatusHooks loyalty_status_of_customers = {
	.guard = guard,
	.refusal = refusal,
	.label_of_new = label_of_new,
	.check_label = check_label,
	.set_label = set_label,
};
