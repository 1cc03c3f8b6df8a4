/*
 * sender_rules.c: what a sender of a channel may look like, and the keys that accounts of providers need.
 *
 * A text message comes from a number, from a short code, or from a name, which networks carry in seven bits: eleven
 * characters, a letter among them, or handsets would take it for a number. WhatsApp knows numbers alone, e-mail its
 * addresses. Whether a sender is registered with a network or a provider is not seen by its looks: is_verified says so.
 */
#include <string.h>

#include "common/word_rules.h"
#include "customer/identity_rules.h"
#include "message/sender/sender_rules.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

#define SHORT_CODE_MIN 3
#define NUMBER_MIN 7 /* digits of a number with its country code */
#define NUMBER_MAX 15

/* Tells whether a text is so many digits. */
static bool
is_digits(const char *text, size_t least)
{
	size_t length = strlen(text);

	return length >= least && length <= NUMBER_MAX && strspn(text, DIGITS) == length;
}

/* Tells whether a text is a number as the world dials it. */
static bool
is_number(const char *text)
{
	return text[0] == '+' && text[1] != '0' && is_digits(text + 1, NUMBER_MIN);
}

/* Tells whether a text is a name that handsets show in the place of a number. */
static bool
is_sms_name(const char *text)
{
	size_t length = strlen(text);

	return length <= SMS_SENDER_MAX && strpbrk(text, LETTERS) != NULL &&
		   strspn(text, LETTERS DIGITS " &+-._") == length;
}

/* Takes what it knows nothing of as it is: a text in its normal form has nothing in it that is not seen. */
bool
loyalty_sender_fits(const char *channel, const char *sender)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char typed[IDENTIFIER_VALUE_BYTES];

	if (strcmp(channel, "mobile") == 0)
		return is_number(sender) || is_digits(sender, SHORT_CODE_MIN) || is_sms_name(sender);
	if (strcmp(channel, "whatsapp") == 0)
		return is_number(sender);
	if (strcmp(channel, "email") == 0)
		return loyalty_email_normal(sender, key, typed);
	return true;
}

/* Ends in no full stop: the message has one. */
const char *
loyalty_sender_wanted(const char *channel)
{
	if (strcmp(channel, "mobile") == 0)
		return "numbers, short codes of 3 digits or more, and names of at most 11 letters, digits, blanks and & + - . _, "
			   "a letter among them";
	if (strcmp(channel, "whatsapp") == 0)
		return "numbers with + and the country code";
	return "e-mail addresses";
}

/* E-mail goes out under the name that the mail server has, where the org has given none. */
bool
loyalty_sender_needed(const char *channel)
{
	return strcmp(channel, "mobile") == 0 || strcmp(channel, "whatsapp") == 0;
}

/* Providers whose keys are known. Tanla is what Karix is called by now. */
static const struct
{
	const char *name;
	const char *words[4];
	const char *keys[4];
} providers[] = {
	{ "twilio", { "twilio" }, { "sid", "auth_token", "messaging_service_sid" } },
	{ "karix", { "karix", "tanla", "tanla karix", "karix tanla" }, { "auth_key", "sender_id" } },
};

#define PROVIDERS (int) (sizeof(providers) / sizeof(providers[0]))
#define WORDS (int) (sizeof(providers[0].words) / sizeof(providers[0].words[0]))

/* Takes any spelling. */
const char *
loyalty_bsp_known(const char *bsp)
{
	int i;
	int word;

	for (i = 0; i < PROVIDERS; i++)
		for (word = 0; word < WORDS && providers[i].words[word] != NULL; word++)
			if (loyalty_same_word(bsp, providers[i].words[word]))
				return providers[i].name;
	return NULL;
}

/* Takes names as tables have them. A list ends with NULL. */
const char *
loyalty_bsp_key(const char *bsp, int n)
{
	int i;

	for (i = 0; i < PROVIDERS; i++)
		if (strcmp(bsp, providers[i].name) == 0)
			return providers[i].keys[n];
	return NULL;
}
