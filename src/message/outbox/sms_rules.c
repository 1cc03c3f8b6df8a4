/*
 * sms_rules.c: how many short messages carry a text: what operators charge for.
 *
 * A text is written in the 7-bit alphabet of GSM 03.38 where that has all of its signs, else in UCS-2. A text that does not
 * fit into one part goes in several, which lose room to their headers; a sign of two units stands in one part, so a part
 * may stay a unit short. Bytes that are no UTF-8 count as a sign each that GSM lacks.
 */
#include "message/outbox/sms_rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Signs of the basic table beyond ASCII. */
static const uint32_t gsm_beyond_ascii[] = { 0xA1,	0xA3,  0xA4,  0xA5,	 0xA7,	0xBF,  0xC4,  0xC5,
											 0xC6,	0xC7,  0xC9,  0xD1,	 0xD6,	0xD8,  0xDC,  0xDF,
											 0xE0,	0xE4,  0xE5,  0xE6,	 0xE8,	0xE9,  0xEC,  0xF1,
											 0xF2,	0xF6,  0xF8,  0xF9,	 0xFC,	0x393, 0x394, 0x398,
											 0x39B, 0x39E, 0x3A0, 0x3A3, 0x3A6, 0x3A8, 0x3A9 };

#define EURO 0x20AC
#define NO_SIGN 0xFFFD

/* Reads a sign and moves behind it; a byte that begins none is NO_SIGN. */
static uint32_t
next_sign(const unsigned char **at)
{
	const unsigned char *p = *at;
	int more = *p < 0x80				 ? 0
			   : *p >= 0xC2 && *p < 0xE0 ? 1
			   : *p >= 0xE0 && *p < 0xF0 ? 2
			   : *p >= 0xF0 && *p < 0xF5 ? 3
										 : -1;
	uint32_t sign = more <= 0 ? *p : *p & (0x3Fu >> more);
	int i;

	for (i = 1; i <= more; i++)
	{
		if ((p[i] & 0xC0) != 0x80)
			more = -1;
		else
			sign = sign << 6 | (p[i] & 0x3Fu);
	}
	*at += more < 0 ? 1 : more + 1;
	return more < 0 ? NO_SIGN : sign;
}

/* Returns how many units of the GSM alphabet a sign takes; 0: it has none. */
static int
gsm_units(uint32_t sign)
{
	size_t i;

	if (sign == EURO || (sign < 0x80 && sign != 0 && strchr("\f^{}\\[~]|", (int) sign) != NULL))
		return 2;
	if (sign < 0x80)
		return sign == '\n' || sign == '\r' || (sign >= ' ' && sign != '`' && sign != 0x7F);
	for (i = 0; i < sizeof(gsm_beyond_ascii) / sizeof(gsm_beyond_ascii[0]); i++)
		if (gsm_beyond_ascii[i] == sign)
			return 1;
	return 0;
}

/* Tells whether the GSM alphabet has all signs of a text. */
static bool
is_gsm(const char *text)
{
	const unsigned char *at = (const unsigned char *) text;

	while (*at != '\0')
		if (gsm_units(next_sign(&at)) == 0)
			return false;
	return true;
}

/* Fills parts one after the other, each with as many units as it has room for; counts the units of all signs, too. */
static int
parts_of(const char *text, bool gsm, int room, int64_t *units)
{
	const unsigned char *at = (const unsigned char *) text;
	int parts = 1;
	int used = 0;

	*units = 0;
	while (*at != '\0')
	{
		uint32_t sign = next_sign(&at);
		int width = gsm ? gsm_units(sign) : sign > 0xFFFF ? 2 : 1;

		if (used + width > room)
		{
			parts++;
			used = 0;
		}
		used += width;
		*units += width;
	}
	return parts;
}

/* Asks for several parts first: whether all units fit into one is known then. */
int
loyalty_sms_parts(const char *text)
{
	bool gsm = is_gsm(text);
	int64_t units;
	int parts = parts_of(text, gsm, gsm ? 153 : 67, &units);

	return units <= (gsm ? 160 : 70) ? 1 : parts;
}
