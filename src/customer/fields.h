/* fields.h: standard, extended and custom fields of customers and of what they take part in: definitions and values. */
#ifndef LOYALTY_FIELDS_H
#define LOYALTY_FIELDS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "common/array.h"
#include "org/call.h"

/* Kinds of fields; names are unique within one. In a document of a registration standard ones stand in a profile. */
typedef enum FieldKind
{
	FIELD_STANDARD,
	FIELD_EXTENDED,
	FIELD_CUSTOM,
	FIELD_KIND_COUNT
} FieldKind;

/* Names of the kinds, as calls and the table have them. */
extern const char *const loyalty_field_kind_names[FIELD_KIND_COUNT];

/* Entities that have fields: a customer, of all kinds; a participation in a program, of custom ones alone. */
typedef enum FieldEntity
{
	FIELD_OF_CUSTOMER,
	FIELD_OF_PARTICIPATION,
	FIELD_ENTITY_COUNT
} FieldEntity;

/* Names of the entities, as calls and the table have them. */
extern const char *const loyalty_field_entity_names[FIELD_ENTITY_COUNT];

/* Types of values. Dates and times are texts in ISO 8601, which sort as such. */
typedef enum FieldType
{
	FIELD_TEXT,
	FIELD_INTEGER,
	FIELD_NUMBER,
	FIELD_BOOLEAN,
	FIELD_DATE,
	FIELD_TIMESTAMP,
	FIELD_TYPE_COUNT
} FieldType;

/* Names of the types, as calls and the table have them. */
extern const char *const loyalty_field_type_names[FIELD_TYPE_COUNT];

/* Definition of a field. */
typedef struct LoyaltyField
{
	int32 field_id;
	FieldEntity entity;
	FieldKind kind;
	const char *name;
	FieldType type;
	bool is_required;
	int allowed_count; /* 0: any value */
	Datum *allowed;	   /* texts */
} LoyaltyField;

/* Value that a call gives for a field, checked. */
typedef struct LoyaltyFieldValue
{
	int32 field_id;
	const char *text; /* in normal form; NULL: the value goes */
	Datum number;	  /* the same as a numeric, for integers and numbers */
	bool has_number;
} LoyaltyFieldValue;

/* All values that a call gives. */
typedef struct LoyaltyFieldValues
{
	LOYALTY_ARRAY(LoyaltyFieldValue) given;
	const char *missing; /* a required field that is not among them, or NULL */
} LoyaltyFieldValues;

/*
 * Checks documents of name and value, one for each kind (NULL: none), against the org's definitions; raises LY121 and
 * LY122, and LY123 where a required field is taken away.
 */
extern void loyalty_fields_check(const LoyaltyOrg *org, FieldEntity entity,
								 const Jsonb *const documents[FIELD_KIND_COUNT], LoyaltyFieldValues *values);

/* Raises LY123 where a required field is missing: for what is new. */
extern void loyalty_fields_require(const LoyaltyFieldValues *values);

/* Writes the values of a customer whom the caller has locked or made. */
extern void loyalty_fields_write(int32 org_id, int64 customer_id, const LoyaltyFieldValues *values,
								 TimestampTz now);

#endif
