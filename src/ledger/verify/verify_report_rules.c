/*
 * verify_report_rules.c: how a divergence of the books is told. Details name customers, entries, events and lots by
 * their ids, and no personal data. A book is reported once for each invariant, with the first divergence found, so
 * that one broken row of millions gives one line and not millions.
 */
#include "ledger/verify/verify_report_rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Bytes of the longest detail; a longer one is cut off. */
#define DETAIL_SIZE 400

/* The texts of the invariants. People and monitoring know them by these words, so they stay as they are. */
static const char *const names[INVARIANT_COUNT] = {
	[INVARIANT_ENTRY_CHAIN] = "entries follow each other",
	[INVARIANT_BALANCE_IS_LOTS] = "balance is the sum of lots less arrears",
	[INVARIANT_LOT_COLUMNS] = "lots add up and follow from their movements",
	[INVARIANT_DEBITS_PAID] = "debits are paid by movements",
	[INVARIANT_CREDITS_ARE_LOTS] = "credits are lots",
	[INVARIANT_TRIAL_BALANCE] = "trial balance",
	[INVARIANT_COUNTERS] = "counters follow from the entries",
	[INVARIANT_EVENTS] = "events match their entries",
	[INVARIANT_CUSTOMERS] = "events have their customer",
	[INVARIANT_EXPIRY] = "expiries follow from their changes",
	[INVARIANT_REVERSALS] = "nothing is reversed beyond its amount",
	[INVARIANT_TRANSACTIONS] = "bills have their number and their event",
	[INVARIANT_RETURNS] = "bills agree with their returns and lots",
	[INVARIANT_BILL_HASHES] = "bills are as they were recorded",
	[INVARIANT_REFERRALS] = "referrals have their events",
	[INVARIANT_MERGES] = "merged customers and their survivors agree",
	[INVARIANT_REQUESTS] = "pending requests have their claims",
	[INVARIANT_ENROLMENTS] = "loyalty customers have their accounts",
	[INVARIANT_PARTICIPATIONS] = "accounts say what participations say",
	[INVARIANT_HASH_CHAIN] = "hash chain",
	[INVARIANT_KEYS] = "keys never go back",
	[INVARIANT_ACCOUNT_ENDS] = "accounts end with their last entry",
	[INVARIANT_SEALS] = "sealed days",
};

/* Returns a constant. */
const char *
loyalty_invariant_name(Invariant invariant)
{
	return names[invariant];
}

/* Writes without a server. The lowest int64 has no positive counterpart, hence the unsigned size. */
const char *
loyalty_exact_points(int64_t points, char text[POINTS_SIZE])
{
	uint64_t size = points < 0 ? 0 - (uint64_t) points : (uint64_t) points;

	snprintf(text, POINTS_SIZE, "%s%" PRIu64 ".%03" PRIu64, points < 0 ? "-" : "", size / 1000, size % 1000);
	return text;
}

/* Returns "unknown" for a code that there is not, as a row that was tampered with may have. */
const char *
loyalty_category_name(Category category)
{
	const char *word = loyalty_code_word("category", category);

	return word ? word : "unknown";
}

/* Writes the detail on the stack: it is the auditor who keeps the first one and has the memory for it. */
void
loyalty_diverges(const Books *books, const Auditor *auditor, Invariant invariant, const char *format, ...)
{
	char detail[DETAIL_SIZE];
	int start = snprintf(detail, sizeof(detail), "customer %" PRId64 ", ", books->customer_id);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail + start, sizeof(detail) - start, format, arguments);
	va_end(arguments);
	auditor->diverges(auditor->context, invariant, detail);
}
