/*
 * points.h: points and amounts in C are whole thousandths in an int64; numeric(18,3), which is how tables and
 * callers see them, fits exactly.
 */
#ifndef LOYALTY_POINTS_H
#define LOYALTY_POINTS_H

#include "postgres.h"

#include "fmgr.h"

#include "common/refusal.h"

/* Judgements of a number that somebody gave. */
typedef enum LoyaltyNumericKind
{
	LOYALTY_NUMERIC_OK,
	LOYALTY_NUMERIC_NOT_FINITE,
	LOYALTY_NUMERIC_TOO_PRECISE, /* more than three decimals */
	LOYALTY_NUMERIC_TOO_LARGE,	 /* beyond numeric(18,3) */
} LoyaltyNumericKind;

/* Converts a numeric to thousandths; where that cannot be done exactly, returns why. */
extern LoyaltyNumericKind loyalty_thousandths(Datum numeric, int64 *thousandths);

/* Thousandths of a numeric that a table of ours holds. */
extern int64 loyalty_stored_thousandths(Datum numeric);

/*
 * The same for quantities, which are whole millionths: numeric(18,6). What loyalty_millionths refuses as too precise has
 * more than six decimals, and as too large is beyond that type.
 */
extern LoyaltyNumericKind loyalty_millionths(Datum numeric, int64 *millionths);
extern int64 loyalty_stored_millionths(Datum numeric);
extern Datum loyalty_numeric_of_millionths(int64 millionths);

/* The numeric of as many thousandths. */
extern Datum loyalty_numeric(int64 thousandths);

/* Adds to a sum that may leave an int64: LY404. */
extern void loyalty_add_points(int64 *sum, int64 thousandths);

/* Thousandths as a text for a DETAIL: 12.5, 100. */
extern const char *loyalty_points_text(int64 thousandths);

/* An argument that is points or an amount: LY001, LY402 or LY404; "too_precise" is the code for more than three decimals. */
extern bool loyalty_read_thousandths(const NullableDatum *given, const char *name, int too_precise,
									 int64 *thousandths, LoyaltyRefusal *refusal);
extern int64 loyalty_arg_thousandths(FunctionCallInfo fcinfo, int n, const char *name, int too_precise);

/* An argument that is an amount: LY001, LY402, LY404, and LY413 for one that is too precise or below zero. */
extern int64 loyalty_arg_amount(FunctionCallInfo fcinfo, int n, const char *name);

#endif
