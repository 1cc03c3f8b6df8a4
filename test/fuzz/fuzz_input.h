/*
 * fuzz_input.h: numbers, choices and texts out of the fuzzer's bytes, and how a target says what must hold. Bytes that are
 * not there are zeros: every input says something.
 */
#ifndef LOYALTY_FUZZ_INPUT_H
#define LOYALTY_FUZZ_INPUT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold, whatever the input. */
#define REQUIRE(condition) \
	do \
	{ \
		if (!(condition)) \
		{ \
			fprintf(stderr, "ERROR: %s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

typedef struct FuzzInput
{
	const uint8_t *data;
	size_t size; /* what is left */
} FuzzInput;

static inline uint8_t
fuzz_byte(FuzzInput *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return *input->data++;
}

static inline bool
fuzz_bool(FuzzInput *input)
{
	return (fuzz_byte(input) & 1) != 0;
}

static inline uint64_t
fuzz_bits(FuzzInput *input, int bytes)
{
	uint64_t bits = 0;

	while (bytes-- > 0)
		bits = bits << 8 | fuzz_byte(input);
	return bits;
}

/* One of so many, from 0. */
static inline int
fuzz_choice(FuzzInput *input, int count)
{
	return (int) (fuzz_bits(input, count > 256 ? 4 : 1) % (uint64_t) count);
}

/* From the least to the most, ends included: an end, a small distance from one, or anything. */
static inline int64_t
fuzz_number(FuzzInput *input, int64_t least, int64_t most)
{
	uint64_t span = (uint64_t) most - (uint64_t) least;
	uint8_t how = fuzz_byte(input) % 8;
	uint64_t bits = fuzz_bits(input, how < 2 ? 0 : how < 4 ? 1 : how < 6 ? 3 : 8);

	if (span != UINT64_MAX)
		bits %= span + 1;
	return (int64_t) (how % 2 == 1 ? (uint64_t) most - bits : (uint64_t) least + bits);
}

/* A text of at most so many bytes, which ends at a zero among them. */
static inline void
fuzz_text(FuzzInput *input, char *text, size_t most)
{
	size_t length = (size_t) fuzz_bits(input, 2) % (most + 1);
	size_t i;

	for (i = 0; i < length && input->size > 0 && *input->data != '\0'; i++)
		text[i] = (char) fuzz_byte(input);
	text[i] = '\0';
}

/* A text in memory of its own, so that whoever reads on behind its end is seen. */
static inline char *
fuzz_copy(const char *text)
{
	char *copy = malloc(strlen(text) + 1);

	return strcpy(copy, text);
}

/* A text of these letters alone. */
static inline void
fuzz_word(FuzzInput *input, char *text, size_t most, const char *letters)
{
	size_t length = (size_t) fuzz_choice(input, (int) most + 1);
	size_t i;

	for (i = 0; i < length; i++)
		text[i] = letters[fuzz_choice(input, (int) strlen(letters))];
	text[length] = '\0';
}

#endif
