/*
 * field_store.c: the statements on fields and their values. A value is a row, so that an index finds customers by it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "customer/field_store.h"

/* Definitions, which are read anew in each call that brings fields: there are few, and no cache has to be told. */
static LoyaltyQuery fields_of_org =
	LOYALTY_STATEMENT_SEEN("SELECT f.field_id, f.kind::text, f.name::text, f.data_type::text,"
						   " f.is_required, f.allowed_values FROM loyalty_data.field f WHERE f.org_id = $1"
						   " AND f.entity = $2 ORDER BY f.field_id",
						   INT4OID, TEXTOID);

/* The fields that every org begins with. One keeps its place for good: that makes its id. */
static const struct
{
	const char *name;
	FieldType type;
} standard_fields[] = {
	{ "birth_date", FIELD_DATE }, { "gender", FIELD_TEXT },		 { "anniversary", FIELD_DATE },
	{ "language", FIELD_TEXT },	  { "address", FIELD_TEXT },	 { "city", FIELD_TEXT },
	{ "region", FIELD_TEXT },	  { "postal_code", FIELD_TEXT }, { "country", FIELD_TEXT },
};

static LoyaltyQuery field_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.field (org_id, field_id, kind, entity, name, data_type, is_required,"
	" allowed_values) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID, TEXTARRAYOID);

/* Writes a value, unless it is what is there: an update that changes nothing would still cost a row version. */
static LoyaltyQuery value_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.customer_field AS v (org_id, customer_id, field_id, field_value, number_value,"
	" updated_at) VALUES ($1, $2, $3, $4, $5, $6)"
	" ON CONFLICT (org_id, customer_id, field_id) DO UPDATE SET field_value = EXCLUDED.field_value,"
	" number_value = EXCLUDED.number_value, updated_at = EXCLUDED.updated_at"
	" WHERE v.field_value <> EXCLUDED.field_value",
	INT4OID, INT8OID, INT4OID, TEXTOID, NUMERICOID, TIMESTAMPTZOID);

static LoyaltyQuery value_remove =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.customer_field v WHERE v.org_id = $1"
					  " AND v.customer_id = $2 AND v.field_id = $3",
					  INT4OID, INT8OID, INT4OID);

/* Returns the position of a word that the table's writer took from a list. */
static int
word_index(const char *word, const char *const *words, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	elog(ERROR, "unknown word \"%s\" in reference data", word);
}

/* Copies the allowed values out of the row, so that the field outlives it. */
static void
field_from_row(LoyaltyField *field, LoyaltyRows *rows, uint64 row)
{
	bool isnull;
	Datum allowed = loyalty_row_datum(rows, row, 6, &isnull);

	field->field_id = loyalty_row_int4(rows, row, 1);
	field->kind = word_index(loyalty_row_text(rows, row, 2), loyalty_field_kind_names, FIELD_KIND_COUNT);
	field->name = loyalty_row_text(rows, row, 3);
	field->type = word_index(loyalty_row_text(rows, row, 4), loyalty_field_type_names, FIELD_TYPE_COUNT);
	field->is_required = loyalty_row_bool(rows, row, 5);
	field->allowed_count = 0;
	if (!isnull)
		deconstruct_array(DatumGetArrayTypePCopy(allowed), TEXTOID, -1, false, TYPALIGN_INT, &field->allowed,
						  NULL, &field->allowed_count);
}

/* Reads all kinds at once: a call may bring three documents. */
void
loyalty_field_list(int32 org_id, FieldEntity entity, LoyaltyFieldList *fields)
{
	int i;
	LoyaltyRows *rows =
		LOYALTY_QUERY(&fields_of_org, loyalty_int4(org_id), loyalty_text(loyalty_field_entity_names[entity]));

	fields->n = (int) rows->count;
	fields->items = palloc0(sizeof(LoyaltyField) * Max(fields->n, 1));
	for (i = 0; i < fields->n; i++)
	{
		fields->items[i].entity = entity;
		field_from_row(&fields->items[i], rows, i);
	}
}

/* Tells by the count whether the name was free. */
bool
loyalty_field_insert(int32 org_id, const LoyaltyField *field, Datum allowed)
{
	return LOYALTY_EXECUTE(&field_insert, loyalty_int4(org_id), loyalty_int4(field->field_id),
						   loyalty_text(loyalty_field_kind_names[field->kind]),
						   loyalty_text(loyalty_field_entity_names[field->entity]), loyalty_text(field->name),
						   loyalty_text(loyalty_field_type_names[field->type]),
						   loyalty_bool(field->is_required),
						   loyalty_datum(allowed, allowed == (Datum) 0)) == 1;
}

/* Writes them as define_field does. The org is new, so no name is taken. */
void
loyalty_standard_fields_make(int32 org_id)
{
	int i;

	for (i = 0; i < lengthof(standard_fields); i++)
	{
		LoyaltyField field = { .field_id = -(i + 1),
							   .kind = FIELD_STANDARD,
							   .name = standard_fields[i].name,
							   .type = standard_fields[i].type };

		(void) loyalty_field_insert(org_id, &field, (Datum) 0);
	}
}

/* Writes the values that were given, and leaves the others. A text that is NULL takes the value away. */
void
loyalty_fields_write(int32 org_id, int64 customer_id, const LoyaltyFieldValues *values, TimestampTz now)
{
	int i;

	for (i = 0; i < values->given.n; i++)
	{
		const LoyaltyFieldValue *value = &values->given.items[i];
		LoyaltyParams params =
			LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(value->field_id));

		if (value->text == NULL)
		{
			loyalty_execute(&value_remove, &params);
			continue;
		}
		loyalty_param(&params, loyalty_text(value->text));
		loyalty_param(&params, loyalty_datum(value->number, !value->has_number));
		loyalty_param(&params, loyalty_time(now));
		loyalty_execute(&value_store, &params);
	}
}
