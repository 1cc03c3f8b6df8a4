/* sender_rules_test.c: senders that networks carry and those that they do not; keys of providers. */
#include <string.h>

#include "message/sender/sender_rules.h"
#include "tap.h"

/* Returns the first of a list that ends with NULL which fits a channel, or does not; NULL: none. */
static const char *
first_that(const char *channel, bool fits, const char *const *senders)
{
	while (*senders != NULL && loyalty_sender_fits(channel, *senders) != fits)
		senders++;
	return *senders;
}

/* Tests of text messages. */
static void
of_texts(void)
{
	static const char *const good[] = { "ACME",
										"ACMEN",
										"A",
										"Acme Shop",
										"7-Eleven",
										"A&B",
										"12345678901a" + 1,
										"+6591234567",
										"+123456789012345",
										"123",
										"57575",
										"447911123456",
										"x_y.z+1",
										NULL };
	static const char *const bad[] = { "",
									   "ACME COFFEES",
									   "Caf\xc3\xa9",
									   "12",
									   "1234567890123456",
									   "+012345678",
									   "+123456",
									   "+1234567890123456",
									   "+65 9123",
									   "A\nB",
									   "A\tB",
									   "<b>",
									   "A;B",
									   "& & &",
									   NULL };

	ok(first_that("mobile", false, good) == NULL,
	   "names of eleven characters, numbers and short codes send texts");
	ok(first_that("mobile", true, bad) == NULL,
	   "what is longer, or in other letters, or no number, does not");
}

/* Tests of the other channels. */
static void
of_others(void)
{
	static const char *const numbers[] = { "+6591234567", "+14155238886", NULL };
	static const char *const no_numbers[] = { "ACME", "6591234567", "+65 91234567", "+0591234567", "", NULL };
	static const char *const addresses[] = { "shop@acme.example", "Acme.Shop@acme.example", NULL };
	static const char *const no_addresses[] = {
		"", "acme", "a@b@c", "@acme.example", "a b@acme.example", "a@acme.example\r\nBcc: x@example.com", NULL
	};

	ok(first_that("whatsapp", false, numbers) == NULL, "WhatsApp knows numbers with their country code");
	ok(first_that("whatsapp", true, no_numbers) == NULL, "and nothing else");
	ok(first_that("email", false, addresses) == NULL, "e-mails come from addresses");
	ok(first_that("email", true, no_addresses) == NULL,
	   "and from nothing else, nor with a header behind them");
	ok(loyalty_sender_fits("line", "Caf\xc3\xa9"), "of other channels nothing is known");
}

/* Tests of the keys that accounts need. */
static void
of_accounts(void)
{
	int twilio = 0;
	int karix = 0;

	while (loyalty_bsp_key("twilio", twilio) != NULL)
		twilio++;
	while (loyalty_bsp_key("karix", karix) != NULL)
		karix++;
	ok(twilio == 3 && strcmp(loyalty_bsp_key("twilio", 2), "messaging_service_sid") == 0,
	   "Twilio has three keys");
	ok(karix == 2 && strcmp(loyalty_bsp_key("karix", 0), "auth_key") == 0, "Karix has two");
	ok(loyalty_bsp_key("gupshup", 0) == NULL && loyalty_bsp_known("gupshup") == NULL, "others are not known");
	ok(strcmp(loyalty_bsp_known("Twilio"), "twilio") == 0 &&
		   strcmp(loyalty_bsp_known("TANLA"), "karix") == 0 &&
		   strcmp(loyalty_bsp_known("Tanla-Karix"), "karix") == 0,
	   "names are taken in any spelling, and Tanla is Karix");
}

int
main(void)
{
	static const char *const channels[] = { "mobile", "whatsapp", "email",	 "line",
											"wechat", "ios",	  "android", "postmail" };
	int needed = 0;

	plan(13);
	of_texts();
	of_others();
	of_accounts();
	for (size_t i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		needed += loyalty_sender_needed(channels[i]);
	ok(needed == 2 && loyalty_sender_needed("mobile") && loyalty_sender_needed("whatsapp"),
	   "texts and WhatsApp need a sender");
	ok(strcmp(loyalty_sender_wanted("mobile"), loyalty_sender_wanted("whatsapp")) != 0 &&
		   strchr(loyalty_sender_wanted("email"), '@') == NULL,
	   "what is wanted is said by channel");
	return tap_exit();
}
