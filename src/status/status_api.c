/*
 * status_api.c: the status of a customer, the older fraud status, and what either lets happen.
 *
 * An org uses the fraud status until it enables the customer status, once and for good.
 * Changes of either lock the customer. Enabling locks the org, then everybody who has a fraud status,
 * ascending; a change of a fraud status holds a share of the org's lock first, so that the two never run at one
 * time and wait in one order. Nothing is late here.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "customer/find.h"
#include "customer/proof_hooks.h"
#include "status/status_change.h"
#include "status/status_guard.h"

LOYALTY_FUNCTION(loyalty_set_customer_status);
LOYALTY_FUNCTION(loyalty_set_fraud_status);
LOYALTY_FUNCTION(loyalty_enable_customer_status);
LOYALTY_FUNCTION(loyalty_check_restriction);

#define FRAUD_STATUS_WORDS "not_fraud, marked, confirmed, reconfirmed, internal"

/* Uses up the proof of a change, where one is given or required. */
static void
take_proof(LoyaltyCall *call, const LoyaltyCustomer *customer, FunctionCallInfo fcinfo)
{
	LoyaltyProofUse proof = { .purpose = "status_change",
							  .attempt = loyalty_proof_given(&fcinfo->args[5]),
							  .customer_id = customer->customer_id };

	loyalty_proof_consume(call, &proof);
}

/* Gives a customer a label. The label is looked up before the lock: labels are never renamed or removed. */
Datum
loyalty_set_customer_status(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	StatusNotes notes;
	const LoyaltyStatusLabel *label;

	loyalty_call_begin(&call, fcinfo);
	label = loyalty_status_label_to_set(call.org, loyalty_arg_text(fcinfo, 2, "label", LOYALTY_MAX_CODE));
	loyalty_status_notes(&call, fcinfo, 3, &notes);
	loyalty_status_customer_lock(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"), &customer);
	take_proof(&call, &customer, fcinfo);
	loyalty_status_set_label(&call, &customer, label->label_id, &notes);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Refuses where the org uses the customer status: LY205. */
static void
require_fraud_status(const LoyaltyOrg *org)
{
	if (org->status_labels->enabled)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_STATUS_ENABLED),
						errmsg("org \"%s\" uses the customer status", org->org),
						errhint("Set it with loyalty.set_customer_status().")));
}

/*
 * Sets the fraud status of a customer, with an entry in the history. The org is held before it is asked which
 * of the two it uses: an enabling call at the same time waits, or was waited for. The same status as before
 * changes nothing.
 */
Datum
loyalty_set_fraud_status(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	StatusNotes notes;
	StatusChange change = { 0 };
	int32 org_id;

	loyalty_call_begin(&call, fcinfo);
	org_id = call.org->org_id;
	change.fraud_status =
		loyalty_fraud_status_find(loyalty_arg_text(fcinfo, 2, "fraud_status", LOYALTY_MAX_CODE));
	if (change.fraud_status == FRAUD_UNKNOWN)
		loyalty_raise_not_allowed("fraud_status", FRAUD_STATUS_WORDS);
	loyalty_status_notes(&call, fcinfo, 3, &notes);
	loyalty_status_hold(org_id);
	require_fraud_status(loyalty_call_org_now(&call));
	loyalty_status_customer_lock(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"), &customer);
	take_proof(&call, &customer, fcinfo);
	change.label_id = change.previous_label_id = customer.status_label_id;
	change.previous_fraud_status = customer.fraud_status ? customer.fraud_status : FRAUD_NOT;
	change.reason = notes.reason;
	change.actor = notes.actor;
	if (change.fraud_status != change.previous_fraud_status)
	{
		loyalty_customer_set_fraud_status(org_id, customer.customer_id, change.fraud_status);
		loyalty_status_changed(&call, customer.customer_id, &change);
	}
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/*
 * Gives everybody with a fraud status the default label of the status that it becomes; not_fraud leaves the label
 * as it is. Returns how many got a label. The org is locked already, so a label may be made though customers are
 * locked.
 */
static uint64
replace_fraud_statuses(LoyaltyCall *call)
{
	FraudStatuses used = { 0 };
	const char *actor = loyalty_status_role(call);
	uint64 replaced = 0;
	int i;

	loyalty_fraud_statuses_lock(call->org->org_id, &used);
	for (i = 0; i < used.n; i++)
	{
		CustomerStatus status = loyalty_fraud_status_becomes((FraudStatus) used.items[i]);
		int32 label_id = status == STATUS_ACTIVE ? 0 : loyalty_status_label_ensure(call, status, NULL);
		uint64 rows =
			loyalty_fraud_status_replace(call->org->org_id, used.items[i], label_id, actor, call->now);

		if (label_id != 0)
			replaced += rows;
	}
	return replaced;
}

/*
 * Enables the customer status; returns how many customers got a label by it. Under an old snapshot fraud
 * statuses of others would be missed, so it refuses REPEATABLE READ and above.
 */
Datum
loyalty_enable_customer_status(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	uint64 replaced;

	loyalty_call_begin(&call, fcinfo);
	if (IsolationUsesXactSnapshot())
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CONFIG_REFUSED),
						errmsg("the customer status cannot be enabled at this isolation level"),
						errhint("Enable it in a READ COMMITTED transaction.")));
	loyalty_call_lock_org(&call);
	require_fraud_status(call.org);
	loyalty_status_enable(call.org->org_id, call.now);
	replaced = replace_fraud_statuses(&call);
	loyalty_call_end(&call);
	PG_RETURN_INT64((int64) replaced);
}

/*
 * Returns what becomes of the operation, a text array; empty where it simply passes. Four words at most: what
 * is refused has one.
 */
static Datum
effect_words(const StatusVerdict *verdict, bool refused)
{
	Datum words[4];
	int count = 0;

	if (refused)
		words[count++] = CStringGetTextDatum("refused");
	if (!refused && verdict->waits_by)
		words[count++] = CStringGetTextDatum("waits");
	if (!refused && verdict->zero_points_by)
		words[count++] = CStringGetTextDatum("zero_points");
	if (!refused && verdict->no_promotions_by)
		words[count++] = CStringGetTextDatum("no_promotions");
	if (!refused && verdict->outlier_by)
		words[count++] = CStringGetTextDatum("outlier");
	return PointerGetDatum(construct_array(words, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/*
 * Tells what the guard would do, and why: by the same verdict, under no lock, so it may be another one a moment
 * later.
 */
Datum
loyalty_check_restriction(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	GuardedOperation operation;
	StatusVerdict verdict;
	const LoyaltyStatusLabel *label;
	Datum values[5];
	bool nulls[5] = { false };
	int sqlstate;

	loyalty_call_begin(&call, fcinfo);
	operation = loyalty_guarded_find(loyalty_arg_text(fcinfo, 2, "operation", LOYALTY_MAX_CODE));
	if (operation == GUARD_COUNT)
		loyalty_raise_not_allowed("operation", "those of loyalty.guarded_operations()");
	loyalty_customer_named(&call, fcinfo, 3, &customer);
	loyalty_customer_survivor(&call, &customer);
	verdict = loyalty_status_verdict(&call, &customer, operation, &sqlstate);
	label = loyalty_status_label(loyalty_call_org_now(&call), customer.status_label_id);
	values[0] = BoolGetDatum(sqlstate == 0);
	values[1] = effect_words(&verdict, sqlstate != 0);
	values[2] = loyalty_restriction_words(sqlstate != 0 ? verdict.refused_by
														: verdict.waits_by | verdict.zero_points_by |
															  verdict.no_promotions_by | verdict.outlier_by);
	values[3] = CStringGetTextDatum(loyalty_status_name(label->status));
	values[4] = CStringGetTextDatum(label->label);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
