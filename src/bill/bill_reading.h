/* bill_reading.h: readers of a bill's request that bill.c shares with bill_reading.c; the others are in bill.h. */
#ifndef LOYALTY_BILL_READING_H
#define LOYALTY_BILL_READING_H

#include "bill/bill.h"

/*
 * Reads the code for a word of a set: LY003. A bill cannot call itself a return; return_transaction alone makes
 * them.
 */
extern bool loyalty_bill_word(const NullableDatum *given, const char *code_set, char *code,
							  LoyaltyRefusal *refusal);

/*
 * Reads points of 0 or more, 0 where none are given: LY401 to LY404. Their decimals are judged where there is a
 * program.
 */
extern bool loyalty_bill_points(const NullableDatum *given, const char *name, const LoyaltyProgram *program,
								int64 *points, LoyaltyRefusal *refusal);

#endif
