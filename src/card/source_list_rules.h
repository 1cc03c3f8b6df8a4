/*
 * source_list_rules.h: the list of source accounts in a configuration key. Knows no server.
 *
 * The list says for which source accounts external ids are generated.
 */
#ifndef LOYALTY_SOURCE_LIST_RULES_H
#define LOYALTY_SOURCE_LIST_RULES_H

#include <stdbool.h>

/* Bounds of a list. */
#define SOURCE_LIST_MAX 100	  /* entries */
#define SOURCE_PART_BYTES 101 /* of a source or an account, with the final zero */

/* Entry of the list: a source and an account of it. */
typedef struct SourceEntry
{
	char source[SOURCE_PART_BYTES];
	char account[SOURCE_PART_BYTES]; /* '' for any */
} SourceEntry;

/*
 * Reads a list such as ["INSTORE:", "web_engage:1234"], a JSON array of texts, into SOURCE_LIST_MAX entries and
 * returns how many there are; -1 where it is no such list.
 */
extern int loyalty_source_list_parse(const char *list, SourceEntry *entries);

/* Tells whether an entry that names the source holds for this account of it. */
extern bool loyalty_source_entry_holds(const SourceEntry *entry, const char *account);

#endif
