/* text.h: the normal form of short texts (text_rules.h) in the encoding of the database. */
#ifndef LOYALTY_TEXT_H
#define LOYALTY_TEXT_H

#include "postgres.h"

/*
 * Returns the normal form of a text: the text itself where it is normal, otherwise one in the current context, which may
 * be empty; NULL where it has none. Raises nothing.
 */
extern const char *loyalty_normal_text(const char *given);

/*
 * Returns a text as it is searched by, without case and accents, in the current context; the text itself where it cannot be
 * folded.
 */
extern const char *loyalty_folded_text(const char *given);

/* Tells whether a text that was given is one of blanks, or empty; prose, which may be long, is never asked. */
extern bool loyalty_text_is_blank(Datum given);

#endif
