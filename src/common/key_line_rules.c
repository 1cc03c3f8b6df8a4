/*
 * key_line_rules.c: what a line of the key file says.
 *
 * The file decides what proves the ledger, so nothing in it is guessed: a line that is written a little otherwise is
 * refused, and not read as another key. Digits of a key may be letters, so the blank in front of them is all that
 * parts them from the key_id.
 */
#include "common/key_line_rules.h"

#include <string.h>

/* Moves behind blanks. */
static const char *
skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* Reads a number of decimal digits alone, at most the greatest key_id; returns what follows, or NULL. */
static const char *
parse_key_id(const char *at, int *key_id)
{
	*key_id = 0;
	for (; *at >= '0' && *at <= '9'; at++)
	{
		*key_id = *key_id * 10 + (*at - '0');
		if (*key_id > KEY_LINE_MAX_ID)
			return NULL;
	}
	return *key_id == 0 ? NULL : at;
}

/* Goes over the line from left to right; blanks around it are nobody's. */
bool
loyalty_key_line_parse(const char *line, int *key_id, const char **digits)
{
	const char *at = parse_key_id(skip_blanks(line), key_id);

	if (at == NULL || (*at != ' ' && *at != '\t'))
		return false;
	*digits = at = skip_blanks(at);
	if (strspn(at, "0123456789abcdefABCDEF") != KEY_LINE_DIGITS)
		return false;
	at += KEY_LINE_DIGITS;
	return at[strspn(at, " \t\r\n")] == '\0';
}
