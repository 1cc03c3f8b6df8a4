/* currency_rules.h: the currencies of ISO 4217, and the least amount that each has. Knows no server. */
#ifndef LOYALTY_CURRENCY_RULES_H
#define LOYALTY_CURRENCY_RULES_H

#include <stdbool.h>
#include <stdint.h>

#define CURRENCY_LENGTH 3

/* Tells whether a text is the code of a currency, in capitals. */
extern bool loyalty_currency_is_known(const char *code);

/*
 * The least amount of a currency, in thousandths: a hundredth but for those that ISO 4217 gives another number of digits, or
 * none. Currencies of four digits have a thousandth, as amounts do. NULL, no currency, has hundredths, too.
 */
extern int64_t loyalty_currency_step(const char *code);

#endif
