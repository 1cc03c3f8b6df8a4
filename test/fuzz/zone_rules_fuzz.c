/* zone_rules_fuzz.c: a zone of an area stays one with any place in it, and none of those that are no places becomes one. */
// sources: zone_rules.c
#include "fuzz_input.h"
#include "org/zone_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char name[60];
	char path[80];

	fuzz_text(&input, name, sizeof(name) - 1);
	snprintf(path, sizeof(path), "Etc/%s", name);
	REQUIRE(!loyalty_zone_is_place(path));
	snprintf(path, sizeof(path), "right/%s", name);
	REQUIRE(!loyalty_zone_is_place(path));
	snprintf(path, sizeof(path), "Europe/%s", name);
	REQUIRE(loyalty_zone_is_place(path) == (path[strlen(path) - 1] != '/'));
	if (loyalty_zone_is_place(name))
		REQUIRE(strpbrk(name, "+") == NULL || strpbrk(name, "abcdefghijklmnopqrstuvwxyz/") != NULL);
	return 0;
}
