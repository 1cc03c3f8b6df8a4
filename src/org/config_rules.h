/* config_rules.h: the catalogue of configuration keys and what values they take. Knows no server. */
#ifndef LOYALTY_CONFIG_RULES_H
#define LOYALTY_CONFIG_RULES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ConfigType
{
	CONFIG_BOOL,
	CONFIG_CHOICE,
	CONFIG_NUMBER,
	CONFIG_TEXT,
	CONFIG_CURRENCY,
	CONFIG_TIME,	 /* a local date and time */
	CONFIG_LIST,	 /* of words, each once */
	CONFIG_TEMPLATE, /* a text with {{pin}} in it */
} ConfigType;

#define CONFIG_KEY(name, key, type, fallback, allowed, effect) CONFIG_##name,
typedef enum ConfigKey
{
#include "org/config_keys.def"
	CONFIG_COUNT
} ConfigKey;
#undef CONFIG_KEY

typedef struct ConfigEntry
{
	const char *key;
	ConfigType type;
	const char *fallback; /* NULL: none */
	const char *allowed;
	const char *effect;
} ConfigEntry;

extern const ConfigEntry loyalty_config_entries[CONFIG_COUNT];

/* The key of that name, or CONFIG_COUNT. */
extern ConfigKey loyalty_config_find(const char *key);

/* The key that a mistyped name most likely means, or CONFIG_COUNT where none is close. */
extern ConfigKey loyalty_config_closest(const char *key);

/* The word for a type in the catalogue's listing. */
extern const char *loyalty_config_type_name(ConfigType type);

/*
 * Whether a value is allowed; the canonical spelling (booleans as true and false, choices as listed, numbers
 * without leading zeros, currencies in capitals) goes to "canonical", of at least CONFIG_VALUE_MAX + 1 bytes.
 */
#define CONFIG_VALUE_MAX 1000
extern bool loyalty_config_accepts(ConfigKey key, const char *value, char *canonical);

/* A canonical boolean or number as an integer, a local time as seconds since 2000-01-01, a list as a set
 * of bits, the first allowed word being the lowest one; 0 for other types. */
extern int64_t loyalty_config_number(ConfigKey key, const char *canonical);

/* Which keys contradict each other where these values are in force (CONFIG_COUNT of them), as a sentence; or NULL. */
extern const char *loyalty_config_conflict(const char *const *values);

#endif
