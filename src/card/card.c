/*
 * card.c: the steps that calls about cards share.
 *
 * Locks are taken in one order: the customer, then the card. A call that names a card finds its owner first, without a
 * lock, locks that customer, locks the card, and compares: a card that went to somebody else meanwhile is refused with
 * 40001, since locking a second customer out of order could be a deadlock. Limits on the number of cards are counted
 * under the customer's lock, so two terminals cannot both give the last one allowed. A card whose validity has ended
 * counts as expired at once; the job that writes it may be late.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "card/card.h"
#include "card/number_series.h"
#include "common/errors.h"
#include "common/ids.h"
#include "customer/member.h"
#include "event/notify.h"

/* Reads a series or raises LY302 with the way out. */
void
loyalty_card_series_get(LoyaltyCall *call, const char *code, CardSeries *series)
{
	if (!loyalty_card_series_read(call->org->org_id, code, series))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_SERIES_UNKNOWN),
						errmsg("series of cards \"%s\" does not exist", code),
						errhint("Create it with loyalty.create_card_series().")));
}

/* Locks the root of the customer's merge group, and asks its status. */
void
loyalty_card_customer_lock(LoyaltyCall *call, int64 customer_id, GuardedOperation operation,
						   LoyaltyCustomer *customer)
{
	loyalty_customer_lock_root(call->org->org_id, customer_id, customer);
	(void) loyalty_status_guard(call, customer, operation);
}

/* Refuses with LY306; the number is personal data and stays out of the message. */
bool
loyalty_card_refuse_unknown(LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_CARD_UNKNOWN, errmsg("card does not exist in this org"));
}

/* Raises LY306. */
void
loyalty_card_raise_unknown(void)
{
	(void) loyalty_card_refuse_unknown(LOYALTY_RAISES);
	pg_unreachable();
}

/* Raises LY313 and says how labels are made. */
void
loyalty_card_label_raise_unknown(CardStatus status, const char *label)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_LABEL_UNKNOWN),
					errmsg("label \"%s\" is none of status %s", label, loyalty_card_status_name(status)),
					errhint("Create it with loyalty.create_card_label().")));
}

/* Locks the owner that a card had when it was read; a merged one may have left it behind. */
static void
lock_owner(LoyaltyCall *call, const Card *card, LoyaltyCustomer *owner)
{
	memset(owner, 0, sizeof(*owner));
	if (card->customer_id != 0 && !loyalty_customer_lock(call->org->org_id, card->customer_id, owner))
		elog(ERROR, "the owner of card " INT64_FORMAT " does not exist", card->card_id);
}

/*
 * Locks owner and card, and asks the owner's status. A card that changed its owner between the two reads is refused:
 * locking another customer now might be a deadlock.
 */
void
loyalty_card_lock(LoyaltyCall *call, const char *card_number, GuardedOperation operation, Card *card)
{
	int32 org_id = call->org->org_id;
	LoyaltyCustomer owner;

	if (!loyalty_card_read(org_id, card_number, CARD_NOW, card))
		loyalty_card_raise_unknown();
	lock_owner(call, card, &owner);
	if (!loyalty_card_read(org_id, card_number, CARD_LOCKED, card))
		loyalty_card_raise_unknown();
	if (card->customer_id != owner.customer_id)
		ereport(ERROR, (errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						errmsg("card " INT64_FORMAT " changed its owner at the same time", card->card_id),
						errhint("Repeat the call.")));
	if (owner.merged_into != 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_LOYALTY_CARD_OWNER),
			 errmsg("card " INT64_FORMAT " was left with a customer who was merged", card->card_id),
			 errhint(
				 "CONF_ALLOW_CARD_TRANSFER_TO_SURVIVOR was off at the merge: the card is of no more use.")));
	if (owner.customer_id != 0)
		(void) loyalty_status_guard(call, &owner, operation);
}

/* Returns the status as of the call's time, whether or not the job has written it. */
CardStatus
loyalty_card_status_now(const LoyaltyCall *call, const Card *card)
{
	return loyalty_card_status_at(card->status, card->expires_at <= call->now);
}

/* Raises LY311 with the numbers of the limit that is reached. */
static void
raise_limit(int64 customer_id, int64 held, int64 limit, const char *of_what)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_LIMIT),
					errmsg("customer " INT64_FORMAT " has as many cards as allowed", customer_id),
					errdetail("Of %s the customer has " INT64_FORMAT ", allowed are " INT64_FORMAT ".",
							  of_what, held, limit)));
}

/* Compares how many cards the customer has with both limits; nothing is counted where there is none. */
void
loyalty_card_check_limit(LoyaltyCall *call, int64 customer_id, int32 series_id, int32 max_of_series)
{
	const LoyaltyOrg *org = call->org;
	int64 max_of_org = org->config_number[CONFIG_MAX_ACTIVE_CARDS];
	bool only_active = org->config_number[CONFIG_ONLY_ACTIVE_LABEL_CARDS] != 0;
	CardCounts held;

	/* Most orgs have no limit, and their calls count nothing. */
	if (max_of_org == 0 && max_of_series == 0)
		return;
	loyalty_cards_count(org->org_id, customer_id, series_id, only_active, call->now, &held);
	if (loyalty_card_over_limit(held.of_series, max_of_series))
		raise_limit(customer_id, held.of_series, max_of_series, "that series");
	if (loyalty_card_over_limit(held.of_org, max_of_org))
		raise_limit(customer_id, held.of_org, max_of_org, "all series together");
}

/*
 * Makes cards in stock. Numbers are drawn until enough of them are free: imported ones may be in the way. A number
 * that was drawn is never drawn again, also where the call is rolled back.
 */
const char *
loyalty_cards_generate(LoyaltyCall *call, int32 series_id, int count)
{
	NumberSource source;
	char number[NUMBER_BYTES] = "";
	int missing = count;

	/* Refused before a number is used up, where the series has too few. */
	loyalty_numbers_open(&source, call, series_id);
	loyalty_numbers_require(&source, count);
	while (missing > 0)
	{
		CHECK_FOR_INTERRUPTS();
		loyalty_numbers_draw(&source, number);
		if (loyalty_card_insert(call->org->org_id, series_id, loyalty_next_id(), number, call->now))
			missing--;
	}
	loyalty_numbers_close(&source);
	return pstrdup(number);
}

/* Writes the history, and tells subscribers of the owner's under the id that the change has there. */
void
loyalty_card_changed(LoyaltyCall *call, const Card *card, CardStatus old_status, const char *change,
					 const CardNotes *notes)
{
	LoyaltyNotice notice = { .customer_id = card->customer_id,
							 .event_name = "card_change",
							 .event_time = call->now };

	notice.event_id =
		loyalty_card_change_insert(call->org->org_id, card, old_status, change, notes, call->now);
	if (card->customer_id == 0 || !loyalty_notice_wanted(call, notice.event_name))
		return;
	notice.details = psprintf("\"card_id\":" INT64_FORMAT ",\"change\":\"%s\"", card->card_id, change);
	loyalty_notify(call, &notice);
}

/* Gives a card of the stock to a customer, valid from now on, and writes its history. */
void
loyalty_card_issue(LoyaltyCall *call, int64 customer_id, Card *card, const CardNotes *notes)
{
	int32 org_id = call->org->org_id;
	CardStatus old_status = card->status;

	card->customer_id = customer_id;
	card->status = CARD_ISSUED;
	card->label_id = loyalty_card_label_default(org_id, CARD_ISSUED);
	card->issued_at = call->now;
	card->expires_at = loyalty_card_validity_end(org_id, card->series_id, call->now);
	loyalty_card_update(org_id, card);
	loyalty_card_changed(call, card, old_status, "issued", notes);
}

/* Makes a card, which nobody else sees until the transaction ends. */
void
loyalty_card_new(LoyaltyCall *call, int32 series_id, Card *card)
{
	const char *number = loyalty_cards_generate(call, series_id, 1);

	if (!loyalty_card_read(call->org->org_id, number, CARD_LOCKED, card))
		elog(ERROR, "a new card has vanished");
}

/* Makes a card and gives it away in one transaction; the limits are asked before a number is used up. */
void
loyalty_card_issue_new(LoyaltyCall *call, int64 customer_id, const CardSeries *series, const CardNotes *notes,
					   Card *card)
{
	loyalty_card_check_limit(call, customer_id, series->series_id, series->max_active);
	loyalty_card_new(call, series->series_id, card);
	loyalty_card_issue(call, customer_id, card, notes);
}

/*
 * Ends a card before it counts cards, so that it is not in the way of its own replacement. Returns the status that it
 * had.
 */
CardStatus
loyalty_card_make_room(LoyaltyCall *call, Card *old_card, int32 series_id, int32 max_of_series)
{
	int32 org_id = call->org->org_id;
	CardStatus stored = old_card->status;
	CardStatus status = loyalty_card_status_now(call, old_card);

	old_card->status = loyalty_card_status_replaced(status);
	if (old_card->status != stored)
		old_card->label_id = loyalty_card_label_default(org_id, old_card->status);
	loyalty_card_update(org_id, old_card);
	if (loyalty_card_replacement_is_one_more(status, series_id == old_card->series_id))
		loyalty_card_check_limit(call, old_card->customer_id, series_id, max_of_series);
	return stored;
}

/*
 * Writes both histories, each of which names the other card, and issues. What customers have hangs on them and not on
 * their cards, so the external id is all that moves.
 */
void
loyalty_card_replace(LoyaltyCall *call, const Card *old_card, CardStatus old_status, Card *card,
					 CardNotes *notes)
{
	int32 org_id = call->org->org_id;

	notes->other_card_id = card->card_id;
	loyalty_card_changed(call, old_card, old_status, "replaced", notes);
	notes->other_card_id = old_card->card_id;
	loyalty_card_issue(call, old_card->customer_id, card, notes);
	if (old_card->card_external_id != NULL && card->card_external_id == NULL)
		loyalty_card_external_id_move(org_id, old_card, card->card_number);
}
