/*
 * endpoint_rules_fuzz.c: of an address that is put together out of its parts, each part alone decides; and a text of any signs
 * that fits begins with its scheme and holds nothing that would begin another header.
 */
// sources: endpoint_rules.c
#include "event/endpoint_rules.h"
#include "fuzz_input.h"

/* A port out of parts: which numbers are ports is known beforehand. */
static void
check_port(FuzzInput *input)
{
	static const char *const hosts[] = { "localhost", "example.com", "127.0.0.1", "[::1]" };
	static const char *const behind[] = { "", "/", "/b:0", "?b=:x", "#:99999" };
	int64_t port = fuzz_number(input, 0, 100000);
	char endpoint[100];

	snprintf(endpoint, sizeof(endpoint), "http%s://%s:%" PRId64 "%s", fuzz_bool(input) ? "s" : "",
			 hosts[fuzz_choice(input, 4)], port, behind[fuzz_choice(input, 5)]);
	REQUIRE(loyalty_endpoint_fits(endpoint) == (port >= 1 && port <= 65535));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char text[40];
	char endpoint[60];

	check_port(&input);
	fuzz_word(&input, text, sizeof(text) - 1, "a0:[]/?#@. \n\x7f\xff");
	snprintf(endpoint, sizeof(endpoint), "http://%s", text);
	if (loyalty_endpoint_fits(endpoint))
	{
		REQUIRE(strpbrk(endpoint, "@ \n\x7f\xff") == NULL);
		REQUIRE(strchr("/?#:", text[0]) == NULL);
	}
	REQUIRE(!loyalty_endpoint_fits(text));
	return 0;
}
