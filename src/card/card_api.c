/*
 * card_api.c: the life of cards: issuing, linking, statuses, expiry, history.
 *
 * Every call that changes a card locks (see card.c), asks the rules of card_rules.c, writes the card and one row of its
 * history. expire_cards passes over cards that somebody is changing and finds them at its next
 * run; until then they count as expired all the same.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "catalog/pg_type.h"

#include "card/card.h"
#include "card/card_number_rules.h"
#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/change_hooks.h"
#include "customer/find.h"
#include "customer/member.h"
#include "customer/proof_hooks.h"

LOYALTY_FUNCTION(loyalty_issue_card);
LOYALTY_FUNCTION(loyalty_replace_card);
LOYALTY_FUNCTION(loyalty_link_card);
LOYALTY_FUNCTION(loyalty_unlink_card);
LOYALTY_FUNCTION(loyalty_set_card_status);
LOYALTY_FUNCTION(loyalty_expire_cards);
LOYALTY_FUNCTION(loyalty_customer_cards);
LOYALTY_FUNCTION(loyalty_card_history);

/* Reads the number of a card. */
static const char *
arg_number(FunctionCallInfo fcinfo, int n)
{
	return loyalty_arg_text(fcinfo, n, "card_number", LOYALTY_MAX_NAME);
}

/* Reads two arguments: the reason and the actor. */
static void
arg_notes(FunctionCallInfo fcinfo, int n, CardNotes *notes)
{
	notes->other_card_id = 0;
	notes->reason = loyalty_arg_text_or_null(fcinfo, n, "reason", LOYALTY_MAX_TEXT);
	notes->actor = loyalty_arg_text_or_null(fcinfo, n + 1, "actor", LOYALTY_MAX_NAME);
}

/* Raises LY309 with the status that counts now, which may be "expired" before the job has written it. */
static void
raise_status_refused(const Card *card, CardStatus status, const char *wanted)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_STATUS_REFUSED),
					errmsg("card " INT64_FORMAT " cannot be %s", card->card_id, wanted),
					errdetail("Its status is %s, its label \"%s\".", loyalty_card_status_name(status),
							  status == card->status ? card->label : loyalty_card_status_name(status))));
}

/* Raises LY312 with the owner's id. */
static void
raise_owned(const Card *card)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_OWNER),
					errmsg("card " INT64_FORMAT " belongs to a customer already", card->card_id),
					errdetail("It belongs to customer " INT64_FORMAT ".", card->customer_id)));
}

/*
 * Locks a card of the stock that nobody owns; the customer is locked. A card of another series than the one that was
 * named does not exist for the call.
 */
static void
take_from_stock(LoyaltyCall *call, const char *number, const char *series, Card *card)
{
	if (!loyalty_card_read(call->org->org_id, number, CARD_LOCKED, card) ||
		(series != NULL && strcmp(card->series, series) != 0))
		loyalty_card_raise_unknown();
	if (card->customer_id != 0)
		raise_owned(card);
	if (card->status != CARD_NOT_ISSUED)
		raise_status_refused(card, card->status, "issued");
}

/* Reads the external id that a card is to get, or NULL; LY308 for what cannot be one. */
static const char *
arg_external_id(FunctionCallInfo fcinfo, int n)
{
	const char *external_id = loyalty_arg_text_or_null(fcinfo, n, "card_external_id", LOYALTY_MAX_NAME);
	char number[NUMBER_BYTES];

	if (external_id == NULL)
		return NULL;
	if (!loyalty_number_as_issued(external_id, number))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_NUMBER_INVALID),
						errmsg("argument \"card_external_id\" cannot be the external id of a card"),
						errhint("They are 1 to %d letters and digits of ASCII.", NUMBER_MAX_LENGTH)));
	return pstrdup(number);
}

/* Gives an external id to a card that has none; LY307 where it has one, or another card has that one. */
static void
give_external_id(LoyaltyCall *call, const Card *card, const char *external_id)
{
	if (external_id == NULL)
		return;
	if (card->card_external_id != NULL ||
		!loyalty_card_external_id_give(call->org->org_id, card->card_number, external_id))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_EXISTS),
						errmsg("the card has an external id, or another card has that one")));
}

/* Makes the row that issue_card returns, from the card as it was written. */
static Datum
issue_result(LoyaltyCall *call, FunctionCallInfo fcinfo, const char *number)
{
	Card card;
	Datum values[6];
	bool nulls[6] = { false };

	if (!loyalty_card_read(call->org->org_id, number, CARD_NOW, &card))
		elog(ERROR, "a card has vanished");
	loyalty_change_hooks.customer_changed(call, card.customer_id);
	values[0] = Int64GetDatum(card.card_id);
	values[1] = CStringGetTextDatum(card.card_number);
	values[2] = CStringGetTextDatum(loyalty_card_status_name(card.status));
	values[3] = CStringGetTextDatum(card.label);
	loyalty_end_columns(card.expires_at, call->org->zone, &values[4], &nulls[4]);
	return loyalty_call_result(call, fcinfo, values, nulls);
}

/* Uses up the proof of the customer, where one is given or required. */
static void
take_proof(LoyaltyCall *call, const LoyaltyCustomer *customer, const NullableDatum *given)
{
	LoyaltyProofUse proof = { .purpose = "card_issue",
							  .attempt = loyalty_proof_given(given),
							  .customer_id = customer->customer_id };

	loyalty_proof_consume(call, &proof);
}

/* Issues a card: one of the stock by its number, or a new one of a series. */
Datum
loyalty_issue_card(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	CardSeries series;
	CardNotes notes;
	Card card;
	const char *code;
	const char *number;
	const char *external_id;

	loyalty_call_begin(&call, fcinfo);
	code = loyalty_arg_text_or_null(fcinfo, 2, "series", LOYALTY_MAX_CODE);
	number = loyalty_arg_text_or_null(fcinfo, 5, "card_number", LOYALTY_MAX_NAME);
	external_id = arg_external_id(fcinfo, 6);
	arg_notes(fcinfo, 3, &notes);
	if (code == NULL && number == NULL)
		loyalty_raise_missing("series");
	/* All arguments are read before anything is locked: a call that is refused for one waits for nobody. */
	loyalty_card_customer_lock(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"), GUARD_ISSUE_CARD,
							   &customer);
	take_proof(&call, &customer, &fcinfo->args[7]);
	if (code != NULL)
		loyalty_card_series_get(&call, code, &series);
	/* A number means a card that is there, also where the series is named beside it. */
	if (number != NULL)
	{
		take_from_stock(&call, number, code, &card);
		loyalty_card_check_limit(&call, customer.customer_id, card.series_id, card.max_active);
		loyalty_card_issue(&call, customer.customer_id, &card, &notes);
	}
	else
		loyalty_card_issue_new(&call, customer.customer_id, &series, &notes, &card);
	give_external_id(&call, &card, external_id);
	return issue_result(&call, fcinfo, card.card_number);
}

/* Refuses an old card that is not the customer's, who is locked (LY312), or that was replaced before (LY309). */
static void
check_replaced(LoyaltyCall *call, const LoyaltyCustomer *customer, const Card *old_card)
{
	if (old_card->customer_id != customer->customer_id)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_OWNER),
						errmsg("card " INT64_FORMAT " does not belong to customer " INT64_FORMAT,
							   old_card->card_id, customer->customer_id)));
	/* Only a card whose life has ended can have been replaced. */
	if (loyalty_card_is_final(old_card->status) &&
		loyalty_card_was_replaced(call->org->org_id, old_card->card_id))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_CARD_STATUS_REFUSED),
				 errmsg("card " INT64_FORMAT " was replaced before", old_card->card_id),
				 errhint("loyalty.card_history() names the card that came in its place; replace that one.")));
}

/*
 * Replaces a card of a customer by one of the stock or a new one. The owner is locked first, then the old card, then
 * the new one, which nobody owns: no two calls wait for each other.
 */
Datum
loyalty_replace_card(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	CardSeries series;
	CardNotes notes;
	Card old_card;
	Card card;
	CardStatus old_status;
	const char *old_number;
	const char *code;
	const char *number;
	const char *external_id;

	loyalty_call_begin(&call, fcinfo);
	old_number = loyalty_arg_text(fcinfo, 2, "old_card_number", LOYALTY_MAX_NAME);
	code = loyalty_arg_text_or_null(fcinfo, 3, "series", LOYALTY_MAX_CODE);
	arg_notes(fcinfo, 4, &notes);
	number = loyalty_arg_text_or_null(fcinfo, 6, "card_number", LOYALTY_MAX_NAME);
	external_id = arg_external_id(fcinfo, 7);
	loyalty_card_customer_lock(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"), GUARD_REPLACE_CARD,
							   &customer);
	if (!loyalty_card_read(call.org->org_id, old_number, CARD_LOCKED, &old_card))
		loyalty_card_raise_unknown();
	check_replaced(&call, &customer, &old_card);
	if (number != NULL)
		take_from_stock(&call, number, code, &card);
	/* Limits are asked before a number is used up. */
	loyalty_card_series_get(&call, number ? card.series : code ? code : old_card.series, &series);
	old_status = loyalty_card_make_room(&call, &old_card, series.series_id, series.max_active);
	if (number == NULL)
		loyalty_card_new(&call, series.series_id, &card);
	give_external_id(&call, &card, external_id);
	if (external_id != NULL)
		card.card_external_id = external_id;
	loyalty_card_replace(&call, &old_card, old_status, &card, &notes);
	return issue_result(&call, fcinfo, card.card_number);
}

/*
 * Links a card to a customer. A card of the stock is issued by it; another one keeps its status and its validity.
 */
Datum
loyalty_link_card(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	CardNotes notes;
	Card card;
	CardStatus status;
	const char *number;

	loyalty_call_begin(&call, fcinfo);
	number = arg_number(fcinfo, 2);
	arg_notes(fcinfo, 3, &notes);
	loyalty_card_customer_lock(&call, loyalty_arg_int8(fcinfo, 1, "customer_id"), GUARD_LINK_CARD, &customer);
	if (!loyalty_card_read(call.org->org_id, number, CARD_LOCKED, &card))
		loyalty_card_raise_unknown();
	if (card.customer_id != 0)
		raise_owned(&card);
	status = loyalty_card_status_now(&call, &card);
	if (loyalty_card_is_final(status))
		raise_status_refused(&card, status, "linked");
	loyalty_card_check_limit(&call, customer.customer_id, card.series_id, card.max_active);
	if (status == CARD_NOT_ISSUED)
	{
		loyalty_proof_require_none(&call, "card_issue", customer.customer_id);
		loyalty_card_issue(&call, customer.customer_id, &card, &notes);
	}
	else
	{
		card.customer_id = customer.customer_id;
		loyalty_card_update(call.org->org_id, &card);
		loyalty_card_changed(&call, &card, card.status, "linked", &notes);
	}
	loyalty_change_hooks.customer_changed(&call, customer.customer_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Parts a card from its owner. The change in its history names the customer who had it. */
Datum
loyalty_unlink_card(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardNotes notes;
	Card card;

	loyalty_call_begin(&call, fcinfo);
	arg_notes(fcinfo, 2, &notes);
	loyalty_card_lock(&call, arg_number(fcinfo, 1), GUARD_UNLINK_CARD, &card);
	if (card.customer_id == 0)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_OWNER),
						errmsg("card " INT64_FORMAT " belongs to nobody", card.card_id)));
	if (loyalty_card_is_final(loyalty_card_status_now(&call, &card)))
		raise_status_refused(&card, loyalty_card_status_now(&call, &card), "unlinked");
	/* History first: it names the owner that the card has still. */
	loyalty_card_changed(&call, &card, card.status, "unlinked", &notes);
	card.customer_id = 0;
	loyalty_card_update(call.org->org_id, &card);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Returns the label named, which must be one of the status, or the default one. */
static int32
label_of(LoyaltyCall *call, CardStatus status, const char *label)
{
	int32 label_id;

	if (label == NULL)
		return loyalty_card_label_default(call->org->org_id, status);
	label_id = loyalty_card_label_find(call->org->org_id, status, label);
	if (label_id == 0 && strcmp(label, loyalty_card_status_name(status)) != 0)
		loyalty_card_label_raise_unknown(status, label);
	return label_id;
}

/* Judges a change of status: LY309 for one that is not in the table; LY311 where one more card would count. */
static void
check_change(LoyaltyCall *call, const Card *card, CardStatus wanted)
{
	CardStatus status = loyalty_card_status_now(call, card);
	bool only_active = call->org->config_number[CONFIG_ONLY_ACTIVE_LABEL_CARDS] != 0;

	if (!loyalty_card_may_become(status, wanted))
		raise_status_refused(card, status, loyalty_card_status_name(wanted));
	if (card->customer_id != 0 && loyalty_card_counts(wanted, only_active) &&
		!loyalty_card_counts(status, only_active))
		loyalty_card_check_limit(call, card->customer_id, card->series_id, card->max_active);
}

/* Changes status and label. A card of the stock that becomes issued begins its validity. */
Datum
loyalty_set_card_status(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	CardNotes notes;
	Card card;
	CardStatus old_status;
	CardStatus wanted;
	const char *label;

	loyalty_call_begin(&call, fcinfo);
	wanted = loyalty_card_status_find(loyalty_arg_text(fcinfo, 2, "status", LOYALTY_MAX_CODE));
	if (wanted == CARD_UNKNOWN)
		loyalty_raise_not_allowed("status", loyalty_card_status_names());
	label = loyalty_arg_text_or_null(fcinfo, 3, "label", LOYALTY_MAX_CODE);
	arg_notes(fcinfo, 4, &notes);
	loyalty_card_lock(&call, arg_number(fcinfo, 1), GUARD_SET_CARD_STATUS, &card);
	check_change(&call, &card, wanted);
	old_status = card.status;
	card.status = wanted;
	card.label_id = label_of(&call, wanted, label);
	if (old_status == CARD_NOT_ISSUED && wanted == CARD_ISSUED)
	{
		card.issued_at = call.now;
		card.expires_at = loyalty_card_validity_end(call.org->org_id, card.series_id, call.now);
	}
	loyalty_card_update(call.org->org_id, &card);
	loyalty_card_changed(&call, &card, old_status, "status", &notes);
	if (card.customer_id != 0)
		loyalty_change_hooks.customer_changed(&call, card.customer_id);
	loyalty_call_end(&call);
	PG_RETURN_VOID();
}

/* Makes cards expired whose validity has ended, all in one statement; returns how many. */
Datum
loyalty_expire_cards(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	TimestampTz as_of;
	uint64 expired;

	loyalty_call_begin(&call, fcinfo);
	as_of = loyalty_arg_time_or(fcinfo, 1, "as_of", call.now);
	/* Cards that expire tomorrow must not be expired today by a wrong argument. */
	if (as_of > call.now)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TIME_IN_FUTURE), errmsg("argument \"as_of\" lies after the clock")));
	expired = loyalty_cards_expire(call.org->org_id, as_of, call.now);
	loyalty_call_end(&call);
	PG_RETURN_INT64((int64) expired);
}

/* Returns the cards of a customer; those of a merged one are the survivor's. */
Datum
loyalty_customer_cards(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	loyalty_customer_named(&call, fcinfo, 2, &customer);
	loyalty_set_add_rows(fcinfo,
						 loyalty_cards_of_customer(call.org, customer.merged_into ? customer.merged_into
																				  : customer.customer_id));
	loyalty_call_end(&call);
	return (Datum) 0;
}

/* Returns the history of a card, oldest first. */
Datum
loyalty_card_history(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	Card card;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	if (!loyalty_card_read(call.org->org_id, arg_number(fcinfo, 1), CARD_AS_SEEN, &card))
		loyalty_card_raise_unknown();
	loyalty_set_add_rows(fcinfo, loyalty_card_changes(call.org->org_id, card.card_id));
	loyalty_call_end(&call);
	return (Datum) 0;
}
