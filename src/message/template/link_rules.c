/*
 * link_rules.c: links with tags in them. A value is written by its bytes, so it stays where its tag stood: it can neither change
 * the scheme nor the host in front of it.
 *
 * A link with a tag in front of its scheme is none, whatever its value: who gives values would say where a mail leads.
 * A tag in the host is allowed, since brands have hosts by country; a value cannot leave the place that its tag has,
 * as every slash, at sign and colon in it is written by its byte.
 */
#include "message/template/link_rules.h"

#include <string.h>

/* Appends what there is room for. */
static void
append(void *to, const char *text, size_t length)
{
	TemplateLink *link = to;
	size_t room = sizeof(link->text) - 1 - link->length;

	length = length < room ? length : room;
	memcpy(link->text + link->length, text, length);
	link->length += length;
	link->text[link->length] = '\0';
}

/* Puts a letter in the place of each tag. */
bool
loyalty_link_check(const char *given, bool (*fits)(const char *))
{
	TemplateLink link = { .length = 0 };
	const char *at = given;
	TemplatePiece piece;

	while (loyalty_template_next(&at, &piece))
	{
		if (piece.is_broken)
			return false;
		append(&link, piece.is_tag ? "x" : piece.text, piece.is_tag ? 1 : piece.length);
	}
	/* The scheme is one without its tags, too. */
	return fits(link.text) && strncmp(given, "{{", 2) != 0 &&
		   (strstr(given, "{{") == NULL || strchr(given, ':') < strstr(given, "{{"));
}

/* Writes and judges. */
bool
loyalty_link_finish(const char *given, const TemplateValues *values, bool (*fits)(const char *),
					TemplateLink *link, TemplatePiece *missing)
{
	TemplateSink sink = { .write = append, .to = link };

	link->length = 0;
	link->text[0] = '\0';
	return loyalty_template_write(given, values, ESCAPE_URL_VALUES, &sink, missing) && fits(link->text);
}
