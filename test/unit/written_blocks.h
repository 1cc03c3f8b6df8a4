/*
 * written_blocks.h: what the unit tests of blocks share: runs of a text, a value, and whether a block is written as wanted.
 */
#ifndef WRITTEN_BLOCKS_H
#define WRITTEN_BLOCKS_H

#include <stdio.h>
#include <string.h>

#include "message/template/block_rules.h"

/* What a block was written as. */
typedef struct Written
{
	char text[4000];
	size_t length;
} Written;

/* Either way of writing a block. */
typedef bool (*WriteBlock)(const Block *block, const TemplateValues *values, const TemplateSink *sink,
						   BlockFault *fault);

static void
collect(void *to, const char *text, size_t length)
{
	Written *written = to;

	memcpy(written->text + written->length, text, length);
	written->length += length;
	written->text[written->length] = '\0';
}

/* Tells whether a block is written so, with <b>Al</b> as first_name; NULL: it is refused. */
static bool
is_written(Block block, WriteBlock write, const char *wanted)
{
	static const TemplateValues values = { .count = 1, .names = { "first_name" }, .values = { "<b>Al</b>" } };
	Written written = { .length = 0, .text = "" };
	TemplateSink sink = { .write = collect, .to = &written };
	BlockFault fault;
	bool made = write(&block, &values, &sink, &fault);
	bool right = wanted == NULL ? !made : made && strcmp(written.text, wanted) == 0;

	if (!right)
		printf("# %s (%s)\n", made ? written.text : "refused", made ? "" : fault.property);
	return right;
}

#define RUNS(...) \
	{ \
		.count = sizeof((BlockRun[]){ __VA_ARGS__ }) / sizeof(BlockRun), .runs = (BlockRun[]) \
		{ \
			__VA_ARGS__ \
		} \
	}
#define RUN(text_) \
	{ \
		.text = (text_) \
	}

#endif
