/*
 * status_labels.c: the labels of an org, as its cache has them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compare.h"
#include "status/status_labels.h"

/* What a customer has whom the org gave no label. */
static const LoyaltyStatusLabel built_in = { .status = STATUS_ACTIVE, .is_default = true, .label = "active" };

static int
compare_label(const void *label_id, const void *label)
{
	return loyalty_compare_int64(*(const int32 *) label_id, ((const LoyaltyStatusLabel *) label)->label_id);
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

Datum
loyalty_restriction_words(uint32 restrictions)
{
	Datum words[RESTRICTION_COUNT];
	int count = 0;
	int i;

	for (i = 0; i < RESTRICTION_COUNT; i++)
		if (restrictions & (UINT32_C(1) << i))
			words[count++] = CStringGetTextDatum(loyalty_restriction_at(i));
	return PointerGetDatum(construct_array(words, count, TEXTOID, -1, false, TYPALIGN_INT));
}
