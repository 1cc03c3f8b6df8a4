/*
 * member.c: the frame of calls about one customer who exists.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/guc.h"
#include "customer/config_guard.h"
#include "customer/member.h"
#include "customer/status_hooks.h"

LoyaltyStatusHooks loyalty_status_hooks;

static void
lock_customer(LoyaltyMember *member, int64 customer_id, const char *operation)
{
	loyalty_customer_lock_root(member->call.org->org_id, customer_id, &member->customer);
	loyalty_status_hooks.guard(&member->call, &member->customer, operation);
}

/* Whoever was merged is not locked where the survivor is wanted: the two would be locked in no order. */
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

void
loyalty_raise_customer_unknown(int64 customer_id)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_UNKNOWN),
					errmsg("customer " INT64_FORMAT " does not exist in this org", customer_id)));
}

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

void
loyalty_customer_require_root(const LoyaltyCustomer *customer)
{
	(void) loyalty_customer_judge_root(customer, LOYALTY_RAISES);
}

void
loyalty_member_begin(LoyaltyMember *member, FunctionCallInfo fcinfo, const char *operation)
{
	loyalty_call_begin(&member->call, fcinfo);
	lock_customer(member, loyalty_arg_int8(fcinfo, 1, "customer_id"), operation);
}

void
loyalty_member_begin_identifiers(LoyaltyMember *member, FunctionCallInfo fcinfo, const char *operation)
{
	loyalty_call_begin(&member->call, fcinfo);
	loyalty_config_hold(&member->call);
	lock_customer(member, loyalty_arg_int8(fcinfo, 1, "customer_id"), operation);
}
