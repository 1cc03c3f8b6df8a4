/*
 * text_rules_test.c: the normal form of texts: every character of Unicode alone, at both ends and inside, and the lengths
 * at the edges.
 */
#include <stdint.h>
#include <string.h>

#include "common/text_rules.h"
#include "tap.h"

static char normal[TEXT_NORMAL_BYTES];

static bool
normal_is(const char *text, const char *wanted)
{
	return loyalty_text_normal(text, strlen(text), normal) && strcmp(normal, wanted) == 0;
}

static bool
has_none(const char *text)
{
	return !loyalty_text_normal(text, strlen(text), normal);
}

/* A character in UTF-8. */
static const char *
utf8(uint32_t c)
{
	static char text[5];
	char *end = text;

	if (c < 0x80)
		*end++ = (char) c;
	else if (c < 0x800)
		*end++ = (char) (0xc0 | c >> 6);
	else
	{
		if (c < 0x10000)
			*end++ = (char) (0xe0 | c >> 12);
		else
		{
			*end++ = (char) (0xf0 | c >> 18);
			*end++ = (char) (0x80 | (c >> 12 & 0x3f));
		}
		*end++ = (char) (0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		*end++ = (char) (0x80 | (c & 0x3f));
	*end = '\0';
	return text;
}

/* The white space of Unicode, by its number. */
static bool
is_white(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
		   (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
		   c == 0x3000;
}

/* White space that is a control character or a separator of lines. */
static bool
is_white_unseen(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static void
test_blanks(void)
{
	int wrong = 0;

	for (uint32_t c = 1; c <= 0x10ffff; c++)
	{
		char around[20];
		char inside[20];

		if (!is_white(c))
			continue;
		strcpy(around, utf8(c));
		strcat(around, utf8(c));
		wrong += !normal_is(around, "");
		strcat(around, "x");
		strcat(around, utf8(c));
		wrong += !normal_is(around, "x");
		strcpy(inside, "a");
		strcat(inside, utf8(c));
		strcat(inside, "b");
		wrong += is_white_unseen(c) ? !has_none(inside) : !normal_is(inside, "a b");
	}
	ok(wrong == 0,
	   "each blank goes from both ends; inside it is the common one, or none where it ends a line");
	ok(normal_is("", "") && normal_is("  a  b ", "a  b"), "blanks inside are kept in number");
}

static void
test_unseen(void)
{
	static const uint32_t unseen[] = { 1,		0x1b,	0x7f,	0x80,	0x9f,	 0xad,	  0x34f,
									   0x61c,	0x115f, 0x180b, 0x200b, 0x200d,	 0x200f,  0x202a,
									   0x202e,	0x2060, 0x2064, 0x2066, 0x206f,	 0x3164,  0xfe00,
									   0xfe0f,	0xfeff, 0xffa0, 0xfff9, 0x110bd, 0xe0001, 0xe0100,
									   0x1d173, 0xfffe, 0xffff, 0xfdd0, 0x378,	 0x10ffff };
	int wrong = 0;

	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
	{
		char text[20];

		wrong += !has_none(utf8(unseen[i]));
		strcpy(text, "a");
		strcat(text, utf8(unseen[i]));
		wrong += !has_none(text);
		strcat(text, "b");
		wrong += !has_none(text) || !has_none(text + 1);
	}
	ok(wrong == 0, "controls, formats, fillers, selectors and unassigned characters have no place anywhere");
	wrong = 0;
	for (uint32_t c = 0x20; c < 0x7f; c++)
		wrong += c != ' ' && !normal_is(utf8(c), utf8(c));
	ok(wrong == 0, "all that ASCII shows has one");
}

static void
test_composition(void)
{
	ok(normal_is("e\xcc\x81", "\xc3\xa9") && normal_is("\xc3\xa9", "\xc3\xa9"),
	   "a letter and its accent are one character");
	ok(normal_is("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"), "syllables are put together");
	ok(normal_is("\xe2\x84\xab", "\xc3\x85"), "a sign that is a letter is that letter");
	ok(normal_is("\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc"), "what is written as two is two");
	ok(normal_is("\xef\xbc\xa1", "\xef\xbc\xa1") && normal_is("\xd0\x90", "\xd0\x90") &&
		   normal_is("Aa", "Aa"),
	   "what only resembles something, and case, are kept");
}

static void
test_malformed(void)
{
	ok(has_none("\x80") && has_none("a\xc3") && has_none("\xc0\xaf") && has_none("\xed\xa0\x80") &&
		   has_none("\xf4\x90\x80\x80") && has_none("\xe2\x82"),
	   "what is no UTF-8 has none");
}

/* The normal form has its own one: of every character with a letter before it and an accent behind. */
static void
test_every_character(void)
{
	int wrong = 0;

	for (uint32_t c = 1; c <= 0x10ffff; c++)
	{
		char text[20] = "x";
		char first[TEXT_NORMAL_BYTES];

		if (c >= 0xd800 && c < 0xe000)
			continue;
		strcat(text, utf8(c));
		strcat(text, "\xcc\x81");
		if (!loyalty_text_normal(text, strlen(text), first))
			continue;
		wrong += !normal_is(first, first) || strlen(first) > 3 * strlen(text);
	}
	ok(wrong == 0, "a normal form is its own");
}

static void
test_lengths(void)
{
	char text[TEXT_NORMAL_MAX + 2];

	memset(text, 'x', sizeof(text));
	ok(loyalty_text_normal(text, TEXT_NORMAL_MAX, normal) && strlen(normal) == TEXT_NORMAL_MAX &&
		   !loyalty_text_normal(text, TEXT_NORMAL_MAX + 1, normal),
	   "the longest, and one byte more");
	/* U+1D160 takes four bytes, and is three characters of four bytes each in its normal form. */
	for (int i = 0; i + 4 <= TEXT_NORMAL_MAX; i += 4)
		memcpy(text + i, "\xf0\x9d\x85\xa0", 4);
	ok(loyalty_text_normal(text, TEXT_NORMAL_MAX, normal) && strlen(normal) == 3 * TEXT_NORMAL_MAX,
	   "the longest normal form");
}

static void
test_plain(void)
{
	int wrong = 0;

	for (int c = 1; c < 256; c++)
	{
		char inside[] = { 'a', (char) c, 'b', '\0' };
		char alone[] = { (char) c, '\0' };

		wrong += loyalty_text_is_plain(inside, 3) != (c >= ' ' && c <= '~');
		wrong += loyalty_text_is_plain(alone, 1) != (c > ' ' && c <= '~');
	}
	ok(wrong == 0, "a text is plain by each of its bytes");
	ok(loyalty_text_is_plain("", 0) && loyalty_text_is_plain("a b", 3) && !loyalty_text_is_plain(" a", 2) &&
		   !loyalty_text_is_plain("a ", 2),
	   "and by its ends");
}

static bool
folds(const char *text, const char *wanted)
{
	char folded[TEXT_FOLDED_BYTES];

	return loyalty_text_folded(text, strlen(text), folded) && strcmp(folded, wanted) == 0;
}

static void
test_folding(void)
{
	char longest[TEXT_NORMAL_MAX + 2];
	char folded[TEXT_FOLDED_BYTES];

	ok(folds("", "") && folds("Ada Lovelace", "ada lovelace"), "what is searched by has no case");
	ok(folds("Ren\xc3\xa9 M\xc3\x9cLLER", "rene muller") && folds("Rene\xcc\x81", "rene"), "and no accents");
	ok(folds("Stra\xc3\x9f"
			 "e",
			 "strasse") &&
		   folds("\xef\xbc\xa1\xef\xbc\xa2", "ab"),
	   "a letter is one in any width, and a sharp s two");
	ok(folds("\xe0\xa4\xb0\xe0\xa4\xb5\xe0\xa4\xbf", "\xe0\xa4\xb0\xe0\xa4\xb5\xe0\xa4\xbf"),
	   "signs of vowels are no accents");
	for (size_t i = 0; i + 3 <= TEXT_NORMAL_MAX; i += 3)
		memcpy(longest + i, "\xef\xb7\xba", 3);
	ok(loyalty_text_folded(longest, TEXT_NORMAL_MAX, folded) && strlen(folded) < TEXT_FOLDED_BYTES,
	   "the letter that stands for eighteen finds room as often as it fits");
	memset(longest, 'A', sizeof(longest));
	ok(loyalty_text_folded(longest, TEXT_NORMAL_MAX, folded) &&
		   !loyalty_text_folded(longest, TEXT_NORMAL_MAX + 1, folded) && !folds("\xff", "\xff"),
	   "what is too long, or no UTF-8, is not folded");
}

int
main(void)
{
	plan(21);
	test_folding();
	test_blanks();
	test_unseen();
	test_composition();
	test_malformed();
	test_every_character();
	test_lengths();
	test_plain();
	return tap_exit();
}
