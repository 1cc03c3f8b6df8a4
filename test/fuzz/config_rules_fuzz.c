/*
 * config_rules_fuzz.c: values that nobody thought of, for every key. What is accepted has one spelling, which is accepted
 * as it is and says the same number; defaults are spelled that way; a mistyped key is never taken for a far one.
 */
// sources: config_rules.c
#include "fuzz_input.h"
#include "org/config_rules.h"

#define TEXT_MAX 1100

/* Anything, or what the catalogue says with some letters changed. */
static void
some_value(FuzzInput *input, const ConfigEntry *entry, char *value)
{
	size_t length;
	int changes;

	switch (fuzz_choice(input, 5))
	{
		case 0:
			fuzz_text(input, value, TEXT_MAX);
			return;
		case 1:
			snprintf(value, TEXT_MAX, "%s", entry->fallback ? entry->fallback : "");
			break;
		case 2:
			snprintf(value, TEXT_MAX, "%s", entry->allowed);
			break;
		case 3:
			snprintf(value, TEXT_MAX, "%" PRId64, fuzz_number(input, INT64_MIN, INT64_MAX));
			break;
		default:
			snprintf(value, TEXT_MAX, "%04d-%02d-%02d %02d:00:0%d", fuzz_choice(input, 10000),
					 fuzz_choice(input, 14), fuzz_choice(input, 33), fuzz_choice(input, 26),
					 fuzz_choice(input, 10));
			break;
	}
	length = strlen(value);
	for (changes = fuzz_choice(input, 3); changes > 0 && length > 0; changes--)
		value[fuzz_choice(input, (int) length)] = (char) fuzz_byte(input);
}

static bool
is_word_of(const char *list, const char *word)
{
	size_t length = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
			return length > 0;
	return false;
}

/* The number of a canonical value says what it spells. */
static void
check_number(ConfigKey key, const char *canonical)
{
	const ConfigEntry *entry = &loyalty_config_entries[key];
	int64_t number = loyalty_config_number(key, canonical);
	char text[64];

	switch (entry->type)
	{
		case CONFIG_BOOL:
			REQUIRE(strcmp(canonical, number == 1 ? "true" : "false") == 0 && (number == 0 || number == 1));
			break;
		case CONFIG_NUMBER:
			snprintf(text, sizeof(text), "%" PRId64, number);
			REQUIRE(strcmp(text, canonical) == 0 && number >= strtoll(entry->allowed, NULL, 10));
			break;
		case CONFIG_CHOICE:
			REQUIRE(is_word_of(entry->allowed, canonical) && number == 0);
			break;
		case CONFIG_LIST:
			REQUIRE(number > 0);
			break;
		case CONFIG_TIME:
			REQUIRE(strlen(canonical) == 19 && canonical[10] == ' ');
			break;
		case CONFIG_HOURS:
			snprintf(text, sizeof(text), "%02d:%02d-%02d:%02d", (int) (number / 1440 / 60),
					 (int) (number / 1440 % 60), (int) (number % 1440 / 60), (int) (number % 60));
			REQUIRE(strcmp(text, canonical) == 0 && number > 0 && number < 1440 * 1440);
			break;
		default:
			REQUIRE(number == 0);
			break;
	}
}

static void
fuzz_value(ConfigKey key, const char *value)
{
	char canonical[CONFIG_VALUE_MAX + 1];
	char again[CONFIG_VALUE_MAX + 1];

	if (!loyalty_config_accepts(key, value, canonical))
		return;
	REQUIRE(strlen(canonical) <= CONFIG_VALUE_MAX && canonical[0] != '\0');
	REQUIRE(loyalty_config_accepts(key, canonical, again) && strcmp(again, canonical) == 0);
	check_number(key, canonical);
}

static int
longest_common(const char *a, const char *b)
{
	return (int) (strlen(a) > strlen(b) ? strlen(a) : strlen(b));
}

static void
fuzz_names(FuzzInput *input, ConfigKey key)
{
	char name[TEXT_MAX + 1];
	ConfigKey closest;
	int i;

	REQUIRE(loyalty_config_find(loyalty_config_entries[key].key) == key);
	snprintf(name, sizeof(name), "%s", loyalty_config_entries[key].key);
	for (i = 0; name[i] != '\0'; i++)
		if (name[i] >= 'A' && name[i] <= 'Z' && fuzz_bool(input))
			name[i] = (char) (name[i] - 'A' + 'a');
	REQUIRE(loyalty_config_closest(name) == key);
	fuzz_text(input, name, TEXT_MAX);
	closest = loyalty_config_closest(name);
	REQUIRE(closest == CONFIG_COUNT || longest_common(name, loyalty_config_entries[closest].key) * 2 <
										   3 * (int) strlen(loyalty_config_entries[closest].key));
	key = loyalty_config_find(name);
	REQUIRE(key == CONFIG_COUNT || closest == key);
}

/* Defaults agree with each other; whatever contradicts itself says so in a sentence, the same each time. */
static void
fuzz_conflicts(FuzzInput *input)
{
	const char *values[CONFIG_COUNT];
	char canonical[CONFIG_COUNT][8];
	int i;

	for (i = 0; i < CONFIG_COUNT; i++)
		values[i] = loyalty_config_entries[i].fallback;
	REQUIRE(loyalty_config_conflict(values) == NULL);
	for (i = 0; i < CONFIG_COUNT; i++)
		if (loyalty_config_entries[i].type == CONFIG_BOOL)
			values[i] = strcpy(canonical[i], fuzz_bool(input) ? "true" : "false");
	if (loyalty_config_conflict(values) != NULL)
		REQUIRE(strstr(loyalty_config_conflict(values), "CONF_") != NULL);
	values[CONFIG_USE_EXTERNAL_ID] = "true";
	values[CONFIG_DUAL_ELIGIBILITY] = "false";
	REQUIRE(loyalty_config_conflict(values) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = { data, size };
	ConfigKey key = (ConfigKey) fuzz_choice(&input, CONFIG_COUNT);
	const ConfigEntry *entry = &loyalty_config_entries[key];
	char canonical[CONFIG_VALUE_MAX + 1];
	char value[TEXT_MAX + 1];

	some_value(&input, entry, value);
	fuzz_value(key, value);
	if (entry->fallback != NULL)
		REQUIRE(loyalty_config_accepts(key, entry->fallback, canonical) &&
				strcmp(canonical, entry->fallback) == 0);
	REQUIRE(loyalty_config_type_name(entry->type) != NULL);
	if (fuzz_byte(&input) == 1) /* it is slow: each name is compared with all keys */
		fuzz_names(&input, key);
	fuzz_conflicts(&input);
	return 0;
}
