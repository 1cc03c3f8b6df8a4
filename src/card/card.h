/*
 * card.h: the steps that calls about cards share: who is locked, what is allowed, what is written.
 *
 * Locks come in one order, the customer and then the card. Functions that take a customer_id expect that customer to
 * be locked.
 */
#ifndef LOYALTY_CARD_H
#define LOYALTY_CARD_H

#include "card/card_store.h"
#include "common/pg_compat.h"
#include "customer/customer_store.h"
#include "org/call.h"
#include "status/status_guard.h"

/* The series of a code; LY302. */
extern void loyalty_card_series_get(LoyaltyCall *call, const char *code, CardSeries *series);

/* Locks a customer; LY107, LY125. The status must allow the operation. */
extern void loyalty_card_customer_lock(LoyaltyCall *call, int64 customer_id, GuardedOperation operation,
									   LoyaltyCustomer *customer);

/* Locks a card and, before it, its owner if it has one, whose status must allow the operation; LY306. */
extern void loyalty_card_lock(LoyaltyCall *call, const char *card_number, GuardedOperation operation,
							  Card *card);

/* Status of the card now, its validity considered. */
extern CardStatus loyalty_card_status_now(const LoyaltyCall *call, const Card *card);

/* Raise or refuse LY306. */
pg_noreturn extern void loyalty_card_raise_unknown(void);
extern bool loyalty_card_refuse_unknown(LoyaltyRefusal *refusal);

/* Raises LY313. */
pg_noreturn extern void loyalty_card_label_raise_unknown(CardStatus status, const char *label);

/* Raises LY311 where the customer, who is locked, has as many cards as the org or the card's series allows. */
extern void loyalty_card_check_limit(LoyaltyCall *call, int64 customer_id, int32 series_id,
									 int32 max_of_series);

/* Makes cards of the next numbers of a series, not issued; returns the number of the last one. LY304. */
extern const char *loyalty_cards_generate(LoyaltyCall *call, int32 series_id, int count);

/* Writes the history of a card that was changed, and tells subscribers of its owner's events. */
extern void loyalty_card_changed(LoyaltyCall *call, const Card *card, CardStatus old_status,
								 const char *change, const CardNotes *notes);

/* Gives a card that is locked and in stock to a customer who is locked; fills status, label and times. */
extern void loyalty_card_issue(LoyaltyCall *call, int64 customer_id, Card *card, const CardNotes *notes);

/*
 * Replaces a card of a customer in two steps; all are locked. The first ends the old card, answers its status before,
 * and raises LY311 where one of that series in its place is too many. The second issues the new card, which is in
 * stock, and gives it the old one's external id where it has none.
 */
extern CardStatus loyalty_card_make_room(LoyaltyCall *call, Card *old_card, int32 series_id,
										 int32 max_of_series);
extern void loyalty_card_replace(LoyaltyCall *call, const Card *old_card, CardStatus old_status, Card *card,
								 CardNotes *notes);

/* Makes a card of the next number of a series, in stock and locked. LY012, LY304. */
extern void loyalty_card_new(LoyaltyCall *call, int32 series_id, Card *card);

/* Gives a locked customer a card with a new number of a series, within the limits. */
extern void loyalty_card_issue_new(LoyaltyCall *call, int64 customer_id, const CardSeries *series,
								   const CardNotes *notes, Card *card);

#endif
