/*
 * card_rules_test.c: every pair of statuses, and what each allows; replacements; validity.
 */
#include <limits.h>
#include <string.h>

#include "card/card_rules.h"
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
	ok(names && loyalty_card_status_find("Not Issued") == CARD_NOT_ISSUED &&
		   loyalty_card_status_find("Actives") == CARD_UNKNOWN && loyalty_card_status_name('?') == NULL,
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
test_replacements(void)
{
	char replaced[COUNT + 1] = "", more[COUNT + 1] = "", other[COUNT + 1] = "";
	int i;

	for (i = 0; i < COUNT; i++)
	{
		replaced[i] = (char) loyalty_card_status_replaced(all[i]);
		more[i] = loyalty_card_replacement_is_one_more(all[i], true) ? '1' : '.';
		other[i] = loyalty_card_replacement_is_one_more(all[i], false) ? '1' : '.';
	}
	ok(strcmp(replaced, "ddddxd") == 0, "what a card becomes that is replaced");
	ok(strcmp(more, "....11") == 0 && strcmp(other, "111111") == 0,
	   "which replacement counts as one card more");
}

static void
test_validity(void)
{
	ok(loyalty_card_validity_fits(0, 1) && loyalty_card_validity_fits(1, 0) &&
		   !loyalty_card_validity_fits(0, 0) && !loyalty_card_validity_fits(-1, 40) &&
		   !loyalty_card_validity_fits(1, -1),
	   "a day or more, and nothing below zero");
	ok(loyalty_card_validity_fits(1200, 0) && !loyalty_card_validity_fits(1200, 1) &&
		   !loyalty_card_validity_fits(1201, 0) && loyalty_card_validity_fits(0, 36525) &&
		   !loyalty_card_validity_fits(0, 36526),
	   "a hundred years of months, or of days");
	ok(loyalty_card_validity_fits(600, 18262) && !loyalty_card_validity_fits(600, 18263) &&
		   loyalty_card_validity_fits(1199, 30) && !loyalty_card_validity_fits(1199, 31) &&
		   !loyalty_card_validity_fits(1200, 37200) && !loyalty_card_validity_fits(INT_MAX, INT_MAX),
	   "or of both together");
}

int
main(void)
{
	plan(14);
	test_statuses();
	test_uses();
	test_replacements();
	test_validity();
	return tap_exit();
}
