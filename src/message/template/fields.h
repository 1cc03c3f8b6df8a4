/*
 * fields.h: objects of documents that the field's systems write in spellings of their own: file_encoding_type,
 * fileEncodingType. Names of fields are words here. Messages name the path, never the value.
 */
#ifndef LOYALTY_FIELDS_OF_OBJECT_H
#define LOYALTY_FIELDS_OF_OBJECT_H

#include "postgres.h"

#include "utils/jsonb.h"

#define LOYALTY_FIELDS_MAX 24

/* An object with its fields in their places; null is as missing. "error" is the SQLSTATE of whatever is wrong. */
typedef struct LoyaltyFields
{
	const char *path;
	int error;
	const char *const *names;
	int count;
	JsonbValue *values[LOYALTY_FIELDS_MAX];
} LoyaltyFields;

/* Open an object, the document itself, or an element of a list, which must be one. Unknown and repeated fields are wrong. */
extern void loyalty_parts_open(LoyaltyFields *fields, JsonbContainer *object);
extern void loyalty_parts_open_root(LoyaltyFields *fields, Jsonb *document);
extern void loyalty_parts_open_element(LoyaltyFields *fields, JsonbContainer *list, int n);

/* Returns a document that must be a list of at most so many elements. */
extern JsonbContainer *loyalty_parts_list(Jsonb *document, const char *path, int limit, int error);

/* Read a field; each returns NULL where it is missing. A scalar is a text or a number, which is a text, too. */
extern const char *loyalty_part_text(const LoyaltyFields *fields, int field, int limit);
extern const char *loyalty_part_scalar(const LoyaltyFields *fields, int field, int limit);
extern JsonbContainer *loyalty_part_list(const LoyaltyFields *fields, int field, int limit);
extern JsonbContainer *loyalty_part_object(const LoyaltyFields *fields, int field);
extern bool loyalty_part_bool(const LoyaltyFields *fields, int field);

/* Reads a whole number between two limits; the fallback where it is missing. */
extern int loyalty_part_number(const LoyaltyFields *fields, int field, int least, int most, int fallback);

/* Returns the place of a word among those that are allowed, -1 where it is missing. */
extern int loyalty_part_word(const LoyaltyFields *fields, int field, const char *const *words, int count);

/* Raises that a field is not what it must be, or is missing. */
extern void loyalty_part_raise(const LoyaltyFields *fields, int field, const char *wanted)
	__attribute__((noreturn));

/* The path of a field, for messages. */
extern const char *loyalty_part_path(const LoyaltyFields *fields, int field);

#endif
