/*
 * card_rules_test.c: every pair of statuses, what each allows, and lists of source accounts.
 */
#include <string.h>

#include "card/card_rules.h"
#include "card/source_list_rules.h"
#include "tap.h"

static const CardStatus all[] = { CARD_NOT_ISSUED, CARD_ISSUED,	 CARD_ACTIVE,
								  CARD_SUSPENDED,  CARD_EXPIRED, CARD_DELETED };

#define COUNT 6

/* Rows: from; columns: to; in the order of "all". */
static const char *const allowed[COUNT] = { "11...1", ".11111", "..1111", "..1111", "......", "......" };

static void
test_statuses(void)
{
	bool table = true;
	bool names = true;
	int i, j;

	for (i = 0; i < COUNT; i++)
	{
		const char *name = loyalty_card_status_name(all[i]);

		names =
			names && loyalty_card_status_find(name) == all[i] && strstr(loyalty_card_status_names(), name);
		for (j = 0; j < COUNT; j++)
			if (loyalty_card_may_become(all[i], all[j]) != (allowed[i][j] == '1'))
			{
				printf("# %s to %s\n", name, loyalty_card_status_name(all[j]));
				table = false;
			}
	}
	ok(table, "every pair of statuses, as the table says");
	ok(names && loyalty_card_status_find("Active") == CARD_UNKNOWN && loyalty_card_status_name('?') == NULL,
	   "statuses have names");
	ok(!loyalty_card_may_become(CARD_UNKNOWN, CARD_ACTIVE) &&
		   !loyalty_card_may_become(CARD_ACTIVE, CARD_UNKNOWN) &&
		   !loyalty_card_may_become(CARD_EXPIRED, CARD_UNKNOWN),
	   "what is no status changes into nothing");
}

static void
test_uses(void)
{
	char usable[COUNT + 1] = "", final[COUNT + 1] = "", counted[COUNT + 1] = "", strict[COUNT + 1] = "";
	char ended[COUNT + 1] = "";
	int i;

	for (i = 0; i < COUNT; i++)
	{
		usable[i] = loyalty_card_is_usable(all[i]) ? '1' : '.';
		final[i] = loyalty_card_is_final(all[i]) ? '1' : '.';
		counted[i] = loyalty_card_counts(all[i], false) ? '1' : '.';
		strict[i] = loyalty_card_counts(all[i], true) ? '1' : '.';
		ended[i] = (char) loyalty_card_status_at(all[i], true);
	}
	ok(strcmp(usable, ".11...") == 0, "bills and redemptions take issued and active cards");
	ok(strcmp(final, "....11") == 0, "expired and deleted are final");
	ok(strcmp(counted, ".111..") == 0 && strcmp(strict, "..1...") == 0, "which cards count");
	ok(strcmp(ended, "nxxxxd") == 0 && loyalty_card_status_at(CARD_ACTIVE, false) == CARD_ACTIVE,
	   "what ends with a card's validity");
	ok(!loyalty_card_over_limit(1000, 0) && !loyalty_card_over_limit(1, 2) && loyalty_card_over_limit(2, 2),
	   "limits");
	ok(loyalty_card_issue_find("never") == ISSUE_NEVER &&
		   loyalty_card_issue_find("every_registration") == ISSUE_EVERY &&
		   loyalty_card_issue_find("named_registration") == ISSUE_NAMED && loyalty_card_issue_find("") == 0,
	   "ways of issuing by itself");
}

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
	plan(17);
	test_statuses();
	test_uses();
	test_source_lists();
	return tap_exit();
}
