/*
 * status_guard.c: the guard. The label is in the customer's row, what it stops is in the org's cache.
 */
#include "postgres.h"

#include "common/errors.h"
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

static bool
refuse_blocked(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation,
			   const StatusVerdict *verdict, LoyaltyRefusal *refusal)
{
	const LoyaltyStatusLabel *label =
		loyalty_status_label(loyalty_call_org_now(call), customer->status_label_id);

	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_STATUS_BLOCKS,
				   errmsg("the status of customer " INT64_FORMAT " does not allow operation \"%s\"",
						  customer->customer_id, loyalty_guarded_rules(operation)->word),
				   errdetail("The status is %s, its label \"%s\", the restriction %s.",
							 loyalty_status_name(label->status), label->label,
							 loyalty_restriction_name(verdict->refused_by)),
				   errhint("The customer's label changes with loyalty.set_customer_status(), what a label "
						   "stops with loyalty.set_restriction()."));
}

bool
loyalty_status_permits(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation,
					   StatusVerdict *verdict, LoyaltyRefusal *refusal)
{
	int sqlstate;

	*verdict = loyalty_status_verdict(call, customer, operation, &sqlstate);
	if (sqlstate == ERRCODE_LOYALTY_CUSTOMER_DELETED)
		LOYALTY_REFUSE(refusal, sqlstate,
					   errmsg("customer " INT64_FORMAT " was deleted", customer->customer_id),
					   errdetail("Operation \"%s\" is not possible.",
								 loyalty_guarded_rules(operation)->word));
	return sqlstate == 0 || refuse_blocked(call, customer, operation, verdict, refusal);
}

StatusVerdict
loyalty_status_guard(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation)
{
	StatusVerdict verdict;

	(void) loyalty_status_permits(call, customer, operation, &verdict, LOYALTY_RAISES);
	return verdict;
}

const char *
loyalty_status_why(const LoyaltyCall *call, const LoyaltyCustomer *customer, uint32 restrictions)
{
	const LoyaltyStatusLabel *label =
		loyalty_status_label(loyalty_call_org_now(call), customer->status_label_id);

	return psprintf("%s by status %s, label \"%s\"", loyalty_restriction_name(restrictions),
					loyalty_status_name(label->status), label->label);
}
