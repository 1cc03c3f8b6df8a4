/*
 * fields.c: objects of documents by their fields, whatever the spelling of names. Each field is looked up once, as the object
 * is opened, so a misspelt name is an error and never a setting that silently does nothing, and a field that stands in two
 * spellings is one, too.
 *
 * Names are words (word_rules.h), as in all of the interface: what one system calls file_encoding_type another one
 * calls fileEncodingType. The names of an object are a list in the order of an enum, and a field is asked for by its
 * place in it.
 *
 * Objects that are nested are opened one by one, each with names of its own: nothing here goes down by itself, so a
 * document that is nested a thousand times is refused at its first level. Whoever opens an object says which SQLSTATE
 * its faults have.
 *
 * common/json.h reads the documents of registrations, whose names have one spelling and whose faults have one code.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "common/args.h"
#include "common/word_rules.h"
#include "message/template/fields.h"

/* Returns the path in the current context. */
const char *
loyalty_part_path(const LoyaltyFields *fields, int field)
{
	return psprintf("%s.%s", fields->path, fields->names[field]);
}

/* Raises by path. */
void
loyalty_part_raise(const LoyaltyFields *fields, int field, const char *wanted)
{
	ereport(ERROR,
			(errcode(fields->error), errmsg("\"%s\" is not %s", loyalty_part_path(fields, field), wanted)));
	pg_unreachable();
}

/* Puts a field in its place. */
static void
put(LoyaltyFields *fields, const JsonbValue *key, JsonbValue *value)
{
	int i;

	for (i = 0; i < fields->count; i++)
	{
		if (!loyalty_same_word_within(fields->names[i], key->val.string.val, key->val.string.len))
			continue;
		if (fields->values[i] != NULL)
			ereport(ERROR,
					(errcode(fields->error), errmsg("\"%s\" stands twice", loyalty_part_path(fields, i))));
		if (value->type != jbvNull)
			fields->values[i] = memcpy(palloc(sizeof(JsonbValue)), value, sizeof(JsonbValue));
		return;
	}
	ereport(ERROR, (errcode(fields->error),
					errmsg("\"%s.%.*s\" is not a known field", fields->path,
						   pg_mbcliplen(key->val.string.val, key->val.string.len, LOYALTY_MAX_CODE),
						   key->val.string.val)));
}

/* Goes through the fields of this level; nested values are skipped over. */
void
loyalty_parts_open(LoyaltyFields *fields, JsonbContainer *object)
{
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbValue item;
	JsonbValue key = { 0 };
	JsonbIteratorToken token;

	memset(fields->values, 0, sizeof(fields->values));
	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = item;
		else if (token == WJB_VALUE)
			put(fields, &key, &item);
	}
}

/* Opens a document. */
void
loyalty_parts_open_root(LoyaltyFields *fields, Jsonb *document)
{
	if (!JB_ROOT_IS_OBJECT(document))
		ereport(ERROR, (errcode(fields->error), errmsg("\"%s\" is not an object", fields->path)));
	loyalty_parts_open(fields, &document->root);
}

/* Opens an element, whose path has its place. */
void
loyalty_parts_open_element(LoyaltyFields *fields, JsonbContainer *list, int n)
{
	JsonbValue *value = getIthJsonbValueFromContainer(list, n);

	fields->path = psprintf("%s[%d]", fields->path, n);
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		ereport(ERROR, (errcode(fields->error), errmsg("\"%s\" is not an object", fields->path)));
	loyalty_parts_open(fields, value->val.binary.data);
}

/* Refuses a list that is too long before anybody goes through it. */
static JsonbContainer *
checked_list(JsonbContainer *list, const char *path, int limit, int error)
{
	if (JsonContainerSize(list) > limit)
		ereport(ERROR,
				(errcode(error), errmsg("\"%s\" is too long", path),
				 errdetail("It may have %d elements; it has %d.", limit, (int) JsonContainerSize(list))));
	return list;
}

/* Opens a document; jsonb keeps a lone scalar as a list of one. */
JsonbContainer *
loyalty_parts_list(Jsonb *document, const char *path, int limit, int error)
{
	if (!JB_ROOT_IS_ARRAY(document) || JB_ROOT_IS_SCALAR(document))
		ereport(ERROR, (errcode(error), errmsg("\"%s\" is not a list", path)));
	return checked_list(&document->root, path, limit, error);
}

/* Copies a text that is short enough. */
static const char *
text_of(const LoyaltyFields *fields, int field, const char *text, int length, int limit)
{
	if (length > limit * pg_database_encoding_max_length() || pg_mbstrlen_with_len(text, length) > limit)
		ereport(ERROR,
				(errcode(fields->error), errmsg("\"%s\" is too long", loyalty_part_path(fields, field)),
				 errdetail("At most %d characters are allowed.", limit)));
	return pnstrdup(text, length);
}

/* Reads a text; numbers are none. */
const char *
loyalty_part_text(const LoyaltyFields *fields, int field, int limit)
{
	const JsonbValue *value = fields->values[field];

	if (value == NULL)
		return NULL;
	if (value->type != jbvString)
		loyalty_part_raise(fields, field, "a text");
	return text_of(fields, field, value->val.string.val, value->val.string.len, limit);
}

/* Reads a text or a number. */
const char *
loyalty_part_scalar(const LoyaltyFields *fields, int field, int limit)
{
	const JsonbValue *value = fields->values[field];
	const char *number;

	if (value == NULL || value->type == jbvString)
		return loyalty_part_text(fields, field, limit);
	if (value->type != jbvNumeric)
		loyalty_part_raise(fields, field, "a text or a number");
	number = DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	return text_of(fields, field, number, (int) strlen(number), limit);
}

/* Reads a list. */
JsonbContainer *
loyalty_part_list(const LoyaltyFields *fields, int field, int limit)
{
	const JsonbValue *value = fields->values[field];

	if (value == NULL)
		return NULL;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		loyalty_part_raise(fields, field, "a list");
	return checked_list(value->val.binary.data, loyalty_part_path(fields, field), limit, fields->error);
}

/* Reads an object. */
JsonbContainer *
loyalty_part_object(const LoyaltyFields *fields, int field)
{
	const JsonbValue *value = fields->values[field];

	if (value == NULL)
		return NULL;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		loyalty_part_raise(fields, field, "an object");
	return value->val.binary.data;
}

/* Reads true or false; missing is false. */
bool
loyalty_part_bool(const LoyaltyFields *fields, int field)
{
	const JsonbValue *value = fields->values[field];

	if (value != NULL && value->type != jbvBool)
		loyalty_part_raise(fields, field, "true or false");
	return value != NULL && value->val.boolean;
}

/* Reads a number that is written without a fraction. */
int
loyalty_part_number(const LoyaltyFields *fields, int field, int least, int most, int fallback)
{
	const char *text = loyalty_part_scalar(fields, field, LOYALTY_MAX_CODE);
	char *end;
	long number;

	if (text == NULL)
		return fallback;
	number = strtol(text, &end, 10);
	if (end == text || *end != '\0' || number < least || number > most)
		loyalty_part_raise(fields, field, psprintf("a whole number from %d to %d", least, most));
	return (int) number;
}

/* Reads a word, and lists those that are allowed where it is none. */
int
loyalty_part_word(const LoyaltyFields *fields, int field, const char *const *words, int count)
{
	const char *text = loyalty_part_scalar(fields, field, LOYALTY_MAX_CODE);
	int place = text == NULL ? -1 : loyalty_word_place(text, words, count);
	char *allowed;
	int i;

	if (text == NULL || place >= 0)
		return place;
	allowed = pstrdup(words[0]);
	for (i = 1; i < count; i++)
		allowed = psprintf("%s, %s", allowed, words[i]);
	loyalty_part_raise(fields, field, psprintf("one of %s", allowed));
}
