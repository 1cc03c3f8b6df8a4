/*
 * card_store.h: series of cards, labels, cards and their history in tables.
 *
 * Texts of the structs are in the current memory context. Nothing here decides: callers have locked and judged what
 * they write.
 */
#ifndef LOYALTY_CARD_STORE_H
#define LOYALTY_CARD_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "card/card_rules.h"
#include "common/query.h"
#include "org/org_store.h"

/* Series of cards. */
typedef struct CardSeries
{
	int32 series_id; /* also that of its numbers */
	const char *series;
	const char *name;
	const char *card_type;
	const char *prefix;
	const char *suffix;
	int32 length;
	int32 max_active;		  /* 0: none */
	const Interval *validity; /* NULL: for ever; not read back */
	int32 program_id;		  /* 0: none */
	CardIssue issue;
} CardSeries;

/* Card with what its series and its label say of it. */
typedef struct Card
{
	const char *card_number;
	const char *card_external_id; /* NULL: none */
	int64 card_id;
	int32 series_id;
	const char *series;
	int32 max_active;		/* of its series; 0: none */
	int32 program_id;		/* of its series; 0: none */
	int64 customer_id;		/* 0: nobody */
	CardStatus status;		/* as stored: see loyalty_card_status_at */
	int32 label_id;			/* 0: the word of the status */
	const char *label;		/* without a label the word of the status */
	TimestampTz issued_at;	/* DT_NOBEGIN: never */
	TimestampTz expires_at; /* DT_NOEND: never */
} Card;

/* Notes on a change of a card. */
typedef struct CardNotes
{
	const char *reason; /* NULL: none, as of the actor */
	const char *actor;
	int64 other_card_id; /* that it replaces, or that replaces it; 0: none */
} CardNotes;

/* Writes a series; false where its code or its prefix, suffix and length are taken. */
extern bool loyalty_card_series_insert(int32 org_id, const CardSeries *series);

/* The series of a code; false where there is none. */
extern bool loyalty_card_series_read(int32 org_id, const char *code, CardSeries *series);

/* The codes of the series that issue at every registration; returns how many. */
extern int loyalty_card_series_at_registration(int32 org_id, const char ***codes);

/*
 * Write a label, whose org is locked, false where it exists; find a label of a status, or its default one, 0 for none.
 */
extern bool loyalty_card_label_insert(int32 org_id, int32 label_id, const char *label, CardStatus status);
extern int32 loyalty_card_label_find(int32 org_id, CardStatus status, const char *label);
extern int32 loyalty_card_label_default(int32 org_id, CardStatus status);

/* Makes a label of a status its default one. The caller has locked the org, so that no two do. */
extern void loyalty_card_label_set_default(int32 org_id, CardStatus status, int32 label_id);

/* Writes a card that is not issued; false where its number is taken. An import writes several in the order of their numbers. */
extern bool loyalty_card_insert(int32 org_id, int32 series_id, int64 card_id, const char *card_number,
								TimestampTz now);

/* Gives a card an external id; false where another card has it. An import gives several in the order of the ids. */
extern bool loyalty_card_external_id_give(int32 org_id, const char *card_number, const char *external_id);

/* Gives the external id of a card, which has one, to another card, which has none. */
extern void loyalty_card_external_id_move(int32 org_id, const Card *from, const char *to_number);

/* Tells whether a card of that number exists. */
extern bool loyalty_card_exists(int32 org_id, const char *card_number);

/* Ways to read a card. */
typedef enum CardRead
{
	CARD_AS_SEEN, /* under the caller's snapshot */
	CARD_NOW,	  /* as committed, and by ourselves */
	CARD_SHARED,  /* the same, and it stays so until the transaction ends */
	CARD_LOCKED,  /* the same, for a change; its owner, if it has one, is locked first */
} CardRead;

/* Reads a card by its number, or by its external id; false where there is none. */
extern bool loyalty_card_read(int32 org_id, const char *card_number, CardRead how, Card *card);
extern bool loyalty_card_read_external(int32 org_id, const char *external_id, CardRead how, Card *card);

/* The cards of a customer whose row is locked, in a fixed order; returns how many. */
extern int loyalty_cards_owned(int32 org_id, int64 customer_id, Card **cards);

/* End of the validity of a card of a series that is issued now; DT_NOEND: never. */
extern TimestampTz loyalty_card_validity_end(int32 org_id, int32 series_id, TimestampTz now);

/* Writes owner, status, label and times of a card. */
extern void loyalty_card_update(int32 org_id, const Card *card);

/* Writes a change to the history of a card. */
extern int64 loyalty_card_change_insert(int32 org_id, const Card *card, CardStatus old_status,
										const char *change, const CardNotes *notes, TimestampTz now);

/* Tells whether another card came in the place of this one before. */
extern bool loyalty_card_was_replaced(int32 org_id, int64 card_id);

/* Numbers of a customer's cards that count towards the maxima, of all series and of one. */
typedef struct CardCounts
{
	int64 of_org;
	int64 of_series;
} CardCounts;

extern void loyalty_cards_count(int32 org_id, int64 customer_id, int32 series_id, bool only_active_labels,
								TimestampTz now, CardCounts *counts);

/* Customers whom the history of a card names other than its owner of now. */
extern int loyalty_card_former_owners(int32 org_id, const Card *card, int64 **customers);

/* Tells whether a customer has a card of a series that is not expired or deleted. */
extern bool loyalty_card_held(int32 org_id, int64 customer_id, int32 series_id);

/* Makes cards expired whose validity ends by then, but for those that somebody is changing; returns how many. */
extern uint64 loyalty_cards_expire(int32 org_id, TimestampTz as_of, TimestampTz now);

/* Rows in the order of the columns of customer_cards and card_history. */
extern LoyaltyRows *loyalty_cards_of_customer(const LoyaltyOrg *org, int64 customer_id);
extern LoyaltyRows *loyalty_card_changes(int32 org_id, int64 card_id);

#endif
