/* contact_rules_fuzz.c: a larger amount never silences, nor does a lower one of the topic. */
// sources: contact_rules.c
#include "fuzz_input.h"
#include "message/sender/contact_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	ContactNotify notify = loyalty_notify_choices[fuzz_choice(&input, NOTIFY_COUNT)];
	int64_t from = fuzz_number(&input, INT64_MIN, INT64_MAX);
	int64_t amount = fuzz_number(&input, INT64_MIN, INT64_MAX);
	int64_t more = fuzz_number(&input, amount, INT64_MAX);
	bool told = loyalty_contacts_told(notify, from, true, amount);

	REQUIRE(!told || loyalty_contacts_told(notify, from, true, more));
	REQUIRE(!told || loyalty_contacts_told(notify, INT64_MIN, true, amount));
	REQUIRE(told || !loyalty_contacts_told(notify, from, false, amount));
	return 0;
}
