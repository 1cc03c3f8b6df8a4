/*
 * card_section_store.c: the statement behind the cards of customer_single_view. It sees the caller's snapshot, as all
 * sections do, so that they agree.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "card/card_section_store.h"
#include "common/query.h"

/* Builds the section in one statement: a customer has few cards. */
static LoyaltyQuery query = LOYALTY_STATEMENT_SEEN(
	"SELECT jsonb_build_object('cards', COALESCE(jsonb_agg("
	"jsonb_build_object('card_number', c.card_number, 'card_external_id', c.card_external_id,"
	" 'series', s.series, 'card_type', s.card_type, 'status', loyalty_data.card_status_word(c.status),"
	" 'label', COALESCE(l.label, loyalty_data.card_status_word(c.status)), 'program', p.program,"
	" 'issued_at', c.issued_at, 'expires_at', c.expires_at,"
	" 'last_day', loyalty_data.last_day(c.expires_at, $3)) ORDER BY c.issued_at, c.card_id), '[]'))"
	" FROM loyalty_data.card c"
	" JOIN loyalty_data.card_series s ON s.org_id = c.org_id"
	" AND s.series_id = c.series_id"
	" LEFT JOIN loyalty_data.card_label l ON l.org_id = c.org_id"
	" AND l.label_id = c.label_id"
	" LEFT JOIN loyalty_data.program p ON p.org_id = s.org_id"
	" AND p.program_id = s.program_id"
	" WHERE c.org_id = $1 AND c.customer_id = $2",
	INT4OID, INT8OID, TEXTOID);

/* Returns the section as one document. */
Datum
loyalty_cards_section(LoyaltyCall *call, int64 customer_id)
{
	bool isnull;
	LoyaltyRows *rows = LOYALTY_QUERY(&query, LOYALTY_CUSTOMER(call->org->org_id, customer_id),
									  loyalty_text(pg_get_timezone_name(call->org->zone)));

	return loyalty_row_datum(rows, 0, 1, &isnull);
}
