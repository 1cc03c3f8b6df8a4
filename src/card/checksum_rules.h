/* checksum_rules.h: check digits of numbers of any length, digit by digit. Knows no server. */
#ifndef LOYALTY_CHECKSUM_RULES_H
#define LOYALTY_CHECKSUM_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* Kinds of check digits. */
typedef enum ChecksumKind
{
	CHECKSUM_NONE,
	CHECKSUM_LUHN, /* mod 10: every other digit doubled, from the right */
	CHECKSUM_MOD7, /* the number modulo 7 */
} ChecksumKind;

/* Tells whether a text is one digit or more, and nothing else. */
extern bool loyalty_all_digits(const char *text, size_t length);

/* The check digit for a text of digits, '0' to '9'; '\0' where it is not one. */
extern char loyalty_check_digit(ChecksumKind kind, const char *digits, size_t length);

/* Tells whether the last digit of at least two is the check digit of those before it. */
extern bool loyalty_checksum_is_valid(ChecksumKind kind, const char *digits, size_t length);

#endif
