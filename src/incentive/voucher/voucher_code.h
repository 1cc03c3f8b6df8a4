/* voucher_code.h: the codes of gift vouchers: drawn, derived, digested, and found by. */
#ifndef LOYALTY_VOUCHER_CODE_H
#define LOYALTY_VOUCHER_CODE_H

#include "incentive/voucher/voucher_store.h"

/* Draws a code. */
extern void loyalty_voucher_code_draw(char code[VOUCHER_CODE_BYTES]);

/*
 * Makes the code that a call with an idempotency key gives to a voucher, under the voucher's key: the same whenever it is asked.
 * False where that key is gone.
 */
extern bool loyalty_voucher_code_derive(const VoucherRow *voucher, const char *idempotency_key,
										char code[VOUCHER_CODE_BYTES]);

/* Digests a code, in its normal form, under a key; false where the key is gone. */
extern bool loyalty_voucher_code_digest(int32 org_id, int16 key_id, const char *code, pg_uuid_t *digest);

/*
 * Returns the voucher of a code as somebody gives it, under whichever key its digest was made, 0 for none. Writes nothing. "seen":
 * under the caller's snapshot.
 */
extern int64 loyalty_voucher_of_code(int32 org_id, const char *given, bool seen);

#endif
