/*
 * deletion.c: deleting a customer for good: one role asks, another one approves; called by the functions of that name, and by
 * requests for changes.
 *
 * A request puts the label `Deletion_pending` on the customer, which blocks everything, and remembers the label
 * that it takes the place of. Declining gives that one back. Approving erases, which cannot be undone: each
 * capability takes out of its tables what is of the person (customer/erasure.h), the highest first; then
 * customer and victims get a label of `deleted`, and the request is closed. Points that are left are booked to
 * the house by the ledger's eraser.
 *
 * Locks, in this order: the org, where a label must be made; the setting of which identifiers are keys, since
 * identifiers go (approve); the customer and all who were merged into it, in ascending order of their ids.
 * Nothing is late here: a deletion takes effect with its commit, and calls that waited for the customer are
 * refused.
 */
#include "postgres.h"

#include "common/compare.h"
#include "common/errors.h"
#include "common/ids.h"
#include "customer/config_guard.h"
#include "customer/erasure.h"
#include "customer/notice_hooks.h"
#include "status/deletion.h"
#include "status/deletion_store.h"

LoyaltyDeletionHooks loyalty_deletion_hooks;

/* Returns what the history of the status says of a step: in whose name it was made, or by which role. */
static StatusNotes
notes_of(const LoyaltyCall *call, const char *reason, const char *actor)
{
	return (StatusNotes){ .reason = reason, .actor = actor == NULL ? loyalty_status_role(call) : actor };
}

/* Makes the label first, since the org is locked before customers. */
int64
loyalty_deletion_ask(LoyaltyCall *call, int64 customer_id, const DeletionAsked *asked)
{
	const StatusNotes notes = notes_of(call, asked->reason, asked->actor);
	int32 label_id = loyalty_status_label_ensure(call, STATUS_PENDING_DELETION, LABEL_DELETION_PENDING);
	LoyaltyCustomer customer;
	DeletionRequest request;

	loyalty_status_customer_lock(call, customer_id, &customer);
	if (loyalty_deletion_request_read(call->org->org_id, customer_id, &request))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DELETION_REQUESTED),
						errmsg("the deletion of customer " INT64_FORMAT " is requested already", customer_id),
						errhint("Approve it with loyalty.approve_deletion(), or decline it.")));
	request = (DeletionRequest){ .request_id = loyalty_next_id(),
								 .former_label_id = customer.status_label_id,
								 .requested_by = loyalty_status_role(call) };
	loyalty_deletion_request_insert(call->org->org_id, customer_id, &request, asked, call->now);
	loyalty_status_write_label(call, &customer, label_id, &notes);
	loyalty_deletion_hooks.requested(call, &customer, request.request_id);
	return request.request_id;
}

/*
 * Reads the open request of a locked customer; LY208. Where one is named, false is returned for any other: it was
 * decided before.
 */
static bool
read_request(const LoyaltyCall *call, int64 customer_id, int64 request_id, DeletionRequest *request)
{
	bool is_open = loyalty_deletion_request_read(call->org->org_id, customer_id, request);

	if (request_id != 0)
		return is_open && request->request_id == request_id;
	if (!is_open)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DELETION_NOT_REQUESTED),
						errmsg("the deletion of customer " INT64_FORMAT " is not requested", customer_id),
						errhint("Request it with loyalty.request_deletion().")));
	return true;
}

/*
 * Locks a customer and everybody merged into it, ascending. The group is read under no lock, for its order is
 * needed first. While a deletion is requested nobody joins the group, so it is the one that was read, unless
 * the request itself came between: then the count differs, and the call fails with 40001 to be made again.
 */
static void
lock_group(LoyaltyCall *call, int64 customer_id, LoyaltyCustomer *root)
{
	int32 org_id = call->org->org_id;
	LoyaltyCustomer seen;
	LoyaltyCustomer member;
	int64 *ids = &customer_id;
	int count = 1;
	int i;

	if (loyalty_customer_read(org_id, customer_id, &seen))
		count = loyalty_customer_group(&seen, &ids);
	qsort(ids, count, sizeof(int64), loyalty_compare_ids);
	for (i = 0; i < count; i++)
	{
		if (ids[i] == customer_id)
			loyalty_status_customer_lock(call, customer_id, root);
		else
			(void) loyalty_customer_lock(org_id, ids[i], &member);
	}
	if (root->merged_count + 1 != count)
		ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("customer " INT64_FORMAT " was merged at the same time", customer_id),
						errhint("Repeat the call.")));
}

/*
 * Gives the label to those merged into the customer, too: no former one of theirs is left. History is the
 * customer's alone.
 */
static void
write_deleted(LoyaltyCall *call, const LoyaltyCustomer *root, int32 label_id)
{
	StatusNotes notes = { .reason = NULL, .actor = loyalty_status_role(call) };
	int i;

	loyalty_status_write_label(call, root, label_id, &notes);
	for (i = 0; i < root->merged_count; i++)
		loyalty_customer_set_label(call->org->org_id, root->merged_ids[i], label_id);
}

/* Closes the request with a decision of the caller. */
static void
decide(const LoyaltyCall *call, int64 customer_id, int64 request_id, char decision, const char *reason)
{
	const DeletionDecision decided = { .decision = decision,
									   .role = loyalty_status_role(call),
									   .actor = call->actor,
									   .reason = reason,
									   .at = call->now };

	loyalty_deletion_request_decide(call->org->org_id, customer_id, request_id, &decided);
}

/* Refuses the role that asked. Identifiers go, so which of them are keys stays as it is until then. */
bool
loyalty_deletion_approve(LoyaltyCall *call, int64 customer_id, int64 request_id)
{
	const char *role = loyalty_status_role(call);
	int32 label_id = loyalty_status_label_ensure(call, STATUS_DELETED, NULL);
	LoyaltyCustomer root;
	DeletionRequest request;

	loyalty_config_hold(call);
	lock_group(call, customer_id, &root);
	if (!read_request(call, customer_id, request_id, &request))
		return false;
	if (strcmp(request.requested_by, role) == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DELETION_SAME_ROLE),
						errmsg("who requested the deletion of customer " INT64_FORMAT " cannot approve it",
							   customer_id),
						errhint("Another role approves it.")));
	loyalty_erase(call, &root);
	write_deleted(call, &root, label_id);
	decide(call, customer_id, request.request_id, DELETION_APPROVED, NULL);
	loyalty_notice_hooks.notify(call, &(LoyaltyNotice){ .customer_id = customer_id,
														.event_name = "customer_deleted",
														.event_time = call->now });
	return true;
}

/* Gives the former label back. */
bool
loyalty_deletion_decline(LoyaltyCall *call, int64 customer_id, int64 request_id, const char *reason)
{
	const StatusNotes notes = notes_of(call, reason, call->actor);
	LoyaltyCustomer customer;
	DeletionRequest request;

	loyalty_status_customer_lock(call, customer_id, &customer);
	if (!read_request(call, customer.customer_id, request_id, &request))
		return false;
	loyalty_status_write_label(call, &customer, request.former_label_id, &notes);
	decide(call, customer.customer_id, request.request_id, DELETION_DECLINED, reason);
	return true;
}
