/*
 * config_rules_test.c: the catalogue of configuration keys, and which values each type takes.
 */
#include <stdint.h>
#include <string.h>

#include "org/config_rules.h"
#include "tap.h"

static char canonical[CONFIG_VALUE_MAX + 1];

static bool
takes(ConfigKey key, const char *value, const char *as)
{
	memset(canonical, '#', sizeof(canonical));
	return loyalty_config_accepts(key, value, canonical) && strcmp(canonical, as) == 0;
}

static bool
refuses(ConfigKey key, const char *value)
{
	return !loyalty_config_accepts(key, value, canonical);
}

static void
test_catalogue(void)
{
	int unknown = 0, twice = 0, bad_default = 0, silent = 0;

	for (int key = 0; key < CONFIG_COUNT; key++)
	{
		const ConfigEntry *entry = &loyalty_config_entries[key];

		unknown += loyalty_config_find(entry->key) != (ConfigKey) key;
		for (int other = 0; other < key; other++)
			twice += strcmp(entry->key, loyalty_config_entries[other].key) == 0;
		if (entry->fallback != NULL)
			bad_default += !takes((ConfigKey) key, entry->fallback, entry->fallback);
		silent += loyalty_config_type_name(entry->type) == NULL || entry->allowed[0] == '\0' ||
				  entry->effect[0] == '\0';
	}
	ok(unknown == 0, "every key is found by its name");
	ok(twice == 0, "no name stands twice");
	ok(bad_default == 0, "every default is allowed, in its canonical spelling");
	ok(silent == 0, "every key has a type, allowed values and an effect");
	ok(loyalty_config_find("") == CONFIG_COUNT, "the empty name is no key");
	ok(loyalty_config_find("conf_org_currency_code") == CONFIG_COUNT, "names are compared exactly");
}

static void
test_closest(void)
{
	char longest[4096];

	memset(longest, 'C', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ok(loyalty_config_closest("CONF_USERS_IS_EMAIL_UNIQE") == CONFIG_EMAIL_UNIQUE,
	   "closest: a letter is missing");
	ok(loyalty_config_closest("conf_users_is_email_unique") == CONFIG_EMAIL_UNIQUE, "closest: another case");
	ok(loyalty_config_closest("CONF_ORG_CURENCY_CODES") == CONFIG_CURRENCY_CODE,
	   "closest: two letters differ");
	ok(loyalty_config_closest("CONF_REGISTRATION_PRIMARY_KEY_REQUIRE") == CONFIG_PRIMARY_REQUIRED,
	   "closest: the nearer of two");
	ok(loyalty_config_closest("search_path") == CONFIG_COUNT, "closest: nothing is close");
	ok(loyalty_config_closest("") == CONFIG_COUNT, "closest: nor to the empty name");
	ok(loyalty_config_closest(longest) == CONFIG_COUNT, "closest: nor to a long one");
}

static void
test_booleans(void)
{
	static const char *const yes[] = { "true", "TRUE", "True", "on", "ON", "yes", "Yes", "1" };
	static const char *const no[] = { "false", "FALSE", "off", "Off", "no", "NO", "0" };
	static const char *const neither[] = { "",	 " true", "true ", "t",			"y",
										   "10", "01",	  "maybe", "truefalse", "-1" };
	int wrong = 0;

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		wrong += !takes(CONFIG_EMAIL_UNIQUE, yes[i], "true");
	ok(wrong == 0, "boolean: every word for true");
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		wrong += !takes(CONFIG_EMAIL_UNIQUE, no[i], "false");
	ok(wrong == 0, "boolean: every word for false");
	for (size_t i = 0; i < sizeof(neither) / sizeof(neither[0]); i++)
		wrong += !refuses(CONFIG_EMAIL_UNIQUE, neither[i]);
	ok(wrong == 0, "boolean: nothing else");
	ok(loyalty_config_number(CONFIG_EMAIL_UNIQUE, "true") == 1 &&
		   loyalty_config_number(CONFIG_EMAIL_UNIQUE, "false") == 0,
	   "boolean: as a number");
}

static void
test_choices(void)
{
	ok(takes(CONFIG_PRIMARY_KEY, "mobile", "mobile"), "choice: the first");
	ok(takes(CONFIG_PRIMARY_KEY, "email", "email"), "choice: one in the middle");
	ok(takes(CONFIG_PRIMARY_KEY, "external_id", "external_id"), "choice: the last");
	ok(takes(CONFIG_PRIMARY_KEY, "EMail", "email"), "choice: whatever the case");
	ok(refuses(CONFIG_PRIMARY_KEY, ""), "choice: not nothing");
	ok(refuses(CONFIG_PRIMARY_KEY, "mob") && refuses(CONFIG_PRIMARY_KEY, "mobiles"),
	   "choice: no part, no more");
	ok(refuses(CONFIG_PRIMARY_KEY, "mobile,email") && refuses(CONFIG_PRIMARY_KEY, ","),
	   "choice: not the list");
	ok(loyalty_config_number(CONFIG_PRIMARY_KEY, "email") == 0, "choice: is no number");
}

static void
test_numbers(void)
{
	char value[32];
	int wrong = 0;

	for (int number = -1000; number <= 90000; number++)
	{
		snprintf(value, sizeof(value), "%d", number);
		if (number >= 0 && number <= 86400)
			wrong += !takes(CONFIG_EVENT_TIME_TOLERANCE, value, value) ||
					 loyalty_config_number(CONFIG_EVENT_TIME_TOLERANCE, canonical) != number;
		else
			wrong += !refuses(CONFIG_EVENT_TIME_TOLERANCE, value);
	}
	ok(wrong == 0, "number: from the least to the most, ends included");
	ok(takes(CONFIG_EVENT_TIME_TOLERANCE, "000300", "300"), "number: without leading zeros");
	ok(takes(CONFIG_EVENT_TIME_TOLERANCE, "-0", "0"), "number: zero has no sign");
	ok(refuses(CONFIG_EVENT_TIME_TOLERANCE, "") && refuses(CONFIG_EVENT_TIME_TOLERANCE, "-"),
	   "number: needs digits");
	ok(refuses(CONFIG_EVENT_TIME_TOLERANCE, " 5") && refuses(CONFIG_EVENT_TIME_TOLERANCE, "5 ") &&
		   refuses(CONFIG_EVENT_TIME_TOLERANCE, "+5") && refuses(CONFIG_EVENT_TIME_TOLERANCE, "5.0") &&
		   refuses(CONFIG_EVENT_TIME_TOLERANCE, "5e1") && refuses(CONFIG_EVENT_TIME_TOLERANCE, "0x10"),
	   "number: nothing but digits");
	ok(refuses(CONFIG_EVENT_TIME_TOLERANCE, "18446744073709551616") &&
		   refuses(CONFIG_EVENT_TIME_TOLERANCE, "18446744073709551916"),
	   "number: one that wraps around is refused");
}

static void
test_texts(void)
{
	char longest[CONFIG_VALUE_MAX + 2];

	memset(longest, '$', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ok(takes(CONFIG_CURRENCY_SYMBOL, "$", "$"), "text: one character");
	ok(takes(CONFIG_PIN_EMAIL_SUBJECT, "Ihr Code für Acme", "Ihr Code für Acme") &&
		   refuses(CONFIG_PIN_EMAIL_SUBJECT, "Code\r\nBcc: all@example.com"),
	   "text: a subject has no header behind it");
	ok(takes(CONFIG_CURRENCY_SYMBOL, "1234567890", "1234567890"), "text: as many as allowed");
	ok(refuses(CONFIG_CURRENCY_SYMBOL, "12345678901"), "text: one more");
	ok(takes(CONFIG_CURRENCY_SYMBOL, "€€€€€€€€€€", "€€€€€€€€€€"), "text: characters are counted, not bytes");
	ok(refuses(CONFIG_CURRENCY_SYMBOL, "€€€€€€€€€€€"), "text: one character more");
	ok(refuses(CONFIG_CURRENCY_SYMBOL, ""), "text: not nothing");
	ok(refuses(CONFIG_CURRENCY_SYMBOL, "a\nb") && refuses(CONFIG_CURRENCY_SYMBOL, "\x7f"),
	   "text: no control characters");
	ok(refuses(CONFIG_CURRENCY_SYMBOL, longest), "text: longer than any value");
}

static void
test_currencies(void)
{
	static const char *const withheld[] = {
		"", "US", "USDX", "   ", "U D", "D A", " US", "XXX", "XTS", "ABC"
	};
	char code[4] = "AAA";
	int taken = 0;
	int wrong = 0;

	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
			for (code[2] = 'A'; code[2] <= 'Z'; code[2]++)
				taken += takes(CONFIG_CURRENCY_CODE, code, code);
	ok(taken == 182, "currency: as many codes as the list has");
	ok(takes(CONFIG_CURRENCY_CODE, "AED", "AED") && takes(CONFIG_CURRENCY_CODE, "SGD", "SGD") &&
		   takes(CONFIG_CURRENCY_CODE, "ZWL", "ZWL"),
	   "currency: first, one in the middle, last");
	ok(takes(CONFIG_CURRENCY_CODE, "eur", "EUR"), "currency: in capitals");
	for (size_t i = 0; i < sizeof(withheld) / sizeof(withheld[0]); i++)
		wrong += !refuses(CONFIG_CURRENCY_CODE, withheld[i]);
	ok(wrong == 0, "currency: no other texts");
}

static void
test_times(void)
{
	static const char *const withheld[] = {
		"",
		"2024",
		"2024-13-01",
		"2024-00-01",
		"2023-02-29",
		"1900-02-29",
		"2024-04-31",
		"2024-01-00",
		"1899-12-31",
		"2024/01/01",
		"2024-1-1",
		"2024-01-01 24:00:00",
		"2024-01-01 10:60:00",
		"2024-01-01 10:00:60",
		"2024-01-01 10",
		"2024-01-01 10:00:00.5",
		"2024-01-01 10:00Z",
		"2024-01-01x10:00:00",
		"2024-01-01 10-00:00",
		"infinity",
		"today12345",
	};
	int wrong = 0;

	ok(takes(CONFIG_QUIET_HOURS, "21:00-09:30", "21:00-09:30") &&
		   loyalty_config_number(CONFIG_QUIET_HOURS, "21:00-09:30") == 1260 * 1440 + 570 &&
		   loyalty_config_number(CONFIG_QUIET_HOURS, "00:00-23:59") == 1439,
	   "hours of the day, as the minutes at which they begin and end");
	ok(refuses(CONFIG_QUIET_HOURS, "21:00-21:00") && refuses(CONFIG_QUIET_HOURS, "24:00-09:00") &&
		   refuses(CONFIG_QUIET_HOURS, "21:60-09:00") && refuses(CONFIG_QUIET_HOURS, "9:00-10:00") &&
		   refuses(CONFIG_QUIET_HOURS, "21:00-09:00 ") && refuses(CONFIG_QUIET_HOURS, "21:00") &&
		   refuses(CONFIG_QUIET_HOURS, "21:00/09:00") && refuses(CONFIG_QUIET_HOURS, "21:0a-09:00"),
	   "hours that are none");
	ok(takes(CONFIG_MIN_REGISTRATION_DATE, "2024-02-29", "2024-02-29 00:00:00"),
	   "time: a date is its midnight");
	ok(takes(CONFIG_MIN_REGISTRATION_DATE, "2000-02-29T23:59:59", "2000-02-29 23:59:59"),
	   "time: ISO 8601, too");
	ok(takes(CONFIG_MIN_REGISTRATION_DATE, "2000-02-29 23:59", "2000-02-29 23:59:00"),
	   "time: seconds may be left out");
	for (size_t i = 0; i < sizeof(withheld) / sizeof(withheld[0]); i++)
		wrong += !refuses(CONFIG_MIN_REGISTRATION_DATE, withheld[i]);
	ok(wrong == 0, "time: no other texts");
	ok(loyalty_config_number(CONFIG_MIN_REGISTRATION_DATE, "2000-01-01 00:00:00") == 0 &&
		   loyalty_config_number(CONFIG_MIN_REGISTRATION_DATE, "1999-12-31 23:59:59") == -1 &&
		   loyalty_config_number(CONFIG_MIN_REGISTRATION_DATE, "1970-01-01 00:00:00") == -946684800 &&
		   loyalty_config_number(CONFIG_MIN_REGISTRATION_DATE, "2024-03-01 01:02:03") == 762570123,
	   "time: counted in seconds from 2000");
}

static void
test_templates(void)
{
	ok(takes(CONFIG_PIN_SMS, "Code: {{pin}}", "Code: {{pin}}"), "template: with its mark");
	ok(refuses(CONFIG_PIN_SMS, "Code: {pin}") && refuses(CONFIG_PIN_SMS, "") &&
		   refuses(CONFIG_PIN_EMAIL, "{{PIN}}"),
	   "template: not without");
}

/* Every combination of the keys that matter, against the sentences of docs/org.md. */
static void
test_combinations(void)
{
	static const char *const primaries[] = { "mobile", "email", "external_id" };
	static const char *const bools[] = { "false", "true" };
	int wrong = 0;

	for (int primary = 0; primary < 3; primary++)
		for (int bits = 0; bits < 128; bits++)
		{
			const char *values[CONFIG_COUNT] = { NULL };
			bool use = bits & 1, required = bits & 2, unique = bits & 4;
			bool dual = bits & 8, primary_required = bits & 16, any = bits & 32, mobile = bits & 64;
			bool refused =
				(!use && (required || primary == 2)) || (dual && (!primary_required || any || mobile));

			values[CONFIG_PRIMARY_KEY] = primaries[primary];
			values[CONFIG_USE_EXTERNAL_ID] = bools[use];
			values[CONFIG_EXTERNAL_ID_REQUIRED] = bools[required];
			values[CONFIG_EMAIL_UNIQUE] = bools[unique];
			values[CONFIG_DUAL_ELIGIBILITY] = bools[dual];
			values[CONFIG_PRIMARY_REQUIRED] = bools[primary_required];
			values[CONFIG_ANY_IDENTIFIER] = bools[any];
			values[CONFIG_MOBILE_REQUIRED] = bools[mobile];
			wrong += (loyalty_config_conflict(values) != NULL) != refused;
		}
	ok(wrong == 0, "conflict: external ids needed but not accepted, dual eligibility without its conditions, "
				   "and nothing else");
}

int
main(void)
{
	plan(54);
	test_catalogue();
	test_closest();
	test_booleans();
	test_choices();
	test_numbers();
	test_texts();
	test_currencies();
	test_times();
	test_templates();
	test_combinations();
	return tap_exit();
}
