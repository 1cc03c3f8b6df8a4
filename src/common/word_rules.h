/* word_rules.h: words of the interface, however a caller spells them. Knows no server. */
#ifndef LOYALTY_WORD_RULES_H
#define LOYALTY_WORD_RULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Tells whether two texts are one word: letters of ASCII in any case; blanks, hyphens and underscores count for nothing.
 * "Mobile Push", mobile-push and mobilePush are mobile_push.
 */
extern bool loyalty_same_word(const char *given, const char *word);

/* Tells the same of the first "length" bytes of a list, in which a word ends before the list does. */
extern bool loyalty_same_word_within(const char *given, const char *list, size_t length);

/*
 * Tells whether a text can become a word: letters, digits, blanks, hyphens and underscores, a letter among them. What lies
 * beyond ASCII counts as letters; other signs of ASCII are taken for what parts words, a slash or a colon for example.
 */
extern bool loyalty_can_be_word(const char *text);

/* Returns the place of a word among "count" words, -1: it is none of them. */
extern int loyalty_word_place(const char *given, const char *const *words, int count);

#endif
