/*
 * recent_rules_test.c: what a customer redeemed of late, less what came back of it.
 */
#include "ledger/spend/recent_rules.h"
#include "tap.h"

static void
test_recent(void)
{
	static const RecentEntry entries[] = {
		{ 5, 3, 10, 500, EVENT_REDEMPTION_REVERSAL, ENTRY_CREDIT },
		{ 4, 1, 99, 400, EVENT_REDEMPTION_REVERSAL, ENTRY_CREDIT }, /* of a redemption that is too old */
		{ 3, 0, 30, 300, EVENT_REDEMPTION, ENTRY_DEBIT },
		{ 2, 0, 40, 200, EVENT_REDEMPTION_IMPORT, ENTRY_DEBIT },
		{ 6, 0, 50, 200, EVENT_REDEMPTION, ENTRY_DEBIT },
	};

	ok(loyalty_recent_points(entries, 5, EVENT_REDEMPTION, 200) == 70,
	   "what was redeemed less what was reversed of it");
	ok(loyalty_recent_points(entries, 5, EVENT_REDEMPTION, 201) == 20, "since a time");
	ok(loyalty_recent_points(entries, 5, EVENT_REDEMPTION, 301) == 0, "nothing lately");
	ok(loyalty_recent_count(entries, 5, EVENT_REDEMPTION, 200) == 2, "events are counted");
}

int
main(void)
{
	plan(4);
	test_recent();
	return tap_exit();
}
