/*
 * name_rules_fuzz.c: of any names, a key is the key of itself, has single blanks between words, is as long as it may be, and begins as the key
 * of the first name does; its words put together are itself.
 */
// sources: name_rules.c
#include "customer/name_rules.h"
#include "fuzz_input.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char names[2][400];
	char key[NAME_KEY_BYTES] = "";
	char first[NAME_KEY_BYTES] = "";
	char again[NAME_KEY_BYTES] = "";
	char *rest;
	size_t length;

	fuzz_word(&input, names[0], sizeof(names[0]) - 1, "abc -,'.\xe2\x80\x99\x90");
	fuzz_text(&input, names[1], sizeof(names[1]) - 1);
	loyalty_name_key_add(first, names[0]);
	loyalty_name_key_add(key, names[0]);
	loyalty_name_key_add(key, names[1]);
	length = strlen(key);
	REQUIRE(length <= NAME_KEY_MAX);
	REQUIRE(strncmp(key, first, strlen(first)) == 0);
	REQUIRE(strstr(key, "  ") == NULL && key[0] != ' ' && (length == 0 || key[length - 1] != ' '));
	loyalty_name_key_add(again, key);
	REQUIRE(strpbrk(key, "-,'.") == NULL);
	rest = loyalty_name_key_split(key);
	REQUIRE(strchr(key, ' ') == NULL);
	REQUIRE(strlen(key) + (*rest != '\0') + strlen(rest) == length);
	return 0;
}
