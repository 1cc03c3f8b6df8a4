/* card_merge_store.h: cards as a merge reads and writes them. */
#ifndef LOYALTY_CARD_MERGE_STORE_H
#define LOYALTY_CARD_MERGE_STORE_H

#include "postgres.h"

#include "card/card_rules.h"
#include "datatype/timestamp.h"

/* Cards of a customer: of one series and one stored status, valid or not. */
typedef struct HeldCards
{
	const char *series;
	int64 max_active; /* of the series; 0: none */
	CardStatus status;
	bool validity_ended;
	int64 count;
} HeldCards;

/* Counts the cards of a customer by series and status; "seen": under the caller's snapshot. Returns how many rows. */
extern int loyalty_cards_held(int32 org_id, int64 customer_id, TimestampTz now, bool seen, HeldCards **held);

/* Gives the survivor all cards of the victim; both are locked. Each card's history says so. */
extern void loyalty_cards_take(int32 org_id, int64 survivor_id, int64 victim_id, TimestampTz now);

#endif
