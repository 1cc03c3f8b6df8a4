/*
 * card_store.c: the statements on cards and their history. A card is keyed by its number, so a new one is claimed by
 * inserting it: of two sessions with one number the later one waits, and finds it taken. Changes come under the lock
 * of the owner, if there is one, and then of the card.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "card/card_number_rules.h"
#include "card/card_store.h"
#include "common/ids.h"

/* Reads cards with what their series and labels say, so that a call asks once. Labels may be missing. */
#define READ_CARDS \
	"SELECT c.card_number::text, c.card_external_id::text, c.card_id, c.series_id," \
	" s.series::text, s.max_active_per_customer, s.program_id, c.customer_id, c.status, c.label_id," \
	" l.label::text, c.issued_at, c.expires_at" \
	" FROM loyalty_data.card c JOIN loyalty_data.card_series s ON s.org_id = c.org_id" \
	" AND s.series_id = c.series_id" \
	" LEFT JOIN loyalty_data.card_label l ON l.org_id = c.org_id" \
	" AND l.label_id = c.label_id" \
	" WHERE c.org_id = $1"

#define READ_CARD READ_CARDS " AND c.card_number = $2"

/* Finds the number of a card by its external id. */
#define FIND_EXTERNAL \
	"SELECT e.card_number::text FROM loyalty_data.card_external_id e" \
	" WHERE e.org_id = $1 AND e.card_external_id = $2"

/*
 * Inserts one card a statement: on several servers an INSERT of several rows may miscount how many went in.
 */
static LoyaltyQuery card_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.card (org_id, series_id, card_id, created_at, status, card_number)"
	" VALUES ($1, $2, $3, $4, 'n', $5) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, INT8OID, TIMESTAMPTZOID, TEXTOID);

/* Claims an external id; its primary key holds each once in an org. */
static LoyaltyQuery external_id_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.card_external_id (org_id, card_number, card_external_id)"
					  " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
					  INT4OID, TEXTOID, TEXTOID);

/* Writes the external id to the card itself, where reads of the card find it. */
static LoyaltyQuery external_id_set = LOYALTY_STATEMENT("UPDATE loyalty_data.card SET card_external_id = $3"
														" WHERE org_id = $1 AND card_number = $2",
														INT4OID, TEXTOID, TEXTOID);

/* Makes an external id name another card. */
static LoyaltyQuery external_id_follow =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_external_id SET card_number = $2"
					  " WHERE org_id = $1 AND card_external_id = $3",
					  INT4OID, TEXTOID, TEXTOID);

/* Looks a number up under the caller's snapshot, for previews. */
static LoyaltyQuery card_exists =
	LOYALTY_STATEMENT_SEEN("SELECT 1 FROM loyalty_data.card c WHERE c.org_id = $1"
						   " AND c.card_number = $2",
						   INT4OID, TEXTOID);

/* Reads a card as the caller's statement sees it. */
static LoyaltyQuery card_as_seen = LOYALTY_STATEMENT_SEEN(READ_CARD, INT4OID, TEXTOID);

/* Reads a card as committed, to find its owner before anything is locked. */
static LoyaltyQuery card_now = LOYALTY_STATEMENT(READ_CARD, INT4OID, TEXTOID);

/* Reads a card that nobody may change until the transaction ends; tills share it. */
static LoyaltyQuery card_shared = LOYALTY_STATEMENT(READ_CARD " FOR SHARE OF c", INT4OID, TEXTOID);

/* Reads a card for a change. Its key stays, so references to it need not wait. */
static LoyaltyQuery card_locked = LOYALTY_STATEMENT(READ_CARD " FOR NO KEY UPDATE OF c", INT4OID, TEXTOID);

/* Reads and locks all cards of a customer in one order for merges and erasure. */
static LoyaltyQuery cards_owned =
	LOYALTY_STATEMENT(READ_CARDS
					  " AND c.customer_id = $2 ORDER BY c.issued_at, c.card_number FOR NO KEY UPDATE OF c",
					  INT4OID, INT8OID);

/* Finds the number of an external id under the caller's snapshot. */
static LoyaltyQuery number_as_seen = LOYALTY_STATEMENT_SEEN(FIND_EXTERNAL, INT4OID, TEXTOID);

/* Finds the number of an external id as committed. */
static LoyaltyQuery number_now = LOYALTY_STATEMENT(FIND_EXTERNAL, INT4OID, TEXTOID);

/* Writes the columns that change in a card's life. */
static LoyaltyQuery card_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.card SET customer_id = $3, status = $4, label_id = $5, issued_at = $6, expires_at = $7"
	" WHERE org_id = $1 AND card_number = $2",
	INT4OID, TEXTOID, INT8OID, CHAROID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID);

/* Inserts a row of history; nobody updates one but an erasure. */
static LoyaltyQuery change_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.card_change (org_id, card_id, change_id, changed_at, change, customer_id, old_status,"
	" new_status, label_id, reason, actor, other_card_id)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, TEXTOID, INT8OID, CHAROID, CHAROID, INT4OID, TEXTOID, TEXTOID,
	INT8OID);

/* Looks for the change that put another card in the place of one. */
static LoyaltyQuery card_replaced =
	LOYALTY_STATEMENT("SELECT 1 FROM loyalty_data.card_change h WHERE h.org_id = $1"
					  " AND h.card_id = $2 AND h.change = 'replaced' LIMIT 1",
					  INT4OID, INT8OID);

/*
 * Counts valid cards. It runs under a snapshot taken now: an older one would not show what was issued while the
 * customer's lock was waited for.
 */
static LoyaltyQuery cards_count =
	LOYALTY_STATEMENT("SELECT c.series_id, c.status FROM loyalty_data.card c WHERE c.org_id = $1"
					  " AND c.customer_id = $2"
					  " AND (c.expires_at IS NULL OR c.expires_at > $3)",
					  INT4OID, INT8OID, TIMESTAMPTZOID);

/* Looks for a card of a series that is neither expired nor deleted. */
static LoyaltyQuery card_held = LOYALTY_STATEMENT("SELECT 1 FROM loyalty_data.card c WHERE c.org_id = $1"
												  " AND c.customer_id = $2 AND c.series_id = $3"
												  " AND c.status <> ALL ('{x,d}'::\"char\"[]) LIMIT 1",
												  INT4OID, INT8OID, INT4OID);

/* Finds customers in the history of a card, other than its owner. */
static LoyaltyQuery former_holders =
	LOYALTY_STATEMENT("SELECT DISTINCT h.customer_id FROM loyalty_data.card_change h WHERE h.org_id = $1"
					  " AND h.card_id = $2 AND h.customer_id <> $3 ORDER BY h.customer_id",
					  INT4OID, INT8OID, INT8OID);

/* Expires what is due and not locked, with the default label of the status and one row of history for each card. */
static LoyaltyQuery cards_expire = LOYALTY_STATEMENT(
	"WITH due AS (SELECT c.card_number, c.status FROM loyalty_data.card c"
	" WHERE c.org_id = $1 AND c.expires_at IS NOT NULL"
	" AND c.status = ANY ('{i,a,s}'::\"char\"[])"
	" AND c.expires_at <= $2 FOR NO KEY UPDATE SKIP LOCKED),"
	" expired AS (UPDATE loyalty_data.card c SET status = 'x', label_id = (SELECT l.label_id FROM loyalty_data.card_label l"
	" WHERE l.org_id = $1 AND l.status = 'x' AND l.is_default)"
	" FROM due d WHERE c.org_id = $1 AND c.card_number = d.card_number"
	" RETURNING c.card_id, c.customer_id, d.status, c.label_id)"
	" INSERT INTO loyalty_data.card_change (org_id, card_id, change_id, changed_at, change, customer_id, old_status,"
	" new_status, label_id) SELECT $1, e.card_id, loyalty_data.next_id(), $3, 'expired', e.customer_id, e.status, 'x',"
	" e.label_id FROM expired e",
	INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID);

/* Reads the rows of customer_cards, in the order in which cards were issued. */
static LoyaltyQuery cards_of_customer = LOYALTY_STATEMENT_SEEN(
	"SELECT c.card_number::text, c.card_external_id::text, c.card_id,"
	" s.series::text, loyalty_data.card_status_word(c.status),"
	" COALESCE(l.label::text, loyalty_data.card_status_word(c.status)), p.program::text,"
	" c.issued_at, c.expires_at, loyalty_data.last_day(c.expires_at, $3) FROM loyalty_data.card c"
	" JOIN loyalty_data.card_series s ON s.org_id = c.org_id"
	" AND s.series_id = c.series_id"
	" LEFT JOIN loyalty_data.card_label l ON l.org_id = c.org_id"
	" AND l.label_id = c.label_id"
	" LEFT JOIN loyalty_data.program p ON p.org_id = s.org_id"
	" AND p.program_id = s.program_id"
	" WHERE c.org_id = $1 AND c.customer_id = $2"
	" ORDER BY c.issued_at, c.card_id",
	INT4OID, INT8OID, TEXTOID);

/* Reads the rows of card_history, oldest first. */
static LoyaltyQuery changes_of_card = LOYALTY_STATEMENT_SEEN(
	"SELECT h.changed_at, h.change, h.customer_id, loyalty_data.card_status_word(h.old_status),"
	" loyalty_data.card_status_word(h.new_status),"
	" COALESCE(l.label::text, loyalty_data.card_status_word(h.new_status)), h.reason, h.actor, h.other_card_id"
	" FROM loyalty_data.card_change h LEFT JOIN loyalty_data.card_label l ON l.org_id = h.org_id"
	" AND l.label_id = h.label_id"
	" WHERE h.org_id = $1 AND h.card_id = $2 ORDER BY h.changed_at, h.change_id",
	INT4OID, INT8OID);

/* Inserts a card in stock, unless the number is taken. */
bool
loyalty_card_insert(int32 org_id, int32 series_id, int64 card_id, const char *card_number, TimestampTz now)
{
	return LOYALTY_EXECUTE(&card_insert, loyalty_int4(org_id), loyalty_int4(series_id), loyalty_int8(card_id),
						   loyalty_time(now), loyalty_text(card_number)) == 1;
}

/* Claims an external id in the table of all of them, then writes it to the card. */
bool
loyalty_card_external_id_give(int32 org_id, const char *card_number, const char *external_id)
{
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_text(card_number), loyalty_text(external_id));

	if (loyalty_execute(&external_id_insert, &params) == 0)
		return false;
	loyalty_execute(&external_id_set, &params);
	return true;
}

/* Writes both cards first, so that no two have the external id at once, then the table that finds them by it. */
void
loyalty_card_external_id_move(int32 org_id, const Card *from, const char *to_number)
{
	const char *external_id = from->card_external_id;

	LOYALTY_EXECUTE(&external_id_set, loyalty_int4(org_id), loyalty_text(from->card_number),
					loyalty_text(NULL));
	LOYALTY_EXECUTE(&external_id_set, loyalty_int4(org_id), loyalty_text(to_number),
					loyalty_text(external_id));
	LOYALTY_EXECUTE(&external_id_follow, loyalty_int4(org_id), loyalty_text(to_number),
					loyalty_text(external_id));
}

/* Tells whether the number is taken. */
bool
loyalty_card_exists(int32 org_id, const char *card_number)
{
	return LOYALTY_EXECUTE(&card_exists, loyalty_int4(org_id), loyalty_text(card_number)) > 0;
}

/* Makes a card of a row; a card without a label has the word of its status. */
static Card
card_of_row(LoyaltyRows *rows, uint64 row)
{
	Card card = {
		.card_number = loyalty_row_text(rows, row, 1),
		.card_external_id = loyalty_row_text_or_null(rows, row, 2),
		.card_id = loyalty_row_int8(rows, row, 3),
		.series_id = loyalty_row_int4(rows, row, 4),
		.series = loyalty_row_text(rows, row, 5),
		.max_active = loyalty_row_int4_or(rows, row, 6, 0),
		.program_id = loyalty_row_int4_or(rows, row, 7, 0),
		.customer_id = loyalty_row_int8_or(rows, row, 8, 0),
		.status = (CardStatus) loyalty_row_char(rows, row, 9),
		.label_id = loyalty_row_int4_or(rows, row, 10, 0),
		.label = loyalty_row_text_or_null(rows, row, 11),
		.issued_at = loyalty_row_int8_or(rows, row, 12, DT_NOBEGIN),
		.expires_at = loyalty_row_int8_or(rows, row, 13, DT_NOEND),
	};

	if (card.label == NULL)
		card.label = loyalty_card_status_name(card.status);
	return card;
}

/* Reads a card with as much of a lock as asked for. FOR SHARE and FOR NO KEY UPDATE wait for each other. */
bool
loyalty_card_read(int32 org_id, const char *card_number, CardRead how, Card *card)
{
	static LoyaltyQuery *const by_read[] = {
		[CARD_AS_SEEN] = &card_as_seen,
		[CARD_NOW] = &card_now,
		[CARD_SHARED] = &card_shared,
		[CARD_LOCKED] = &card_locked,
	};
	char number[NUMBER_BYTES];
	LoyaltyRows *rows;

	if (!loyalty_number_as_issued(card_number, number))
		return false;
	rows = LOYALTY_QUERY(by_read[how], loyalty_int4(org_id), loyalty_text(number));
	if (rows->count == 0)
		return false;
	*card = card_of_row(rows, 0);
	return true;
}

/* Reads and locks the cards of a customer, in a fixed order. */
int
loyalty_cards_owned(int32 org_id, int64 customer_id, Card **cards)
{
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&cards_owned, LOYALTY_CUSTOMER(org_id, customer_id));

	*cards = palloc(sizeof(Card) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*cards)[i] = card_of_row(rows, i);
	return (int) rows->count;
}

/* Finds the number of an external id, then reads that card. */
bool
loyalty_card_read_external(int32 org_id, const char *external_id, CardRead how, Card *card)
{
	char issued[NUMBER_BYTES];
	LoyaltyRows *rows;

	if (!loyalty_number_as_issued(external_id, issued))
		return false;
	rows = LOYALTY_QUERY(how == CARD_AS_SEEN ? &number_as_seen : &number_now, loyalty_int4(org_id),
						 loyalty_text(issued));
	if (rows->count == 0)
		return false;
	return loyalty_card_read(org_id, loyalty_row_text(rows, 0, 1), how, card);
}

/* Writes what may change of a card. */
void
loyalty_card_update(int32 org_id, const Card *card)
{
	LOYALTY_EXECUTE(&card_update, loyalty_int4(org_id), loyalty_text(card->card_number),
					loyalty_int8_or_null(card->customer_id), loyalty_char((char) card->status),
					loyalty_int4_or_null(card->label_id), loyalty_time(card->issued_at),
					loyalty_time(card->expires_at));
}

/* Writes a row of history, with the owner that the card has at this point; returns its id. */
int64
loyalty_card_change_insert(int32 org_id, const Card *card, CardStatus old_status, const char *change,
						   const CardNotes *notes, TimestampTz now)
{
	int64 change_id = loyalty_next_id();

	LOYALTY_EXECUTE(&change_insert, loyalty_int4(org_id), loyalty_int8(card->card_id),
					loyalty_int8(change_id), loyalty_time(now), loyalty_text(change),
					loyalty_int8_or_null(card->customer_id), loyalty_char((char) old_status),
					loyalty_char((char) card->status), loyalty_int4_or_null(card->label_id),
					loyalty_text(notes->reason), loyalty_text(notes->actor),
					loyalty_int8_or_null(notes->other_card_id));
	return change_id;
}

/* Asks the history, which keeps it whatever became of the card since. */
bool
loyalty_card_was_replaced(int32 org_id, int64 card_id)
{
	return LOYALTY_EXECUTE(&card_replaced, loyalty_int4(org_id), loyalty_int8(card_id)) > 0;
}

/* Counts valid cards under a snapshot taken now, whatever the isolation level: the customer is locked. */
void
loyalty_cards_count(int32 org_id, int64 customer_id, int32 series_id, bool only_active_labels,
					TimestampTz now, CardCounts *counts)
{
	LoyaltyParams params = { 0 };
	LoyaltyRows *rows;
	uint64 i;

	memset(counts, 0, sizeof(CardCounts));
	loyalty_param(&params, loyalty_int4(org_id));
	loyalty_param(&params, loyalty_int8(customer_id));
	loyalty_param(&params, loyalty_time(now));
	rows = loyalty_query_latest(&cards_count, &params);
	for (i = 0; i < rows->count; i++)
	{
		if (!loyalty_card_counts((CardStatus) loyalty_row_char(rows, i, 2), only_active_labels))
			continue;
		counts->of_org++;
		if (loyalty_row_int4(rows, i, 1) == series_id)
			counts->of_series++;
	}
}

/* Tells whether a customer has a card of a series that could be used again. */
bool
loyalty_card_held(int32 org_id, int64 customer_id, int32 series_id)
{
	return LOYALTY_EXECUTE(&card_held, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int4(series_id)) > 0;
}

/* Reads customers from the history of a card. */
int
loyalty_card_former_owners(int32 org_id, const Card *card, int64 **customers)
{
	uint64 i;
	LoyaltyRows *rows = LOYALTY_QUERY(&former_holders, loyalty_int4(org_id), loyalty_int8(card->card_id),
									  loyalty_int8(card->customer_id));

	*customers = palloc(sizeof(int64) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*customers)[i] = loyalty_row_int8(rows, i, 1);
	return (int) rows->count;
}

/*
 * Expires cards and writes their history in one statement. Rows that are locked are skipped: no job waits for tills.
 */
uint64
loyalty_cards_expire(int32 org_id, TimestampTz as_of, TimestampTz now)
{
	return LOYALTY_EXECUTE(&cards_expire, loyalty_int4(org_id), loyalty_time(as_of), loyalty_time(now));
}

/* Reads the rows of customer_cards. */
LoyaltyRows *
loyalty_cards_of_customer(const LoyaltyOrg *org, int64 customer_id)
{
	return LOYALTY_QUERY(&cards_of_customer, LOYALTY_CUSTOMER(org->org_id, customer_id),
						 loyalty_text(pg_get_timezone_name(org->zone)));
}

/* Reads the rows of card_history. */
LoyaltyRows *
loyalty_card_changes(int32 org_id, int64 card_id)
{
	return LOYALTY_QUERY(&changes_of_card, loyalty_int4(org_id), loyalty_int8(card_id));
}
