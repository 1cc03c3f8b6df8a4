/*
 * block_text_rules.c: blocks as plain text, for those who read mail without HTML. It is what a desktop shows: of two blocks for
 * two devices it has one. Items have the markers that their list has.
 *
 * Markers follow what CSS calls them: letters go on with two (aa) after z, Roman numbers end at 3,999, and what a kind
 * of number cannot say is written in decimals, as browsers do. The link of a run stands in brackets behind its text,
 * unless the text is the link. Pictures are their alternative texts, and without one they are nothing.
 *
 * Nothing is escaped: the text goes out as text/plain. Values in links are written by their bytes here as well, so
 * that both parts of a mail lead to one address.
 */
#include <stdio.h>
#include <string.h>

#include "message/template/block_rules.h"
#include "message/template/style_rules.h"

#define MARKER_BYTES 32

/* Writes a number as letters: a to z, aa and on. */
static void
letters(int number, char first, char *marker)
{
	char reversed[MARKER_BYTES];
	int length = 0;
	int i;

	for (; number > 0 && length < 8; number = (number - 1) / 26)
		reversed[length++] = (char) (first + (number - 1) % 26);
	for (i = 0; i < length; i++)
		marker[i] = reversed[length - 1 - i];
	marker[length] = '\0';
}

/* Writes a number up to 3999 as a Roman one. */
static void
roman(int number, bool is_upper, char *marker)
{
	static const int values[] = { 1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1 };
	static const char *const signs[] = {
		"m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"
	};
	size_t i;

	marker[0] = '\0';
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		for (; number >= values[i]; number -= values[i])
			strcat(marker, signs[i]);
	for (i = 0; is_upper && marker[i] != '\0'; i++)
		marker[i] = (char) (marker[i] - 'a' + 'A');
}

/* Writes the marker of an item. What has no letters or Roman digits is written as readers of mail do: in decimals. */
static void
marker_of(const Block *block, int number, char *marker)
{
	const char *type = block->list_type;

	if (type == NULL || !loyalty_style_is_numbered(type))
	{
		strcpy(marker, "- ");
		return;
	}
	if (strstr(type, "alpha") != NULL && number > 0)
		letters(number, type[0] == 'u' ? 'A' : 'a', marker);
	else if (strstr(type, "roman") != NULL && number > 0 && number < 4000)
		roman(number, type[0] == 'u', marker);
	else
		snprintf(marker, MARKER_BYTES - 2, "%d", number);
	strcat(marker, ". ");
}

/* Writes a text with tags. */
static bool
put(const char *text, const TemplateValues *values, TemplateEscape escape, const TemplateSink *sink,
	BlockFault *fault, const char *property)
{
	fault->property = property;
	return loyalty_template_write(text, values, escape, sink, &fault->tag);
}

/* Writes runs; a link stands behind its text. */
static bool
put_runs(const BlockText *text, const TemplateValues *values, const TemplateSink *sink, BlockFault *fault)
{
	int i;

	for (i = 0; i < text->count; i++)
	{
		const BlockRun *run = &text->runs[i];

		if (!put(run->text, values, ESCAPE_NOTHING, sink, fault, "text"))
			return false;
		if (run->link == NULL || strcmp(run->link, run->text) == 0)
			continue;
		loyalty_sink_text(sink, " (");
		if (!put(run->link, values, ESCAPE_URL_VALUES, sink, fault, "link"))
			return false;
		loyalty_sink_text(sink, ")");
	}
	return true;
}

/* Writes a block with the end of its line. */
bool
loyalty_block_text(const Block *block, const TemplateValues *values, const TemplateSink *sink,
				   BlockFault *fault)
{
	char marker[MARKER_BYTES + 8];
	int i;

	memset(fault, 0, sizeof(BlockFault));
	if (block->hide_on == HIDE_DESKTOP)
		return true;
	if (block->kind == BLOCK_IMAGE)
	{
		if (block->alternative_text == NULL || block->alternative_text[0] == '\0')
			return true;
		if (!put(block->alternative_text, values, ESCAPE_NOTHING, sink, fault, "alternative_text"))
			return false;
	}
	else if (block->kind != BLOCK_LIST && !put_runs(&block->text, values, sink, fault))
		return false;
	for (i = 0; block->kind == BLOCK_LIST && i < block->item_count; i++)
	{
		marker_of(block, (block->has_start ? block->start_from : 1) + i, marker);
		loyalty_sink_text(sink, i > 0 ? "\n" : "");
		loyalty_sink_text(sink, marker);
		if (!put_runs(&block->items[i], values, sink, fault))
			return false;
	}
	loyalty_sink_text(sink, "\n");
	return true;
}

/* Visits runs. */
static void
visit_text(const BlockText *text, BlockVisit visit, void *to)
{
	int i;

	for (i = 0; i < text->count; i++)
	{
		visit(to, text->runs[i].text);
		if (text->runs[i].link != NULL)
			visit(to, text->runs[i].link);
	}
}

/* Visits what may have tags, in the order in which it is read. */
void
loyalty_block_visit(const Block *block, BlockVisit visit, void *to)
{
	int i;

	visit_text(&block->text, visit, to);
	for (i = 0; i < block->item_count; i++)
		visit_text(&block->items[i], visit, to);
	if (block->url != NULL)
		visit(to, block->url);
	if (block->alternative_text != NULL)
		visit(to, block->alternative_text);
	if (block->link != NULL)
		visit(to, block->link);
}
