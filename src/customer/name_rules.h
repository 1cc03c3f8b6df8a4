/* name_rules.h: names as people search for them: what is compared, and what begins a name. Knows no server. */
#ifndef LOYALTY_NAME_RULES_H
#define LOYALTY_NAME_RULES_H

#include <stdbool.h>
#include <stddef.h>

#define NAME_KEY_MAX 256 /* bytes of a key: what is longer is cut, so that an index takes it */
#define NAME_KEY_BYTES (NAME_KEY_MAX + 1) /* of a buffer for one */

/*
 * Appends a folded name (text_rules.h) to a key, behind a blank where the key has something already: hyphens are blanks,
 * apostrophes and points are nothing, blanks stand alone. What has no room is left out, never a part of a character. The key is a
 * buffer of NAME_KEY_BYTES that begins as an empty text.
 */
extern void loyalty_name_key_add(char *key, const char *folded);

/* Returns what is left of a key behind its first word, which may be an empty text, and ends the first word there. */
extern char *loyalty_name_key_split(char *key);

#endif
