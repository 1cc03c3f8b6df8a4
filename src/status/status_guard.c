/*
 * status_guard.c: the guard.
 *
 * The label's id is in the customer's row, which the caller has locked and read; what the label stops is in the
 * org's cache, with the restrictions of all labels added in. So the guard is a search in an array and a few
 * bits, and no statement. The org is looked up anew where something changed while the call waited for its lock:
 * a customer may have got a label that is younger than the call.
 *
 * The order of the verdict: a customer who was deleted for good refuses everything, postings of the system too;
 * then the table of operations says what each restriction does. The built-in label has none. While the org uses the
 * fraud status, which is in the same row, that adds the restriction that the configuration gives it. May be late:
 * a restriction that another transaction has just committed counts for calls that look the org up after that;
 * it undoes nothing.
 */
#include "postgres.h"

#include "common/errors.h"
#include "status/status_guard.h"
#include "status/status_labels.h"

/* Returns what the fraud status stops; nothing where the org uses the customer status, whose labels say it all then. */
static uint32
fraud_restrictions(const LoyaltyOrg *org, const LoyaltyCustomer *customer)
{
	return org->status_labels->enabled
			   ? 0
			   : loyalty_fraud_restrictions((FraudStatus) customer->fraud_status,
											org->config_number[CONFIG_FRAUD_STATUS_BLOCKS]);
}

/* Adds what the label and the fraud status stop; most customers have neither, and no cache is asked for them. */
uint32
loyalty_status_restrictions(const LoyaltyCall *call, const LoyaltyCustomer *customer)
{
	const LoyaltyOrg *org;

	if (customer->status_label_id == 0 && customer->fraud_status == 0)
		return 0;
	org = loyalty_call_org_now(call);
	return loyalty_status_label(org, customer->status_label_id)->restrictions |
		   fraud_restrictions(org, customer);
}

/* Asks the customer's row first: its label may be one of another status, which the deletion outweighs. */
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
	verdict = loyalty_status_judge(operation, loyalty_status_restrictions(call, customer));
	if (verdict.refused_by != 0)
		*sqlstate = ERRCODE_LOYALTY_STATUS_BLOCKS;
	return verdict;
}

/*
 * Tells whether the fraud status alone brings a restriction, the lowest of some: the label has none of them. Who has no
 * fraud status was stopped by the label, even where another call has taken the restriction from it since the verdict.
 */
static bool
is_of_fraud(const LoyaltyOrg *org, const LoyaltyCustomer *customer, uint32 restrictions)
{
	return customer->fraud_status != 0 &&
		   (loyalty_status_label(org, customer->status_label_id)->restrictions & restrictions) == 0;
}

/* Refuses in the same words for a fraud status, which is changed in other ways. */
static bool
refuse_fraud(const LoyaltyCustomer *customer, GuardedOperation operation, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(
		refusal, ERRCODE_LOYALTY_STATUS_BLOCKS,
		errmsg("the status of customer " INT64_FORMAT " does not allow operation \"%s\"",
			   customer->customer_id, loyalty_guarded_rules(operation)->word),
		errdetail("The fraud status is %s.", loyalty_fraud_status_name((FraudStatus) customer->fraud_status)),
		errhint("It changes with loyalty.set_fraud_status(); CONF_FRAUD_STATUS_BLOCKS says which ones stop "
				"redemptions."));
}

/* Refuses with words for people: the label that stops the operation, and both ways to change that. */
static bool
refuse_blocked(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation,
			   const StatusVerdict *verdict, LoyaltyRefusal *refusal)
{
	const LoyaltyOrg *org = loyalty_call_org_now(call);
	const LoyaltyStatusLabel *label = loyalty_status_label(org, customer->status_label_id);

	if (is_of_fraud(org, customer, verdict->refused_by))
		return refuse_fraud(customer, operation, refusal);
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_STATUS_BLOCKS,
				   errmsg("the status of customer " INT64_FORMAT " does not allow operation \"%s\"",
						  customer->customer_id, loyalty_guarded_rules(operation)->word),
				   errdetail("The status is %s, its label \"%s\", the restriction %s.",
							 loyalty_status_name(label->status), label->label,
							 loyalty_restriction_name(verdict->refused_by)),
				   errhint("The customer's label changes with loyalty.set_customer_status(), what a label "
						   "stops with loyalty.set_restriction()."));
}

/* Turns the verdict into a refusal, whose words are made for a single call alone. */
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

/* Raises where the verdict refuses. */
StatusVerdict
loyalty_status_guard(const LoyaltyCall *call, const LoyaltyCustomer *customer, GuardedOperation operation)
{
	StatusVerdict verdict;

	(void) loyalty_status_permits(call, customer, operation, &verdict, LOYALTY_RAISES);
	return verdict;
}

/* Names the lowest restriction alone, as every message does. */
const char *
loyalty_status_why(const LoyaltyCall *call, const LoyaltyCustomer *customer, uint32 restrictions)
{
	const LoyaltyOrg *org = loyalty_call_org_now(call);
	const LoyaltyStatusLabel *label = loyalty_status_label(org, customer->status_label_id);

	if (is_of_fraud(org, customer, restrictions))
		return psprintf("%s by fraud status %s", loyalty_restriction_name(restrictions),
						loyalty_fraud_status_name((FraudStatus) customer->fraud_status));
	return psprintf("%s by status %s, label \"%s\"", loyalty_restriction_name(restrictions),
					loyalty_status_name(label->status), label->label);
}
