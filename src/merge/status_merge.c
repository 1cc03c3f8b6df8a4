/*
 * status_merge.c: the customer status and the fraud status, in merges.
 *
 * The graver one of each is final, so a merge cannot wash a fraud away. Statuses are compared by grade, and what the
 * survivor takes is the victim's label, which has the restrictions. Changes go into the survivor's history with
 * "merge" as their reason. Both rows are locked, so labels do not change between decision and writing.
 */
#include "postgres.h"

#include "merge/participants.h"
#include "status/status_change.h"
#include "status/status_store.h"

#define PARTICIPANT "status"

/* Changes to the survivor. */
typedef struct StatusState
{
	bool takes_label;  /* false: keeps its own */
	int32 label_id;	   /* of the victim */
	char fraud_status; /* 0: stays */
} StatusState;

/* Returns the grade of a customer status. Customers who are deleted, or about to be, do not come this far. */
static MergeStatus
grade(CustomerStatus status)
{
	switch (status)
	{
		case STATUS_SUSPENDED:
			return MERGE_STATUS_SUSPENDED;
		case STATUS_FRAUD_SUSPECTED:
			return MERGE_STATUS_FRAUD_SUSPECTED;
		case STATUS_FRAUD_CONFIRMED:
			return MERGE_STATUS_FRAUD_CONFIRMED;
		case STATUS_INTERNAL:
			return MERGE_STATUS_INTERNAL;
		default:
			return MERGE_STATUS_ACTIVE;
	}
}

/* Fraud statuses by their grades. */
static const char fraud_grades[MERGE_FRAUD_COUNT] = {
	[MERGE_NOT_FRAUD] = FRAUD_NOT,
	[MERGE_FRAUD_MARKED] = FRAUD_MARKED,
	[MERGE_FRAUD_CONFIRMED] = FRAUD_CONFIRMED,
	[MERGE_FRAUD_RECONFIRMED] = FRAUD_RECONFIRMED,
	[MERGE_FRAUD_INTERNAL] = FRAUD_INTERNAL,
};

/* Returns the grade of a fraud status; one that was never set counts as not_fraud. */
static MergeFraud
fraud_grade(char fraud_status)
{
	int grade = MERGE_FRAUD_COUNT - 1;

	while (grade > 0 && fraud_grades[grade] != fraud_status)
		grade--;
	return (MergeFraud) grade;
}

/* Returns label and status as previews show them, by the org as it is now. */
static const char *
label_text(const LoyaltyMerge *merge, const LoyaltyCustomer *customer)
{
	const LoyaltyStatusLabel *label =
		loyalty_status_label(loyalty_call_org_now(merge->call), customer->status_label_id);

	return psprintf("%s (%s)", label->label, loyalty_status_name(label->status));
}

/* Returns the word of a fraud status, or NULL where none was ever set. */
static const char *
fraud_text(char fraud_status)
{
	return fraud_status == 0 ? NULL : loyalty_fraud_status_name((FraudStatus) fraud_status);
}

/* Returns the status that a customer's label stands for. */
static CustomerStatus
status_of(const LoyaltyMerge *merge, const LoyaltyCustomer *customer)
{
	return loyalty_status_label(loyalty_call_org_now(merge->call), customer->status_label_id)->status;
}

/*
 * Decides both and adds a line for each. A fraud status that was never set and not_fraud are of one grade, so of
 * these the survivor keeps its own.
 */
static void *
preview(LoyaltyMerge *merge)
{
	const LoyaltyCustomer *survivor = &merge->survivor;
	const LoyaltyCustomer *victim = &merge->victim;
	StatusState *state = palloc0(sizeof(StatusState));
	MergeSide side = loyalty_merge_status(grade(status_of(merge, survivor)), grade(status_of(merge, victim)));
	MergeFraud fraud =
		loyalty_merge_fraud(fraud_grade(survivor->fraud_status), fraud_grade(victim->fraud_status));
	const char *labels[2] = { label_text(merge, survivor), label_text(merge, victim) };

	state->takes_label = side == MERGE_VICTIM;
	state->label_id = victim->status_label_id;
	if (fraud != fraud_grade(survivor->fraud_status))
		state->fraud_status = fraud_grades[fraud];
	loyalty_merge_line(merge, PARTICIPANT, "status", labels[0], labels[1],
					   loyalty_merge_value(side, labels[0], labels[1]), MERGE_RULE_GRAVER);
	loyalty_merge_line(merge, PARTICIPANT, "fraud_status", fraud_text(survivor->fraud_status),
					   fraud_text(victim->fraud_status),
					   fraud_text(state->fraud_status ? state->fraud_status : survivor->fraud_status),
					   MERGE_RULE_GRAVER);
	return state;
}

/*
 * Writes what changes. The fraud status gets a history row of its own, whose labels are the survivor's before the
 * merge: the label's change has another.
 */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	const StatusState *state = facts;
	StatusNotes notes = { .reason = "merge", .actor = loyalty_status_role(merge->call) };
	StatusChange change = {
		.label_id = merge->survivor.status_label_id,
		.previous_label_id = merge->survivor.status_label_id,
		.fraud_status = state->fraud_status,
		.previous_fraud_status = merge->survivor.fraud_status ? merge->survivor.fraud_status : FRAUD_NOT,
		.reason = notes.reason,
		.actor = notes.actor,
	};

	if (state->takes_label)
		loyalty_status_write_label(merge->call, &merge->survivor, state->label_id, &notes);
	if (state->fraud_status == 0)
		return;
	loyalty_customer_set_fraud_status(merge->pair.org_id, merge->pair.survivor_id, state->fraud_status);
	loyalty_status_changed(merge->call, merge->pair.survivor_id, &change);
}

/* Reads the survivor's row anew and compares its texts with the lines. */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	LoyaltyCustomer survivor;

	if (!loyalty_customer_read_now(merge->pair.org_id, merge->pair.survivor_id, &survivor))
		elog(ERROR, "the survivor has vanished");
	loyalty_merge_expect(merge, PARTICIPANT, "status", label_text(merge, &survivor));
	loyalty_merge_expect(merge, PARTICIPANT, "fraud_status", fraud_text(survivor.fraud_status));
}

const LoyaltyMergeParticipant loyalty_status_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
