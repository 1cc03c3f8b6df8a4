/*
 * text_rules.c: the normal form of short texts, by ICU's tables.
 *
 * Two texts that look the same on a screen and on a till's paper shall be one key. So blanks go from both ends, and each
 * one inside is the blank that keyboards have; letters are composed (NFC), since one keyboard sends a letter and its
 * accent as one character and another one as two. What is not seen has no place in a key: control and format characters,
 * line separators, fillers, and characters that ICU does not know, whose composed form a later version may change. Case
 * is kept, and so is what only resembles something (the capital A of three alphabets).
 *
 * A blank is what Unicode calls white space, a tab and the ends of lines too: at the ends they are trimmed, inside they
 * are control characters.
 */
#include "common/text_rules.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/* Looks at bytes alone. The last byte of a text that is plain so far may still be a blank. */
bool
loyalty_text_is_plain(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return length == 0 || (text[0] != ' ' && text[length - 1] != ' ');
}

/* Moves both ends of a text inwards over blanks. */
static void
trim(const UChar *text, int32_t *start, int32_t *end)
{
	int32_t at = *start;
	UChar32 c;

	while (at < *end)
	{
		U16_NEXT(text, at, *end, c);
		if (!u_isUWhiteSpace(c))
			break;
		*start = at;
	}
	at = *end;
	while (at > *start)
	{
		U16_PREV(text, *start, at, c);
		if (!u_isUWhiteSpace(c))
			break;
		*end = at;
	}
}

/* Tells whether nobody sees a character, or ICU does not know it. */
static bool
is_unseen(UChar32 c)
{
	const uint32_t unseen = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK | U_GC_CN_MASK;

	return (U_GET_GC_MASK(c) & unseen) != 0 || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

/* Puts the common blank in the place of every other one, which are one unit each; false where something is unseen. */
static bool
see(UChar *text, int32_t start, int32_t end)
{
	int32_t at = start;

	while (at < end)
	{
		int32_t here = at;
		UChar32 c;

		U16_NEXT(text, at, end, c);
		if (is_unseen(c))
			return false;
		if (U_GET_GC_MASK(c) & U_GC_ZS_MASK)
			text[here] = ' ';
	}
	return true;
}

/* Goes through UTF-16, which is what ICU reads; it takes no more units than the text has bytes. */
bool
loyalty_text_normal(const char *text, size_t length, char *normal)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *composer = unorm2_getNFCInstance(&status);
	UChar units[TEXT_NORMAL_MAX];
	UChar composed[3 * TEXT_NORMAL_MAX];
	int32_t start = 0;
	int32_t end = 0;

	if (length > TEXT_NORMAL_MAX)
		return false;
	u_strFromUTF8(units, TEXT_NORMAL_MAX, &end, text, (int32_t) length, &status);
	if (U_FAILURE(status))
		return false;
	trim(units, &start, &end);
	if (!see(units, start, end))
		return false;
	end = unorm2_normalize(composer, units + start, end - start, composed, 3 * TEXT_NORMAL_MAX, &status);
	u_strToUTF8(normal, TEXT_NORMAL_BYTES, NULL, composed, end, &status);
	return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING;
}

#define FOLDED_UNITS (6 * TEXT_NORMAL_MAX) /* a letter of three bytes may become eighteen units */

/*
 * Takes out marks that lie on a letter, and returns how many units are left. Signs of vowels, which other scripts write in the
 * same way as a mark, have no combining class, and stay.
 */
static int32_t
drop_accents(UChar *units, int32_t length)
{
	int32_t at = 0;
	int32_t kept = 0;

	while (at < length)
	{
		UChar32 c;

		U16_NEXT(units, at, length, c);
		if (u_getCombiningClass(c) == 0)
			U16_APPEND_UNSAFE(units, kept, c);
	}
	return kept;
}

/* Folds a text of ASCII, as most are: of its letters those in capitals have another form. False where there is any other byte. */
static bool
fold_ascii(const char *text, size_t length, char *folded)
{
	size_t i;

	for (i = 0; i < length; i++)
	{
		if ((unsigned char) text[i] >= 0x80)
			return false;
		folded[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char) (text[i] - 'A' + 'a') : text[i];
	}
	folded[length] = '\0';
	return true;
}

/*
 * Folds case and what is the same letter in another width or shape, takes letters and accents apart and drops these: what is
 * kept is never longer than what was read, so it goes into the same place.
 */
bool
loyalty_text_folded(const char *text, size_t length, char *folded)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *folder = unorm2_getNFKCCasefoldInstance(&status);
	const UNormalizer2 *parter = unorm2_getNFDInstance(&status);
	UChar units[FOLDED_UNITS];
	UChar apart[FOLDED_UNITS];
	int32_t count = 0;

	if (length > TEXT_NORMAL_MAX)
		return false;
	if (fold_ascii(text, length, folded))
		return true;
	u_strFromUTF8(apart, FOLDED_UNITS, &count, text, (int32_t) length, &status);
	if (U_FAILURE(status))
		return false;
	count = unorm2_normalize(folder, apart, count, units, FOLDED_UNITS, &status);
	count = unorm2_normalize(parter, units, count, apart, FOLDED_UNITS, &status);
	if (U_FAILURE(status))
		return false;
	u_strToUTF8(folded, TEXT_FOLDED_BYTES, NULL, apart, drop_accents(apart, count), &status);
	return U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING;
}
