/* values.h: values of tags as calls give them, and texts that are made with them. */
#ifndef LOYALTY_TEMPLATE_VALUES_H
#define LOYALTY_TEMPLATE_VALUES_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "common/pg_compat.h"
#include "message/template/template_rules.h"

#define LOYALTY_VALUE_MAX 1024				   /* characters of a value */
#define LOYALTY_RENDERED_MAX (2 * 1024 * 1024) /* bytes of a text with its values */

/*
 * Reads an object of values by tag, or a list, whose first value is that of {{1}}; NULL: none. Texts, numbers and booleans are
 * values, and null is none. LYM05.
 */
extern void loyalty_values_read(Jsonb *document, TemplateValues *values);

/* A sink into a text; LYM05 where that grows too long. */
extern TemplateSink loyalty_sink_into(StringInfo text);

/* A text with its values; NULL for NULL. LYM05 for a tag that has none, and for more characters than the limit. */
extern const char *loyalty_text_with_values(const char *text, const TemplateValues *values,
											TemplateEscape escape, int limit);

/* Raises LYM05 for a tag that has no value. */
pg_noreturn extern void loyalty_raise_no_value(const TemplatePiece *tag);

#endif
