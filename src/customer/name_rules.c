/*
 * name_rules.c: names as people search for them.
 *
 * A key is what is compared: words in small letters without accents, a blank between each two. People write "Anne-Marie" and
 * "Anne Marie", "O'Brien", "O’Brien" and "OBrien", and search for either: so signs within names are blanks or nothing. Keys of
 * names and of searches are made by the same function.
 */
#include "customer/name_rules.h"

#include <string.h>

/* Meanings of what a name is written with. */
typedef enum NameSign
{
	SIGN_NONE, /* a letter */
	SIGN_BLANK,
	SIGN_NOTHING,
} NameSign;

static const struct
{
	const char *bytes; /* in UTF-8 */
	NameSign sign;
} signs[] = {
	{ " ", SIGN_BLANK },
	{ "-", SIGN_BLANK },
	{ "\xe2\x80\x90", SIGN_BLANK }, /* the hyphen of Unicode */
	{ ",", SIGN_BLANK },			/* "Tan, Ann" */
	{ "'", SIGN_NOTHING },
	{ "\xe2\x80\x99", SIGN_NOTHING }, /* the apostrophe of print */
	{ ".", SIGN_NOTHING },
};

/* Tells what a text begins with, and in "length" how many bytes of it: of a character, whole. */
static NameSign
next_sign(const char *text, size_t *length)
{
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
	{
		*length = strlen(signs[i].bytes);
		if (strncmp(text, signs[i].bytes, *length) == 0)
			return signs[i].sign;
	}
	for (*length = 1; ((unsigned char) text[*length] & 0xc0) == 0x80; (*length)++)
		;
	return SIGN_NONE;
}

/* Puts a blank in front of a letter, not behind one, so that there is none at either end. */
void
loyalty_name_key_add(char *key, const char *folded)
{
	size_t end = strlen(key);
	bool blank = end > 0;
	size_t length;

	for (; *folded != '\0'; folded += length)
	{
		NameSign sign = next_sign(folded, &length);

		if (sign == SIGN_BLANK)
			blank = end > 0;
		if (sign != SIGN_NONE)
			continue;
		if (end + blank + length > NAME_KEY_MAX)
			return;
		if (blank)
			key[end++] = ' ';
		memcpy(key + end, folded, length);
		end += length;
		key[end] = '\0';
		blank = false;
	}
}

/* Keys have one blank between words, and none at either end. */
char *
loyalty_name_key_split(char *key)
{
	char *blank = strchr(key, ' ');

	if (blank == NULL)
		return key + strlen(key);
	*blank = '\0';
	return blank + 1;
}
