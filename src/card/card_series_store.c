/*
 * card_series_store.c: the statements on series of cards and on labels.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "card/card_store.h"

static LoyaltyQuery series_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.card_series (org_id, series_id, series, name, card_type, prefix, suffix, length,"
	" max_active_per_customer, validity, program_id, issue) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
	" $12) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, INT4OID, INTERVALOID, INT4OID,
	CHAROID);

static LoyaltyQuery series_by_code =
	LOYALTY_STATEMENT("SELECT s.series_id, s.series::text, s.max_active_per_customer, s.program_id, s.issue"
					  " FROM loyalty_data.card_series s WHERE s.org_id = $1 AND s.series = $2",
					  INT4OID, TEXTOID);

static LoyaltyQuery series_at_registration =
	LOYALTY_STATEMENT("SELECT s.series::text FROM loyalty_data.card_series s"
					  " WHERE s.org_id = $1 AND s.issue = 'e' ORDER BY s.series_id",
					  INT4OID);

static LoyaltyQuery label_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.card_label (org_id, label_id, label, status, is_default)"
					  " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
					  INT4OID, INT4OID, TEXTOID, CHAROID, BOOLOID);

static LoyaltyQuery label_known =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.card_label l WHERE l.org_id = $1"
					  " AND l.status = $2 LIMIT 1",
					  INT4OID, CHAROID);

static LoyaltyQuery label_by_name =
	LOYALTY_STATEMENT("SELECT l.label_id FROM loyalty_data.card_label l WHERE l.org_id = $1"
					  " AND l.status = $2 AND l.label = $3",
					  INT4OID, CHAROID, TEXTOID);

static LoyaltyQuery label_default =
	LOYALTY_STATEMENT("SELECT l.label_id FROM loyalty_data.card_label l WHERE l.org_id = $1"
					  " AND l.status = $2 AND l.is_default",
					  INT4OID, CHAROID);

/* Two statements: a unique index checks each row as it is written, so the old default goes first. */
static LoyaltyQuery label_clear_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_label SET is_default = false WHERE org_id = $1"
					  " AND status = $2 AND label_id <> $3 AND is_default",
					  INT4OID, CHAROID, INT4OID);

static LoyaltyQuery label_set_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_label SET is_default = true WHERE org_id = $1"
					  " AND status = $2 AND label_id = $3 AND NOT is_default",
					  INT4OID, CHAROID, INT4OID);

/* Valid through the org-local day on which the validity ends. */
static LoyaltyQuery validity_end =
	LOYALTY_STATEMENT("SELECT ((($3 AT TIME ZONE o.time_zone)::date + s.validity"
					  " + '1 day'::interval)::date)::timestamp"
					  " AT TIME ZONE o.time_zone FROM loyalty_data.card_series s JOIN loyalty_data.org o"
					  " ON o.org_id = s.org_id"
					  " WHERE s.org_id = $1 AND s.series_id = $2",
					  INT4OID, INT4OID, TIMESTAMPTZOID);

bool
loyalty_card_series_insert(int32 org_id, const CardSeries *series)
{
	return LOYALTY_EXECUTE(&series_insert, loyalty_int4(org_id), loyalty_int4(series->series_id),
						   loyalty_text(series->series), loyalty_text(series->name),
						   loyalty_text(series->card_type), loyalty_text(series->prefix),
						   loyalty_text(series->suffix), loyalty_int4(series->length),
						   loyalty_int4_or_null(series->max_active),
						   loyalty_datum(PointerGetDatum(series->validity), series->validity == NULL),
						   loyalty_int4_or_null(series->program_id), loyalty_char((char) series->issue)) == 1;
}

bool
loyalty_card_series_read(int32 org_id, const char *code, CardSeries *series)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&series_by_code, loyalty_int4(org_id), loyalty_text(code));

	if (rows->count == 0)
		return false;
	memset(series, 0, sizeof(CardSeries));
	series->series_id = loyalty_row_int4(rows, 0, 1);
	series->series = loyalty_row_text(rows, 0, 2);
	series->max_active = loyalty_row_int4_or(rows, 0, 3, 0);
	series->program_id = loyalty_row_int4_or(rows, 0, 4, 0);
	series->issue = (CardIssue) loyalty_row_char(rows, 0, 5);
	return true;
}

int
loyalty_card_series_at_registration(int32 org_id, const char ***codes)
{
	int count;
	int i;
	LoyaltyRows *rows = LOYALTY_QUERY(&series_at_registration, loyalty_int4(org_id));

	count = (int) rows->count;
	*codes = palloc(sizeof(char *) * Max(count, 1));
	for (i = 0; i < count; i++)
		(*codes)[i] = loyalty_row_text(rows, i, 1);
	return count;
}

static bool
has_label(int32 org_id, CardStatus status)
{
	return LOYALTY_EXECUTE(&label_known, loyalty_int4(org_id), loyalty_char((char) status)) > 0;
}

/* The first label of a status is its default one. The org is locked: no two are the first. */
bool
loyalty_card_label_insert(int32 org_id, int32 label_id, const char *label, CardStatus status)
{
	bool is_first = !has_label(org_id, status);

	return LOYALTY_EXECUTE(&label_insert, loyalty_int4(org_id), loyalty_int4(label_id), loyalty_text(label),
						   loyalty_char((char) status), loyalty_bool(is_first)) == 1;
}

int32
loyalty_card_label_find(int32 org_id, CardStatus status, const char *label)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&label_by_name, loyalty_int4(org_id), loyalty_char((char) status), loyalty_text(label));

	return rows->count == 0 ? 0 : loyalty_row_int4(rows, 0, 1);
}

int32
loyalty_card_label_default(int32 org_id, CardStatus status)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&label_default, loyalty_int4(org_id), loyalty_char((char) status));

	return rows->count == 0 ? 0 : loyalty_row_int4(rows, 0, 1);
}

void
loyalty_card_label_set_default(int32 org_id, CardStatus status, int32 label_id)
{
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_char((char) status), loyalty_int4(label_id));

	loyalty_execute(&label_clear_default, &params);
	loyalty_execute(&label_set_default, &params);
}

TimestampTz
loyalty_card_validity_end(int32 org_id, int32 series_id, TimestampTz now)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&validity_end, loyalty_int4(org_id), loyalty_int4(series_id), loyalty_time(now));

	return rows->count == 0 ? DT_NOEND : loyalty_row_int8_or(rows, 0, 1, DT_NOEND);
}
