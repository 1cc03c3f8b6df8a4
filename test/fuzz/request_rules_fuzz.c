/*
 * request_rules_fuzz.c: what holds more never leaves more that changed; a request ends once, whatever happens to it in whatever
 * order; whom one rule of four eyes lets decide alone, the stricter one never does.
 */
// sources: request_rules.c word_rules.c
#include <string.h>

#include "fuzz_input.h"
#include "request/request_rules.h"

static void
fuzz_reliance(FuzzInput *input)
{
	RequestType type = loyalty_request_type_at((int) fuzz_choice(input, REQUEST_TYPE_COUNT));
	uint32_t holds = (uint32_t) fuzz_number(input, 0, (1 << REQUEST_RELIANCE_COUNT) - 1);
	uint32_t more = holds | (uint32_t) fuzz_number(input, 0, (1 << REQUEST_RELIANCE_COUNT) - 1);
	uint32_t changed = loyalty_request_changed(type, holds);

	REQUIRE((changed & ~loyalty_request_relies_on(type)) == 0 && (changed & holds) == 0);
	REQUIRE((loyalty_request_changed(type, more) & ~changed) == 0);
	REQUIRE(loyalty_request_changed(type, holds | changed) == 0);
	REQUIRE(loyalty_request_type_find(loyalty_request_type_name(type)) == type);
}

/* Plays a life: it begins once and ends once. */
static void
fuzz_life(FuzzInput *input)
{
	static const char events[] = { 's', 'a', 'd', 'w', 'e', 'm', 'x' };
	RequestState state = REQUEST_ABSENT;
	int begun = 0;
	int ended = 0;

	for (int i = 0; i < 20; i++)
	{
		RequestEvent event = (RequestEvent) events[fuzz_choice(input, sizeof(events))];
		RequestState next = loyalty_request_next(state, event);

		if (next == REQUEST_ABSENT)
			continue;
		begun += state == REQUEST_ABSENT;
		ended += next != REQUEST_PENDING;
		REQUIRE(loyalty_request_state_name(next) != NULL && loyalty_request_event_name(event) != NULL);
		state = next;
	}
	REQUIRE(begun <= 1 && ended <= begun);
}

static void
fuzz_eyes(FuzzInput *input)
{
	static const char *const actors[] = { NULL, "ann", "bob" };
	RequestEyes eyes = { fuzz_bool(input), actors[fuzz_choice(input, 3)], actors[fuzz_choice(input, 3)] };
	RequestEyes back = { eyes.same_role, eyes.decider, eyes.requester };

	REQUIRE(!loyalty_request_four_eyes(false, &eyes) || loyalty_request_four_eyes(true, &eyes));
	REQUIRE(loyalty_request_four_eyes(true, &eyes) == loyalty_request_four_eyes(true, &back));
	/* Whoever made a request by the stricter rule did by the other one, and never approves it by either. */
	REQUIRE(!loyalty_request_is_requester(true, &eyes) || loyalty_request_is_requester(false, &eyes));
	REQUIRE(!loyalty_request_is_requester(true, &eyes) || !loyalty_request_four_eyes(true, &eyes));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	int64_t time = fuzz_number(&input, 0, INT64_C(252455615999999999));
	int64_t now = fuzz_number(&input, 0, INT64_C(252455615999999999));
	int32_t days = (int32_t) fuzz_number(&input, 0, 3650);

	fuzz_reliance(&input);
	fuzz_life(&input);
	fuzz_eyes(&input);
	REQUIRE(!loyalty_request_is_young(time, now, days) || loyalty_request_is_young(time, now, days + 1));
	return 0;
}
