/*
 * voucher_rules.c: codes of gift vouchers, and what their money may do.
 *
 * A code has 80 random bits: who tries a thousand million a second, with ten million vouchers about, finds one in four years, and
 * each try is a call. There is no check symbol, since it would tell a mistyped code from one that is not there.
 *
 * Symbols are of 32, so that five bits of a random byte are one, and none comes more often than another. Those that people take for
 * one another are not all there: neither 1, I and L nor the letter O, which is read as the nought that is there.
 */
#include "common/points_limit.h"
#include "incentive/voucher/voucher_rules.h"

#include <string.h>

/* Symbols of codes: letters and digits that people cannot take for one another. */
static const char symbols[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ0";

const char *const loyalty_voucher_status_names[VOUCHER_STATUS_COUNT] = { "active", "used", "expired",
																		 "revoked" };

/* Takes five bits of each byte: no symbol comes more often than another. */
void
loyalty_voucher_code_of(const unsigned char random[VOUCHER_CODE_LENGTH], char code[VOUCHER_CODE_BYTES])
{
	int i;

	for (i = 0; i < VOUCHER_CODE_LENGTH; i++)
		code[i] = symbols[random[i] & 31];
	code[VOUCHER_CODE_LENGTH] = '\0';
}

/* Returns a symbol as codes have it: large letters of ASCII, whatever the locale is. */
static char
normal_symbol(char symbol)
{
	if (symbol >= 'a' && symbol <= 'z')
		symbol = (char) (symbol - 'a' + 'A');
	return symbol == 'O' ? '0' : symbol;
}

/* Goes over the text once: a longer one is none as soon as it has a symbol too many. */
bool
loyalty_voucher_code_normal(const char *given, char code[VOUCHER_CODE_BYTES])
{
	int length = 0;

	for (; *given != '\0'; given++)
	{
		char symbol = normal_symbol(*given);

		if (symbol == ' ' || symbol == '-')
			continue;
		if (length == VOUCHER_CODE_LENGTH || strchr(symbols, symbol) == NULL)
			return false;
		code[length++] = symbol;
	}
	code[length] = '\0';
	return length == VOUCHER_CODE_LENGTH;
}

/* Leaves 60 bits unseen. */
const char *
loyalty_voucher_last_four(const char *code)
{
	return code + VOUCHER_CODE_LENGTH - VOUCHER_SHOWN_LENGTH;
}

/* Asks what stands for good first, then the clock. */
VoucherStatus
loyalty_voucher_status(const VoucherFacts *voucher, int64_t at)
{
	if (voucher->revoked_at != INT64_MAX)
		return VOUCHER_IS_REVOKED;
	if (voucher->expires_at <= at)
		return VOUCHER_HAS_EXPIRED;
	return voucher->balance == 0 ? VOUCHER_IS_USED : VOUCHER_IS_ACTIVE;
}

/* Counts nothing of what has expired, so that no answer hangs on whether the job has run. */
int64_t
loyalty_voucher_balance(const VoucherFacts *voucher, int64_t at)
{
	return loyalty_voucher_status(voucher, at) == VOUCHER_IS_ACTIVE ? voucher->balance : 0;
}

/* Takes all or what there is. */
int64_t
loyalty_voucher_take(int64_t balance, int64_t amount, bool up_to)
{
	if (amount <= balance)
		return amount;
	return up_to ? balance : 0;
}

/* Gives back no more than was taken, however often it is asked. */
int64_t
loyalty_voucher_give_back(int64_t redeemed, int64_t reversed, int64_t amount)
{
	int64_t left = redeemed - reversed;

	if (amount == 0)
		return left;
	return amount <= left ? amount : 0;
}

/* Compares before it adds: neither side may leave the range. */
bool
loyalty_voucher_takes(int64_t balance, int64_t amount)
{
	if (amount < 0)
		return amount >= -balance;
	return amount < POINTS_LIMIT - balance;
}

/* Asks the remainder. */
bool
loyalty_voucher_in_steps(int64_t amount, int64_t step)
{
	return amount % step == 0;
}

/* Cuts the remainder off; amounts are not negative here. */
int64_t
loyalty_voucher_round_down(int64_t amount, int64_t step)
{
	return amount - amount % step;
}
