/*
 * code_shape_rules.h: codes of promotions and coupons: their normal form, the symbols of those that are generated, and the
 * shapes that tell one kind of code from another. Knows no server.
 */
#ifndef LOYALTY_CODE_SHAPE_RULES_H
#define LOYALTY_CODE_SHAPE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "card/card_number_rules.h"

/* Bounds of codes. */
#define CODE_MIN_LENGTH 4
#define CODE_MAX_LENGTH 50
#define CODE_BYTES (CODE_MAX_LENGTH + 1) /* of a buffer for a code */

/* Symbols of generated codes: letters and digits that are not taken for one another. */
#define CODE_SYMBOLS "23456789ABCDEFGHJKMNPQRSTUVWXYZ0"
#define CODE_SYMBOL_COUNT 32
#define CODE_COUNTED_SYMBOLS 12 /* of a code; those further left follow from these */

/* Bounds of what a space may be asked for. */
#define CODE_MAX_PREFIX (CODE_MAX_LENGTH - 1)
#define CODE_MOST_CODES INT64_C(1000000000000000000)

/*
 * Writes the normal form of a code to a buffer of CODE_BYTES: without blanks around it, in capitals of ASCII. False where a
 * text can be no code: 4 to 50 letters and digits of ASCII, - and _.
 */
extern bool loyalty_code_normal(const char *text, char *code);

/* Shape of the codes of a space. */
typedef struct CodeShape
{
	const char *prefix; /* in its normal form; '' for none */
	int length;			/* symbols behind the prefix, the check symbol among them */
	bool has_check;
} CodeShape;

/* Impossible shapes. */
typedef enum CodeShapeProblem
{
	CODE_SHAPE_OK,
	CODE_SHAPE_PREFIX, /* other characters than those of a code */
	CODE_SHAPE_LENGTH, /* codes of 4 to 50 characters, and a symbol at least beside the check symbol */
} CodeShapeProblem;

/* Problem of a shape; the functions below take shapes that have none. */
extern CodeShapeProblem loyalty_code_shape_problem(const CodeShape *shape);

/* Symbols of a code that are neither prefix nor check symbol. */
extern int loyalty_code_width(const CodeShape *shape);

/* Positions that a space has: 32 to the power of the symbols that are counted. */
extern uint64_t loyalty_code_positions(const CodeShape *shape);

/* Tells whether so many codes of a shape lie as far apart as the sparsity asks: a guess hits once in that many times. */
extern bool loyalty_code_is_sparse(const CodeShape *shape, int64_t codes, int64_t sparsity);

/* The least length that makes so many codes sparse, check symbol and all; CODE_MAX_LENGTH + 1: none does. */
extern int loyalty_code_length_for(const CodeShape *shape, int64_t codes, int64_t sparsity);

/* Tells whether a code in its normal form has a shape, whatever its check symbol is. */
extern bool loyalty_code_has_shape(const CodeShape *shape, const char *code);

/* Tells whether any code has both shapes. */
extern bool loyalty_code_shapes_overlap(const CodeShape *one, const CodeShape *other);

/* Writes the code of a position, which is below the positions, to a buffer of CODE_BYTES. */
extern void loyalty_code_make(const CodeShape *shape, uint64_t position, NumberRound round, const void *key,
							  char *code);

/* Finds the position of a code in its normal form; false where no position has it: a wrong symbol, another shape. */
extern bool loyalty_code_place(const CodeShape *shape, const char *code, NumberRound round, const void *key,
							   uint64_t *position);

#endif
