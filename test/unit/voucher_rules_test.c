/* voucher_rules_test.c: codes of gift vouchers, statuses, and what their money may do. */
#include <string.h>

#include "incentive/voucher/voucher_rules.h"
#include "tap.h"

#define LIMIT INT64_C(1000000000000000000)

/* Tells whether a text is read as a code; NULL: as none. */
static bool
reads(const char *given, const char *wanted)
{
	char code[VOUCHER_CODE_BYTES];

	if (!loyalty_voucher_code_normal(given, code))
		return wanted == NULL;
	return wanted != NULL && strcmp(code, wanted) == 0;
}

static void
test_codes(void)
{
	unsigned char random[VOUCHER_CODE_LENGTH];
	char code[VOUCHER_CODE_BYTES];
	char seen[33] = "";
	int i;

	for (i = 0; i < VOUCHER_CODE_LENGTH; i++)
		random[i] = (unsigned char) i;
	loyalty_voucher_code_of(random, code);
	ok(strcmp(code, "23456789ABCDEFGH") == 0, "the first sixteen symbols");
	strcat(seen, code);
	for (i = 0; i < VOUCHER_CODE_LENGTH; i++)
		random[i] = (unsigned char) (240 + i);
	loyalty_voucher_code_of(random, code);
	ok(strcmp(code, "JKMNPQRSTUVWXYZ0") == 0, "and the others, by the last five bits of a byte");
	ok(strpbrk(strcat(seen, code), "1ILO") == NULL, "none that is taken for another one");
	ok(strcmp(loyalty_voucher_last_four("23456789ABCDEFGH"), "EFGH") == 0, "the last four of a code");
	ok(reads("23456789ABCDEFGH", "23456789ABCDEFGH"), "a code as it was told");
	ok(reads("2345-6789 abcd-efgh", "23456789ABCDEFGH"), "in any case, in groups");
	ok(reads("jkmnpqrstuvwxyzO", "JKMNPQRSTUVWXYZ0"), "a letter O is a nought");
	ok(reads("o0oO222222222222", "0000222222222222"), "each of them");
	ok(reads("23456789ABCDEFG", NULL), "a symbol is missing");
	ok(reads("23456789ABCDEFGHJ", NULL), "a symbol too many");
	ok(reads("23456789ABCDEFG1", NULL) && reads("23456789ABCDEFGI", NULL) && reads("23456789ABCDEFGL", NULL),
	   "symbols that no code has");
	ok(reads("", NULL) && reads(" - ", NULL), "nothing");
	ok(reads("23456789ABCDEFG\xc3\x84", NULL), "a letter of no alphabet of codes");
	ok(reads("23456789ABCDEFG%", NULL), "a sign");
}

static void
test_statuses(void)
{
	const VoucherFacts good = { .balance = 10, .expires_at = 100, .revoked_at = INT64_MAX };
	const VoucherFacts empty = { .balance = 0, .expires_at = 100, .revoked_at = INT64_MAX };
	const VoucherFacts for_ever = { .balance = 10, .expires_at = INT64_MAX, .revoked_at = INT64_MAX };
	const VoucherFacts revoked = { .balance = 0, .expires_at = 100, .revoked_at = 50 };

	ok(loyalty_voucher_status(&good, 99) == VOUCHER_IS_ACTIVE, "good until its end");
	ok(loyalty_voucher_status(&good, 100) == VOUCHER_HAS_EXPIRED, "not at its end");
	ok(loyalty_voucher_status(&empty, 99) == VOUCHER_IS_USED, "nothing is left");
	ok(loyalty_voucher_status(&empty, 100) == VOUCHER_HAS_EXPIRED, "what is used up expires as well");
	ok(loyalty_voucher_status(&for_ever, INT64_MAX - 1) == VOUCHER_IS_ACTIVE, "one without an end");
	ok(loyalty_voucher_status(&revoked, 10) == VOUCHER_IS_REVOKED, "revoked, whatever the time is");
	ok(loyalty_voucher_balance(&good, 99) == 10 && loyalty_voucher_balance(&good, 100) == 0,
	   "what has expired has nothing");
	ok(strcmp(loyalty_voucher_status_names[VOUCHER_IS_REVOKED], "revoked") == 0, "statuses have words");
}

static void
test_money(void)
{
	ok(loyalty_voucher_take(100, 100, false) == 100, "all of it");
	ok(loyalty_voucher_take(100, 101, false) == 0, "not more");
	ok(loyalty_voucher_take(100, 101, true) == 100, "as much as there is");
	ok(loyalty_voucher_take(0, 1, true) == 0, "which is nothing");
	ok(loyalty_voucher_give_back(100, 0, 0) == 100, "all comes back where no amount is given");
	ok(loyalty_voucher_give_back(100, 30, 0) == 70, "or all that is left");
	ok(loyalty_voucher_give_back(100, 30, 70) == 70 && loyalty_voucher_give_back(100, 30, 71) == 0,
	   "not more than that");
	ok(loyalty_voucher_takes(100, -100) && !loyalty_voucher_takes(100, -101),
	   "a balance is never below nothing");
	ok(loyalty_voucher_takes(LIMIT - 2, 1) && !loyalty_voucher_takes(LIMIT - 1, 1),
	   "nor more than a column holds");
	ok(loyalty_voucher_in_steps(1230, 10) && !loyalty_voucher_in_steps(1235, 10), "whole steps");
	ok(loyalty_voucher_round_down(1239, 10) == 1230 && loyalty_voucher_round_down(999, 1000) == 0,
	   "rounded down to them");
}

int
main(void)
{
	plan(33);
	test_codes();
	test_statuses();
	test_money();
	return tap_exit();
}
