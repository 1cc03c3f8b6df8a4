/*
 * verify_report_rules.h: how a divergence of the books is told. Pure.
 */
#ifndef LOYALTY_VERIFY_REPORT_RULES_H
#define LOYALTY_VERIFY_REPORT_RULES_H

#include "ledger/verify/verify_rules.h"

#define POINTS_SIZE 32

/* What an invariant says, as verify_ledger returns it. */
extern const char *loyalty_invariant_name(Invariant invariant);

/* Points as people write them. */
extern const char *loyalty_exact_points(int64_t points, char text[POINTS_SIZE]);

/* The word of a category, whatever its code. */
extern const char *loyalty_category_name(Category category);

/* Reports a divergence of the customer's. */
extern void loyalty_diverges(const Books *books, const Auditor *auditor, Invariant invariant,
							 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
