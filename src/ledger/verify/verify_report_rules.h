/* verify_report_rules.h: how a divergence of the books is told. Pure. */
#ifndef LOYALTY_VERIFY_REPORT_RULES_H
#define LOYALTY_VERIFY_REPORT_RULES_H

#include "ledger/verify/verify_rules.h"

/* Bytes that the text of any int64 of thousandths takes. */
#define POINTS_SIZE 32

/* Returns the text of an invariant, as verify_ledger shows it. */
extern const char *loyalty_invariant_name(Invariant invariant);

/* Writes points as people write them, with three decimals; returns the text. */
extern const char *loyalty_exact_points(int64_t points, char text[POINTS_SIZE]);

/* Returns the word of a category, whatever its code. */
extern const char *loyalty_category_name(Category category);

/* Reports a divergence of the customer's: the customer by id, then the text. */
extern void loyalty_diverges(const Books *books, const Auditor *auditor, Invariant invariant,
							 const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
