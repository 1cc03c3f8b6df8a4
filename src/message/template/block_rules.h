/*
 * block_rules.h: blocks of an e-mail, and how they are written as HTML and as plain text. Texts are UTF-8 here. Knows no
 * server.
 */
#ifndef LOYALTY_BLOCK_RULES_H
#define LOYALTY_BLOCK_RULES_H

#include <stdbool.h>

#include "message/template/template_rules.h"

/* A stretch of a text that looks one way. */
typedef struct BlockRun
{
	const char *text; /* with tags */
	bool is_bold;
	bool is_italic;
	const char *link; /* with tags; NULL: none */
} BlockRun;

/* A text of runs. */
typedef struct BlockText
{
	int count;
	const BlockRun *runs;
} BlockText;

typedef enum BlockKind
{
	BLOCK_TITLE,
	BLOCK_PARAGRAPH,
	BLOCK_LIST,
	BLOCK_IMAGE,
} BlockKind;

typedef enum BlockHide
{
	HIDE_NOWHERE,
	HIDE_DESKTOP,
	HIDE_MOBILE,
} BlockHide;

/* A block. NULLs are what the reader of the mail does by itself. */
typedef struct Block
{
	BlockKind kind;
	BlockHide hide_on;
	int level; /* of a title: 1 to 6 */
	const char *align;
	const char *direction;
	const char *font_family;
	const char *font_size;
	const char *font_weight;
	const char *line_height;
	const char *colour;
	BlockText text; /* of a title or paragraph */
	int item_count; /* of a list */
	const BlockText *items;
	const char *list_type;
	const char *indent;
	const char *spacing;
	bool has_start;
	int start_from;
	const char *url;		/* of an image: on the web, with tags */
	const char *content_id; /* or the attachment that is it */
	const char *alternative_text;
	const char *width;
	const char *link;
} Block;

/* Fault of a block: the property, and the tag that it is about, if any. */
typedef struct BlockFault
{
	const char *property;
	TemplatePiece tag;
} BlockFault;

/*
 * Judges what a block says without its values: styles and sizes; links and tags, as far as they do not depend on a value.
 * Words are made those of CSS.
 */
extern bool loyalty_block_check(Block *block, BlockFault *fault);

/* Write a block that was checked; false for a tag without a value, or a link that a value makes none. */
extern bool loyalty_block_html(const Block *block, const TemplateValues *values, const TemplateSink *sink,
							   BlockFault *fault);
extern bool loyalty_block_text(const Block *block, const TemplateValues *values, const TemplateSink *sink,
							   BlockFault *fault);

/* The style sheet that hides by class. */
extern const char *const loyalty_block_style_sheet;

/* Calls for each text and link of a block that may have tags. */
typedef void (*BlockVisit)(void *to, const char *text);
extern void loyalty_block_visit(const Block *block, BlockVisit visit, void *to);

#endif
