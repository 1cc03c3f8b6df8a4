/*
 * status_labels.c: the labels of an org, as its cache has them. Ids are searched by halving, since every
 * writing call of a customer with a label asks for one; names are searched one by one, since only changes of
 * labels ask for them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/compare.h"
#include "status/status_labels.h"

/* The label of a customer to whom the org gave none. It has no row, and stops nothing. */
static const LoyaltyStatusLabel built_in = { .status = STATUS_ACTIVE, .is_default = true, .label = "active" };

/* Compares an id with that of a label, for bsearch. */
static int
compare_label(const void *label_id, const void *label)
{
	return loyalty_compare_int64(*(const int32 *) label_id, ((const LoyaltyStatusLabel *) label)->label_id);
}

/* Searches by halving: the store reads labels in the order of their ids. */
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

/* Compares names as they are: two that differ in case are two labels. */
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

/* Finds the one that is marked; a unique index has one for each status at most. */
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

/* Puts the words in the order of their bits. */
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
