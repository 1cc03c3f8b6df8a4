/*
 * status_label_api.c: labels, what they stop, and the catalogues of restrictions and operations.
 *
 * Changes lock the org's reference data and read the org anew before they judge, so that two at one time see
 * each other's labels; they lock no customer. They count for calls that begin, or look the org up again, after
 * the commit: a customer's status changes with its label's restrictions, without a row of the customer being
 * written.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "common/word_rules.h"
#include "status/status_change.h"

LOYALTY_FUNCTION(loyalty_create_status_label);
LOYALTY_FUNCTION(loyalty_set_default_status_label);
LOYALTY_FUNCTION(loyalty_set_restriction);
LOYALTY_FUNCTION(loyalty_status_word);
LOYALTY_FUNCTION(loyalty_fraud_status_word);
LOYALTY_FUNCTION(loyalty_label_restriction_list);
LOYALTY_FUNCTION(loyalty_restriction_list);
LOYALTY_FUNCTION(loyalty_guarded_operations);

#define ALL_LABELS "all"
#define MAX_LABELS 1000

#define STATUS_WORDS \
	"active, suspended, deleted, fraud_suspected, fraud_confirmed, internal, pending_deletion"

/* Reads a word for a status: LY003. */
static CustomerStatus
arg_status(FunctionCallInfo fcinfo, int n)
{
	CustomerStatus status = loyalty_status_find(loyalty_arg_text(fcinfo, n, "status", LOYALTY_MAX_CODE));

	if (status == STATUS_UNKNOWN)
		loyalty_raise_not_allowed("status", STATUS_WORDS);
	return status;
}

/*
 * Reads the name of a new label: LY003 where something in it is unseen, LY210 for one that is kept for another use.
 */
static const char *
arg_new_label(FunctionCallInfo fcinfo, int n, CustomerStatus status)
{
	const char *label = loyalty_arg_key(fcinfo, n, "label");
	CustomerStatus reserved = loyalty_label_reserved(label);

	if (loyalty_same_word(label, ALL_LABELS))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_STATUS_LABEL_RESERVED), errmsg("label \"%s\" is reserved", label),
				 errhint("In loyalty.set_restriction() it stands for all labels.")));
	if (reserved != STATUS_UNKNOWN && reserved != status)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_STATUS_LABEL_RESERVED), errmsg("label \"%s\" is reserved", label),
				 errhint("It may be one of status %s.", loyalty_status_name(reserved))));
	return label;
}

/* Makes a label; returns its id. LY009 where the org has one of that name. */
Datum
loyalty_create_status_label(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CustomerStatus status;
	const char *label;
	const char *description;
	int32 label_id;

	loyalty_call_begin(&call, fcinfo);
	status = arg_status(fcinfo, 1);
	label = arg_new_label(fcinfo, 2, status);
	description = loyalty_arg_text_or_null(fcinfo, 3, "description", LOYALTY_MAX_TEXT);
	loyalty_call_lock_org(&call);
	label_id = loyalty_next_reference_id();
	if (!loyalty_label_insert(call.org->org_id, label_id, status, label, description))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_DUPLICATE_NAME),
						errmsg("label \"%s\" of customers exists already", label)));
	loyalty_call_end(&call);
	PG_RETURN_INT32(label_id);
}

/*
 * Makes a label the default of its status. The org is locked: of two calls at once the later one waits, and
 * then sees what the other made the default.
 */
Datum
loyalty_set_default_status_label(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CustomerStatus status;
	const LoyaltyStatusLabel *label;

	loyalty_call_begin(&call, fcinfo);
	status = arg_status(fcinfo, 1);
	loyalty_call_lock_org(&call);
	label = loyalty_status_label_get(call.org, loyalty_arg_text(fcinfo, 2, "label", LOYALTY_MAX_CODE));
	if (label->status != status)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_STATUS_LABEL_UNKNOWN),
				 errmsg("label \"%s\" is not one of status %s", label->label, loyalty_status_name(status)),
				 errdetail("Its status is %s.", loyalty_status_name(label->status))));
	loyalty_label_set_default(call.org->org_id, status, label->label_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Finds the labels that are named. Each must exist (LY202) and have a status that allows the restriction (LY203). */
static int
labels_named(const LoyaltyOrg *org, uint32 restriction, const Datum *names, int count, int32 *label_ids)
{
	int i;

	for (i = 0; i < count; i++)
	{
		const LoyaltyStatusLabel *label =
			loyalty_status_label_get(org, loyalty_checked_text(names[i], "labels", LOYALTY_MAX_CODE));

		if ((loyalty_status_allowed(label->status) & restriction) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_LOYALTY_RESTRICTION_NOT_ALLOWED),
					 errmsg("label \"%s\" cannot have restriction %s", label->label,
							loyalty_restriction_name(restriction)),
					 errdetail("Its status is %s.", loyalty_status_name(label->status)),
					 errhint("loyalty.restriction_list() says which statuses a restriction goes with.")));
		label_ids[i] = label->label_id;
	}
	return count;
}

/* Reads an array of at most MAX_LABELS texts: each is searched for among all labels of the org. */
static int
arg_labels(FunctionCallInfo fcinfo, int n, Datum **names)
{
	ArrayType *array;
	int count;

	if (PG_ARGISNULL(n))
		loyalty_raise_missing("labels");
	array = PG_GETARG_ARRAYTYPE_P(n);
	if (ARR_NDIM(array) > 1 || array_contains_nulls(array) ||
		ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) > MAX_LABELS)
		loyalty_raise_not_allowed("labels",
								  psprintf("one-dimensional arrays of at most %d texts, none of them NULL",
										   MAX_LABELS));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, names, NULL, &count);
	return count;
}

/* Tells whether the one element stands for all labels; LY003 where it is not alone. */
static bool
stands_for_all(const Datum *names, int count)
{
	bool all = false;
	int i;

	for (i = 0; i < count; i++)
		all =
			all || loyalty_same_word(loyalty_checked_text(names[i], "labels", LOYALTY_MAX_CODE), ALL_LABELS);
	if (all && count > 1)
		loyalty_raise_not_allowed("labels", "names of labels, or \"all\" alone");
	return all;
}

/*
 * Sets which labels have a restriction: those named, and no other. "all" is a setting of its own, which labels to
 * come have, too; the labels' own rows lose the restriction then. The names are judged once the org is locked.
 */
Datum
loyalty_set_restriction(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	uint32 restriction;
	Datum *names;
	int32 *label_ids;
	bool all;
	int count;

	loyalty_call_begin(&call, fcinfo);
	restriction = loyalty_restriction_find(loyalty_arg_text(fcinfo, 1, "restriction", LOYALTY_MAX_CODE));
	if (restriction == 0)
		loyalty_raise_not_allowed("restriction", "those of loyalty.restriction_list()");
	count = arg_labels(fcinfo, 2, &names);
	all = stands_for_all(names, count);
	label_ids = palloc(sizeof(int32) * Max(count, 1));
	loyalty_call_lock_org(&call);
	if (all)
		count = 0;
	count = labels_named(call.org, restriction, names, count, label_ids);
	loyalty_restriction_set(call.org->org_id, restriction, label_ids, count, all);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Returns a word as text, NULL for none. */
static Datum
word_or_null(FunctionCallInfo fcinfo, const char *word)
{
	if (word == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(word));
}

/* Returns the word for a code of a status, for views. */
Datum
loyalty_status_word(PG_FUNCTION_ARGS)
{
	return word_or_null(fcinfo, loyalty_status_name((CustomerStatus) PG_GETARG_CHAR(0)));
}

/* Returns the word for a code of a fraud status, for views. */
Datum
loyalty_fraud_status_word(PG_FUNCTION_ARGS)
{
	return word_or_null(fcinfo, loyalty_fraud_status_name((FraudStatus) PG_GETARG_CHAR(0)));
}

/* Returns what the guard makes of a label's row, for views. */
Datum
loyalty_label_restriction_list(PG_FUNCTION_ARGS)
{
	uint32 restrictions =
		loyalty_label_restrictions(text_to_cstring(PG_GETARG_TEXT_PP(0)), (CustomerStatus) PG_GETARG_CHAR(1),
								   (uint32) PG_GETARG_INT32(2), (uint32) PG_GETARG_INT32(3));

	PG_RETURN_DATUM(loyalty_restriction_words(restrictions));
}

/* Returns a row for each restriction and status that go together. */
Datum
loyalty_restriction_list(PG_FUNCTION_ARGS)
{
	int r;
	int s;

	loyalty_set_begin(fcinfo);
	for (r = 0; r < RESTRICTION_COUNT; r++)
		for (s = 0; s < STATUS_COUNT; s++)
		{
			CustomerStatus status = loyalty_status_at(s);
			const char *texts[] = { loyalty_restriction_at(r), loyalty_status_name(status) };

			if (loyalty_status_allowed(status) & (UINT32_C(1) << r))
				loyalty_set_add_texts(fcinfo, lengthof(texts), texts);
		}
	return (Datum) 0;
}

/* Returns what a verdict under one restriction comes to, in a word; NULL: it comes to nothing. */
static const char *
effect_of(const StatusVerdict *verdict)
{
	if (verdict->refused_by)
		return "refused";
	if (verdict->waits_by)
		return "waits";
	if (verdict->zero_points_by)
		return "zero_points";
	if (verdict->no_promotions_by)
		return "no_promotions";
	return verdict->outlier_by ? "outlier" : NULL;
}

/* Returns a row for each operation and restriction, judged as the guard judges. */
Datum
loyalty_guarded_operations(PG_FUNCTION_ARGS)
{
	int operation;
	int r;

	loyalty_set_begin(fcinfo);
	for (operation = 0; operation < GUARD_COUNT; operation++)
		for (r = 0; r < RESTRICTION_COUNT; r++)
		{
			const GuardedRules *rules = loyalty_guarded_rules((GuardedOperation) operation);
			StatusVerdict verdict = loyalty_status_judge((GuardedOperation) operation, UINT32_C(1) << r);
			const char *texts[] = { rules->word, loyalty_restriction_at(r), effect_of(&verdict),
									rules->system ? "system" : "customer" };

			loyalty_set_add_texts(fcinfo, lengthof(texts), texts);
		}
	return (Datum) 0;
}
