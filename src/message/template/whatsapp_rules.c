/*
 * whatsapp_rules.c: what WhatsApp asks of texts with numbered tags, counted before anything is queued; and the way back
 * from a finished text to the values in it.
 *
 * A template is pieces of text with values between them. Piece by piece, every place of the finished text at which the
 * piece may end is marked, with the place where the value in front of it began. What a value may not be (too long, lines,
 * four blanks) only says from where on it may begin, so of all places the last one is the best: a piece costs one pass over
 * the text, whatever stands in it, and no way is tried twice.
 *
 * Places are kept as two-byte numbers, one for each byte of the text and each piece: 250 kB for the longest text with
 * the most tags, in memory that the caller lends and that need not be cleared.
 *
 * The provider counts characters, so limits of values do as well; a byte that continues a character is none.
 */
#include "message/template/whatsapp_rules.h"

#include <string.h>

#include "message/template/template_rules.h"

#define NOWHERE UINT16_MAX

/* Says a fault. */
const char *
loyalty_whatsapp_fault_text(WhatsappFault fault)
{
	static const char *const texts[] = {
		"nothing",
		"a variable is not a number",
		"a variable stands twice",
		"variables are not numbered from 1 without gaps",
		"it has more than 30 variables",
		"a value is empty",
		"a value is longer than its limit",
		"a value has a tab or the end of a line",
		"a value has four blanks in a row",
	};

	return texts[fault];
}

/*
 * Counts tags by their numbers. The highest number is the count exactly where there is no gap, since none comes
 * twice.
 */
WhatsappFault
loyalty_whatsapp_tags(const char *text, int *count)
{
	bool seen[WHATSAPP_TAGS_MAX + 1] = { false };
	TemplatePiece piece;
	int highest = 0;

	*count = 0;
	while (loyalty_template_next(&text, &piece))
	{
		int number = loyalty_template_number(&piece);

		if (!piece.is_tag && !piece.is_broken)
			continue;
		if (number == 0)
			return WHATSAPP_NO_NUMBER;
		if (number > WHATSAPP_TAGS_MAX)
			return WHATSAPP_MANY;
		if (seen[number])
			return WHATSAPP_TWICE;
		seen[number] = true;
		highest = number > highest ? number : highest;
		++*count;
	}
	return highest == *count ? WHATSAPP_FINE : WHATSAPP_GAP;
}

/* Looks at the first piece. */
bool
loyalty_whatsapp_begins_with_tag(const char *text)
{
	TemplatePiece piece;

	return loyalty_template_next(&text, &piece) && piece.is_tag;
}

/* Looks at the last piece. */
bool
loyalty_whatsapp_ends_with_tag(const char *text)
{
	TemplatePiece piece;
	bool is_tag = false;

	while (loyalty_template_next(&text, &piece))
		is_tag = piece.is_tag;
	return is_tag;
}

/* Tells whether a byte begins a character. */
static bool
begins_character(char byte)
{
	return ((unsigned char) byte & 0xC0) != 0x80;
}

/* Tells whether a byte ends a line, or is a tab. */
static bool
is_line_sign(char byte)
{
	return byte == '\n' || byte == '\r' || byte == '\t' || byte == '\v' || byte == '\f';
}

/* Goes through the value once. */
WhatsappFault
loyalty_whatsapp_value(const char *value, int limit)
{
	int characters = 0;
	int blanks = 0;

	if (value[0] == '\0')
		return WHATSAPP_EMPTY;
	for (; *value != '\0'; value++)
	{
		if (is_line_sign(*value))
			return WHATSAPP_LINE;
		blanks = *value == ' ' ? blanks + 1 : 0;
		if (blanks == 4)
			return WHATSAPP_BLANKS;
		if (begins_character(*value) && ++characters > limit)
			return WHATSAPP_LONG;
	}
	return WHATSAPP_FINE;
}

/* A finished text that is looked at from left to right, with all that a value which ends here depends on. */
typedef struct Walk
{
	const char *text;
	size_t length;
	size_t at;
	size_t earliest; /* where a value that ends here may begin, for what stands in it */
	size_t window;	 /* and for its length */
	int characters;	 /* from the window to here */
	int blanks;		 /* in a row, up to here */
} Walk;

/* Goes over one byte, which would be the last of the value. */
static void
walk_on(Walk *walk, int limit)
{
	char byte = walk->text[walk->at++];

	if (is_line_sign(byte))
		walk->earliest = walk->at;
	walk->blanks = byte == ' ' ? walk->blanks + 1 : 0;
	if (walk->blanks >= 4)
		walk->earliest = walk->at - 3;
	walk->characters += begins_character(byte);
	while (walk->characters > limit)
	{
		walk->window++;
		while (walk->window < walk->at && !begins_character(walk->text[walk->window]))
			walk->window++;
		walk->characters--;
	}
}

/*
 * Marks where a piece may end that has a value in front of it. "from" has the ends of the piece before, "to" gets, at each
 * end of this one, where the value began. A piece is looked for by the byte; the places of it that overlap are few, or the
 * piece is short.
 */
static bool
step(const char *text, size_t length, const TemplatePiece *piece, int limit, const uint16_t *from,
	 uint16_t *to)
{
	Walk walk = { .text = text, .length = length };
	size_t last = NOWHERE;
	bool any = false;
	size_t i;

	for (i = 0; i <= length; i++)
		to[i] = NOWHERE;
	while (walk.at < length)
	{
		if (from[walk.at] != NOWHERE)
			last = walk.at;
		walk_on(&walk, limit);
		if (last == NOWHERE || last < walk.earliest || last < walk.window)
			continue;
		if (walk.at < length && !begins_character(text[walk.at]))
			continue;
		if (piece->length > length - walk.at ||
			(piece->length > 0 && memcmp(text + walk.at, piece->text, piece->length) != 0))
			continue;
		to[walk.at + piece->length] = (uint16_t) last;
		any = true;
	}
	return any;
}

/* Pieces of a template: texts, some of them empty, with a numbered value in front of all but the first. */
typedef struct Pieces
{
	int count;
	TemplatePiece texts[WHATSAPP_TAGS_MAX + 1];
	int numbers[WHATSAPP_TAGS_MAX + 1];
} Pieces;

/* Cuts a template, whose tags were judged. */
static bool
cut(const char *template_text, Pieces *pieces)
{
	TemplatePiece piece;
	int count;

	if (loyalty_whatsapp_tags(template_text, &count) != WHATSAPP_FINE)
		return false;
	memset(pieces, 0, sizeof(Pieces));
	while (loyalty_template_next(&template_text, &piece))
	{
		if (piece.is_tag)
			pieces->numbers[++pieces->count] = loyalty_template_number(&piece);
		else
			pieces->texts[pieces->count] = piece;
	}
	return true;
}

/* Goes through the pieces, and back from the end of the text to where each value began. */
bool
loyalty_whatsapp_match(const char *template_text, const char *finished, const int *limits,
					   WhatsappSpan *values, uint16_t *work)
{
	Pieces pieces;
	size_t length = strlen(finished);
	size_t row = WHATSAPP_TEXT_MAX + 1;
	size_t end = length;
	size_t i;
	int n;

	if (length > WHATSAPP_TEXT_MAX || !cut(template_text, &pieces))
		return false;
	if (pieces.texts[0].length > length ||
		strncmp(finished, pieces.texts[0].text ? pieces.texts[0].text : "", pieces.texts[0].length) != 0)
		return false;
	for (i = 0; i <= length; i++)
		work[i] = i == pieces.texts[0].length ? 0 : NOWHERE;
	for (n = 1; n <= pieces.count; n++)
		if (!step(finished, length, &pieces.texts[n], limits[pieces.numbers[n] - 1],
				  work + (size_t) (n - 1) * row, work + (size_t) n * row))
			return false;
	if (work[(size_t) pieces.count * row + length] == NOWHERE)
		return false;
	for (n = pieces.count; n > 0; n--)
	{
		size_t start = work[(size_t) n * row + end];

		values[pieces.numbers[n] - 1] =
			(WhatsappSpan){ .start = start, .length = end - pieces.texts[n].length - start };
		end = start;
	}
	return true;
}
