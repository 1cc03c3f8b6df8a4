/*
 * card_merge_store.c: the statements of merges on cards. Both customers are locked; cards that go over are locked
 * as they are read, in a fixed order, since the job that expires cards locks no owner.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "card/card_merge_store.h"
#include "card/card_store.h"
#include "common/query.h"

/* Counts cards by series, status and ended validity, in an order that does not depend on the locale. */
static LoyaltyQuery cards_held =
	LOYALTY_STATEMENT("SELECT s.series_id, s.series::text, s.max_active_per_customer, c.status,"
					  " COALESCE(c.expires_at <= $3, false) AS ended, count(*)"
					  " FROM loyalty_data.card c JOIN loyalty_data.card_series s ON s.org_id = c.org_id"
					  " AND s.series_id = c.series_id WHERE c.org_id = $1"
					  " AND c.customer_id = $2 GROUP BY s.org_id, s.series_id, c.status, ended"
					  " ORDER BY s.series COLLATE \"C\", c.status, ended",
					  INT4OID, INT8OID, TIMESTAMPTZOID);

/*
 * Counts the cards of a customer by series and status: for the preview under the caller's snapshot, for the merge as
 * of now.
 */
int
loyalty_cards_held(int32 org_id, int64 customer_id, TimestampTz now, bool seen, HeldCards **held)
{
	uint64 i;
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_time(now));
	LoyaltyRows *rows = seen ? loyalty_query_seen(&cards_held, &params) : loyalty_query(&cards_held, &params);

	*held = palloc(sizeof(HeldCards) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*held)[i] = (HeldCards){
			.series = loyalty_row_text(rows, i, 2),
			.max_active = loyalty_row_int4_or(rows, i, 3, 0),
			.status = loyalty_row_char(rows, i, 4),
			.validity_ended = loyalty_row_bool(rows, i, 5),
			.count = loyalty_row_int8(rows, i, 6),
		};
	return (int) rows->count;
}

/* Makes the victim's cards the survivor's, each with a row of history. */
void
loyalty_cards_take(int32 org_id, int64 survivor_id, int64 victim_id, TimestampTz now)
{
	Card *cards;
	int count = loyalty_cards_owned(org_id, victim_id, &cards);
	int i;

	for (i = 0; i < count; i++)
	{
		cards[i].customer_id = survivor_id;
		loyalty_card_update(org_id, &cards[i]);
		loyalty_card_change_insert(org_id, &cards[i], cards[i].status, "merged", &(CardNotes){ 0 }, now);
	}
}
