/* field_store.h: fields and their values in tables. */
#ifndef LOYALTY_FIELD_STORE_H
#define LOYALTY_FIELD_STORE_H

#include "postgres.h"

#include "customer/fields.h"

/* Ids of standard fields that the library itself reads: the same in all orgs. */
#define LOYALTY_FIELD_BIRTH_DATE (-1)
#define LOYALTY_FIELD_ANNIVERSARY (-3)

/* Definitions of an org's fields. */
typedef struct LoyaltyFieldList
{
	int n;
	LoyaltyField *items;
} LoyaltyFieldList;

/* Reads the fields of an entity that an org has defined, in the current context, by id. */
extern void loyalty_field_list(int32 org_id, FieldEntity entity, LoyaltyFieldList *fields);

/*
 * Defines the standard fields that every org has: birth date, gender, anniversary, language, and the parts of an address.
 * Their ids are the same in all orgs, and below zero, where no id is drawn.
 */
extern void loyalty_standard_fields_make(int32 org_id);

/* Defines a field; false where the name is taken. allowed: a text array, or 0. */
extern bool loyalty_field_insert(int32 org_id, const LoyaltyField *field, Datum allowed);

#endif
