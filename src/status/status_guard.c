/*
 * status_guard.c: the guard. The label is in the customer's row, what it stops is in the org's cache.
 */
#include "postgres.h"

#include "common/errors.h"
#include "common/pg_compat.h"
#include "status/status_guard.h"
#include "status/status_labels.h"

StatusVerdict
loyalty_status_verdict(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation,
					   int *sqlstate)
{
	StatusVerdict verdict = { 0 };

	*sqlstate = 0;
	if (customer->erased)
	{
		*sqlstate = ERRCODE_LOYALTY_CUSTOMER_DELETED;
		return verdict;
	}
	if (customer->status_label_id == 0)
		return verdict;
	verdict = loyalty_status_judge(
		operation, loyalty_status_label(loyalty_call_org_now(call), customer->status_label_id)->restrictions);
	if (verdict.refused_by != 0)
		*sqlstate = ERRCODE_LOYALTY_STATUS_BLOCKS;
	return verdict;
}

pg_noreturn static void
raise_deleted(const LoyaltyCustomer *customer, GuardedOperation operation)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_DELETED),
					errmsg("customer " INT64_FORMAT " was deleted", customer->customer_id),
					errdetail("Operation \"%s\" is not possible.", loyalty_guarded_rules(operation)->word)));
}

StatusVerdict
loyalty_status_guard(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation)
{
	int sqlstate;
	StatusVerdict verdict = loyalty_status_verdict(call, customer, operation, &sqlstate);
	const LoyaltyStatusLabel *label;

	if (sqlstate == 0)
		return verdict;
	if (sqlstate == ERRCODE_LOYALTY_CUSTOMER_DELETED)
		raise_deleted(customer, operation);
	label = loyalty_status_label(loyalty_call_org_now(call), customer->status_label_id);
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("the status of customer " INT64_FORMAT " does not allow operation \"%s\"",
					customer->customer_id, loyalty_guarded_rules(operation)->word),
			 errdetail("The status is %s, its label \"%s\", the restriction %s.",
					   loyalty_status_name(label->status), label->label,
					   loyalty_restriction_name(verdict.refused_by)),
			 errhint("The customer's label changes with loyalty.set_customer_status(), what a label stops "
					 "with loyalty.set_restriction().")));
}

const char *
loyalty_status_why(const LoyaltyCall *call, const LoyaltyCustomer *customer, uint32 restrictions)
{
	const LoyaltyStatusLabel *label =
		loyalty_status_label(loyalty_call_org_now(call), customer->status_label_id);

	return psprintf("%s by status %s, label \"%s\"", loyalty_restriction_name(restrictions),
					loyalty_status_name(label->status), label->label);
}
