/*
 * issue.h: issuing gift vouchers: one or many, to a customer or to whoever has the code; for money that the till has got, or for
 * points. In their order: the key is read, a repeat answered; the caller judges; then all are written, or none.
 */
#ifndef LOYALTY_VOUCHER_ISSUE_H
#define LOYALTY_VOUCHER_ISSUE_H

#include "incentive/voucher/voucher.h"

#define VOUCHERS_AT_ONCE 10000 /* codes of one call */

/* Voucher that was issued, with its code. */
typedef struct IssuedVoucher
{
	VoucherRow row;
	bool is_told; /* false: the code is not told again */
	char code[VOUCHER_CODE_BYTES];
} IssuedVoucher;

/* A call that issues vouchers. */
typedef struct VoucherIssue
{
	VoucherWork work;
	const char *idempotency_key; /* NULL: none */
	int64 amount;				 /* of each */
	int64 event_id;				 /* the redemption of points that pays; 0: none */
	TimestampTz expires_at;		 /* DT_NOEND: never */
	int count;
	IssuedVoucher *vouchers;
} VoucherIssue;

/* Reads the key of a call, whose customer, if it has one, is locked. */
extern void loyalty_issue_read_key(VoucherIssue *issue);

/*
 * Tells whether the call is a repeat, whose vouchers are read then; with their codes for a day, as long as nothing has happened to
 * them. LY020.
 */
extern bool loyalty_issue_repeated(VoucherIssue *issue);

/*
 * Finds when vouchers expire that are good through a day, or for a time from the day of the event on: LY003 for both, and for a day
 * that has passed. DT_NOEND where neither is given.
 */
extern TimestampTz loyalty_issue_expiry(const VoucherWork *work, const NullableDatum *last_day,
										const NullableDatum *validity);

/*
 * Issues them, all of them or none. False where a call with the same key has come in between: the vouchers are those of that one.
 * LY020.
 */
extern bool loyalty_issue_vouchers(VoucherIssue *issue);

#endif
