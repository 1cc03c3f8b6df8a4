/*
 * csv_rules_fuzz.c: a cell is read again as the text that was written, by a reader of RFC 4180; it is as long as was measured; what
 * is read is no formula, unless it was wanted raw.
 */
// sources: csv_rules.c
#include "common/csv_rules.h"
#include "fuzz_input.h"

/* Reads a cell as a spreadsheet does; false where it is none, as it ends early or something stands behind it. */
static bool
read_cell(const char *cell, char *text)
{
	bool is_quoted = cell[0] == '"';
	size_t length = 0;

	for (cell += is_quoted; *cell != '\0'; cell++)
	{
		if (is_quoted && *cell == '"')
		{
			if (cell[1] != '"')
				break;
			cell++;
		}
		else if (!is_quoted && strchr(",\"\r\n", *cell) != NULL)
			return false;
		text[length++] = *cell;
	}
	text[length] = '\0';
	return is_quoted ? cell[0] == '"' && cell[1] == '\0' : *cell == '\0';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	bool is_raw = fuzz_bool(&input);
	char text[100];
	char cell[300];
	char again[300];
	size_t length;

	if (fuzz_bool(&input))
		fuzz_text(&input, text, sizeof(text) - 1);
	else
		fuzz_word(&input, text, 40, "=+-@\t\r\n\",'a1");
	length = loyalty_csv_cell(text, is_raw, NULL);
	REQUIRE(length < sizeof(cell));
	REQUIRE(loyalty_csv_cell(text, is_raw, cell) == length && strlen(cell) == length);
	REQUIRE(read_cell(cell, again));
	if (is_raw || text[0] == '\0' || strchr("=+-@\t\r", text[0]) == NULL)
		REQUIRE(strcmp(again, text) == 0);
	else
		REQUIRE(again[0] == '\'' && strcmp(again + 1, text) == 0);
	return 0;
}
