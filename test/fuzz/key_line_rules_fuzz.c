/*
 * key_line_rules_fuzz.c: lines of the key file. What is taken is written again and read as the same; any of its bytes
 * that is taken away, but blanks and zeros around, makes it another line or none.
 */
// sources: key_line_rules.c
#include <stdio.h>

#include "common/key_line_rules.h"
#include "fuzz_input.h"

/* Writes a line that must be taken, and reads it. */
static void
fuzz_written(FuzzInput *input)
{
	static const char symbols[] = "0123456789abcdefABCDEF";
	char line[100];
	int key_id = (int) fuzz_number(input, 1, KEY_LINE_MAX_ID);
	int length = snprintf(line, sizeof(line), "%d%c", key_id, fuzz_byte(input) & 1 ? ' ' : '\t');
	int begin = length;
	int read_id;
	const char *digits;
	int i;

	for (i = 0; i < KEY_LINE_DIGITS; i++)
		line[length++] = symbols[fuzz_number(input, 0, sizeof(symbols) - 2)];
	line[length] = '\0';
	REQUIRE(loyalty_key_line_parse(line, &read_id, &digits) && read_id == key_id && digits == line + begin);
	/* Without the blank it is no line, whatever the digits are. */
	memmove(line + begin - 1, line + begin, strlen(line + begin) + 1);
	REQUIRE(!loyalty_key_line_parse(line, &read_id, &digits));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char line[160];
	const char *digits;
	int key_id;

	fuzz_written(&input);
	fuzz_text(&input, line, sizeof(line) - 1);
	if (loyalty_key_line_parse(line, &key_id, &digits))
		REQUIRE(key_id >= 1 && key_id <= KEY_LINE_MAX_ID && digits > line &&
				(digits[-1] == ' ' || digits[-1] == '\t'));
	return 0;
}
