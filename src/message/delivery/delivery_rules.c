/*
 * delivery_rules.c: what a provider's report says of a message, by the catalogue of codes.
 *
 * Reports come in any order and more than once, so what is known of a message is the highest status that any of them had: a
 * late "sent" takes nothing back. Providers spell their statuses in many ways; they are words here. Texts of a report may
 * name a person, so what is kept is the catalogue's spelling, or a code that cannot be anything else.
 */
#include "message/delivery/delivery_rules.h"

#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"

#define DIGITS_MAX 6 /* in a row: a longer number may be a mobile */

/* Statuses in ascending rank. */
static const char ranks[] = { DELIVERY_SENT,	  DELIVERY_FAILED, DELIVERY_UNDELIVERED,
							  DELIVERY_DELIVERED, DELIVERY_READ,   '\0' };

const char *const loyalty_delivery_status_words[DELIVERY_STATUSES] = { "sent", "failed", "undelivered",
																	   "delivered", "read" };

/* Tells whether a text of the catalogue is that of the report, or stands for any; "points" grows by its weight where it is. */
static bool
fits(const char *line, const char *given, int weight, int *points)
{
	if (line[0] == '\0')
		return true;
	*points += weight;
	return given != NULL && loyalty_same_word(given, line);
}

/*
 * Returns how well a line fits a report: the provider counts most among lines of one kind, the code before the status. 0: it
 * does not fit.
 */
static int
fitness(const DeliveryCode *code, const char *bsp, const char *provider_status, const char *error_code)
{
	int points = 1;

	return fits(code->bsp, bsp, 1, &points) && fits(code->provider_status, provider_status, 2, &points) &&
				   fits(code->error_code, error_code, 4, &points)
			   ? points
			   : 0;
}

/* Looks for three things at once: the line of the status, that of the cause, and the spelling of the code. */
bool
loyalty_delivery_judge(const DeliveryCode *codes, int count, const char *bsp, const char *provider_status,
					   const char *error_code, DeliveryVerdict *verdict)
{
	int status_points = 0;
	int cause_points = 0;
	int i;

	*verdict = (DeliveryVerdict){ 0 };
	if (error_code != NULL && loyalty_delivery_code_is_plain(error_code))
		verdict->error_code = error_code;
	for (i = 0; i < count; i++)
	{
		int points = fitness(&codes[i], bsp, provider_status, error_code);

		if (points > 0 && codes[i].error_code[0] != '\0')
			verdict->error_code = codes[i].error_code;
		if (points > 0 && codes[i].provider_status[0] != '\0')
			verdict->provider_status = codes[i].provider_status;
		if (points > status_points && codes[i].delivery_status != '\0' && codes[i].provider_status[0] != '\0')
		{
			verdict->delivery_status = codes[i].delivery_status;
			status_points = points;
		}
		if (points > cause_points && codes[i].cause != NULL)
		{
			verdict->cause = codes[i].cause;
			cause_points = points;
		}
	}
	return status_points > 0;
}

/* Compares word by word: a text that is empty is that one alone, as it stands for any. */
static bool
is_same(const char *a, const char *b)
{
	return (a[0] == '\0') == (b[0] == '\0') && loyalty_same_word(a, b);
}

/* Ends at the first: a catalogue has each line once. */
void
loyalty_delivery_code_spell(const DeliveryCode *codes, int count, DeliveryCode *code)
{
	int i;

	for (i = 0; i < count; i++)
		if (is_same(codes[i].bsp, code->bsp) && is_same(codes[i].provider_status, code->provider_status) &&
			is_same(codes[i].error_code, code->error_code))
		{
			code->bsp = codes[i].bsp;
			code->provider_status = codes[i].provider_status;
			code->error_code = codes[i].error_code;
			return;
		}
}

/* Reads the list of ranks. */
char
loyalty_delivery_status_at(int place)
{
	return ranks[place];
}

/* Tells whether a code may have a sign that is no digit. */
static bool
is_sign(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
}

/* Ends at the first sign too many: a text may be long. */
bool
loyalty_delivery_code_is_plain(const char *error_code)
{
	int digits = 0;
	size_t i;

	for (i = 0; error_code[i] != '\0'; i++)
	{
		digits = error_code[i] >= '0' && error_code[i] <= '9' ? digits + 1 : 0;
		if (i == DELIVERY_CODE_MAX || digits > DIGITS_MAX || (digits == 0 && !is_sign(error_code[i])))
			return false;
	}
	return i > 0;
}

/* Returns the place of a status in the ranks, below all of them for 0. */
static int
rank(char status)
{
	return status == '\0' ? -1 : (int) (strchr(ranks, status) - ranks);
}

/* Compares by rank. */
char
loyalty_delivery_higher(char known, char reported)
{
	return rank(reported) > rank(known) ? reported : known;
}
