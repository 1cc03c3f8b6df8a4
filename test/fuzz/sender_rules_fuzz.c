/* sender_rules_fuzz.c: no sender has a line or a header in it, and none is longer than its network carries. */
// sources: sender_rules.c
#include "fuzz_input.h"
#include "message/sender/sender_rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const channels[] = { "mobile", "whatsapp", "email" };
	FuzzInput input = { data, size };
	const char *channel = channels[fuzz_choice(&input, 3)];
	char text[60];
	char longer[80];
	bool fits;

	fuzz_text(&input, text, sizeof(text) - 1);
	fits = loyalty_sender_fits(channel, text);
	if (fits && strcmp(channel, "email") != 0)
	{
		REQUIRE(text[0] != '\0' && strlen(text) <= 16);
		for (const char *at = text; *at != '\0'; at++)
			REQUIRE(*at >= ' ' && *at <= '~');
		if (strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != NULL)
			REQUIRE(strcmp(channel, "mobile") == 0 && strlen(text) <= SMS_SENDER_MAX);
		else
			REQUIRE(strspn(text + (text[0] == '+'), "0123456789") == strlen(text + (text[0] == '+')));
	}
	if (fits)
		REQUIRE(strpbrk(text, "\r\n") == NULL && strchr(channel, '\n') == NULL);
	snprintf(longer, sizeof(longer), "%s\nBcc: a", text);
	REQUIRE(!loyalty_sender_fits(channel, longer));
	if (loyalty_sender_fits("whatsapp", text))
		REQUIRE(loyalty_sender_fits("mobile", text));
	if (loyalty_bsp_known(text) != NULL)
		REQUIRE(loyalty_bsp_key(loyalty_bsp_known(text), 0) != NULL);
	return 0;
}
