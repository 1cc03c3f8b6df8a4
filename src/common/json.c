/*
 * json.c: reading documents that callers give.
 *
 * Each object is checked against the keys that it may have as soon as it is opened, so a misspelt key is an error
 * (LY124) and never a setting that silently does nothing. Lists have a limit before they are walked. Messages name the
 * path of what is wrong and never its value. Values are those of jsonb: of a key that stands twice the last one
 * counts.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/json.h"
#include "common/pg_compat.h"
#include "common/text.h"

static LoyaltyJsonObject checked_object(JsonbContainer *container, const char *path,
										const char *const *allowed);
static LoyaltyJsonList checked_list(JsonbContainer *container, const char *path, const char *const *allowed);
static JsonbValue *find(const LoyaltyJsonObject *object, const char *key);

/* Raises LY124 for a value of another type than the path must have. */
pg_noreturn static void
raise_shape(const char *path, const char *wanted)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAYLOAD_INVALID), errmsg("\"%s\" is not %s", path, wanted)));
}

/* Opens a document that must be an object. */
LoyaltyJsonObject
loyalty_json_root(const Jsonb *document, const char *name, const char *const *allowed)
{
	if (!JB_ROOT_IS_OBJECT(document))
		raise_shape(name, "an object");
	return checked_object(unconstify(JsonbContainer *, &document->root), name, allowed);
}

/* Opens a document that must be a list. A lone scalar is stored by jsonb as a list of one, and is refused. */
LoyaltyJsonList
loyalty_json_root_list(const Jsonb *document, const char *name, const char *const *allowed)
{
	if (!JB_ROOT_IS_ARRAY(document) || JB_ROOT_IS_SCALAR(document))
		raise_shape(name, "a list");
	return checked_list(unconstify(JsonbContainer *, &document->root), name, allowed);
}

/* Opens a list under a key; a missing or null one is empty. */
LoyaltyJsonList
loyalty_json_list(const LoyaltyJsonObject *object, const char *key, const char *const *allowed)
{
	LoyaltyJsonList none = { 0 };
	JsonbValue *value = find(object, key);

	if (value == NULL)
		return none;
	if (value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data))
		raise_shape(loyalty_json_path(object, key), "a list");
	return checked_list(value->val.binary.data, loyalty_json_path(object, key), allowed);
}

/* Raises LY124 for a key that is not allowed; it is quoted as given, cut where it is long. */
pg_noreturn static void
raise_unknown(const char *path, const JsonbValue *key)
{
	int length = pg_mbcliplen(key->val.string.val, key->val.string.len, LOYALTY_MAX_CODE);

	ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAYLOAD_INVALID),
					errmsg("\"%s.%.*s\" is not a known key", path, length, key->val.string.val)));
}

/*
 * Compares the keys of an object with those that are allowed. The iterator skips nested values, so only keys of this
 * level are seen.
 */
static LoyaltyJsonObject
checked_object(JsonbContainer *container, const char *path, const char *const *allowed)
{
	LoyaltyJsonObject object = { .container = container, .path = path };
	JsonbIterator *iterator = JsonbIteratorInit(container);
	JsonbValue item;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		const char *const *known = allowed;

		if (token != WJB_KEY)
			continue;
		while (*known != NULL && (strlen(*known) != item.val.string.len ||
								  memcmp(*known, item.val.string.val, item.val.string.len) != 0))
			known++;
		if (*known == NULL)
			raise_unknown(path, &item);
	}
	return object;
}

/* Opens the elements of a list, which must be objects. */
static LoyaltyJsonList
checked_list(JsonbContainer *container, const char *path, const char *const *allowed)
{
	LoyaltyJsonList list = { .n = JsonContainerSize(container) };
	int i;

	if (list.n > LOYALTY_JSON_LIST_MAX)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAYLOAD_INVALID), errmsg("\"%s\" is too long", path),
						errdetail("A list has at most %d elements; this one has %d.", LOYALTY_JSON_LIST_MAX,
								  list.n)));
	list.items = palloc(sizeof(LoyaltyJsonObject) * Max(list.n, 1));
	for (i = 0; i < list.n; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(container, i);
		const char *place = psprintf("%s[%d]", path, i);

		if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
			raise_shape(place, "an object");
		list.items[i] = checked_object(value->val.binary.data, place, allowed);
	}
	return list;
}

/* Finds the value of a key; NULL where it is missing or null. */
static JsonbValue *
find(const LoyaltyJsonObject *object, const char *key)
{
	JsonbValue *value = getKeyJsonValueFromContainer(object->container, key, strlen(key), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

/* Returns the path of a key in the current context. */
const char *
loyalty_json_path(const LoyaltyJsonObject *object, const char *key)
{
	return psprintf("%s.%s", object->path, key);
}

/* Reads a text; one of blanks is none. Numbers are no texts, since 007 and 7 would be one. */
const char *
loyalty_json_text(const LoyaltyJsonObject *object, const char *key, int limit)
{
	JsonbValue *value = find(object, key);
	const char *text;
	Datum given;

	if (value == NULL)
		return NULL;
	if (value->type != jbvString)
		raise_shape(loyalty_json_path(object, key), "a text");
	given = PointerGetDatum(cstring_to_text_with_len(value->val.string.val, value->val.string.len));
	text = loyalty_checked_text(given, loyalty_json_path(object, key), limit);
	return loyalty_text_is_blank(given) ? NULL : text;
}

/* Reads a boolean; false is returned where the key is not there, and "value" is left alone. */
bool
loyalty_json_bool(const LoyaltyJsonObject *object, const char *key, bool *value)
{
	JsonbValue *found = find(object, key);

	if (found == NULL)
		return false;
	if (found->type != jbvBool)
		raise_shape(loyalty_json_path(object, key), "true or false");
	*value = found->val.boolean;
	return true;
}

/* Copies an object out of the document, for callers that store it. */
const Jsonb *
loyalty_json_document(const LoyaltyJsonObject *object, const char *key)
{
	JsonbValue *found = find(object, key);

	if (found == NULL)
		return NULL;
	if (found->type != jbvBinary || !JsonContainerIsObject(found->val.binary.data))
		raise_shape(loyalty_json_path(object, key), "an object");
	return JsonbValueToJsonb(found);
}
