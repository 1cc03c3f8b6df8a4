/*
 * card_hooks.c: cards as seen from below: they find a customer, operations are made with them, registrations issue
 * them.
 *
 * Lower capabilities know no cards; they ask through resolvers of identifiers and hooks, which src/loyalty.c fills. A
 * call with a card finds its owner first ("open"), locks that customer, and then holds the card ("hold") with a shared
 * lock: tills that use one card do not wait for each other, and a change of the card waits for them.
 */
#include "postgres.h"

#include "card/card.h"
#include "card/card_hooks.h"
#include "common/errors.h"

/* Reader of a card: by its number or by its external id. */
typedef bool (*ReadCard)(int32 org_id, const char *value, CardRead how, Card *card);

/* Returns the customer whom a card finds, 0: none. A card that a merge left behind finds nobody. */
static int64
find(LoyaltyCall *call, const char *value, ReadCard read)
{
	Card card;
	LoyaltyCustomer owner;

	if (!read(call->org->org_id, value, CARD_AS_SEEN, &card) || card.customer_id == 0 ||
		!loyalty_customer_read(call->org->org_id, card.customer_id, &owner))
		return 0;
	return owner.merged_into == 0 ? card.customer_id : 0;
}

/* Returns what a card says of an operation: its owner, its program, and if it may be used. */
static bool
open_card(LoyaltyCall *call, const char *value, ReadCard read, CardIdentity *identity,
		  LoyaltyRefusal *refusal)
{
	Card card;

	if (!read(call->org->org_id, value, CARD_NOW, &card))
		return loyalty_card_refuse_unknown(refusal);
	if (card.customer_id == 0)
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_CARD_OWNER,
					   errmsg("card " INT64_FORMAT " belongs to nobody", card.card_id),
					   errhint("Issue it with loyalty.issue_card(), or link it with loyalty.link_card()."));
	identity->customer_id = card.customer_id;
	identity->program_id = card.program_id;
	identity->is_usable = loyalty_card_is_usable(loyalty_card_status_now(call, &card));
	return true;
}

/*
 * Returns customers whom the history of a card names besides its owner: a repeat of a request may have been theirs.
 */
static int
former(LoyaltyCall *call, const char *value, int64 **customers, int32 *program_id, ReadCard read)
{
	Card card;

	if (!read(call->org->org_id, value, CARD_NOW, &card))
		return 0;
	*program_id = card.program_id;
	return loyalty_card_former_owners(call->org->org_id, &card, customers);
}

/*
 * Holds a card until the transaction ends. The customer is locked; a card that went to another one since it was opened
 * is refused (40001). The message names the card by its id: its number is personal data.
 */
static bool
hold(LoyaltyCall *call, const char *value, int64 customer_id, bool restricted, ReadCard read,
	 LoyaltyRefusal *refusal)
{
	Card card;
	CardStatus status;

	if (!read(call->org->org_id, value, CARD_SHARED, &card) || card.customer_id != customer_id)
		LOYALTY_REFUSE(refusal, ERRCODE_T_R_SERIALIZATION_FAILURE,
					   errmsg("the card changed its owner at the same time"), errhint("Repeat the call."));
	status = loyalty_card_status_now(call, &card);
	if (restricted && !loyalty_card_is_usable(status))
		LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_CARD_NOT_USABLE,
					   errmsg("card " INT64_FORMAT " cannot be used for bills and redemptions", card.card_id),
					   errdetail("Its status is %s, its label \"%s\".", loyalty_card_status_name(status),
								 status == card.status ? card.label : loyalty_card_status_name(status)));
	return true;
}

/*
 * Makes the four functions of a resolver for one way of naming a card: each is the function above with one look-up or
 * the other.
 */
#define ANSWERS_BY(kind, read) \
	static int64 find_by_##kind(LoyaltyCall *call, const char *value) \
	{ \
		return find(call, value, read); \
	} \
	static bool open_by_##kind(LoyaltyCall *call, const char *value, CardIdentity *identity, \
							   LoyaltyRefusal *refusal) \
	{ \
		return open_card(call, value, read, identity, refusal); \
	} \
	static int former_by_##kind(LoyaltyCall *call, const char *value, int64 **customers, int32 *program_id) \
	{ \
		return former(call, value, customers, program_id, read); \
	} \
	static bool hold_by_##kind(LoyaltyCall *call, const char *value, int64 customer_id, bool restricted, \
							   LoyaltyRefusal *refusal) \
	{ \
		return hold(call, value, customer_id, restricted, read, refusal); \
	}

ANSWERS_BY(number, loyalty_card_read)
ANSWERS_BY(external_id, loyalty_card_read_external)

const LoyaltyIdentifierResolver loyalty_card_number_resolver = {
	.type = "card_number",
	.find = find_by_number,
	.open = open_by_number,
	.former = former_by_number,
	.hold = hold_by_number,
};

const LoyaltyIdentifierResolver loyalty_card_external_id_resolver = {
	.type = "card_external_id",
	.find = find_by_external_id,
	.open = open_by_external_id,
	.former = former_by_external_id,
	.hold = hold_by_external_id,
};

/* Issues a card of a series to a customer who has none of it yet. A customer who was just created has none. */
static void
issue_once(LoyaltyCall *call, const LoyaltyRegistered *registered, const CardSeries *series)
{
	static const CardNotes notes = { .reason = "registration" };
	Card card;

	if (registered->created ||
		!loyalty_card_held(call->org->org_id, registered->customer_id, series->series_id))
		loyalty_card_issue_new(call, registered->customer_id, series, &notes, &card);
}

/* Issues what series issue at registrations: those for every one, then the one that the call names. */
void
loyalty_cards_register(LoyaltyCall *call, const LoyaltyRegistered *registered)
{
	const char **codes;
	CardSeries series;
	int count = loyalty_card_series_at_registration(call->org->org_id, &codes);
	int i;

	for (i = 0; i < count; i++)
	{
		loyalty_card_series_get(call, codes[i], &series);
		issue_once(call, registered, &series);
	}
	if (registered->card_series == NULL)
		return;
	loyalty_card_series_get(call, registered->card_series, &series);
	if (series.issue == ISSUE_NEVER)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CARD_SERIES_UNKNOWN),
						errmsg("series of cards \"%s\" is not issued at registrations", series.series)));
	if (series.issue == ISSUE_NAMED)
		issue_once(call, registered, &series);
}
