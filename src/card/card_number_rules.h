/*
 * card_number_rules.h: the numbers of a series: prefix, serial, check digit, suffix. A counter that only grows says
 * which number is next; random methods send it through a keyed permutation of the serials. Knows no server, and no
 * key: the keyed function is the caller's.
 */
#ifndef LOYALTY_CARD_NUMBER_RULES_H
#define LOYALTY_CARD_NUMBER_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card/checksum_rules.h"

/* Methods of numbering, by the names that CONF_CARD_CHECKSUM_DIGIT_ALGO takes. */
typedef enum NumberMethod
{
	METHOD_AUTO_INC,
	METHOD_LUHN,
	METHOD_MOD7,
	METHOD_RANDOM,
	METHOD_RANDOM_LUHN,
	METHOD_RANDOM_MOD7,
	METHOD_COUNT
} NumberMethod;

/* Names of the methods, in their order. */
extern const char *const loyalty_number_method_names[METHOD_COUNT];

/* Bounds of numbers. */
#define NUMBER_MAX_LENGTH 50
#define NUMBER_BYTES (NUMBER_MAX_LENGTH + 1) /* of a buffer for a number */
#define NUMBER_COUNTED_DIGITS 18			 /* of a serial; those further left follow from these */

/* Shape of the numbers of a series. */
typedef struct NumberShape
{
	NumberMethod method;
	int length;			  /* of the whole number */
	const char *prefix;	  /* '' for none */
	const char *suffix;	  /* '' for none */
	int64_t offset;		  /* the least serial */
	bool checksum_prefix; /* the check digit covers the prefix too */
} NumberShape;

/* Impossible shapes. */
typedef enum NumberProblem
{
	NUMBER_OK,
	NUMBER_LENGTH,				/* not 1 to 50 */
	NUMBER_AFFIX_LETTERS,		/* prefix or suffix: other characters than letters and digits of ASCII */
	NUMBER_SUFFIX_INAPPLICABLE, /* a suffix, and a method with a check digit */
	NUMBER_PREFIX_NOT_DIGITS,	/* the prefix enters the checksum, and has other characters than digits */
	NUMBER_NO_ROOM,				/* nothing is left for the serial */
	NUMBER_OFFSET,				/* negative, or no serial is left */
} NumberProblem;

/* The method of that name, or METHOD_COUNT. */
extern NumberMethod loyalty_number_method_find(const char *name);

/* Return the kind of check digit of a method, and tell whether its serials come in random order. */
extern ChecksumKind loyalty_number_checksum(NumberMethod method);
extern bool loyalty_number_is_random(NumberMethod method);

/* Tells whether a method has a place for a suffix. */
extern bool loyalty_number_takes_suffix(NumberMethod method);

/* Problem of a shape; the functions below take shapes that have none. */
extern NumberProblem loyalty_number_problem(const NumberShape *shape);

/* Digits of the serial, which may be zero or negative where there is no room. */
extern int loyalty_number_width(const NumberShape *shape);

/* Number of numbers in a series. */
extern int64_t loyalty_number_space(const NumberShape *shape);

/* The first value of the counter; it grows by one. */
extern int64_t loyalty_number_first(const NumberShape *shape);

/* Numbers that are left when this is the counter's next value. */
extern int64_t loyalty_number_left(const NumberShape *shape, int64_t counter);

/* Numbers that are used when a series of that size counts as nearly used. */
extern int64_t loyalty_number_threshold(int64_t space, int percent);

/* A keyed function of a round and a value, uniform over 64 bits. */
typedef uint64_t (*NumberRound)(const void *key, int round, uint64_t value);

/*
 * Returns the number that the permutation of 0 to size - 1, which belongs to a key, has at a position; and the position that
 * has a number. The size is at most 2^62.
 */
extern uint64_t loyalty_number_permute(uint64_t position, uint64_t size, NumberRound round, const void *key);
extern uint64_t loyalty_number_place(uint64_t value, uint64_t size, NumberRound round, const void *key);

/* The number of a value of the counter, to a buffer of NUMBER_BYTES; false where there is none: exhausted. */
extern bool loyalty_number_make(const NumberShape *shape, int64_t counter, NumberRound round, const void *key,
								char *number);

/*
 * Writes a card's number as it is issued, in capitals, to a buffer of NUMBER_BYTES; false where the text cannot be one at
 * all: 1 to 50 letters and digits of ASCII.
 */
extern bool loyalty_number_as_issued(const char *text, char *number);

#endif
