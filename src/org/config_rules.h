/* config_rules.h: the catalogue of configuration keys and what values they take. Knows no server. */
#ifndef LOYALTY_CONFIG_RULES_H
#define LOYALTY_CONFIG_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Types of values; each has its own allowed values and its canonical spelling. */
typedef enum ConfigType
{
	CONFIG_BOOL,
	CONFIG_CHOICE, /* one of some words */
	CONFIG_NUMBER, /* an integer between two bounds */
	CONFIG_TEXT,
	CONFIG_CURRENCY, /* a code of ISO 4217 */
	CONFIG_TIME,	 /* a local date and time */
	CONFIG_LIST,	 /* of words, each once */
	CONFIG_TEMPLATE, /* a text with {{pin}} in it */
	CONFIG_HOURS,	 /* of the day, from and to */
} ConfigType;

/* Makes a value of the enum of each line of config_keys.def. */
#define CONFIG_KEY(name, key, type, fallback, allowed, effect) CONFIG_##name,
/* Keys, one for each line of config_keys.def. Their numbers are not stored: tables have the names. */
typedef enum ConfigKey
{
#include "org/config_keys.def"
	CONFIG_COUNT
} ConfigKey;
#undef CONFIG_KEY

/* An entry of the catalogue: a line of config_keys.def. */
typedef struct ConfigEntry
{
	const char *key; /* its name for people and in the table */
	ConfigType type;
	const char *fallback; /* NULL: none */
	const char *allowed;  /* words between commas, bounds as "1..9", or a text for people */
	const char *effect;	  /* for the catalogue's reader */
} ConfigEntry;

/* The catalogue, by key. */
extern const ConfigEntry loyalty_config_entries[CONFIG_COUNT];

/* Returns the key of that name, or CONFIG_COUNT. */
extern ConfigKey loyalty_config_find(const char *key);

/* Returns the key that a mistyped name most likely means, or CONFIG_COUNT where none is close. */
extern ConfigKey loyalty_config_closest(const char *key);

/* Returns the word for a type in the catalogue's listing. */
extern const char *loyalty_config_type_name(ConfigType type);

/*
 * Tells whether a value is allowed; the canonical spelling (booleans as true and false, choices as listed,
 * numbers without leading zeros, currencies in capitals) goes to "canonical", of at least CONFIG_VALUE_MAX + 1
 * bytes.
 */
#define CONFIG_VALUE_MAX 1000 /* bytes of a value */
extern bool loyalty_config_accepts(ConfigKey key, const char *value, char *canonical);

/*
 * Returns a canonical boolean or number as an integer, a local time as seconds since 2000-01-01, a list as a
 * set of bits, the first allowed word being the lowest one, hours as 1440 times the minute of the day at which they begin and
 * the one at which they end; 0 for other types.
 */
extern int64_t loyalty_config_number(ConfigKey key, const char *canonical);

/*
 * Returns which keys contradict each other where these values are in force (CONFIG_COUNT of them), as a
 * sentence; or NULL.
 */
extern const char *loyalty_config_conflict(const char *const *values);

#endif
