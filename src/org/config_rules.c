/*
 * config_rules.c: the catalogue of configuration keys, and what values they take.
 *
 * A value is read once, as it is set, and stored in one spelling; whoever reads it compares texts or takes the
 * number that the cache has worked out. So there is a reader of every type here, which judges and writes the
 * canonical spelling at once, and one function that makes numbers of canonical values, which cannot fail any
 * more.
 *
 * Keys that contradict each other are found over all values as they would be, whichever of them changes. Pure:
 * no server, no clock, ASCII letters alone are folded. Nothing is late here.
 */
#include "org/config_rules.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/time_rules.h"
#include "common/word_rules.h"
#include "org/currency_rules.h"

#define NUMBER_DIGITS 18  /* any number of so many digits fits an int64 */
#define LONGEST_GUESS 100 /* names longer than that are no mistyped key */

#define CONFIG_KEY(name, key, type, fallback, allowed, effect) \
	[CONFIG_##name] = { key, type, fallback, allowed, effect },
const ConfigEntry loyalty_config_entries[CONFIG_COUNT] = {
#include "org/config_keys.def"
};
#undef CONFIG_KEY

/* Folds an ASCII letter, whatever the locale of the server. */
static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

/* Capitalizes an ASCII letter. */
static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
}

/* Compares names as they are: a key in the wrong case is a mistyped one. */
ConfigKey
loyalty_config_find(const char *key)
{
	int i;

	for (i = 0; i < CONFIG_COUNT; i++)
		if (strcmp(loyalty_config_entries[i].key, key) == 0)
			return (ConfigKey) i;
	return CONFIG_COUNT;
}

/*
 * Returns the number of letters to insert, delete or replace that make one name of the other, whatever the
 * case. It keeps one row of the usual table, so "b", which is a key's name, must have at most LONGEST_GUESS
 * letters.
 */
static int
distance(const char *a, const char *b)
{
	int row[LONGEST_GUESS + 1];
	int length = (int) strlen(b);
	int i, j;

	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 1; a[i - 1] != '\0'; i++)
	{
		int diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= length; j++)
		{
			int replaced = diagonal + (lower(a[i - 1]) != lower(b[j - 1]) ? 1 : 0);

			diagonal = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			row[j] = replaced < row[j] ? replaced : row[j];
		}
	}
	return row[length];
}

/*
 * Takes the first of the nearest keys, of those that are no further than a third of their letters: beyond that
 * a guess is worse than none.
 */
ConfigKey
loyalty_config_closest(const char *key)
{
	ConfigKey closest = CONFIG_COUNT;
	int least = 0;
	int i;

	if (strlen(key) > LONGEST_GUESS)
		return CONFIG_COUNT;
	for (i = 0; i < CONFIG_COUNT; i++)
	{
		const char *candidate = loyalty_config_entries[i].key;
		int steps = distance(key, candidate);

		if (steps <= (int) strlen(candidate) / 3 && (closest == CONFIG_COUNT || steps < least))
		{
			closest = (ConfigKey) i;
			least = steps;
		}
	}
	return closest;
}

/* Has no default, so that the compiler finds a new type. */
const char *
loyalty_config_type_name(ConfigType type)
{
	switch (type)
	{
		case CONFIG_BOOL:
			return "boolean";
		case CONFIG_CHOICE:
			return "choice";
		case CONFIG_LIST:
			return "list";
		case CONFIG_NUMBER:
			return "number";
		case CONFIG_TEXT:
			return "text";
		case CONFIG_CURRENCY:
			return "currency";
		case CONFIG_TIME:
			return "local time";
		case CONFIG_TEMPLATE:
			return "template";
		case CONFIG_HOURS:
			return "hours";
	}
	return NULL;
}

/*
 * Reads the words that PostgreSQL takes for a boolean, too, in any case and without a sign more: -1 is no 1. The canonical
 * ones come first.
 */
static bool
accepts_bool(const char *value, char *canonical)
{
	static const char *const words[][2] = {
		{ "true", "false" },
		{ "on", "off" },
		{ "yes", "no" },
		{ "1", "0" },
	};
	size_t i;
	int said;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (said = 0; said < 2; said++)
			if (strlen(value) == strlen(words[i][said]) && loyalty_same_word(value, words[i][said]))
			{
				strcpy(canonical, words[0][said]);
				return true;
			}
	return false;
}

/* Reads one of the allowed words, in any spelling; its canonical spelling is the catalogue's. */
static bool
accepts_choice(const char *allowed, const char *value, char *canonical)
{
	size_t length;

	for (;; allowed += length + 1)
	{
		length = strcspn(allowed, ",");
		if (length > 0 && loyalty_same_word_within(value, allowed, length))
		{
			memcpy(canonical, allowed, length);
			canonical[length] = '\0';
			return true;
		}
		if (allowed[length] == '\0')
			return false;
	}
}

/*
 * Reads a list of allowed words into bits, one for each word of the catalogue; false where it has another
 * word, or none. A word that comes twice counts once.
 */
static bool
list_bits(const char *allowed, const char *value, int64_t *bits)
{
	*bits = 0;
	for (;; value++)
	{
		size_t length = strcspn(value, ",");
		const char *word = allowed;
		char canonical[CONFIG_VALUE_MAX + 1];
		char single[CONFIG_VALUE_MAX + 1];
		int64_t bit = 1;

		memcpy(single, value, length);
		single[length] = '\0';
		if (!accepts_choice(allowed, single, canonical))
			return false;
		while (strncmp(word, canonical, strlen(canonical)) != 0 || strcspn(word, ",") != strlen(canonical))
		{
			word += strcspn(word, ",") + 1;
			bit <<= 1;
		}
		*bits |= bit;
		value += length;
		if (*value == '\0')
			return true;
	}
}

/* Reads words between commas; the canonical spelling has each once, in the order of the catalogue. */
static bool
accepts_list(const char *allowed, const char *value, char *canonical)
{
	int64_t bits;
	size_t used = 0;

	if (!list_bits(allowed, value, &bits))
		return false;
	for (; bits != 0; bits >>= 1)
	{
		size_t length = strcspn(allowed, ",");

		if ((bits & 1) != 0)
		{
			if (used > 0)
				canonical[used++] = ',';
			memcpy(canonical + used, allowed, length);
			used += length;
		}
		allowed += length + 1;
	}
	canonical[used] = '\0';
	return true;
}

/*
 * Reads at most NUMBER_DIGITS decimal digits, with a minus sign perhaps; nothing may stand before or after them.
 * That many fit an int64, so strtoll never overflows.
 */
static bool
accepts_number(const char *allowed, const char *value, char *canonical)
{
	const char *digits = value + (value[0] == '-' ? 1 : 0);
	const char *most = strstr(allowed, "..") + 2;
	size_t length = strspn(digits, "0123456789");
	long long number;

	if (length == 0 || length > NUMBER_DIGITS || digits[length] != '\0')
		return false;
	number = strtoll(value, NULL, 10);
	if (number < strtoll(allowed, NULL, 10) || number > strtoll(most, NULL, 10))
		return false;
	snprintf(canonical, CONFIG_VALUE_MAX + 1, "%lld", number);
	return true;
}

/*
 * Reads a text of as many characters as the catalogue says; bytes that continue a UTF-8 character are not
 * counted. Control characters are refused: nobody sees them.
 */
static bool
accepts_text(const char *allowed, const char *value, char *canonical)
{
	const char *number = strpbrk(allowed, "0123456789");
	long most = number ? strtol(number, NULL, 10) : CONFIG_VALUE_MAX;
	long characters = 0;
	const char *at;

	for (at = value; *at != '\0'; at++)
	{
		if ((unsigned char) *at < ' ' || *at == '\x7f')
			return false;
		if (((unsigned char) *at & 0xC0) != 0x80)
			characters++;
	}
	if (characters == 0 || characters > most)
		return false;
	strcpy(canonical, value);
	return true;
}

/* Reads a code of ISO 4217, in any case. */
static bool
accepts_currency(const char *value, char *canonical)
{
	int i;

	if (strlen(value) != CURRENCY_LENGTH)
		return false;
	for (i = 0; i < CURRENCY_LENGTH; i++)
		canonical[i] = upper(value[i]);
	canonical[CURRENCY_LENGTH] = '\0';
	return loyalty_currency_is_known(canonical);
}

/*
 * Reads a date of the years 1900 to 9999, and perhaps a time of day; the canonical form has both. An offset is
 * refused: the org has its zone.
 */
static bool
accepts_time(const char *value, char *canonical)
{
	LoyaltyLocalTime time;

	return loyalty_time_read(value, &time) && time.year >= 1900 && loyalty_time_write(&time, true, canonical);
}

/* Reads two digits behind each other as a number; -1: they are none, or it is too large. */
static int
two_digits(const char *text, int most)
{
	int number = 0;
	int i;

	for (i = 0; i < 2; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number <= most ? number : -1;
}

/* Reads hh:mm as the minute of the day; -1: it is none. */
static int
minute_of_day(const char *text)
{
	int hour = two_digits(text, 23);
	int minute = hour >= 0 && text[2] == ':' ? two_digits(text + 3, 59) : -1;

	return minute < 0 ? -1 : hour * 60 + minute;
}

/* Reads hh:mm-hh:mm, which has one spelling. Hours that end where they begin are none. */
static bool
accepts_hours(const char *value, char *canonical)
{
	int from = strlen(value) == 11 && value[5] == '-' ? minute_of_day(value) : -1;
	int to = from >= 0 ? minute_of_day(value + 6) : -1;

	if (to < 0 || from == to)
		return false;
	strcpy(canonical, value);
	return true;
}

/* Judges the length first: nothing behind it has to look at its buffer. Each type then has its reader. */
bool
loyalty_config_accepts(ConfigKey key, const char *value, char *canonical)
{
	const ConfigEntry *entry = &loyalty_config_entries[key];

	if (strlen(value) > CONFIG_VALUE_MAX)
		return false;
	switch (entry->type)
	{
		case CONFIG_BOOL:
			return accepts_bool(value, canonical);
		case CONFIG_CHOICE:
			return accepts_choice(entry->allowed, value, canonical);
		case CONFIG_LIST:
			return accepts_list(entry->allowed, value, canonical);
		case CONFIG_NUMBER:
			return accepts_number(entry->allowed, value, canonical);
		case CONFIG_TEXT:
			return accepts_text(entry->allowed, value, canonical);
		case CONFIG_CURRENCY:
			return accepts_currency(value, canonical);
		case CONFIG_TIME:
			return accepts_time(value, canonical);
		case CONFIG_TEMPLATE:
			return accepts_text(entry->allowed, value, canonical) && strstr(value, "{{pin}}") != NULL;
		case CONFIG_HOURS:
			return accepts_hours(value, canonical);
	}
	return false;
}

/* Reads canonical values alone; of any other it may make 0. */
int64_t
loyalty_config_number(ConfigKey key, const char *canonical)
{
	int64_t bits;
	LoyaltyLocalTime time;
	char own[CONFIG_VALUE_MAX + 1];

	switch (loyalty_config_entries[key].type)
	{
		case CONFIG_BOOL:
			return strcmp(canonical, "true") == 0 ? 1 : 0;
		case CONFIG_NUMBER:
			return strtoll(canonical, NULL, 10);
		case CONFIG_TIME:
			return loyalty_time_read(canonical, &time) ? loyalty_time_seconds(&time) : 0;
		case CONFIG_LIST:
			return list_bits(loyalty_config_entries[key].allowed, canonical, &bits) ? bits : 0;
		case CONFIG_HOURS:
			return accepts_hours(canonical, own) ? minute_of_day(own) * 1440 + minute_of_day(own + 6) : 0;
		case CONFIG_CHOICE:
		case CONFIG_TEXT:
		case CONFIG_CURRENCY:
		case CONFIG_TEMPLATE:
			break;
	}
	return 0;
}

/* Tells whether a key has that value, where both are in their canonical spelling. */
static bool
is(const char *const *values, ConfigKey key, const char *value)
{
	return values[key] != NULL && strcmp(values[key], value) == 0;
}

/* Finds external ids that are needed but not accepted. */
static const char *
external_id_conflict(const char *const *values)
{
	if (is(values, CONFIG_USE_EXTERNAL_ID, "true"))
		return NULL;
	if (is(values, CONFIG_PRIMARY_KEY, "external_id"))
		return "The value external_id of CONF_REGISTRATION_PRIMARY_KEY needs CONF_USERS_USE_EXTERNAL_ID.";
	if (is(values, CONFIG_EXTERNAL_ID_REQUIRED, "true"))
		return "CONF_USERS_IS_EXTERNAL_ID_REQUIRED needs CONF_USERS_USE_EXTERNAL_ID.";
	return NULL;
}

/*
 * Finds what dual eligibility forbids: only the primary identifier finds a customer then, so every registration
 * must bring it.
 */
static const char *
dual_conflict(const char *const *values)
{
	if (!is(values, CONFIG_DUAL_ELIGIBILITY, "true"))
		return NULL;
	if (!is(values, CONFIG_PRIMARY_REQUIRED, "true"))
		return "CONF_INSTORE_V2_ENABLED needs CONF_REGISTRATION_PRIMARY_KEY_REQUIRED.";
	if (is(values, CONFIG_ANY_IDENTIFIER, "true"))
		return "CONF_INSTORE_V2_ENABLED does not go with CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS.";
	if (is(values, CONFIG_MOBILE_REQUIRED, "true"))
		return "CONF_INSTORE_V2_ENABLED does not go with CONF_USERS_IS_MOBILE_REQUIRED.";
	return NULL;
}

/* Returns the first conflict; the next one shows when that is mended. */
const char *
loyalty_config_conflict(const char *const *values)
{
	const char *conflict = external_id_conflict(values);

	return conflict ? conflict : dual_conflict(values);
}
