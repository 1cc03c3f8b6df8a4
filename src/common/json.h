/* json.h: reading documents that callers give. Messages name the path in the document, never the value. */
#ifndef LOYALTY_JSON_H
#define LOYALTY_JSON_H

#include "postgres.h"

#include "utils/jsonb.h"

#define LOYALTY_JSON_LIST_MAX 100 /* elements of a list */

/* An object of a document, and the path to it for messages. */
typedef struct LoyaltyJsonObject
{
	JsonbContainer *container;
	const char *path;
} LoyaltyJsonObject;

/* List of objects, in the order of the document. */
typedef struct LoyaltyJsonList
{
	int n;
	LoyaltyJsonObject *items;
} LoyaltyJsonList;

/* The document as an object whose keys are among the allowed ones (NULL ends them); raises LY124. */
extern LoyaltyJsonObject loyalty_json_root(const Jsonb *document, const char *name,
										   const char *const *allowed);

/* The list under a key of an object (none: empty), or the document itself; its objects have allowed keys only. */
extern LoyaltyJsonList loyalty_json_list(const LoyaltyJsonObject *object, const char *key,
										 const char *const *allowed);
extern LoyaltyJsonList loyalty_json_root_list(const Jsonb *document, const char *name,
											  const char *const *allowed);

/* A text under a key, NULL where it is missing, null, empty or of blanks; raises LY002 and LY124. */
extern const char *loyalty_json_text(const LoyaltyJsonObject *object, const char *key, int limit);

/*
 * Reads a boolean under a key into "value"; returns false where the key is missing or null, and leaves "value"
 * alone.
 */
extern bool loyalty_json_bool(const LoyaltyJsonObject *object, const char *key, bool *value);

/* An object under a key as a document of its own, NULL where it is missing or null. */
extern const Jsonb *loyalty_json_document(const LoyaltyJsonObject *object, const char *key);

/* The path of a key, for messages. */
extern const char *loyalty_json_path(const LoyaltyJsonObject *object, const char *key);

#endif
