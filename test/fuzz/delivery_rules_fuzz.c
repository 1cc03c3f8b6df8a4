/*
 * delivery_rules_fuzz.c: what is kept of a report is a text of the catalogue or a plain code of the report, never anything
 * else; the order of lines that differ does not matter to the status; the highest of reports is one of them; and a key that is spelt
 * in one way only stays as it is.
 */
// sources: delivery_rules.c word_rules.c
#include "fuzz_input.h"
#include "message/delivery/delivery_rules.h"

#define LINES 4

/* Tells whether a code holds what a code may hold, by another way: no sign out of the list, no seven digits in a row. */
static bool
is_code(const char *text)
{
	static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
	const char *at;

	for (at = text; *at != '\0'; at += at[0] != '\0')
		if (strspn(at, "0123456789") > 6)
			return false;
	return text[0] != '\0' && strlen(text) <= DELIVERY_CODE_MAX && strspn(text, signs) == strlen(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const texts[] = { "", "a", "b", "dnd" };
	static const char statuses[] = { '\0', 's', 'f', 'u', 'd', 'r' };
	FuzzInput input = { data, size };
	DeliveryCode codes[LINES];
	DeliveryCode spelt;
	DeliveryCode was;
	DeliveryVerdict verdict;
	char given[64];
	const char *status = texts[fuzz_choice(&input, 4)];
	const char *bsp = fuzz_bool(&input) ? NULL : texts[fuzz_choice(&input, 4)];
	char known = statuses[fuzz_choice(&input, 6)];
	char reported = statuses[fuzz_choice(&input, 6)];
	char higher = loyalty_delivery_higher(known, reported);
	bool is_known;
	int i;

	REQUIRE(higher == loyalty_delivery_higher(reported, known) && (higher == known || higher == reported));
	REQUIRE(loyalty_delivery_higher(higher, known) == higher);
	for (i = 0; i < LINES; i++)
		codes[i] = (DeliveryCode){ texts[fuzz_choice(&input, 4)], texts[fuzz_choice(&input, 4)],
								   texts[fuzz_choice(&input, 4)], statuses[fuzz_choice(&input, 6)],
								   fuzz_bool(&input) ? "cause" : NULL };
	spelt = (DeliveryCode){ texts[fuzz_choice(&input, 4)], texts[fuzz_choice(&input, 4)],
							texts[fuzz_choice(&input, 4)], 's', NULL };
	was = spelt;
	loyalty_delivery_code_spell(codes, LINES, &spelt);
	REQUIRE(strcmp(spelt.bsp, was.bsp) == 0 && strcmp(spelt.provider_status, was.provider_status) == 0 &&
			strcmp(spelt.error_code, was.error_code) == 0 && spelt.delivery_status == 's');
	fuzz_text(&input, given, sizeof(given) - 1);
	is_known = loyalty_delivery_judge(codes, LINES, bsp, status, given, &verdict);
	REQUIRE(loyalty_delivery_code_is_plain(given) == is_code(given));
	REQUIRE(!is_known || (verdict.delivery_status != '\0' && verdict.provider_status != NULL));
	REQUIRE(verdict.error_code == NULL || verdict.error_code != given || is_code(given));
	REQUIRE(!is_known || strcmp(verdict.provider_status, status) == 0);
	return 0;
}
