/*
 * block_rules.c: judges blocks and writes them as HTML.
 *
 * Texts, values, links and styles are escaped wherever they are written, also those that an allow-list let through: no block
 * can bring markup of its own. A value in a link is written by its bytes, and the finished link is judged once more.
 *
 * An element is written in one pass, with its attributes in one order: class, start, style. The order of properties
 * within a style is fixed as well, so that two blocks that say the same are the same HTML, byte for byte, and a test
 * can hold it.
 *
 * Blocks hide by a class, since mail cannot ask for the width of a screen in a style attribute: the style sheet that
 * belongs to the class stands in the head of the page. Programs that drop style sheets show both blocks of a pair,
 * which is the lesser evil: nothing is lost.
 *
 * Judging and writing are two steps. What depends on no value is refused when a template is defined, by whoever can
 * mend it; what a value does to a link is refused when the message is made.
 */
#include "message/template/block_rules.h"

#include <stdio.h>
#include <string.h>

#include "message/template/attachment_rules.h"
#include "message/template/link_rules.h"
#include "message/template/style_rules.h"

const char *const loyalty_block_style_sheet =
	"@media (max-width:600px){.hide-mobile{display:none!important}}"
	"@media (min-width:601px){.hide-desktop{display:none!important}}";

/* A block that is being written. */
typedef struct Writer
{
	const Block *block;
	const TemplateValues *values;
	const TemplateSink *sink;
	BlockFault *fault;
} Writer;

/* Notes what is wrong. */
static bool
fail(BlockFault *fault, const char *property)
{
	fault->property = property;
	return false;
}

/* Judges a property, if there is one. */
static bool
check(const char *given, bool (*fits)(const char *), const char *property, BlockFault *fault)
{
	return given == NULL || fits(given) || fail(fault, property);
}

/* Puts the word of CSS in the place of a spelling. */
static bool
check_word(const char **given, const char *const *words, const char *property, BlockFault *fault)
{
	if (*given == NULL)
		return true;
	*given = loyalty_style_word(*given, words);
	return *given != NULL || fail(fault, property);
}

/* Judges tags of a text. */
static bool
check_tags(const char *text, const char *property, BlockFault *fault)
{
	TemplatePiece piece;

	while (loyalty_template_next(&text, &piece))
		if (piece.is_broken)
			return fail(fault, property);
	return true;
}

/* Judges a link, if there is one. */
static bool
check_link(const char *given, bool (*fits)(const char *), const char *property, BlockFault *fault)
{
	return given == NULL || loyalty_link_check(given, fits) || fail(fault, property);
}

/* Judges a text run by run. */
static bool
check_text(const BlockText *text, BlockFault *fault)
{
	int i;

	for (i = 0; i < text->count; i++)
		if (!check_tags(text->runs[i].text, "text", fault) ||
			!check_link(text->runs[i].link, loyalty_is_link, "link", fault))
			return false;
	return true;
}

/*
 * Judges items and their markers. A start without numbers would do nothing, and is refused, so that nobody wonders
 * why.
 */
static bool
check_list(Block *block, BlockFault *fault)
{
	bool is_numbered;
	int i;

	if (!check_word(&block->list_type, loyalty_style_list_types, "list_type", fault) ||
		!check(block->indent, loyalty_style_is_size, "indent", fault) ||
		!check(block->spacing, loyalty_style_is_size, "spacing", fault))
		return false;
	is_numbered = block->list_type != NULL && loyalty_style_is_numbered(block->list_type);
	if (block->has_start && !is_numbered)
		return fail(fault, "start_from");
	for (i = 0; i < block->item_count; i++)
		if (!check_text(&block->items[i], fault))
			return false;
	return true;
}

/*
 * Judges a picture. It is on the web, and then at an https address, since readers of mail show no other; or in the
 * mail, by its content id, which stands in angle brackets there and has no sign that would end them.
 */
static bool
check_image(const Block *block, BlockFault *fault)
{
	if ((block->url == NULL) == (block->content_id == NULL))
		return fail(fault, "url");
	return check(block->content_id, loyalty_content_id_fits, "content_id", fault) &&
		   check_link(block->url, loyalty_is_picture, "url", fault) &&
		   check_link(block->link, loyalty_is_link, "link", fault) &&
		   check_tags(block->alternative_text ? block->alternative_text : "", "alternative_text", fault) &&
		   check(block->width, loyalty_style_is_size, "width", fault);
}

/* Judges what all kinds have, then what one has. */
bool
loyalty_block_check(Block *block, BlockFault *fault)
{
	memset(fault, 0, sizeof(BlockFault));
	if (!check_word(&block->align, loyalty_style_aligns, "align", fault) ||
		!check_word(&block->direction, loyalty_style_directions, "direction", fault) ||
		!check(block->font_family, loyalty_style_is_family, "font_family", fault) ||
		!check(block->font_size, loyalty_style_is_size, "font_size", fault) ||
		!check(block->font_weight, loyalty_style_is_weight, "font_weight", fault) ||
		!check(block->line_height, loyalty_style_is_size, "line_height", fault) ||
		!check(block->colour, loyalty_style_is_colour, "colour", fault))
		return false;
	if (block->kind == BLOCK_LIST)
		return check_list(block, fault);
	if (block->kind == BLOCK_IMAGE)
		return check_image(block, fault);
	if (block->kind == BLOCK_TITLE && (block->level < 1 || block->level > 6))
		return fail(fault, "level");
	return check_text(&block->text, fault);
}

/* Writes markup of ours. */
static void
put(const Writer *writer, const char *markup)
{
	loyalty_sink_text(writer->sink, markup);
}

/*
 * Writes one property of a style, opening the attribute with the first. A size without a unit gets the usual one
 * of its property; line heights have none.
 */
static void
put_property(const Writer *writer, bool *is_open, const char *name, const char *value, const char *usual_unit)
{
	if (value == NULL)
		return;
	put(writer, *is_open ? ";" : " style=\"");
	*is_open = true;
	put(writer, name);
	put(writer, ":");
	loyalty_sink_html(writer->sink, value, strlen(value));
	if (usual_unit != NULL && loyalty_style_is_bare(value))
		put(writer, usual_unit);
}

/* Writes the class by which a block is hidden. */
static void
put_class(const Writer *writer)
{
	if (writer->block->hide_on != HIDE_NOWHERE)
		put(writer,
			writer->block->hide_on == HIDE_MOBILE ? " class=\"hide-mobile\"" : " class=\"hide-desktop\"");
}

/* Writes class and style of a block. */
static void
put_attributes(const Writer *writer)
{
	const Block *block = writer->block;
	bool is_open = false;

	put_property(writer, &is_open, "text-align", block->align, NULL);
	put_property(writer, &is_open, "direction", block->direction, NULL);
	put_property(writer, &is_open, "font-family", block->font_family, NULL);
	put_property(writer, &is_open, "font-size", block->font_size, "px");
	put_property(writer, &is_open, "font-weight", block->font_weight, NULL);
	put_property(writer, &is_open, "line-height", block->line_height, NULL);
	put_property(writer, &is_open, "color", block->colour, NULL);
	put_property(writer, &is_open, "list-style-type", block->list_type, NULL);
	put_property(writer, &is_open, "padding-left", block->indent, "px");
	if (is_open)
		put(writer, "\"");
}

/* Writes a text with its tags replaced. */
static bool
put_text(const Writer *writer, const char *text)
{
	if (!loyalty_template_write(text, writer->values, ESCAPE_HTML, writer->sink, &writer->fault->tag))
		return fail(writer->fault, "text");
	return true;
}

/* Opens a link. */
static bool
open_link(const Writer *writer, const char *given)
{
	TemplateLink link;

	if (!loyalty_link_finish(given, writer->values, loyalty_is_link, &link, &writer->fault->tag))
		return fail(writer->fault, "link");
	put(writer, "<a href=\"");
	loyalty_sink_html(writer->sink, link.text, link.length);
	put(writer, "\">");
	return true;
}

/*
 * Writes runs, each in its own elements: link outside, then bold, then italic, so that they nest the same way
 * everywhere.
 */
static bool
put_runs(const Writer *writer, const BlockText *text)
{
	int i;

	for (i = 0; i < text->count; i++)
	{
		const BlockRun *run = &text->runs[i];

		if (run->link != NULL && !open_link(writer, run->link))
			return false;
		put(writer, run->is_bold ? "<strong>" : "");
		put(writer, run->is_italic ? "<em>" : "");
		if (!put_text(writer, run->text))
			return false;
		put(writer, run->is_italic ? "</em>" : "");
		put(writer, run->is_bold ? "</strong>" : "");
		put(writer, run->link != NULL ? "</a>" : "");
	}
	return true;
}

/* Tells whether a list is numbered. */
static bool
is_numbered(const Block *block)
{
	return block->list_type != NULL && loyalty_style_is_numbered(block->list_type);
}

/* Writes a list. */
static bool
put_list(const Writer *writer)
{
	const Block *block = writer->block;
	const char *element = is_numbered(block) ? "ol" : "ul";
	char start[32];
	int i;

	put(writer, "<");
	put(writer, element);
	put_class(writer);
	snprintf(start, sizeof(start), " start=\"%d\"", block->start_from);
	put(writer, block->has_start ? start : "");
	put_attributes(writer);
	put(writer, ">");
	for (i = 0; i < block->item_count; i++)
	{
		bool is_open = false;

		put(writer, "<li");
		put_property(writer, &is_open, "margin-bottom", block->spacing, "px");
		put(writer, is_open ? "\">" : ">");
		if (!put_runs(writer, &block->items[i]))
			return false;
		put(writer, "</li>");
	}
	put(writer, "</");
	put(writer, element);
	put(writer, ">");
	return true;
}

/* Writes where a picture is. */
static bool
put_source(const Writer *writer)
{
	const Block *block = writer->block;
	TemplateLink link;

	put(writer, "<img src=\"");
	if (block->content_id != NULL)
	{
		put(writer, "cid:");
		loyalty_sink_html(writer->sink, block->content_id, strlen(block->content_id));
	}
	else
	{
		if (!loyalty_link_finish(block->url, writer->values, loyalty_is_picture, &link, &writer->fault->tag))
			return fail(writer->fault, "url");
		loyalty_sink_html(writer->sink, link.text, link.length);
	}
	put(writer, "\" alt=\"");
	if (!put_text(writer, block->alternative_text ? block->alternative_text : ""))
		return false;
	put(writer, "\"");
	return true;
}

/* Writes a picture in a paragraph, which places it. */
static bool
put_image(const Writer *writer)
{
	const Block *block = writer->block;
	bool is_open = false;

	put(writer, "<p");
	put_class(writer);
	put_attributes(writer);
	put(writer, ">");
	if (block->link != NULL && !open_link(writer, block->link))
		return false;
	if (!put_source(writer))
		return false;
	put_property(writer, &is_open, "width", block->width, "px");
	put(writer, is_open ? "\">" : ">");
	put(writer, block->link != NULL ? "</a></p>" : "</p>");
	return true;
}

/* Writes a title or paragraph. */
static bool
put_prose(const Writer *writer)
{
	char element[3] = { 'h', (char) ('0' + writer->block->level), '\0' };

	if (writer->block->kind == BLOCK_PARAGRAPH)
		strcpy(element, "p");
	put(writer, "<");
	put(writer, element);
	put_class(writer);
	put_attributes(writer);
	put(writer, ">");
	if (!put_runs(writer, &writer->block->text))
		return false;
	put(writer, "</");
	put(writer, element);
	put(writer, ">");
	return true;
}

/* Writes a block of any kind. */
bool
loyalty_block_html(const Block *block, const TemplateValues *values, const TemplateSink *sink,
				   BlockFault *fault)
{
	Writer writer = { .block = block, .values = values, .sink = sink, .fault = fault };

	memset(fault, 0, sizeof(BlockFault));
	if (block->kind == BLOCK_LIST)
		return put_list(&writer);
	if (block->kind == BLOCK_IMAGE)
		return put_image(&writer);
	return put_prose(&writer);
}
