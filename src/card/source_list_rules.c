/*
 * source_list_rules.c: the list of source accounts in a configuration key. The parser takes JSON arrays of texts and
 * no other JSON; everything else is no list, so that a mistake is refused when the key is set and not at a
 * registration.
 */
#include "card/source_list_rules.h"

#include <string.h>

/* Moves behind blanks. */
static const char *
skip_space(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/*
 * Reads one text in quotes, split at its first colon; returns what follows it, or NULL. Of JSON's escapes only those
 * of a quote, a backslash and a slash are known.
 */
static const char *
parse_entry(const char *at, SourceEntry *entry)
{
	char *part = entry->source;
	int length = 0;

	memset(entry, 0, sizeof(SourceEntry));
	if (*at++ != '"')
		return NULL;
	for (; *at != '"'; at++)
	{
		if (*at == ':' && part == entry->source)
		{
			part = entry->account;
			length = 0;
			continue;
		}
		if (*at == '\\' && *++at != '"' && *at != '\\' && *at != '/')
			return NULL;
		/* The end of the text is such a character, too. */
		if ((unsigned char) *at < ' ' || length == SOURCE_PART_BYTES - 1)
			return NULL;
		part[length++] = *at;
	}
	return entry->source[0] == '\0' ? NULL : at + 1;
}

/* Reads the entries one by one; a comma must be followed by another one. */
int
loyalty_source_list_parse(const char *list, SourceEntry *entries)
{
	const char *at = skip_space(list);
	int count = 0;

	if (*at != '[')
		return -1;
	at = skip_space(at + 1);
	while (*at != ']')
	{
		if (count == SOURCE_LIST_MAX)
			return -1;
		at = parse_entry(at, &entries[count++]);
		if (at == NULL)
			return -1;
		at = skip_space(at);
		if (*at == ',')
		{
			at = skip_space(at + 1);
			if (*at != '"')
				return -1;
		}
		else if (*at != ']')
			return -1;
	}
	return *skip_space(at + 1) == '\0' ? count : -1;
}

/* Compares the account exactly; an entry without one holds for all. */
bool
loyalty_source_entry_holds(const SourceEntry *entry, const char *account)
{
	return entry->account[0] == '\0' || strcmp(entry->account, account) == 0;
}
