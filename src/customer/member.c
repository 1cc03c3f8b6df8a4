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

#include "miscadmin.h"

#include "common/args.h"
#include "common/compare.h"
#include "common/errors.h"
#include "common/guc.h"
#include "common/subtransaction.h"
#include "customer/change_hooks.h"
#include "customer/config_guard.h"
#include "customer/member.h"
#include "customer/notice_hooks.h"
#include "customer/status_hooks.h"

/* Hooks of the capability that knows statuses; loyalty.c fills them. */
LoyaltyStatusHooks loyalty_status_hooks;

/* Hooks of capabilities that live by what customers say of themselves; loyalty.c fills them. */
LoyaltyChangeHooks loyalty_change_hooks;

/* Hooks of the capability that tells subscribers; loyalty.c fills them. */
LoyaltyNoticeHooks loyalty_notice_hooks;

/*
 * Says which operation it is, and whose: that is enough to ask what is there now. A call tells it as it begins, since all that
 * follows is one transaction.
 */
void
loyalty_member_tell(LoyaltyMember *member, const char *operation)
{
	LoyaltyNotice notice = { .customer_id = member->customer.customer_id,
							 .event_name = "customer_update",
							 .event_time = member->call.now };

	if (!loyalty_notice_hooks.wanted(&member->call, notice.event_name))
		return;
	notice.details = psprintf("\"operation\":\"%s\"", operation);
	loyalty_notice_hooks.notify(&member->call, &notice);
}

/* Judges the status behind the lock. */
void
loyalty_member_lock(LoyaltyMember *member, int64 customer_id, const char *operation)
{
	member->is_proved = false;
	member->proof = (LoyaltyProofUse){ 0 };
	loyalty_customer_lock_root(member->call.org->org_id, customer_id, &member->customer);
	loyalty_status_hooks.guard(&member->call, &member->customer, operation);
	loyalty_member_tell(member, operation);
}

/* Customers whose roots are to be locked. */
typedef struct Roots
{
	int32 org_id;
	int64 *ids; /* as given; in the end those of the roots */
	int count;
} Roots;

/* Puts a root in the place of everybody who was merged into it. */
static void
replace_id(Roots *roots, int64 merged, int64 root)
{
	int i;

	for (i = 0; i < roots->count; i++)
		if (roots->ids[i] == merged)
			roots->ids[i] = root;
}

/*
 * Makes one round of locking, ascending; false where one of the customers was merged while it was waited for. One that
 * does not exist is left to the caller, who reads it.
 */
static bool
lock_round(void *arg)
{
	Roots *roots = arg;
	LoyaltyCustomer customer;
	int64 *ordered = palloc(sizeof(int64) * roots->count);
	int i;

	memcpy(ordered, roots->ids, sizeof(int64) * roots->count);
	qsort(ordered, roots->count, sizeof(int64), loyalty_compare_ids);
	for (i = 0; i < roots->count; i++)
		if (loyalty_customer_lock(roots->org_id, ordered[i], &customer) && customer.merged_into != 0)
		{
			replace_id(roots, ordered[i], customer.merged_into);
			return false;
		}
	return true;
}

/*
 * Looks first where the customers were merged to: a victim is not locked where its survivor is wanted. That unlocked look
 * may be out of date by the time of the locks, and the survivor may be a lower id than what is locked already. So a lost
 * round gives its locks back before the next one: rows are always locked in ascending order, and nobody waits in a
 * circle with a merge, a transfer or a batch. Each lost round means that a merge has committed in our way.
 */
void
loyalty_customers_lock_roots(int32 org_id, int64 *ids, int count)
{
	Roots roots = { .org_id = org_id, .ids = ids, .count = count };
	LoyaltyCustomer customer;
	int i;

	for (i = 0; i < count; i++)
		if (loyalty_customer_read_now(org_id, ids[i], &customer) && customer.merged_into != 0)
			ids[i] = customer.merged_into;
	do
		CHECK_FOR_INTERRUPTS();
	while (!loyalty_subtransaction(lock_round, &roots));
}

/* Follows the customer to its root where the caller wants that. Messages name the id that was asked for. */
void
loyalty_customer_lock_root(int32 org_id, int64 customer_id, LoyaltyCustomer *customer)
{
	int64 root = customer_id;

	if (loyalty_follow_merges)
		loyalty_customers_lock_roots(org_id, &root, 1);
	if (!loyalty_customer_lock(org_id, root, customer))
		loyalty_raise_customer_unknown(customer_id);
	loyalty_customer_require_root(customer);
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

/* Comes last: whatever the call has written counts. */
void
loyalty_member_end(LoyaltyMember *member)
{
	loyalty_change_hooks.customer_changed(&member->call, member->customer.customer_id);
	loyalty_call_end(&member->call);
}

/* Reads the arguments that all such calls have in common, the org and the customer. */
void
loyalty_member_begin(LoyaltyMember *member, FunctionCallInfo fcinfo, const char *operation)
{
	loyalty_call_begin(&member->call, fcinfo);
	loyalty_member_lock(member, loyalty_arg_int8(fcinfo, 1, "customer_id"), operation);
}

/* Takes the hold between the call and the row, as registrations do. */
void
loyalty_member_begin_identifiers(LoyaltyMember *member, FunctionCallInfo fcinfo, const char *operation)
{
	loyalty_call_begin(&member->call, fcinfo);
	loyalty_config_hold(&member->call);
	loyalty_member_lock(member, loyalty_arg_int8(fcinfo, 1, "customer_id"), operation);
}
