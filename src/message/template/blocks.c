/*
 * blocks.c: reads the document of an e-mail's blocks into the structs of the rules. Every block stands by itself: nothing in
 * it refers to another one, so that it can be copied into any other template.
 *
 * The document is walked once. A block is an object whose fields are looked up as it is opened; a field of another
 * kind of block is refused, since it would silently do nothing. What a field may be is for the rules to say; here it
 * is read as text or number and put in its place. Lists have limits before anybody goes through them, and the document
 * as a whole has one, so that no template takes more to render than a page of mail should.
 *
 * A text is a JSON text, or a list of runs where parts of it look different. Both become runs, so that the rules know
 * one form.
 *
 * Errors name the path in the document ("blocks[1].items[0]"), which whoever wrote it can look up, and never what
 * stands there: an editor may hold texts that are meant for one customer.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/word_rules.h"
#include "message/template/blocks.h"
#include "message/template/fields.h"
#include "message/template/template.h"
#include "message/template/values.h"

/* Limits; docs name them. */
#define MAX_BLOCKS 100
#define MAX_ITEMS 100
#define MAX_RUNS 100
#define MAX_PROSE 10000
#define MAX_LINK 2000
#define MAX_START 1000000

/* Fields of a block. The last two are other spellings. */
enum
{
	TYPE,
	TEXT,
	LEVEL,
	ALIGN,
	DIRECTION,
	FONT_FAMILY,
	FONT_SIZE,
	FONT_WEIGHT,
	LINE_HEIGHT,
	COLOUR,
	HIDE_ON,
	ITEMS,
	LIST_TYPE,
	INDENT,
	SPACING,
	START_FROM,
	URL,
	CONTENT_ID,
	ALTERNATIVE_TEXT,
	WIDTH,
	LINK,
	COLOR,
	ALIGNMENT,
};
static const char *const block_fields[] = {
	"type",
	"text",
	"level",
	"align",
	"direction",
	"font_family",
	"font_size",
	"font_weight",
	"line_height",
	"colour",
	"hide_on",
	"items",
	"list_type",
	"indent",
	"spacing",
	"start_from",
	"url",
	"content_id",
	"alternative_text",
	"width",
	"link",
	"color",
	"alignment",
};

static const char *const kinds[] = { "title", "paragraph", "list", "image" };
static const char *const places[] = { "nowhere", "desktop", "mobile" };

/* Fields of a run. */
enum
{
	RUN_TEXT,
	RUN_BOLD,
	RUN_ITALIC,
	RUN_LINK,
};
static const char *const run_fields[] = { "text", "bold", "italic", "link" };

/* Fields that each kind may have, by bits. */
#define BIT(field) (1u << (field))
#define ANY_KIND \
	(BIT(TYPE) | BIT(ALIGN) | BIT(DIRECTION) | BIT(FONT_FAMILY) | BIT(FONT_SIZE) | BIT(FONT_WEIGHT) | \
	 BIT(LINE_HEIGHT) | BIT(COLOUR) | BIT(HIDE_ON) | BIT(COLOR) | BIT(ALIGNMENT))
static const uint32 fields_of_kind[] = {
	ANY_KIND | BIT(TEXT) | BIT(LEVEL),
	ANY_KIND | BIT(TEXT),
	ANY_KIND | BIT(ITEMS) | BIT(LIST_TYPE) | BIT(INDENT) | BIT(SPACING) | BIT(START_FROM),
	BIT(TYPE) | BIT(ALIGN) | BIT(ALIGNMENT) | BIT(HIDE_ON) | BIT(URL) | BIT(CONTENT_ID) |
		BIT(ALTERNATIVE_TEXT) | BIT(WIDTH) | BIT(LINK),
};

/* Reads a run that is an object. */
static BlockRun
read_run(const char *path, JsonbContainer *list, int n)
{
	LoyaltyFields fields = { .path = path,
							 .error = ERRCODE_LOYALTY_TEMPLATE_INVALID,
							 .names = run_fields,
							 .count = lengthof(run_fields) };
	BlockRun run;

	loyalty_parts_open_element(&fields, list, n);
	run.text = loyalty_part_text(&fields, RUN_TEXT, MAX_PROSE);
	run.is_bold = loyalty_part_bool(&fields, RUN_BOLD);
	run.is_italic = loyalty_part_bool(&fields, RUN_ITALIC);
	run.link = loyalty_part_text(&fields, RUN_LINK, MAX_LINK);
	if (run.text == NULL)
		loyalty_part_raise(&fields, RUN_TEXT, "a text");
	return run;
}

/* Reads runs out of a list, or takes a text for a single one. */
static BlockText
read_text(const char *path, const JsonbValue *value)
{
	BlockText text = { .count = 1 };
	BlockRun *runs;
	int i;

	if (value != NULL && value->type == jbvString)
	{
		runs = palloc0(sizeof(BlockRun));
		runs[0].text = pnstrdup(value->val.string.val, value->val.string.len);
		text.runs = runs;
		return text;
	}
	if (value == NULL || value->type != jbvBinary || !JsonContainerIsArray(value->val.binary.data) ||
		JsonContainerSize(value->val.binary.data) > MAX_RUNS)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID),
						errmsg("\"%s\" is neither a text nor a list of at most %d runs", path, MAX_RUNS)));
	text.count = (int) JsonContainerSize(value->val.binary.data);
	runs = palloc(sizeof(BlockRun) * Max(text.count, 1));
	for (i = 0; i < text.count; i++)
		runs[i] = read_run(path, value->val.binary.data, i);
	text.runs = runs;
	return text;
}

/* Reads a field that has two spellings. */
static const char *
either(const LoyaltyFields *fields, int field, int other)
{
	const char *text = loyalty_part_scalar(fields, field, LOYALTY_MAX_CODE);

	return text ? text : loyalty_part_scalar(fields, other, LOYALTY_MAX_CODE);
}

/* Reads what blocks of several kinds have. */
static void
read_style(const LoyaltyFields *fields, Block *block)
{
	block->hide_on = (BlockHide) Max(loyalty_part_word(fields, HIDE_ON, places, lengthof(places)), 0);
	block->level = loyalty_part_number(fields, LEVEL, 1, 6, 1);
	block->align = either(fields, ALIGN, ALIGNMENT);
	block->direction = loyalty_part_text(fields, DIRECTION, LOYALTY_MAX_CODE);
	block->font_family = loyalty_part_text(fields, FONT_FAMILY, LOYALTY_MAX_CODE);
	block->font_size = loyalty_part_scalar(fields, FONT_SIZE, LOYALTY_MAX_CODE);
	block->font_weight = loyalty_part_scalar(fields, FONT_WEIGHT, LOYALTY_MAX_CODE);
	block->line_height = loyalty_part_scalar(fields, LINE_HEIGHT, LOYALTY_MAX_CODE);
	block->colour = either(fields, COLOUR, COLOR);
}

/* Reads items and how they are marked. */
static void
read_list(const LoyaltyFields *fields, Block *block)
{
	JsonbContainer *list = loyalty_part_list(fields, ITEMS, MAX_ITEMS);
	BlockText *items;
	int i;

	if (list == NULL)
		loyalty_part_raise(fields, ITEMS, "a list");
	block->item_count = (int) JsonContainerSize(list);
	items = palloc(sizeof(BlockText) * Max(block->item_count, 1));
	for (i = 0; i < block->item_count; i++)
		items[i] = read_text(psprintf("%s[%d]", loyalty_part_path(fields, ITEMS), i),
							 getIthJsonbValueFromContainer(list, i));
	block->items = items;
	block->list_type = loyalty_part_text(fields, LIST_TYPE, LOYALTY_MAX_CODE);
	block->indent = loyalty_part_scalar(fields, INDENT, LOYALTY_MAX_CODE);
	block->spacing = loyalty_part_scalar(fields, SPACING, LOYALTY_MAX_CODE);
	block->has_start = fields->values[START_FROM] != NULL;
	block->start_from = loyalty_part_number(fields, START_FROM, 0, MAX_START, 1);
}

/* Reads a picture. */
static void
read_image(const LoyaltyFields *fields, Block *block)
{
	block->url = loyalty_part_text(fields, URL, MAX_LINK);
	block->content_id = loyalty_part_text(fields, CONTENT_ID, LOYALTY_MAX_CODE);
	block->alternative_text = loyalty_part_text(fields, ALTERNATIVE_TEXT, LOYALTY_MAX_NAME);
	block->width = loyalty_part_scalar(fields, WIDTH, LOYALTY_MAX_CODE);
	block->link = loyalty_part_text(fields, LINK, MAX_LINK);
}

/*
 * Reads one block and judges it: first which fields it has, then what each of them is, and in the end what the
 * rules say of all of them together.
 */
static void
read_block(LoyaltyFields *fields, Block *block)
{
	int kind = loyalty_part_word(fields, TYPE, kinds, lengthof(kinds));
	BlockFault fault;
	int i;

	if (kind < 0)
		loyalty_part_raise(fields, TYPE, "given");
	for (i = 0; i < fields->count; i++)
		if (fields->values[i] != NULL && (fields_of_kind[kind] & BIT(i)) == 0)
			loyalty_part_raise(fields, i, psprintf("a field of a block \"%s\"", kinds[kind]));
	block->kind = (BlockKind) kind;
	read_style(fields, block);
	if (block->kind == BLOCK_LIST)
		read_list(fields, block);
	else if (block->kind == BLOCK_IMAGE)
		read_image(fields, block);
	else
		block->text = read_text(loyalty_part_path(fields, TEXT), fields->values[TEXT]);
	if (!loyalty_block_check(block, &fault))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID),
						errmsg("\"%s.%s\" is not allowed", fields->path, fault.property),
						errhint("docs/template.md lists what each property may be.")));
}

/* Reads all blocks. */
void
loyalty_blocks_read(Jsonb *document, LoyaltyBlocks *blocks)
{
	JsonbContainer *list;
	int i;

	if (VARSIZE(document) > LOYALTY_RENDERED_MAX)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID), errmsg("\"blocks\" is too long")));
	list = loyalty_parts_list(document, "blocks", MAX_BLOCKS, ERRCODE_LOYALTY_TEMPLATE_INVALID);
	blocks->count = (int) JsonContainerSize(list);
	blocks->blocks = palloc0(sizeof(Block) * Max(blocks->count, 1));
	for (i = 0; i < blocks->count; i++)
	{
		LoyaltyFields fields = { .path = "blocks",
								 .error = ERRCODE_LOYALTY_TEMPLATE_INVALID,
								 .names = block_fields,
								 .count = lengthof(block_fields) };

		loyalty_parts_open_element(&fields, list, i);
		read_block(&fields, &blocks->blocks[i]);
	}
}

/* A mail of no blocks says nothing; an editor, which begins with none, reads them without this. */
void
loyalty_blocks_read_some(Jsonb *document, LoyaltyBlocks *blocks)
{
	loyalty_blocks_read(document, blocks);
	if (blocks->count == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID), errmsg("\"blocks\" has no block")));
}

/* Tells whether an attachment has a content id. */
static bool
is_attached(const char *content_id, const LoyaltyAttachment *attachments, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (attachments[i].content_id != NULL && strcmp(attachments[i].content_id, content_id) == 0)
			return true;
	return false;
}

/* Compares content ids as they are: readers of mail do. */
void
loyalty_blocks_check_pictures(const LoyaltyBlocks *blocks, const LoyaltyAttachment *attachments, int count)
{
	int i;

	for (i = 0; i < blocks->count; i++)
		if (blocks->blocks[i].content_id != NULL &&
			!is_attached(blocks->blocks[i].content_id, attachments, count))
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_TEMPLATE_INVALID),
							errmsg("\"blocks[%d].content_id\" is the content_id of no attachment", i)));
}

/* Raises LYM05 for what a value did to a block. */
pg_noreturn static void
raise_fault(int n, const BlockFault *fault)
{
	if (fault->tag.is_tag)
		loyalty_raise_no_value(&fault->tag);
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_VARIABLES_INVALID),
					errmsg("\"blocks[%d].%s\" is not allowed with its variables", n, fault->property)));
}

/*
 * Writes all blocks in both forms. A block that cannot be written, since a value is missing or makes a link none,
 * refuses the whole: half a mail is worse than none.
 */
void
loyalty_blocks_write(const LoyaltyBlocks *blocks, const TemplateValues *values, LoyaltyBlocksText *text)
{
	StringInfoData html;
	StringInfoData body;
	TemplateSink html_sink;
	TemplateSink body_sink;
	BlockFault fault;
	int i;

	initStringInfo(&html);
	initStringInfo(&body);
	html_sink = loyalty_sink_into(&html);
	body_sink = loyalty_sink_into(&body);
	for (i = 0; i < blocks->count; i++)
		if (!loyalty_block_html(&blocks->blocks[i], values, &html_sink, &fault) ||
			!loyalty_block_text(&blocks->blocks[i], values, &body_sink, &fault))
			raise_fault(i, &fault);
	/* Lines stand between blocks, not behind the last one. */
	if (body.len > 0)
		body.data[--body.len] = '\0';
	text->html = html.data;
	text->body = body.data;
}

/* Puts HTML into a page that names its encoding. */
const char *
loyalty_blocks_page(const char *html)
{
	return psprintf(
		"<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>%s</style></head><body>%s</body></html>",
		loyalty_block_style_sheet, html);
}

/* Reads and writes. */
void
loyalty_blocks_render(Jsonb *blocks, Jsonb *variables, LoyaltyText *text)
{
	LoyaltyBlocks *read = palloc(sizeof(LoyaltyBlocks));
	LoyaltyBlocksText written;
	TemplateValues values;

	loyalty_blocks_read_some(blocks, read);
	loyalty_values_read(variables, &values);
	loyalty_blocks_write(read, &values, &written);
	text->blocks = read;
	text->html = loyalty_blocks_page(written.html);
	text->body = written.body;
}
