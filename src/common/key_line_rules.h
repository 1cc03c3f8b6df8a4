/* key_line_rules.h: what a line of the key file says. Knows no server. */
#ifndef LOYALTY_KEY_LINE_RULES_H
#define LOYALTY_KEY_LINE_RULES_H

#include <stdbool.h>

#define KEY_LINE_DIGITS 64 /* hexadecimal digits of a key */
#define KEY_LINE_MAX_ID 32767

/*
 * Reads a line: a key_id from 1 to KEY_LINE_MAX_ID, a blank or more, KEY_LINE_DIGITS hexadecimal digits. Answers the
 * key_id and where the digits begin; false where the line is anything else.
 */
extern bool loyalty_key_line_parse(const char *line, int *key_id, const char **digits);

#endif
