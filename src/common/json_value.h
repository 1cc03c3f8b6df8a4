/* json_value.h: values of documents as values of SQL types. */
#ifndef LOYALTY_JSON_VALUE_H
#define LOYALTY_JSON_VALUE_H

#include "postgres.h"

#include "utils/jsonb.h"

/* Returns a value as the text that PostgreSQL makes a column of: arrays and objects as JSON. */
extern char *loyalty_json_value_text(const JsonbValue *value);

/*
 * Tells whether a type takes a value: text takes all, a time is one in ISO 8601 or an infinity. The caller raises an error
 * of its own where not.
 */
extern bool loyalty_json_value_fits(const JsonbValue *value, Oid type, int32 typmod);

#endif
