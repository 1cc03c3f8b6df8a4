/*
 * field_api.c: define_field: the fields that an org keeps of its customers, and of what they take part in.
 *
 * The definition says what values are allowed and if they are required. Its name is claimed by the insert itself, so
 * of two sessions with one name the later one waits and is refused. Values that are there already are not judged anew:
 * nothing here reads customers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/ids.h"
#include "common/pg_compat.h"
#include "customer/field_store.h"

#define MAX_ALLOWED 1000 /* values in a list */

LOYALTY_FUNCTION(loyalty_define_field);

static Datum arg_allowed(FunctionCallInfo fcinfo, int n);

/*
 * Defines a field and returns its id. A name is taken once among those of a kind; the unique constraint judges that,
 * so two calls at once cannot both have it. Definitions are never changed: values that were checked stay right.
 */
Datum
loyalty_define_field(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyField field = { 0 };
	Datum allowed;

	loyalty_call_begin(&call, fcinfo);
	field.kind = loyalty_arg_word(fcinfo, 1, "kind", loyalty_field_kind_names, FIELD_KIND_COUNT);
	field.entity = loyalty_arg_word(fcinfo, 2, "entity", loyalty_field_entity_names, FIELD_ENTITY_COUNT);
	if (field.entity != FIELD_OF_CUSTOMER && field.kind != FIELD_CUSTOM)
		loyalty_raise_not_allowed("kind", "custom, of what customers take part in");
	field.name = loyalty_arg_key(fcinfo, 3, "name");
	field.type = loyalty_arg_word(fcinfo, 4, "data_type", loyalty_field_type_names, FIELD_TYPE_COUNT);
	field.is_required = loyalty_arg_bool(fcinfo, 5, "is_required");
	allowed = arg_allowed(fcinfo, 6);
	if (allowed != (Datum) 0 && field.type != FIELD_TEXT)
		loyalty_raise_not_allowed("allowed_values", "none but for fields of type text");
	field.field_id = loyalty_next_reference_id();
	if (!loyalty_field_insert(call.org->org_id, &field, allowed))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_DUPLICATE_NAME),
				 errmsg("%s field \"%s\" exists already", loyalty_field_kind_names[field.kind], field.name)));
	loyalty_call_end(&call);
	PG_RETURN_INT32(field.field_id);
}

/* Returns the allowed values, a list of texts, none of them empty; 0 where none is given. */
static Datum
arg_allowed(FunctionCallInfo fcinfo, int n)
{
	Datum *values;
	bool *nulls;
	int count;
	int i;

	if (PG_ARGISNULL(n))
		return (Datum) 0;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count);
	if (count == 0 || count > MAX_ALLOWED)
		loyalty_raise_not_allowed("allowed_values", psprintf("1 to %d values", MAX_ALLOWED));
	for (i = 0; i < count; i++)
	{
		const NullableDatum given = { values[i], nulls[i] };
		const char *value;

		(void) loyalty_read_text(&given, "allowed_values", LOYALTY_MAX_SHORT, &value, LOYALTY_RAISES);
		(void) loyalty_refuse_unseen("allowed_values", value, LOYALTY_RAISES);
		values[i] = CStringGetTextDatum(value);
	}
	return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT));
}
