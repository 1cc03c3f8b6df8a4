/*
 * source_list_rules_test.c: lists of source accounts, what is none, and how long they may be.
 */
#include <stdio.h>
#include <string.h>

#include "card/source_list_rules.h"
#include "tap.h"

static void
test_source_lists(void)
{
	static const char *const bad[] = {
		"",			"INSTORE",		 "[",	   "[\"A\"",	 "[\"A\",]",   "[,]", "[\"\"]", "[\":1\"]", "[1]",
		"[\"A\"]x", "[\"A\" \"B\"]", "[\"A\\", "[\"A\\n\"]", "[\"A\tB\"]", "{}",  "[[]]",	"\"A\"",	"[\"A"
	};
	SourceEntry entries[SOURCE_LIST_MAX];
	char list[SOURCE_LIST_MAX * 5 + 10];
	char part[SOURCE_PART_BYTES + 10];
	size_t i;
	bool refused = true;

	ok(loyalty_source_list_parse(" [ \"INSTORE:\" , \"web_engage:1234\", \"a\\\"\\\\\\/:x:y\"]", entries) ==
			   3 &&
		   strcmp(entries[0].source, "INSTORE") == 0 && strcmp(entries[0].account, "") == 0 &&
		   strcmp(entries[1].source, "web_engage") == 0 && strcmp(entries[1].account, "1234") == 0 &&
		   strcmp(entries[2].source, "a\"\\/") == 0 && strcmp(entries[2].account, "x:y") == 0,
	   "a list of source accounts");
	ok(loyalty_source_list_parse("[]", entries) == 0, "an empty one");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (loyalty_source_list_parse(bad[i], entries) != -1)
		{
			printf("# taken: %s\n", bad[i]);
			refused = false;
		}
	ok(refused, "what is no list");
	strcpy(list, "[\"A\"");
	for (i = 1; i < SOURCE_LIST_MAX; i++)
		strcat(list, ",\"A\"");
	strcat(list, "]");
	ok(loyalty_source_list_parse(list, entries) == SOURCE_LIST_MAX, "a hundred entries");
	list[strlen(list) - 1] = '\0';
	strcat(list, ",\"A\"]");
	ok(loyalty_source_list_parse(list, entries) == -1, "but not one more");
	memset(part, 'a', sizeof(part));
	memcpy(part, "[\"", 2);
	strcpy(part + 2 + SOURCE_PART_BYTES - 1, "\"]");
	ok(loyalty_source_list_parse(part, entries) == 1, "a hundred bytes");
	strcpy(part + 2 + SOURCE_PART_BYTES - 1, "a\"]");
	ok(loyalty_source_list_parse(part, entries) == -1, "but not one more");
	loyalty_source_list_parse("[\"a\",\"b:1\"]", entries);
	ok(loyalty_source_entry_holds(&entries[0], "") && loyalty_source_entry_holds(&entries[0], "x") &&
		   loyalty_source_entry_holds(&entries[1], "1") && !loyalty_source_entry_holds(&entries[1], "") &&
		   !loyalty_source_entry_holds(&entries[1], "12"),
	   "no account is any account");
}

int
main(void)
{
	plan(8);
	test_source_lists();
	return tap_exit();
}
