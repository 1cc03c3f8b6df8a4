/* limits.h: how long the value of each variable of a template may be. */
#ifndef LOYALTY_VARIABLE_LIMITS_H
#define LOYALTY_VARIABLE_LIMITS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "message/template/template_rules.h"

/* Limits by the names of variables. */
typedef struct VariableLimits
{
	int count;
	const char *names[TEMPLATE_VALUES_MAX];
	int limits[TEMPLATE_VALUES_MAX];
} VariableLimits;

/* Reads an object of numbers by name; NULL: none. LYM08. */
extern void loyalty_limits_read(Jsonb *document, VariableLimits *limits);

/* The limit of a tag, in characters. */
extern int loyalty_limit_of(const VariableLimits *limits, const TemplatePiece *tag);

/*
 * Holds the values of the tags of a text against their limits, and for WhatsApp against what else a value may not be; LYM05.
 * NULL: no text.
 */
extern void loyalty_limits_check(const char *text, const TemplateValues *values, const VariableLimits *limits,
								 bool is_whatsapp);

#endif
