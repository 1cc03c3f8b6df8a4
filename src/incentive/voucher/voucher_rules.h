/*
 * voucher_rules.h: codes of gift vouchers, and what their money may do. Knows no server. Amounts are thousandths, times
 * microseconds.
 */
#ifndef LOYALTY_VOUCHER_RULES_H
#define LOYALTY_VOUCHER_RULES_H

#include <stdbool.h>
#include <stdint.h>

#define VOUCHER_CODE_LENGTH 16 /* symbols of five bits */
#define VOUCHER_CODE_BYTES (VOUCHER_CODE_LENGTH + 1)
#define VOUCHER_SHOWN_LENGTH 4 /* the last symbols, which everybody may see */

/* Writes the code of as many random bytes, of each of which five bits count. */
extern void loyalty_voucher_code_of(const unsigned char random[VOUCHER_CODE_LENGTH],
									char code[VOUCHER_CODE_BYTES]);

/*
 * Writes the normal form of a code as somebody gives it: blanks and hyphens go, letters are large, and O is 0, which no code has
 * beside it. False where it can be none.
 */
extern bool loyalty_voucher_code_normal(const char *given, char code[VOUCHER_CODE_BYTES]);

/* The symbols of a code that everybody may see. */
extern const char *loyalty_voucher_last_four(const char *code);

/* Kinds of movements, by the letters of the table. */
typedef enum VoucherMovementKind
{
	VOUCHER_ISSUED = 'i',
	VOUCHER_REDEEMED = 'r',
	VOUCHER_REVERSED = 'v',
	VOUCHER_EXPIRED = 'x',
	VOUCHER_ADJUSTED = 'a',
	VOUCHER_REVOKED = 'k',
	VOUCHER_RECODED = 'c', /* no money moves */
} VoucherMovementKind;

/* Statuses of a voucher. None is stored. */
typedef enum VoucherStatus
{
	VOUCHER_IS_ACTIVE,
	VOUCHER_IS_USED, /* nothing is left */
	VOUCHER_HAS_EXPIRED,
	VOUCHER_IS_REVOKED,
	VOUCHER_STATUS_COUNT
} VoucherStatus;

/* Words of them. */
extern const char *const loyalty_voucher_status_names[VOUCHER_STATUS_COUNT];

/* Facts about a voucher that its status depends on. Times that there are none of are the greatest. */
typedef struct VoucherFacts
{
	int64_t balance; /* as its row has it */
	int64_t expires_at;
	int64_t revoked_at;
} VoucherFacts;

/* Returns the status at a time: what is revoked is that, what has expired is that whether a job has written it or not. */
extern VoucherStatus loyalty_voucher_status(const VoucherFacts *voucher, int64_t at);

/* Returns the money that can be spent at a time: none of one that has expired. */
extern int64_t loyalty_voucher_balance(const VoucherFacts *voucher, int64_t at);

/* Returns what a redemption takes of a balance; 0: the balance does not do. */
extern int64_t loyalty_voucher_take(int64_t balance, int64_t amount, bool up_to);

/*
 * Returns what a reversal gives back of a redemption of which a part may have come back: what is left of it, where no amount is
 * given (0); 0: less than that is left.
 */
extern int64_t loyalty_voucher_give_back(int64_t redeemed, int64_t reversed, int64_t amount);

/* Tells whether money can be added to a balance, or taken from it (below zero), and the balance stays one. */
extern bool loyalty_voucher_takes(int64_t balance, int64_t amount);

/* Tells whether an amount is one in whole steps of the currency, and rounds one down to them. */
extern bool loyalty_voucher_in_steps(int64_t amount, int64_t step);
extern int64_t loyalty_voucher_round_down(int64_t amount, int64_t step);

#endif
