/*
 * participation_rules.c: when a participation becomes active, and what a merge makes of two.
 *
 * Activation is one question, asked whenever something arrives: are all terms filled, and is the confirmed mobile the one of
 * now? So the order in which data arrive does not matter, and the last of them, whichever it is, makes the participation
 * active. A confirmation is compared by value: it is worth nothing once the mobile is another one.
 */
#include "participation/participation_rules.h"

#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"

/* Names of the kinds that are one datum, in the order of the enum. */
static const char *const data[TERM_DATA] = {
	[TERM_FIRST_NAME] = "first_name", [TERM_LAST_NAME] = "last_name",	  [TERM_MOBILE] = "mobile",
	[TERM_EMAIL] = "email",			  [TERM_EXTERNAL_ID] = "external_id", [TERM_CARD] = "card",
};

/* Beginnings of terms that name a field; the name behind them is compared as it was defined. */
#define OF_CUSTOMER "customer."
#define OF_PARTICIPATION "participation."

/* Tells whether a text goes on behind a beginning; returns the rest, or NULL. */
static const char *
rest_behind(const char *text, const char *beginning)
{
	size_t length = strlen(beginning);

	return strncmp(text, beginning, length) == 0 && text[length] != '\0' ? text + length : NULL;
}

/* Looks for the beginnings first: a field may have any name. */
TermKind
loyalty_term_read(const char *term, const char **field)
{
	int place;

	*field = rest_behind(term, OF_CUSTOMER);
	if (*field != NULL)
		return TERM_CUSTOMER_FIELD;
	*field = rest_behind(term, OF_PARTICIPATION);
	if (*field != NULL)
		return TERM_PARTICIPATION_FIELD;
	place = loyalty_word_place(term, data, TERM_DATA);
	return place < 0 ? TERM_NONE : (TermKind) place;
}

/* Looks the name up. */
const char *
loyalty_term_name(TermKind datum)
{
	return datum < TERM_DATA ? data[datum] : NULL;
}

/* Lists what may be given, as text: a rule has no memory to put a list together in. */
const char *
loyalty_term_list(void)
{
	return "first_name, last_name, mobile, email, external_id, card, customer.<field>, participation.<field>";
}

/* Compares the two mobiles: one that was confirmed before it changed confirms nothing. */
bool
loyalty_activation_lacks_phone(const ActivationFacts *facts)
{
	return facts->confirms_phone && (facts->confirmed == NULL || facts->current == NULL ||
									 strcmp(facts->confirmed, facts->current) != 0);
}

/* Leaves every status but one as it is. */
Participation
loyalty_activation(const ActivationFacts *facts)
{
	int i;

	if (facts->status != PARTICIPATION_NOT_CONFIRMED || loyalty_activation_lacks_phone(facts))
		return facts->status;
	for (i = 0; i < facts->term_count; i++)
		if (!facts->filled[i])
			return facts->status;
	return PARTICIPATION_ACTIVE;
}

/* Ranks what is left once the survivor is not deactivated. A survivor who is active already stays what it is. */
Participation
loyalty_participation_merged(Participation survivor, Participation victim)
{
	if (survivor == PARTICIPATION_DEACTIVATED || loyalty_participation_spends(survivor))
		return survivor;
	if (loyalty_participation_spends(victim))
		return PARTICIPATION_ACTIVE;
	if (survivor == PARTICIPATION_NOT_CONFIRMED || victim == PARTICIPATION_NOT_CONFIRMED)
		return PARTICIPATION_NOT_CONFIRMED;
	return survivor;
}
