/*
 * template_rules.c: texts with tags, cut into pieces by one reader, which definition and sending share; and the statuses of
 * a version.
 *
 * A tag is {{name}}, blanks around the name allowed. Braces that open two by two and are no tag are broken, so that a slip
 * of the pen is found when the text is defined and not by a customer. What a value says is written and never read: a value
 * of {{1}} is sent as such.
 *
 * One reader of pieces does for defining, counting, visiting, judging and writing, so that no two of them can see
 * different tags in one text. It never goes back, and looks at a byte a fixed number of times. Names are compared as
 * words, so that the spelling of whoever calls does not matter.
 *
 * Escaping is of two kinds. In HTML the five characters that mean something are written by name, in texts and
 * attributes alike. In links a value is written by its bytes but for the signs that RFC 3986 calls unreserved; what
 * stands around it is a link already and stays as it is.
 *
 * Languages are written as WhatsApp writes them, "pt_BR": the language in small letters, what follows it in capitals.
 * Customers' systems write pt-br, PT_BR or pt, and all of them must meet one template.
 */
#include "message/template/template_rules.h"

#include <string.h>

#include "common/word_rules.h"

/* Tells whether a sign may stand in a name of a tag. */
static bool
is_name_sign(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		   c == '-' || c == ' ';
}

/* Tells whether a sign tells names apart. */
static bool
counts(char c)
{
	return is_name_sign(c) && c != '_' && c != '-' && c != ' ';
}

/* Tells whether so many bytes are a name. */
static bool
is_name(const char *name, size_t length)
{
	bool says_something = false;
	size_t i;

	for (i = 0; i < length; i++)
	{
		if (!is_name_sign(name[i]))
			return false;
		says_something = says_something || counts(name[i]);
	}
	return says_something && length <= TEMPLATE_TAG_MAX;
}

/* Asks the bytes of a whole text. */
bool
loyalty_template_name_fits(const char *name)
{
	return is_name(name, strlen(name));
}

/*
 * Reads a tag behind its braces; false where it is none, or does not end within the length of a name. It looks no
 * further than that, so a text of nothing but opening braces takes no longer than any other.
 */
static bool
read_tag(const char *at, TemplatePiece *piece, const char **behind)
{
	const char *end;

	at += strspn(at, " ");
	for (end = at; is_name_sign(*end) && end - at <= TEMPLATE_TAG_MAX; end++)
		continue;
	if (end[0] != '}' || end[1] != '}')
		return false;
	*behind = end + 2;
	while (end > at && end[-1] == ' ')
		end--;
	piece->text = at;
	piece->length = (size_t) (end - at);
	return is_name(at, piece->length);
}

/* Cuts at the next pair of braces that open. */
bool
loyalty_template_next(const char **at, TemplatePiece *piece)
{
	const char *open;

	memset(piece, 0, sizeof(TemplatePiece));
	if (**at == '\0')
		return false;
	open = strstr(*at, "{{");
	if (open == *at)
	{
		const char *behind;

		piece->is_tag = read_tag(*at + 2, piece, &behind);
		piece->is_broken = !piece->is_tag;
		if (piece->is_broken)
		{
			piece->text = *at;
			piece->length = 2;
			behind = *at + 2;
		}
		*at = behind;
		return true;
	}
	piece->text = *at;
	piece->length = open != NULL ? (size_t) (open - *at) : strlen(*at);
	*at += piece->length;
	return true;
}

/* Compares words. */
bool
loyalty_template_is_tag(const TemplatePiece *piece, const char *name)
{
	return piece->is_tag && loyalty_same_word_within(name, piece->text, piece->length);
}

/* Reads digits, of which there are at most three. */
int
loyalty_template_number(const TemplatePiece *piece)
{
	int number = 0;
	size_t i;

	if (!piece->is_tag || piece->length > 3 || piece->text[0] == '0')
		return 0;
	for (i = 0; i < piece->length; i++)
	{
		if (piece->text[i] < '0' || piece->text[i] > '9')
			return 0;
		number = number * 10 + (piece->text[i] - '0');
	}
	return number;
}

/* Looks through all values, which are few. */
const char *
loyalty_template_value(const TemplateValues *values, const TemplatePiece *tag)
{
	int i;

	for (i = 0; i < values->count; i++)
		if (loyalty_template_is_tag(tag, values->names[i]))
			return values->values[i];
	return NULL;
}

/* Writes a text that ends. */
void
loyalty_sink_text(const TemplateSink *sink, const char *text)
{
	sink->write(sink->to, text, strlen(text));
}

/* Escapes the five characters that mean something in HTML, in texts and in attributes. */
void
loyalty_sink_html(const TemplateSink *sink, const char *text, size_t length)
{
	static const char special[] = "&<>\"'";
	static const char *const written[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };
	size_t from = 0;
	size_t i;

	for (i = 0; i < length; i++)
	{
		const char *found = text[i] == '\0' ? NULL : strchr(special, text[i]);

		if (found == NULL)
			continue;
		sink->write(sink->to, text + from, i - from);
		loyalty_sink_text(sink, written[found - special]);
		from = i + 1;
	}
	sink->write(sink->to, text + from, length - from);
}

/* Writes a value into a URL: letters, digits and four signs as they are, each other byte as its number. */
static void
write_url_value(const TemplateSink *sink, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *value != '\0'; value++)
	{
		unsigned char byte = (unsigned char) *value;
		char coded[3] = { '%', digits[byte >> 4], digits[byte & 15] };
		bool is_plain = (counts(*value) || strchr("-._~", *value) != NULL);

		sink->write(sink->to, is_plain ? value : coded, is_plain ? 1 : 3);
	}
}

/* Goes through the pieces once. */
bool
loyalty_template_write(const char *text, const TemplateValues *values, TemplateEscape escape,
					   const TemplateSink *sink, TemplatePiece *missing)
{
	TemplatePiece piece;

	while (loyalty_template_next(&text, &piece))
	{
		const char *value = piece.is_tag ? loyalty_template_value(values, &piece) : piece.text;
		size_t length = piece.is_tag && value != NULL ? strlen(value) : piece.length;

		if (value == NULL)
		{
			*missing = piece;
			return false;
		}
		if (escape == ESCAPE_HTML)
			loyalty_sink_html(sink, value, length);
		else if (escape == ESCAPE_URL_VALUES && piece.is_tag)
			write_url_value(sink, value);
		else
			sink->write(sink->to, value, length);
	}
	return true;
}

/* Asks by the letter of the table. */
bool
loyalty_purpose_takes_files(char purpose)
{
	return purpose != 'c';
}

/* Copies letters in one case, or digits, up to a hyphen or underscore; returns how many there were. */
static size_t
copy_part(const char *given, char *to, char first_letter)
{
	size_t length = 0;

	for (; counts(given[length]) && length < 9; length++)
	{
		char c = given[length];

		if (c >= 'A' && c <= 'Z' && first_letter == 'a')
			c = (char) (c - 'A' + 'a');
		else if (c >= 'a' && c <= 'z' && first_letter == 'A')
			c = (char) (c - 'a' + 'A');
		to[length] = c;
	}
	return length;
}

/* Reads a language of two or three letters and what follows it: a region, or a script and a region. */
bool
loyalty_language_normal(const char *given, char *normal)
{
	size_t length = copy_part(given, normal, 'a');
	size_t used = length;
	int parts;

	normal[length] = '\0';
	if (length < 2 || length > 3 || strcspn(normal, "0123456789") < length)
		return false;
	given += length;
	for (parts = 0; *given == '-' || *given == '_'; parts++)
	{
		length = copy_part(given + 1, normal + used + 1, 'A');
		if (parts == 2 || length < 2 || length > 8)
			return false;
		normal[used] = '_';
		given += length + 1;
		used += length + 1;
	}
	normal[used] = '\0';
	return *given == '\0';
}

/* Statuses with their words. */
static const struct
{
	char status;
	const char *word;
	const char *next; /* statuses that may follow */
} statuses[] = {
	{ TEMPLATE_DRAFT, "draft", "p" },		 { TEMPLATE_PENDING, "pending", "ar" },
	{ TEMPLATE_APPROVED, "approved", "ux" }, { TEMPLATE_REJECTED, "rejected", "" },
	{ TEMPLATE_PAUSED, "paused", "ax" },	 { TEMPLATE_DISABLED, "disabled", "a" },
};

#define STATUS_COUNT (sizeof(statuses) / sizeof(statuses[0]))

/* Compares words. */
char
loyalty_template_status_find(const char *word)
{
	size_t i;

	for (i = 0; i < STATUS_COUNT; i++)
		if (loyalty_same_word(word, statuses[i].word))
			return statuses[i].status;
	return 0;
}

/* Looks a status up. */
const char *
loyalty_template_status_word(char status)
{
	size_t i;

	for (i = 0; i < STATUS_COUNT; i++)
		if (statuses[i].status == status)
			return statuses[i].word;
	return NULL;
}

/* Looks in the list of what may follow. */
bool
loyalty_template_status_may(char from, char to)
{
	size_t i;

	for (i = 0; i < STATUS_COUNT; i++)
		if (statuses[i].status == from)
			return to != '\0' && strchr(statuses[i].next, to) != NULL;
	return false;
}
