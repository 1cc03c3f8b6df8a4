/*
 * member.c: the frame of calls about one customer who exists: the call, the customer's lock, the guard of statuses.
 *
 * The steps are in this order for a reason. The call checks access before anything is said of customers. A call that
 * writes identifiers holds the configuration before the row: all who take both take them so. The row is locked before
 * the guard judges, since the label stands in it; the rest of the call reads after the lock. Nothing is late here.
 *
 * A customer who was merged is refused, or, with loyalty.follow_merges, followed to its survivor.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/guc.h"
#include "customer/config_guard.h"
#include "customer/member.h"
#include "customer/status_hooks.h"

/* Hooks of the capability that knows statuses; loyalty.c fills them. */
LoyaltyStatusHooks loyalty_status_hooks;

/* Locks the customer and judges its status. */
static void
lock_customer(LoyaltyMember *member, int64 customer_id, const char *operation)
{
	loyalty_customer_lock_root(member->call.org->org_id, customer_id, &member->customer);
	loyalty_status_hooks.guard(&member->call, &member->customer, operation);
}

/*
 * Looks first where the customer was merged to: a victim is not locked where its survivor is wanted, or the two would
 * be locked in no order, and a merge, which locks both ascending, could wait in a circle with this call. The unlocked
 * look may be out of date by the time of the lock, so the row that was locked is asked again; a survivor that was
 * merged meanwhile is followed. Messages name the id that was asked for.
 */
void
loyalty_customer_lock_root(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	int64 wanted = customer_id;

	if (loyalty_follow_merges && loyalty_customer_read_now(org_id, wanted, customer) &&
		customer->merged_into != 0)
		wanted = customer->merged_into;
	for (;;)
	{
		if (!loyalty_customer_lock(org_id, wanted, customer))
			loyalty_raise_customer_unknown(customer_id);
		if (!loyalty_follow_merges)
			loyalty_customer_require_root(customer);
		if (customer->merged_into == 0)
			return;
		wanted = customer->merged_into;
	}
}

/* Names an id only: it was the caller's. */
void
loyalty_raise_customer_unknown(int64 customer_id)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_UNKNOWN),
					errmsg("customer " INT64_FORMAT " does not exist in this org", customer_id)));
}

/* Judges by the row at hand; the row names the root, so one hint ends the search. */
bool
loyalty_customer_judge_root(const LoyaltyCustomer *customer, LoyaltyRefusal *refusal)
{
	if (customer->merged_into != 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_CUSTOMER_MERGED,
					   errmsg("customer " INT64_FORMAT " was merged into customer " INT64_FORMAT,
							  customer->customer_id, customer->merged_into),
					   errhint("Call with the id of the survivor, or turn loyalty.follow_merges on."));
	return true;
}

/* Raises what loyalty_customer_judge_root refuses. */
void
loyalty_customer_require_root(const LoyaltyCustomer *customer)
{
	(void) loyalty_customer_judge_root(customer, LOYALTY_RAISES);
}

/* Reads the arguments that all such calls have in common, the org and the customer. */
void
loyalty_member_begin(LoyaltyMember *member, FunctionCallInfo fcinfo, const char *operation)
{
	loyalty_call_begin(&member->call, fcinfo);
	lock_customer(member, loyalty_arg_int8(fcinfo, 1, "customer_id"), operation);
}

/* Takes the hold between the call and the row, as registrations do. */
void
loyalty_member_begin_identifiers(LoyaltyMember *member, FunctionCallInfo fcinfo, const char *operation)
{
	loyalty_call_begin(&member->call, fcinfo);
	loyalty_config_hold(&member->call);
	lock_customer(member, loyalty_arg_int8(fcinfo, 1, "customer_id"), operation);
}
