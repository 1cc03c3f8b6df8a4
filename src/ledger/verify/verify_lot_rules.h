/* verify_lot_rules.h: the lots of a customer, and what their movements and changes of expiry make of them. Pure. */
#ifndef LOYALTY_VERIFY_LOT_RULES_H
#define LOYALTY_VERIFY_LOT_RULES_H

#include "ledger/verify/verify_rules.h"

/* Compares two accounts by program and category: less than 0, 0 or more, as tables order them. */
extern int loyalty_compare_accounts(int32_t program, Category category, int32_t other_program,
									Category other_category);

/*
 * Finds the lots of movements and changes, which stand in the order of lots, and lets the lots follow from them. Fills
 * lot_order.
 */
extern void loyalty_lots_follow_parts(Books *books, const Auditor *auditor);

/* Judges the rows of lots against what their movements and changes made of them. */
extern void loyalty_lots_judge(const Books *books, const Auditor *auditor);

/* Puts lots, movements and changes in the order of the entries that they belong to; those without a lot come last. */
extern void loyalty_parts_sort(Books *books);

#endif
