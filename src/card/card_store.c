/*
 * card_store.c: the statements on series of cards, labels, cards and their history.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "card/card_store.h"
#include "common/ids.h"

typedef enum CardQueryId
{
	Q_SERIES_INSERT,
	Q_SERIES_READ,
	Q_SERIES_AT_REGISTRATION,
	Q_LABEL_INSERT,
	Q_LABEL_FIND,
	Q_LABEL_DEFAULT,
	Q_LABEL_CLEAR_DEFAULT,
	Q_LABEL_SET_DEFAULT,
	Q_CARDS_INSERT,
	Q_EXTERNAL_INSERT,
	Q_EXTERNAL_SET,
	Q_EXISTS,
	Q_READ_AS_SEEN,
	Q_READ_NOW,
	Q_READ_SHARED,
	Q_READ_LOCKED,
	Q_EXTERNAL_AS_SEEN,
	Q_EXTERNAL_NOW,
	Q_VALIDITY_END,
	Q_UPDATE,
	Q_CHANGE_INSERT,
	Q_CARDS_COUNT,
	Q_HELD,
	Q_FORMER,
	Q_EXPIRE,
	Q_OF_CUSTOMER,
	Q_CHANGES,
	Q_COUNT
} CardQueryId;

#define READ_CARD \
	"SELECT c.card_number::text, c.card_external_id::text, c.card_id, c.series_id," \
	" s.series::text, s.max_active_per_customer, s.program_id, c.customer_id, c.status, c.label_id," \
	" l.label::text, c.issued_at, c.expires_at" \
	" FROM loyalty_data.card c JOIN loyalty_data.card_series s ON s.org_id = c.org_id" \
	" AND s.series_id = c.series_id" \
	" LEFT JOIN loyalty_data.card_label l ON l.org_id = c.org_id" \
	" AND l.label_id = c.label_id" \
	" WHERE c.org_id = $1 AND c.card_number = $2"

#define FIND_EXTERNAL \
	"SELECT e.card_number::text FROM loyalty_data.card_external_id e" \
	" WHERE e.org_id = $1 AND e.card_external_id = $2"

static const LoyaltyQuery queries[] = {
	[Q_SERIES_INSERT] = {
		.sql = "INSERT INTO loyalty_data.card_series (org_id, series_id, series, name, card_type, prefix, suffix, length,"
		" max_active_per_customer, validity, program_id, issue) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
		" $12) ON CONFLICT DO NOTHING",
		.nargs = 12, .argtypes = { INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, INT4OID,
								   INTERVALOID, INT4OID, CHAROID },
		.expect = SPI_OK_INSERT,
	},
	[Q_SERIES_READ] = {
		.sql = "SELECT s.series_id, s.series::text, s.max_active_per_customer, s.program_id, s.issue"
		" FROM loyalty_data.card_series s WHERE s.org_id = $1 AND s.series = $2",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_SERIES_AT_REGISTRATION] = {
		.sql = "SELECT s.series::text FROM loyalty_data.card_series s"
		" WHERE s.org_id = $1 AND s.issue = 'e' ORDER BY s.series_id",
		.nargs = 1, .argtypes = { INT4OID }, .expect = SPI_OK_SELECT,
	},
	/* The org is locked: no two labels become the default one. */
	[Q_LABEL_INSERT] = {
		.sql = "INSERT INTO loyalty_data.card_label (org_id, label_id, label, status, is_default) SELECT $1, $2, $3, $4,"
		" NOT EXISTS (SELECT FROM loyalty_data.card_label l WHERE l.org_id = $1"
		" AND l.status = $4) ON CONFLICT DO NOTHING",
		.nargs = 4, .argtypes = { INT4OID, INT4OID, TEXTOID, CHAROID }, .expect = SPI_OK_INSERT,
	},
	[Q_LABEL_FIND] = {
		.sql = "SELECT l.label_id FROM loyalty_data.card_label l WHERE l.org_id = $1"
		" AND l.status = $2 AND l.label = $3",
		.nargs = 3, .argtypes = { INT4OID, CHAROID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_LABEL_DEFAULT] = {
		.sql = "SELECT l.label_id FROM loyalty_data.card_label l WHERE l.org_id = $1"
		" AND l.status = $2 AND l.is_default",
		.nargs = 2, .argtypes = { INT4OID, CHAROID }, .expect = SPI_OK_SELECT,
	},
	/* Two statements: a unique index checks each row as it is written, so the old default goes first. */
	[Q_LABEL_CLEAR_DEFAULT] = {
		.sql = "UPDATE loyalty_data.card_label SET is_default = false WHERE org_id = $1"
		" AND status = $2 AND label_id <> $3 AND is_default",
		.nargs = 3, .argtypes = { INT4OID, CHAROID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_LABEL_SET_DEFAULT] = {
		.sql = "UPDATE loyalty_data.card_label SET is_default = true WHERE org_id = $1"
		" AND status = $2 AND label_id = $3 AND NOT is_default",
		.nargs = 3, .argtypes = { INT4OID, CHAROID, INT4OID }, .expect = SPI_OK_UPDATE,
	},
	[Q_CARDS_INSERT] = {
		.sql = "INSERT INTO loyalty_data.card (org_id, series_id, card_id, created_at, status, card_number)"
		" SELECT $1, $2, w.i, $5, 'n', w.n FROM ROWS FROM (unnest($3), unnest($4)) w(n, i)"
		" ON CONFLICT DO NOTHING",
		.nargs = 5, .argtypes = { INT4OID, INT4OID, TEXTARRAYOID, INT8ARRAYOID, TIMESTAMPTZOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_EXTERNAL_INSERT] = {
		.sql = "INSERT INTO loyalty_data.card_external_id (org_id, card_external_id, card_number)"
		" SELECT $1, w.e, w.n FROM ROWS FROM (unnest($2), unnest($3)) w(n, e)"
		" ORDER BY w.e COLLATE \"C\" ON CONFLICT DO NOTHING",
		.nargs = 3, .argtypes = { INT4OID, TEXTARRAYOID, TEXTARRAYOID }, .expect = SPI_OK_INSERT,
	},
	[Q_EXTERNAL_SET] = {
		.sql = "UPDATE loyalty_data.card c SET card_external_id = w.e"
		" FROM ROWS FROM (unnest($2), unnest($3)) w(n, e)"
		" WHERE c.org_id = $1 AND c.card_number = w.n",
		.nargs = 3, .argtypes = { INT4OID, TEXTARRAYOID, TEXTARRAYOID }, .expect = SPI_OK_UPDATE,
	},
	[Q_EXISTS] = {
		.sql = "SELECT 1 FROM loyalty_data.card c WHERE c.org_id = $1"
		" AND c.card_number = $2",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_READ_AS_SEEN] = {
		.sql = READ_CARD, .nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_READ_NOW] = {
		.sql = READ_CARD, .nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_READ_SHARED] = {
		.sql = READ_CARD " FOR SHARE OF c", .nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_READ_LOCKED] = {
		.sql = READ_CARD " FOR NO KEY UPDATE OF c",
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	[Q_EXTERNAL_AS_SEEN] = {
		.sql = FIND_EXTERNAL,
		.nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_EXTERNAL_NOW] = {
		.sql = FIND_EXTERNAL, .nargs = 2, .argtypes = { INT4OID, TEXTOID }, .expect = SPI_OK_SELECT,
	},
	/* Valid through the org-local day on which the validity ends. */
	[Q_VALIDITY_END] = {
		.sql = "SELECT ((($3 AT TIME ZONE o.time_zone)::date + s.validity"
		" + '1 day'::interval)::date)::timestamp"
		" AT TIME ZONE o.time_zone FROM loyalty_data.card_series s JOIN loyalty_data.org o"
		" ON o.org_id = s.org_id"
		" WHERE s.org_id = $1 AND s.series_id = $2",
		.nargs = 3, .argtypes = { INT4OID, INT4OID, TIMESTAMPTZOID }, .expect = SPI_OK_SELECT,
	},
	[Q_UPDATE] = {
		.sql = "UPDATE loyalty_data.card SET customer_id = $3, status = $4, label_id = $5, issued_at = $6, expires_at = $7"
		" WHERE org_id = $1 AND card_number = $2",
		.nargs = 7, .argtypes = { INT4OID, TEXTOID, INT8OID, CHAROID, INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID },
		.expect = SPI_OK_UPDATE,
	},
	[Q_CHANGE_INSERT] = {
		.sql = "INSERT INTO loyalty_data.card_change (org_id, card_id, change_id, changed_at, change, customer_id, old_status,"
		" new_status, label_id, reason, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		.nargs = 11, .argtypes = { INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, TEXTOID, INT8OID, CHAROID, CHAROID,
								   INT4OID, TEXTOID, TEXTOID },
		.expect = SPI_OK_INSERT,
	},
	/* Under a snapshot taken now: an older one would not show what was issued while the customer's lock was waited for. */
	[Q_CARDS_COUNT] = {
		.sql = "SELECT c.series_id, c.status FROM loyalty_data.card c WHERE c.org_id = $1"
		" AND c.customer_id = $2"
		" AND (c.expires_at IS NULL OR c.expires_at > $3)",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, TIMESTAMPTZOID }, .expect = SPI_OK_SELECT,
	},
	[Q_HELD] = {
		.sql = "SELECT 1 FROM loyalty_data.card c WHERE c.org_id = $1"
		" AND c.customer_id = $2 AND c.series_id = $3"
		" AND c.status <> ALL ('{x,d}'::\"char\"[]) LIMIT 1",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT4OID }, .expect = SPI_OK_SELECT,
	},
	[Q_FORMER] = {
		.sql = "SELECT DISTINCT h.customer_id FROM loyalty_data.card_change h WHERE h.org_id = $1"
		" AND h.card_id = $2 AND h.customer_id <> $3 ORDER BY h.customer_id",
		.nargs = 3, .argtypes = { INT4OID, INT8OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	/* The default label of the status, and one row of history for each card. */
	[Q_EXPIRE] = {
		.sql = "WITH due AS (SELECT c.card_number, c.status FROM loyalty_data.card c"
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
		.nargs = 3, .argtypes = { INT4OID, TIMESTAMPTZOID, TIMESTAMPTZOID }, .expect = SPI_OK_INSERT,
	},
	[Q_OF_CUSTOMER] = {
		.sql = "SELECT c.card_number::text, c.card_external_id::text, c.card_id,"
		" s.series::text, loyalty_data.card_status_word(c.status),"
		" COALESCE(l.label::text, loyalty_data.card_status_word(c.status)), p.program::text,"
		" c.issued_at, c.expires_at FROM loyalty_data.card c"
		" JOIN loyalty_data.card_series s ON s.org_id = c.org_id"
		" AND s.series_id = c.series_id"
		" LEFT JOIN loyalty_data.card_label l ON l.org_id = c.org_id"
		" AND l.label_id = c.label_id"
		" LEFT JOIN loyalty_data.program p ON p.org_id = s.org_id"
		" AND p.program_id = s.program_id"
		" WHERE c.org_id = $1 AND c.customer_id = $2"
		" ORDER BY c.issued_at, c.card_id",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
	[Q_CHANGES] = {
		.sql = "SELECT h.changed_at, h.change, h.customer_id, loyalty_data.card_status_word(h.old_status),"
		" loyalty_data.card_status_word(h.new_status),"
		" COALESCE(l.label::text, loyalty_data.card_status_word(h.new_status)), h.reason, h.actor"
		" FROM loyalty_data.card_change h LEFT JOIN loyalty_data.card_label l ON l.org_id = h.org_id"
		" AND l.label_id = h.label_id"
		" WHERE h.org_id = $1 AND h.card_id = $2 ORDER BY h.change_id",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT, .read_only = true,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with CardQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(CardQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

bool
loyalty_card_series_insert(int32 org_id, const CardSeries *series)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, series->series_id);
	loyalty_param_text(&params, series->series);
	loyalty_param_text(&params, series->name);
	loyalty_param_text(&params, series->card_type);
	loyalty_param_text(&params, series->prefix);
	loyalty_param_text(&params, series->suffix);
	loyalty_param_int4(&params, series->length);
	loyalty_param_int4_or_null(&params, series->max_active);
	loyalty_param(&params, PointerGetDatum(series->validity), series->validity == NULL);
	loyalty_param_int4_or_null(&params, series->program_id);
	loyalty_param_char(&params, (char) series->issue);
	return run(Q_SERIES_INSERT, &params) == 1;
}

bool
loyalty_card_series_read(int32 org_id, const char *code, CardSeries *series)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, code);
	if (run(Q_SERIES_READ, &params) == 0)
		return false;
	memset(series, 0, sizeof(CardSeries));
	series->series_id = loyalty_row_int4(0, 1);
	series->series = loyalty_row_text(0, 2);
	series->max_active = loyalty_row_int4_or(0, 3, 0);
	series->program_id = loyalty_row_int4_or(0, 4, 0);
	series->issue = (CardIssue) loyalty_row_char(0, 5);
	return true;
}

int
loyalty_card_series_at_registration(int32 org_id, const char ***codes)
{
	LoyaltyParams params = { 0 };
	int count;
	int i;

	loyalty_param_int4(&params, org_id);
	count = (int) run(Q_SERIES_AT_REGISTRATION, &params);
	*codes = palloc(sizeof(char *) * Max(count, 1));
	for (i = 0; i < count; i++)
		(*codes)[i] = loyalty_row_text(i, 1);
	return count;
}

bool
loyalty_card_label_insert(int32 org_id, int32 label_id, const char *label, CardStatus status)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, label_id);
	loyalty_param_text(&params, label);
	loyalty_param_char(&params, (char) status);
	return run(Q_LABEL_INSERT, &params) == 1;
}

int32
loyalty_card_label_find(int32 org_id, CardStatus status, const char *label)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, (char) status);
	loyalty_param_text(&params, label);
	return run(Q_LABEL_FIND, &params) == 0 ? 0 : loyalty_row_int4(0, 1);
}

int32
loyalty_card_label_default(int32 org_id, CardStatus status)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, (char) status);
	return run(Q_LABEL_DEFAULT, &params) == 0 ? 0 : loyalty_row_int4(0, 1);
}

void
loyalty_card_label_set_default(int32 org_id, CardStatus status, int32 label_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_char(&params, (char) status);
	loyalty_param_int4(&params, label_id);
	run(Q_LABEL_CLEAR_DEFAULT, &params);
	run(Q_LABEL_SET_DEFAULT, &params);
}

uint64
loyalty_cards_insert(int32 org_id, int32 series_id, Datum card_numbers, Datum card_ids, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, series_id);
	loyalty_param(&params, card_numbers, false);
	loyalty_param(&params, card_ids, false);
	loyalty_param_time(&params, now);
	return run(Q_CARDS_INSERT, &params);
}

uint64
loyalty_card_external_ids_insert(int32 org_id, Datum card_numbers, Datum external_ids)
{
	LoyaltyParams params = { 0 };
	uint64 inserted;

	loyalty_param_int4(&params, org_id);
	loyalty_param(&params, card_numbers, false);
	loyalty_param(&params, external_ids, false);
	inserted = run(Q_EXTERNAL_INSERT, &params);
	run(Q_EXTERNAL_SET, &params);
	return inserted;
}

bool
loyalty_card_exists(int32 org_id, const char *card_number)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, card_number);
	return run(Q_EXISTS, &params) > 0;
}

static TimestampTz
row_time_or(uint64 row, int column, TimestampTz fallback)
{
	return loyalty_row_int8_or(row, column, fallback);
}

bool
loyalty_card_read(int32 org_id, const char *card_number, CardRead how, Card *card)
{
	static const CardQueryId by_read[] = {
		[CARD_AS_SEEN] = Q_READ_AS_SEEN,
		[CARD_NOW] = Q_READ_NOW,
		[CARD_SHARED] = Q_READ_SHARED,
		[CARD_LOCKED] = Q_READ_LOCKED,
	};
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, card_number);
	if (run(by_read[how], &params) == 0)
		return false;
	card->card_number = loyalty_row_text(0, 1);
	card->card_external_id = loyalty_row_text_or_null(0, 2);
	card->card_id = loyalty_row_int8(0, 3);
	card->series_id = loyalty_row_int4(0, 4);
	card->series = loyalty_row_text(0, 5);
	card->max_active = loyalty_row_int4_or(0, 6, 0);
	card->program_id = loyalty_row_int4_or(0, 7, 0);
	card->customer_id = loyalty_row_int8_or(0, 8, 0);
	card->status = (CardStatus) loyalty_row_char(0, 9);
	card->label_id = loyalty_row_int4_or(0, 10, 0);
	card->label = loyalty_row_text_or_null(0, 11);
	if (card->label == NULL)
		card->label = loyalty_card_status_name(card->status);
	card->issued_at = row_time_or(0, 12, DT_NOBEGIN);
	card->expires_at = row_time_or(0, 13, DT_NOEND);
	return true;
}

bool
loyalty_card_read_external(int32 org_id, const char *external_id, CardRead how, Card *card)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, external_id);
	if (run(how == CARD_AS_SEEN ? Q_EXTERNAL_AS_SEEN : Q_EXTERNAL_NOW, &params) == 0)
		return false;
	return loyalty_card_read(org_id, loyalty_row_text(0, 1), how, card);
}

TimestampTz
loyalty_card_validity_end(int32 org_id, int32 series_id, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int4(&params, series_id);
	loyalty_param_time(&params, now);
	return run(Q_VALIDITY_END, &params) == 0 ? DT_NOEND : row_time_or(0, 1, DT_NOEND);
}

void
loyalty_card_update(int32 org_id, const Card *card)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, card->card_number);
	loyalty_param_int8_or_null(&params, card->customer_id);
	loyalty_param_char(&params, (char) card->status);
	loyalty_param_int4_or_null(&params, card->label_id);
	loyalty_param_time(&params, card->issued_at);
	loyalty_param_time(&params, card->expires_at);
	run(Q_UPDATE, &params);
}

void
loyalty_card_change_insert(int32 org_id, const Card *card, CardStatus old_status, const char *change,
						   const char *reason, const char *actor, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, card->card_id);
	loyalty_param_int8(&params, loyalty_next_id());
	loyalty_param_time(&params, now);
	loyalty_param_text(&params, change);
	loyalty_param_int8_or_null(&params, card->customer_id);
	loyalty_param_char(&params, (char) old_status);
	loyalty_param_char(&params, (char) card->status);
	loyalty_param_int4_or_null(&params, card->label_id);
	loyalty_param_text(&params, reason);
	loyalty_param_text(&params, actor);
	run(Q_CHANGE_INSERT, &params);
}

void
loyalty_cards_count(int32 org_id, int64 customer_id, int32 series_id, bool only_active_labels,
					TimestampTz now, CardCounts *counts)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	memset(counts, 0, sizeof(CardCounts));
	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_time(&params, now);
	rows = loyalty_query_latest(&queries[Q_CARDS_COUNT], &plans[Q_CARDS_COUNT], &params);
	for (i = 0; i < rows; i++)
	{
		if (!loyalty_card_counts((CardStatus) loyalty_row_char(i, 2), only_active_labels))
			continue;
		counts->of_org++;
		if (loyalty_row_int4(i, 1) == series_id)
			counts->of_series++;
	}
}

bool
loyalty_card_held(int32 org_id, int64 customer_id, int32 series_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	loyalty_param_int4(&params, series_id);
	return run(Q_HELD, &params) > 0;
}

int
loyalty_card_former_owners(int32 org_id, const Card *card, int64 **customers)
{
	LoyaltyParams params = { 0 };
	uint64 rows;
	uint64 i;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, card->card_id);
	loyalty_param_int8(&params, card->customer_id);
	rows = run(Q_FORMER, &params);
	*customers = palloc(sizeof(int64) * Max(rows, 1));
	for (i = 0; i < rows; i++)
		(*customers)[i] = loyalty_row_int8(i, 1);
	return (int) rows;
}

uint64
loyalty_cards_expire(int32 org_id, TimestampTz as_of, TimestampTz now)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_time(&params, as_of);
	loyalty_param_time(&params, now);
	return run(Q_EXPIRE, &params);
}

uint64
loyalty_cards_of_customer(int32 org_id, int64 customer_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, customer_id);
	return run(Q_OF_CUSTOMER, &params);
}

uint64
loyalty_card_changes(int32 org_id, int64 card_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, card_id);
	return run(Q_CHANGES, &params);
}
