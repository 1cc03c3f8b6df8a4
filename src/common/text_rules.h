/*
 * text_rules.h: the normal form of short texts: codes, numbers, labels, identifiers, and whatever else is compared or
 * looked for. Texts are UTF-8 here. Knows no server.
 */
#ifndef LOYALTY_TEXT_RULES_H
#define LOYALTY_TEXT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_NORMAL_MAX \
	1020 /* bytes of a text that may have a normal form: a key of a source has 255 characters */
#define TEXT_NORMAL_BYTES \
	(3 * TEXT_NORMAL_MAX + 1) /* of a buffer for a normal form: composing triples a text at most */

#define TEXT_FOLDED_BYTES \
	(18 * TEXT_NORMAL_MAX + 1) /* of a buffer for a folded text: one character may stand for eighteen */

/* Tells whether a text is its own normal form, as nearly all are: ASCII that can be seen, no blank at either end. */
extern bool loyalty_text_is_plain(const char *text, size_t length);

/*
 * Writes the normal form of a text, which may be empty, to a buffer of TEXT_NORMAL_BYTES; false where it has none: it is
 * too long, is no UTF-8, or has something in it that nobody sees.
 */
extern bool loyalty_text_normal(const char *text, size_t length, char *normal);

/*
 * Writes a text as it is searched by, without case and accents, to a buffer of TEXT_FOLDED_BYTES; false where it is too long
 * or is no UTF-8.
 */
extern bool loyalty_text_folded(const char *text, size_t length, char *folded);

#endif
