/* link_rules.h: links with tags in them. Knows no server. */
#ifndef LOYALTY_LINK_RULES_H
#define LOYALTY_LINK_RULES_H

#include <stdbool.h>

#include "message/template/style_rules.h"
#include "message/template/template_rules.h"

/* A link that is finished; one byte more than is allowed has room, so that a longer one is seen. */
typedef struct TemplateLink
{
	char text[STYLE_LINK_MAX + 2];
	size_t length;
} TemplateLink;

/* Tells whether a link is one, whatever values its tags get: its scheme stands in front of all of them. */
extern bool loyalty_link_check(const char *given, bool (*fits)(const char *));

/* Finishes a link; false for a tag without a value, which "missing" then is, or where it is no link with its values. */
extern bool loyalty_link_finish(const char *given, const TemplateValues *values, bool (*fits)(const char *),
								TemplateLink *link, TemplatePiece *missing);

#endif
