/* csv_rules.c: cells of CSV. Bytes of UTF-8 beyond ASCII are none of its signs, so texts are looked at byte by byte. */
#include <string.h>

#include "common/csv_rules.h"

#define FORMULA_SIGNS "=+-@\t\r"
#define QUOTED_SIGNS ",\"\r\n"

/* Appends a byte. */
static void
put(char *buffer, size_t *length, char byte)
{
	if (buffer != NULL)
		buffer[*length] = byte;
	(*length)++;
}

/* Runs twice in the caller: once to measure, once to write. */
size_t
loyalty_csv_cell(const char *text, bool is_raw, char *buffer)
{
	size_t length = 0;
	bool is_quoted;

	if (text == NULL)
		text = "";
	is_quoted = text[strcspn(text, QUOTED_SIGNS)] != '\0';
	if (is_quoted)
		put(buffer, &length, '"');
	if (!is_raw && text[0] != '\0' && strchr(FORMULA_SIGNS, text[0]) != NULL)
		put(buffer, &length, '\'');
	for (; *text != '\0'; text++)
	{
		if (*text == '"')
			put(buffer, &length, '"');
		put(buffer, &length, *text);
	}
	if (is_quoted)
		put(buffer, &length, '"');
	if (buffer != NULL)
		buffer[length] = '\0';
	return length;
}
