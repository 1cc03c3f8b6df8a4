/* csv_rules_test.c: cells of CSV: what is quoted, what gets an apostrophe, and that a cell is measured as it is written. */
#include <string.h>

#include "common/csv_rules.h"
#include "tap.h"

static const struct
{
	const char *text;
	const char *cell;
	const char *raw;
} cells[] = {
	/* The mobile of the worked example. */
	{ "+6591234567", "'+6591234567", "+6591234567" },
	{ NULL, "", "" },
	{ "", "", "" },
	{ "Ann", "Ann", "Ann" },
	{ "Ann, Lim", "\"Ann, Lim\"", "\"Ann, Lim\"" },
	{ "say \"so\"", "\"say \"\"so\"\"\"", "\"say \"\"so\"\"\"" },
	{ "\"", "\"\"\"\"", "\"\"\"\"" },
	{ "one\ntwo", "\"one\ntwo\"", "\"one\ntwo\"" },
	{ "one\rtwo", "\"one\rtwo\"", "\"one\rtwo\"" },
	{ "=1+1", "'=1+1", "=1+1" },
	{ "-1", "'-1", "-1" },
	{ "@SUM(A1)", "'@SUM(A1)", "@SUM(A1)" },
	{ "\t=1", "'\t=1", "\t=1" },
	{ "\r=1", "\"'\r=1\"", "\"\r=1\"" },
	{ "=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"", "\"=HYPERLINK(\"\"x\"\",1)\"" },
	{ "1-1", "1-1", "1-1" },
	{ "'=1", "'=1", "'=1" },
	{ " =1", " =1", " =1" },
	{ "\xc3\x85ngstr\xc3\xb6m", "\xc3\x85ngstr\xc3\xb6m", "\xc3\x85ngstr\xc3\xb6m" },
};

int
main(void)
{
	const int count = sizeof(cells) / sizeof(cells[0]);
	char buffer[100];

	plan(2 * count);
	for (int i = 0; i < count; i++)
	{
		char name[40];

		snprintf(name, sizeof(name), "cell %d, as it is for a spreadsheet", i);
		ok(loyalty_csv_cell(cells[i].text, false, buffer) == strlen(cells[i].cell) &&
			   loyalty_csv_cell(cells[i].text, false, NULL) == strlen(cells[i].cell) &&
			   strcmp(buffer, cells[i].cell) == 0,
		   name);
		snprintf(name, sizeof(name), "cell %d, raw", i);
		ok(loyalty_csv_cell(cells[i].text, true, buffer) == strlen(cells[i].raw) &&
			   strcmp(buffer, cells[i].raw) == 0,
		   name);
	}
	return tap_exit();
}
