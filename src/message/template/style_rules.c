/*
 * style_rules.c: allow-lists of style properties and links. Each says what its texts are made of, to the sign: no quote,
 * parenthesis, colon, semicolon or backslash gets into a style, and no blank or control character into a link.
 *
 * Lists of what is allowed, not of what is dangerous: readers of mail know more CSS than anybody lists. What a title
 * or paragraph may have is fonts by name, sizes by number, colours by number or by one of the sixteen names that all
 * of them know. A function, an escape or a second property cannot be written with the signs that are left.
 *
 * Links have the four schemes that a reader expects in a mail. They are compared in any case, as browsers do, and no
 * blank or control character is allowed anywhere, since browsers skip some of them inside of a scheme.
 */
#include "message/template/style_rules.h"

#include <string.h>

#include "common/word_rules.h"

const char *const loyalty_style_aligns[] = { "left", "center", "right", "justify", NULL };
const char *const loyalty_style_directions[] = { "ltr", "rtl", NULL };
const char *const loyalty_style_list_types[] = { "disc",		"circle",	   "square",
												 "decimal",		"lower-alpha", "upper-alpha",
												 "lower-roman", "upper-roman", NULL };

/* Compares words, so lowerAlpha is lower-alpha. */
const char *
loyalty_style_word(const char *given, const char *const *words)
{
	for (; *words != NULL; words++)
		if (loyalty_same_word(given, *words))
			return *words;
	return NULL;
}

/* Tells whether a sign is a letter of ASCII. */
static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Tells whether a sign is a digit. */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes names of fonts between commas: letters, digits, blanks and hyphens. */
bool
loyalty_style_is_family(const char *given)
{
	bool begins = true;
	size_t length = strlen(given);

	if (length == 0 || length > 100)
		return false;
	for (; *given != '\0'; given++)
	{
		if (*given == ',')
		{
			if (begins)
				return false;
			begins = true;
			continue;
		}
		if (*given == ' ' && begins)
			continue;
		if (!is_letter(*given) && (begins || (!is_digit(*given) && *given != ' ' && *given != '-')))
			return false;
		begins = false;
	}
	return !begins;
}

/* Takes the words, and hundreds. */
bool
loyalty_style_is_weight(const char *given)
{
	if (strcmp(given, "normal") == 0 || strcmp(given, "bold") == 0)
		return true;
	return given[0] >= '1' && given[0] <= '9' && strcmp(given + 1, "00") == 0;
}

/* Takes three or six hexadecimal digits, and the sixteen names that every reader of mail knows. */
bool
loyalty_style_is_colour(const char *given)
{
	static const char *const names[] = { "black",  "silver",  "gray",  "white", "maroon", "red",
										 "purple", "fuchsia", "green", "lime",	"olive",  "yellow",
										 "navy",   "blue",	  "teal",  "aqua",	NULL };
	size_t length = strlen(given);
	size_t i;

	for (i = 0; names[i] != NULL; i++)
		if (strcmp(given, names[i]) == 0)
			return true;
	return given[0] == '#' && (length == 4 || length == 7) &&
		   strspn(given + 1, "0123456789abcdefABCDEF") == length - 1;
}

/* Takes a number and one of the units. */
bool
loyalty_style_is_size(const char *given)
{
	static const char *const units[] = { "", "px", "pt", "em", "rem", "%" };
	size_t digits = strspn(given, "0123456789");
	size_t i;

	if (digits == 0 || digits > 4)
		return false;
	given += digits;
	if (*given == '.')
	{
		digits = strspn(given + 1, "0123456789");
		if (digits == 0 || digits > 3)
			return false;
		given += 1 + digits;
	}
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(given, units[i]) == 0)
			return true;
	return false;
}

/* Looks at the last sign. */
bool
loyalty_style_is_bare(const char *size)
{
	size_t length = strlen(size);

	return length > 0 && is_digit(size[length - 1]);
}

/* Knows the three that are signs. */
bool
loyalty_style_is_numbered(const char *list_type)
{
	return strcmp(list_type, "disc") != 0 && strcmp(list_type, "circle") != 0 &&
		   strcmp(list_type, "square") != 0;
}

/* Tells whether a text begins with a scheme, in any case, and something follows it. */
static bool
has_scheme(const char *given, const char *scheme)
{
	for (; *scheme != '\0'; given++, scheme++)
		if (*given != *scheme && !(is_letter(*given) && (*given | 0x20) == *scheme))
			return false;
	return *given != '\0' && *given != '/';
}

/* Tells whether nothing in a text ends a link, or is not seen. */
static bool
is_clean(const char *given)
{
	size_t length = strlen(given);

	for (; *given != '\0'; given++)
		if ((unsigned char) *given <= ' ' || *given == 0x7f || strchr("<>\"'`\\^{|}", *given) != NULL)
			return false;
	return length <= STYLE_LINK_MAX;
}

/* Takes four schemes. */
bool
loyalty_is_link(const char *given)
{
	return is_clean(given) && (has_scheme(given, "https://") || has_scheme(given, "http://") ||
							   has_scheme(given, "mailto:") || has_scheme(given, "tel:"));
}

/* Takes one. */
bool
loyalty_is_picture(const char *given)
{
	return is_clean(given) && has_scheme(given, "https://");
}
