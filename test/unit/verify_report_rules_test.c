/*
 * verify_report_rules_test.c: how points, categories and divergences are written.
 */
#include <stdio.h>
#include <string.h>

#include "ledger/verify/verify_report_rules.h"
#include "tap.h"

static char told[1000];

static void
hear(void *context, Invariant invariant, const char *detail)
{
	(void) context;
	snprintf(told, sizeof(told), "%s: %s", loyalty_invariant_name(invariant), detail);
}

static void
test_words(void)
{
	char text[POINTS_SIZE];
	bool named = true;
	int i;

	ok(strcmp(loyalty_exact_points(-1, text), "-0.001") == 0, "points below zero");
	ok(strcmp(loyalty_exact_points(12345, text), "12.345") == 0, "points with all their decimals");
	ok(strcmp(loyalty_exact_points(INT64_MIN, text), "-9223372036854775.808") == 0, "the least points");
	ok(strcmp(loyalty_category_name(CATEGORY_PROMISED), "promised") == 0, "a category");
	ok(strcmp(loyalty_category_name((Category) '?'), "unknown") == 0, "a category that there is not");
	for (i = 0; i < INVARIANT_COUNT; i++)
		named &= loyalty_invariant_name((Invariant) i) != NULL;
	ok(named, "every invariant has a name");
}

static void
test_divergences(void)
{
	Books books = { .customer_id = -7 };
	Auditor auditor = { .diverges = hear };
	char text[1000];

	loyalty_diverges(&books, &auditor, INVARIANT_SEALS, "lot %d", 5);
	ok(strcmp(told, "sealed days: customer -7, lot 5") == 0, "a divergence names its customer");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	loyalty_diverges(&books, &auditor, INVARIANT_SEALS, "%s", text);
	ok(strlen(told) == 399 + strlen("sealed days: ") && strstr(told, "customer -7, xxx") != NULL,
	   "a long one ends where its room does");
}

int
main(void)
{
	plan(8);
	test_words();
	test_divergences();
	return tap_exit();
}
