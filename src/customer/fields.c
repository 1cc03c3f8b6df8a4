/*
 * fields.c: the values of standard, extended and custom fields, checked against their definitions.
 *
 * Values come as documents (jsonb) and are kept as texts in one normal form for each type, so that equal values are
 * equal texts and an index finds them: numbers without trailing zeros, dates and times in ISO 8601, booleans as true
 * and false. The check raises before anything is written. A field that a document does not name stays as it is.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/text.h"
#include "common/time_rules.h"
#include "customer/field_store.h"

#define MAX_DIGITS 1000 /* of a number as given */

const char *const loyalty_field_kind_names[FIELD_KIND_COUNT] = { "standard", "extended", "custom" };
const char *const loyalty_field_entity_names[FIELD_ENTITY_COUNT] = { "customer", "participation" };
const char *const loyalty_field_type_names[FIELD_TYPE_COUNT] = { "text",	"integer", "number",
																 "boolean", "date",	   "timestamp" };

static const LoyaltyField *find_field(const LoyaltyFieldList *fields, FieldKind kind, const JsonbValue *name);
static LoyaltyFieldValue read_value(const LoyaltyField *field, const JsonbValue *value);
static void find_missing(const LoyaltyFieldList *fields, LoyaltyFieldValues *values);

/* Raises LY122 with the field's name and type, never the value. */
static void
raise_invalid(const LoyaltyField *field)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_FIELD_INVALID),
					errmsg("field \"%s\" does not take that value", field->name),
					field->allowed_count > 0
						? errdetail("It is of type %s and takes one of a list of values.",
									loyalty_field_type_names[field->type])
						: errdetail("It is of type %s.", loyalty_field_type_names[field->type])));
}

/*
 * Reads one document: an object of names and values. Containers are skipped whole, so each value is an item; an
 * object or a list as a value is refused by its type.
 */
static void
read_document(const LoyaltyFieldList *fields, FieldKind kind, const Jsonb *document,
			  LoyaltyFieldValues *values)
{
	JsonbIterator *iterator = JsonbIteratorInit(unconstify(JsonbContainer *, &document->root));
	JsonbValue item;
	const LoyaltyField *field = NULL;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(document))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_FIELD_INVALID),
				 errmsg("%s fields are not an object of names and values", loyalty_field_kind_names[kind])));
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			field = find_field(fields, kind, &item);
		else if (token == WJB_VALUE)
			LOYALTY_APPEND(values->given, read_value(field, &item));
	}
}

/* Reads the definitions once for all documents. */
void
loyalty_fields_check(const LoyaltyOrg *org, FieldEntity entity,
					 const Jsonb *const documents[FIELD_KIND_COUNT], LoyaltyFieldValues *values)
{
	LoyaltyFieldList fields = { 0 };
	int kind;

	loyalty_field_list(org->org_id, entity, &fields);
	for (kind = 0; kind < FIELD_KIND_COUNT; kind++)
		if (documents[kind] != NULL)
			read_document(&fields, (FieldKind) kind, documents[kind], values);
	find_missing(&fields, values);
}

/*
 * Returns the definition of a name, or raises LY121. The name in the message is cut where it is long, between
 * characters. The search is linear: an org has tens of fields, a document names a few.
 */
static const LoyaltyField *
find_field(const LoyaltyFieldList *fields, FieldKind kind, const JsonbValue *name)
{
	const char *given = loyalty_normal_text(pnstrdup(name->val.string.val, name->val.string.len));
	int length = Min(name->val.string.len, LOYALTY_MAX_CODE);
	int i;

	for (i = 0; given != NULL && i < fields->n; i++)
	{
		const LoyaltyField *field = &fields->items[i];

		if (field->kind == kind && strcmp(field->name, given) == 0)
			return field;
	}
	length = pg_mbcliplen(name->val.string.val, name->val.string.len, length);
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_FIELD_UNKNOWN),
					errmsg("%s field \"%.*s\" does not exist", loyalty_field_kind_names[kind], length,
						   name->val.string.val),
					errhint("Define it with loyalty.define_field().")));
}

/* Tells whether a text is among the allowed ones, or all are. */
static bool
is_allowed(const LoyaltyField *field, const char *given)
{
	int i;

	for (i = 0; i < field->allowed_count; i++)
		if (strcmp(TextDatumGetCString(field->allowed[i]), given) == 0)
			return true;
	return field->allowed_count == 0;
}

/*
 * Returns a date as YYYY-MM-DD, whatever the session's date style, or a time as YYYY-MM-DD HH:MM:SS, local to whoever
 * gave it and perhaps with a T between; NULL where the text is none.
 */
static const char *
normal_time(const char *text, bool has_clock)
{
	LoyaltyLocalTime time;
	char *normal;

	if (!loyalty_time_read(text, &time) || time.has_clock != has_clock)
		return NULL;
	normal = palloc(LOYALTY_TIME_TEXT);
	return loyalty_time_write(&time, has_clock, normal) ? normal : NULL;
}

/*
 * Reads a number, which comes as a JSON number: a text that looks like one is refused, so that a value has one form.
 * An integer is a number without a fraction, so 10.0 is one.
 */
static void
read_number(const LoyaltyField *field, const JsonbValue *value, LoyaltyFieldValue *result)
{
	Datum number;

	if (value->type != jbvNumeric)
		raise_invalid(field);
	number = NumericGetDatum(value->val.numeric);
	if (field->type == FIELD_INTEGER &&
		!DatumGetBool(DirectFunctionCall2(numeric_eq, number,
										  DirectFunctionCall2(numeric_trunc, number, Int32GetDatum(0)))))
		raise_invalid(field);
	result->text =
		DatumGetCString(DirectFunctionCall1(numeric_out, DirectFunctionCall1(numeric_trim_scale, number)));
	if (strlen(result->text) > MAX_DIGITS)
		raise_invalid(field);
	result->number = number;
	result->has_number = true;
}

/* Reads a text, a date or a time. jsonb texts have no zero at their end, hence the copy. */
static const char *
read_text(const LoyaltyField *field, const JsonbValue *value)
{
	const char *text;

	if (value->type != jbvString)
		raise_invalid(field);
	text = loyalty_checked_text(PointerGetDatum(
									cstring_to_text_with_len(value->val.string.val, value->val.string.len)),
								field->name, field->allowed_count > 0 ? LOYALTY_MAX_SHORT : LOYALTY_MAX_TEXT);
	if (field->type == FIELD_DATE || field->type == FIELD_TIMESTAMP)
		text = normal_time(text, field->type == FIELD_TIMESTAMP);
	if (text == NULL)
		raise_invalid(field);
	return text;
}

/* Tells whether a value is none: a null, or a text that is empty or of blanks. */
static bool
is_none(const JsonbValue *value)
{
	return value->type == jbvNull ||
		   (value->type == jbvString &&
			loyalty_text_is_blank(
				PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len))));
}

/* Reads a value of any type. None takes the value away, which a required field refuses. */
static LoyaltyFieldValue
read_value(const LoyaltyField *field, const JsonbValue *value)
{
	LoyaltyFieldValue result = { .field_id = field->field_id };

	if (is_none(value))
	{
		if (field->is_required)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_FIELD_REQUIRED),
							errmsg("field \"%s\" is required", field->name)));
		return result;
	}
	if (field->type == FIELD_INTEGER || field->type == FIELD_NUMBER)
		read_number(field, value, &result);
	else if (field->type == FIELD_BOOLEAN)
	{
		if (value->type != jbvBool)
			raise_invalid(field);
		result.text = value->val.boolean ? "true" : "false";
	}
	else
		result.text = read_text(field, value);
	if (!is_allowed(field, result.text))
		raise_invalid(field);
	return result;
}

/*
 * Finds a required field that no document names. It is kept, not raised: only new customers must bring it, and
 * whether this is one is not known yet.
 */
static void
find_missing(const LoyaltyFieldList *fields, LoyaltyFieldValues *values)
{
	int i;
	int j;

	for (i = 0; i < fields->n && values->missing == NULL; i++)
	{
		bool given = !fields->items[i].is_required;

		for (j = 0; j < values->given.n && !given; j++)
			given = values->given.items[j].field_id == fields->items[i].field_id;
		if (!given)
			values->missing = fields->items[i].name;
	}
}

/* Comes when a new customer is about to be written. */
void
loyalty_fields_require(const LoyaltyFieldValues *values)
{
	if (values->missing != NULL)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_FIELD_REQUIRED),
						errmsg("field \"%s\" is required", values->missing)));
}
