/*
 * sms_rules_fuzz.c: parts hold all units and no more than they must: with n units there are at least n / room parts, and at
 * most one more for each that stays a unit short. A longer text never has fewer parts, unless it needs another alphabet.
 */
// sources: sms_rules.c
#include "fuzz_input.h"
#include "message/outbox/sms_rules.h"

/* Texts of signs of one width: their number tells the parts. */
static void
try_widths(FuzzInput *input)
{
	static const struct
	{
		const char *sign;
		int in_one;
		int in_each;
	} kinds[] = {
		{ "a", 160, 153 }, { "~", 80, 76 }, { "\xe0\xa4\xa8", 70, 67 }, { "\xf0\x9f\x98\x80", 35, 33 }
	};
	int kind = fuzz_choice(input, 4);
	int count = fuzz_choice(input, 1000);
	size_t length = strlen(kinds[kind].sign);
	char *text = malloc(length * (size_t) count + 1);
	int i;

	for (i = 0; i < count; i++)
		memcpy(text + length * (size_t) i, kinds[kind].sign, length);
	text[length * (size_t) count] = '\0';
	REQUIRE(loyalty_sms_parts(text) ==
			(count <= kinds[kind].in_one ? 1 : (count + kinds[kind].in_each - 1) / kinds[kind].in_each));
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	char *text;
	char *longer;
	int parts;

	try_widths(&input);
	text = malloc(input.size + 1);
	longer = malloc(input.size + 4);
	memcpy(text, input.data, input.size);
	text[input.size] = '\0';
	parts = loyalty_sms_parts(text);
	REQUIRE(parts >= 1 && (size_t) parts <= strlen(text) / 33 + 1);
	strcpy(longer, text);
	strcat(longer, "\xe0\xa4\xa8");
	REQUIRE(loyalty_sms_parts(longer) >= parts);
	free(text);
	free(longer);
	return 0;
}
