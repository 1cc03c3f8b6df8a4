/*
 * status_labels.c: the labels of an org, as its cache has them.
 */
#include "postgres.h"

#include "status/status_labels.h"

/* What a customer has whom the org gave no label. */
static const LoyaltyStatusLabel built_in = { .status = STATUS_ACTIVE, .is_default = true, .label = "active" };

static int
compare_label(const void *label_id, const void *label)
{
	int32 wanted = *(const int32 *) label_id;
	int32 found = ((const LoyaltyStatusLabel *) label)->label_id;

	return wanted < found ? -1 : wanted > found;
}

const LoyaltyStatusLabel *
loyalty_status_label(const LoyaltyOrg *org, int32 label_id)
{
	const LoyaltyStatusLabels *labels = org->status_labels;
	const LoyaltyStatusLabel *label;

	if (label_id == 0)
		return &built_in;
	label = bsearch(&label_id, labels->labels, labels->count, sizeof(LoyaltyStatusLabel), compare_label);
	if (label == NULL)
		elog(ERROR, "label %d of customers is not cached", label_id);
	return label;
}

const LoyaltyStatusLabel *
loyalty_status_label_named(const LoyaltyOrg *org, const char *name)
{
	const LoyaltyStatusLabels *labels = org->status_labels;
	int i;

	for (i = 0; i < labels->count; i++)
		if (strcmp(labels->labels[i].label, name) == 0)
			return &labels->labels[i];
	return NULL;
}

const LoyaltyStatusLabel *
loyalty_status_label_default(const LoyaltyOrg *org, CustomerStatus status)
{
	const LoyaltyStatusLabels *labels = org->status_labels;
	int i;

	for (i = 0; i < labels->count; i++)
		if (labels->labels[i].status == status && labels->labels[i].is_default)
			return &labels->labels[i];
	return NULL;
}
