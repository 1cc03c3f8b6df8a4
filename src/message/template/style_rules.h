/*
 * style_rules.h: which properties of style, links and pictures may stand in an e-mail. What is allowed is listed, and whatever
 * is not listed is refused, so nothing that is given can be read as other CSS or HTML. Knows no server.
 */
#ifndef LOYALTY_STYLE_RULES_H
#define LOYALTY_STYLE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#define STYLE_LINK_MAX 2000 /* bytes of a link */

/* Words that style properties may have, ended by NULL; they stand in CSS as here. */
extern const char *const loyalty_style_aligns[];
extern const char *const loyalty_style_directions[];
extern const char *const loyalty_style_list_types[];

/* Returns the word as CSS has it, of any spelling; NULL: it is none of them. */
extern const char *loyalty_style_word(const char *given, const char *const *words);

/* Tell whether a text is what the property may be. */
extern bool loyalty_style_is_family(const char *given);
extern bool loyalty_style_is_weight(const char *given);
extern bool loyalty_style_is_colour(const char *given);

/* Tells whether a text is a size: up to four digits, a fraction, and px, pt, em, rem, % or nothing. */
extern bool loyalty_style_is_size(const char *given);

/* Tells whether a size has no unit, so that the usual one of its property belongs behind it. */
extern bool loyalty_style_is_bare(const char *size);

/* Tells whether a list of that type is numbered. */
extern bool loyalty_style_is_numbered(const char *list_type);

/* Tells whether a text is a link that a reader may follow: http, https, mailto or tel. */
extern bool loyalty_is_link(const char *given);

/* Tells whether a text is an address of a picture on the web: https. */
extern bool loyalty_is_picture(const char *given);

#endif
