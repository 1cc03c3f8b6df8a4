/* currency_rules_test.c: which currencies there are, and how small their amounts may be. */
#include <stddef.h>

#include "org/currency_rules.h"
#include "tap.h"

int
main(void)
{
	plan(6);
	ok(loyalty_currency_is_known("EUR") && loyalty_currency_is_known("AED") &&
		   loyalty_currency_is_known("ZWL"),
	   "the first, the last and one between are known");
	ok(!loyalty_currency_is_known("") && !loyalty_currency_is_known("eur") &&
		   !loyalty_currency_is_known("EURO") && !loyalty_currency_is_known("R A") &&
		   !loyalty_currency_is_known("XXX"),
	   "other texts are not");
	ok(loyalty_currency_step("EUR") == 10 && loyalty_currency_step("USD") == 10 &&
		   loyalty_currency_step("HUF") == 10,
	   "most have hundredths");
	ok(loyalty_currency_step("JPY") == 1000 && loyalty_currency_step("KRW") == 1000 &&
		   loyalty_currency_step("XPF") == 1000 && loyalty_currency_step("BIF") == 1000,
	   "some are whole");
	ok(loyalty_currency_step("KWD") == 1 && loyalty_currency_step("BHD") == 1 &&
		   loyalty_currency_step("TND") == 1 && loyalty_currency_step("CLF") == 1 &&
		   loyalty_currency_step("XAU") == 1,
	   "some have thousandths, or as small ones as amounts have");
	ok(loyalty_currency_step(NULL) == 10, "no currency is taken for one of hundredths");
	return tap_exit();
}
