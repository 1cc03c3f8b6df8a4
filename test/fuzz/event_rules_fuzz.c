/*
 * event_rules_fuzz.c: names of events, and a head under any steps: what waits is what its numbers say, and no lease number
 * comes twice.
 */
// sources: event_rules.c word_rules.c
#include <string.h>

#include "event/event_rules.h"
#include "fuzz_input.h"

/* Runs steps as they come. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	EventHead head = { .next_no = 1 };
	char name[64];
	int i;

	for (i = 0; i < 63; i++)
		name[i] = (char) fuzz_byte(&input);
	name[63] = '\0';
	(void) loyalty_event_name_find(name);
	for (i = 0; i < 200; i++)
	{
		int32_t lease_no = head.lease_no;
		int32_t dead = head.dead;
		int what = (int) fuzz_number(&input, 0, 4);
		int64_t now = (int64_t) fuzz_byte(&input) * 1000000;

		if (what == 0)
			REQUIRE(loyalty_event_head_add(&head, now) == head.last_no);
		else if (head.is_waiting && what == 1)
		{
			bool taken = loyalty_event_head_take(&head, 3, now, 60000000);

			REQUIRE(head.lease_no == lease_no + 1 && (!taken || head.attempts <= 3));
			REQUIRE(head.dead == dead + !taken &&
					loyalty_event_head_is_leased(&head, head.lease_no) == taken);
		}
		else if (head.is_waiting && head.attempts > 0)
		{
			char state = loyalty_event_head_end(&head, (EventOutcome) (what - 2), 3, now);

			REQUIRE(head.lease_no == lease_no + 1);
			REQUIRE(state == EVENT_WAITS || state == EVENT_DELIVERED || state == EVENT_DEAD);
			REQUIRE(head.dead == dead + (state == EVENT_DEAD) &&
					!loyalty_event_head_is_leased(&head, lease_no));
		}
		REQUIRE(head.is_waiting == (head.next_no <= head.last_no) && head.next_no <= head.last_no + 1);
	}
	return 0;
}
