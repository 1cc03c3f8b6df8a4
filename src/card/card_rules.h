/*
 * card_rules.h: the life of a card: its statuses, which may follow which, what each allows. Knows no server.
 *
 * A stored status says what somebody did; the status that counts is that of loyalty_card_status_at, which knows the
 * clock.
 */
#ifndef LOYALTY_CARD_RULES_H
#define LOYALTY_CARD_RULES_H

#include <stdbool.h>
#include <stdint.h>

/* Statuses of cards, by the letters that tables hold. */
typedef enum CardStatus
{
	CARD_UNKNOWN = 0,
	CARD_NOT_ISSUED = 'n',
	CARD_ISSUED = 'i',
	CARD_ACTIVE = 'a',
	CARD_SUSPENDED = 's',
	CARD_EXPIRED = 'x',
	CARD_DELETED = 'd',
} CardStatus;

/* The status of that name, or CARD_UNKNOWN; the name of a status; all names, for a hint. */
extern CardStatus loyalty_card_status_find(const char *name);
extern const char *loyalty_card_status_name(CardStatus status);
extern const char *loyalty_card_status_names(void);

/*
 * Tells whether a status may follow another one. The same one may, with another label, but for those that are final.
 */
extern bool loyalty_card_may_become(CardStatus from, CardStatus to);

/* Tells whether a card of that status never changes again. */
extern bool loyalty_card_is_final(CardStatus status);

/* Tells whether bills and redemptions may be made with such a card. */
extern bool loyalty_card_is_usable(CardStatus status);

/* Tells whether such a card counts towards the most that a customer may have. */
extern bool loyalty_card_counts(CardStatus status, bool only_active_labels);

/* Tells whether one more is too many; a limit of 0 is none. */
extern bool loyalty_card_over_limit(int64_t held, int64_t limit);

/*
 * Tells whether a validity of months and days is one: neither is less than none, both together are a day or more, and
 * at most a hundred years of the calendar, in which 12 months are 365.25 days.
 */
extern bool loyalty_card_validity_fits(int months, int days);

/* The status of a card that another one has replaced: its own where that is final. */
extern CardStatus loyalty_card_status_replaced(CardStatus status);

/*
 * Tells whether the card that replaces another one counts as one more, which maxima may refuse: where the other one
 * could not be used again, or is of another series.
 */
extern bool loyalty_card_replacement_is_one_more(CardStatus replaced, bool same_series);

/* Status of a card when its validity has ended: expired, where it can be. */
extern CardStatus loyalty_card_status_at(CardStatus status, bool validity_ended);

/* Registrations that issue cards of a series. */
typedef enum CardIssue
{
	ISSUE_NEVER = 'n',
	ISSUE_EVERY = 'e', /* at every registration */
	ISSUE_NAMED = 'r', /* at registrations that name the series */
} CardIssue;

/* The mode of that name, or 0. */
extern char loyalty_card_issue_find(const char *name);

#endif
