/*
 * voucher_rules_fuzz.c: whatever is drawn is read as what it is, in any spelling; nothing else is a code; and money neither comes
 * into being nor gets lost.
 */
// sources: voucher_rules.c
#include "fuzz_input.h"
#include "incentive/voucher/voucher_rules.h"

#define LIMIT INT64_C(1000000000000000000)

/* Spells a code in groups, in small letters, with letters for noughts. */
static void
spell(FuzzInput *input, const char *code, char *spelled)
{
	for (; *code != '\0'; code++)
	{
		if (fuzz_bool(input))
			*spelled++ = fuzz_bool(input) ? '-' : ' ';
		*spelled = *code == '0' && fuzz_bool(input) ? 'O' : *code;
		if (*spelled >= 'A' && *spelled <= 'Z' && fuzz_bool(input))
			*spelled = (char) (*spelled + 'a' - 'A');
		spelled++;
	}
	*spelled = '\0';
}

static void
fuzz_codes(FuzzInput *input)
{
	unsigned char random[VOUCHER_CODE_LENGTH];
	char code[VOUCHER_CODE_BYTES];
	char again[VOUCHER_CODE_BYTES];
	char text[3 * VOUCHER_CODE_LENGTH];
	int i;

	for (i = 0; i < VOUCHER_CODE_LENGTH; i++)
		random[i] = fuzz_byte(input);
	loyalty_voucher_code_of(random, code);
	REQUIRE(strlen(code) == VOUCHER_CODE_LENGTH);
	spell(input, code, text);
	REQUIRE(loyalty_voucher_code_normal(text, again) && strcmp(code, again) == 0);
	fuzz_text(input, text, sizeof(text) - 1);
	if (loyalty_voucher_code_normal(text, code))
		REQUIRE(loyalty_voucher_code_normal(code, again) && strcmp(code, again) == 0);
}

static void
fuzz_money(FuzzInput *input)
{
	const VoucherFacts facts = { .balance = fuzz_number(input, 0, LIMIT - 1),
								 .expires_at = fuzz_number(input, INT64_MIN, INT64_MAX),
								 .revoked_at = fuzz_bool(input) ? INT64_MAX
																: fuzz_number(input, INT64_MIN, INT64_MAX) };
	int64_t amount = fuzz_number(input, 1, LIMIT - 1);
	int64_t at = fuzz_number(input, INT64_MIN, INT64_MAX - 1);
	int64_t taken = loyalty_voucher_take(facts.balance, amount, false);
	int64_t most = loyalty_voucher_take(facts.balance, amount, true);
	int64_t reversed = fuzz_number(input, 0, amount);
	int64_t asked = fuzz_number(input, 0, amount);
	int64_t back = loyalty_voucher_give_back(amount, reversed, asked);
	int64_t step = fuzz_bool(input) ? 1 : 1000;

	REQUIRE(taken == 0 || taken == amount);
	REQUIRE(most >= taken && most <= facts.balance && most <= amount);
	REQUIRE(loyalty_voucher_takes(facts.balance, -most));
	REQUIRE(back >= 0 && reversed + back <= amount && (asked == 0 || back == 0 || back == asked));
	REQUIRE(!loyalty_voucher_takes(facts.balance, amount) || facts.balance + amount < LIMIT);
	REQUIRE(loyalty_voucher_balance(&facts, at) == 0 ||
			loyalty_voucher_status(&facts, at) == VOUCHER_IS_ACTIVE);
	REQUIRE(loyalty_voucher_in_steps(loyalty_voucher_round_down(amount, step), step));
	REQUIRE(amount - loyalty_voucher_round_down(amount, step) < step);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };

	fuzz_codes(&input);
	fuzz_money(&input);
	return 0;
}
