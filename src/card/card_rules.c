/*
 * card_rules.c: the life of a card. One table says which status may follow which; the functions below say what each
 * status allows. Expired and deleted cards never change again.
 */
#include "card/card_rules.h"

#include <stddef.h>
#include <string.h>

#include "common/word_rules.h"

/* Each status with its name and the letters of those that may follow it. */
static const struct
{
	CardStatus status;
	const char *name;
	const char *next;
} statuses[] = {
	{ CARD_NOT_ISSUED, "not_issued", "nid" }, { CARD_ISSUED, "issued", "iasxd" },
	{ CARD_ACTIVE, "active", "asxd" },		  { CARD_SUSPENDED, "suspended", "saxd" },
	{ CARD_EXPIRED, "expired", "" },		  { CARD_DELETED, "deleted", "" },
};

/* A hundred years, and a month, in sixteenths of a day: 36,525 and 30.4375 days. */
#define MAX_VALIDITY INT64_C(584400)
#define MONTH 487
#define DAY 16

#define STATUS_COUNT ((int) (sizeof(statuses) / sizeof(statuses[0])))

/* Finds a status by its name. */
CardStatus
loyalty_card_status_find(const char *name)
{
	int i;

	for (i = 0; i < STATUS_COUNT; i++)
		if (loyalty_same_word(name, statuses[i].name))
			return statuses[i].status;
	return CARD_UNKNOWN;
}

/* Returns the position of a status in the table; -1: it is not there. */
static int
place_of(CardStatus status)
{
	int i = STATUS_COUNT - 1;

	while (i >= 0 && statuses[i].status != status)
		i--;
	return i;
}

/* Returns the name, or NULL for a letter that is none: views read rows that somebody may have tampered with. */
const char *
loyalty_card_status_name(CardStatus status)
{
	int i = place_of(status);

	return i < 0 ? NULL : statuses[i].name;
}

/* Returns all names for a hint. */
const char *
loyalty_card_status_names(void)
{
	return "not_issued, issued, active, suspended, expired, deleted";
}

/* Looks the change up in the table. */
bool
loyalty_card_may_become(CardStatus from, CardStatus to)
{
	int i = place_of(from);

	return i >= 0 && to != CARD_UNKNOWN && strchr(statuses[i].next, (char) to) != NULL;
}

/* Tells whether a status has no way out. */
bool
loyalty_card_is_final(CardStatus status)
{
	return status == CARD_EXPIRED || status == CARD_DELETED;
}

/* Tells whether tills may use the card. */
bool
loyalty_card_is_usable(CardStatus status)
{
	return status == CARD_ISSUED || status == CARD_ACTIVE;
}

/* Tells whether a card counts: active ones alone, or all that a customer could use again. */
bool
loyalty_card_counts(CardStatus status, bool only_active_labels)
{
	if (only_active_labels)
		return status == CARD_ACTIVE;
	return status == CARD_ISSUED || status == CARD_ACTIVE || status == CARD_SUSPENDED;
}

/* Tells whether one more is too many. */
bool
loyalty_card_over_limit(int64_t held, int64_t limit)
{
	return limit > 0 && held >= limit;
}

/* Adds months and days up, so that they are not a hundred years each. */
bool
loyalty_card_validity_fits(int months, int days)
{
	int64_t length = (int64_t) months * MONTH + (int64_t) days * DAY;

	return months >= 0 && days >= 0 && length > 0 && length <= MAX_VALIDITY;
}

/* Ends the life of a card that has not ended yet. */
CardStatus
loyalty_card_status_replaced(CardStatus status)
{
	return loyalty_card_is_final(status) ? status : CARD_DELETED;
}

/* Takes one card for another: nobody is left without one for having lost it. */
bool
loyalty_card_replacement_is_one_more(CardStatus replaced, bool same_series)
{
	return loyalty_card_is_final(replaced) || !same_series;
}

/* Returns the status that counts: a validity that has ended makes a card expired before the job does. */
CardStatus
loyalty_card_status_at(CardStatus status, bool validity_ended)
{
	return validity_ended && loyalty_card_may_become(status, CARD_EXPIRED) ? CARD_EXPIRED : status;
}

/* Finds the mode by which a series issues at registrations. */
char
loyalty_card_issue_find(const char *name)
{
	if (loyalty_same_word(name, "never"))
		return ISSUE_NEVER;
	if (loyalty_same_word(name, "every_registration"))
		return ISSUE_EVERY;
	if (loyalty_same_word(name, "named_registration"))
		return ISSUE_NAMED;
	return 0;
}
