/*
 * chain_group.h: groups of numbers as hashes cover them. A group is led by a letter of its own, and each number is eight
 * bytes, least first, so that no two sets of rows give the same bytes. Knows no server and no cryptography.
 */
#ifndef LOYALTY_CHAIN_GROUP_H
#define LOYALTY_CHAIN_GROUP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Takes bytes in pieces of any size: only their sequence counts. */
typedef void (*ChainSink)(void *sink, const void *bytes, size_t size);

/* Numbers that a group has room for: the longest group has 16. */
#define CHAIN_MAX_NUMBERS 24

/* Numbers of a group on their way to the sink, which takes them in one piece. */
typedef struct ChainGroup
{
	unsigned char bytes[1 + 8 * CHAIN_MAX_NUMBERS];
	size_t size;
} ChainGroup;

/* Begins a group with its letter. */
static inline void
chain_begin(ChainGroup *group, char letter)
{
	group->bytes[0] = (unsigned char) letter;
	group->size = 1;
}

/* Adds a number, byte by byte: the same on every machine, whatever its order of bytes. */
static inline void
chain_number(ChainGroup *group, int64_t value)
{
	int i;

	for (i = 0; i < 8; i++)
		group->bytes[group->size++] = (unsigned char) ((uint64_t) value >> (8 * i));
}

/* Passes the group to the sink. */
static inline void
chain_end(const ChainGroup *group, ChainSink to, void *sink)
{
	to(sink, group->bytes, group->size);
}

/* Returns the number that stands for a text in a group, whose bytes follow the group: its length; -1: there is none. */
static inline int64_t
chain_text_size(const char *text)
{
	return text ? (int64_t) strlen(text) : -1;
}

/* Passes the bytes of a text, whose length the group has. */
static inline void
chain_text(const char *text, ChainSink to, void *sink)
{
	if (text)
		to(sink, text, strlen(text));
}

#endif
