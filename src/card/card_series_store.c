/*
 * card_series_store.c: the statements on series of cards and on labels. Writes of labels come under the lock of the
 * org.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

#include "card/card_store.h"

/*
 * Inserts a series. Its code is unique, and so are prefix, suffix and length together: two such series would make the
 * same numbers.
 */
static LoyaltyQuery series_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.card_series (org_id, series_id, series, name, card_type, prefix, suffix, length,"
	" max_active_per_customer, validity, program_id, issue) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
	" $12) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT4OID, INT4OID, INTERVALOID, INT4OID,
	CHAROID);

/* Reads a series by its code. */
static LoyaltyQuery series_by_code =
	LOYALTY_STATEMENT("SELECT s.series_id, s.series::text, s.max_active_per_customer, s.program_id, s.issue"
					  " FROM loyalty_data.card_series s WHERE s.org_id = $1 AND s.series = $2",
					  INT4OID, TEXTOID);

/* Reads the series that every registration issues, oldest first: all registrations lock in that order. */
static LoyaltyQuery series_at_registration =
	LOYALTY_STATEMENT("SELECT s.series::text FROM loyalty_data.card_series s"
					  " WHERE s.org_id = $1 AND s.issue = 'e' ORDER BY s.series_id",
					  INT4OID);

/* Inserts a label; labels are unique in an org, whatever their status. */
static LoyaltyQuery label_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.card_label (org_id, label_id, label, status, is_default)"
					  " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
					  INT4OID, INT4OID, TEXTOID, CHAROID, BOOLOID);

/* Looks for any label of a status. */
static LoyaltyQuery label_known =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.card_label l WHERE l.org_id = $1"
					  " AND l.status = $2 LIMIT 1",
					  INT4OID, CHAROID);

/* Finds a label of a status. */
static LoyaltyQuery label_by_name =
	LOYALTY_STATEMENT("SELECT l.label_id FROM loyalty_data.card_label l WHERE l.org_id = $1"
					  " AND l.status = $2 AND l.label = $3",
					  INT4OID, CHAROID, TEXTOID);

/* Finds the default label of a status; an index allows one. */
static LoyaltyQuery label_default =
	LOYALTY_STATEMENT("SELECT l.label_id FROM loyalty_data.card_label l WHERE l.org_id = $1"
					  " AND l.status = $2 AND l.is_default",
					  INT4OID, CHAROID);

/* Takes the mark from the old default. A unique index checks each row as it is written, so this comes first. */
static LoyaltyQuery label_clear_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_label SET is_default = false WHERE org_id = $1"
					  " AND status = $2 AND label_id <> $3 AND is_default",
					  INT4OID, CHAROID, INT4OID);

/* Gives the mark to the new default. */
static LoyaltyQuery label_set_default =
	LOYALTY_STATEMENT("UPDATE loyalty_data.card_label SET is_default = true WHERE org_id = $1"
					  " AND status = $2 AND label_id = $3 AND NOT is_default",
					  INT4OID, CHAROID, INT4OID);

/*
 * Computes the last day of validity: cards are valid through the org-local day on which the validity ends. Those whose
 * validity would end after the year 9999 have none.
 */
static LoyaltyQuery validity_end = LOYALTY_STATEMENT(
	"SELECT CASE WHEN ($3 AT TIME ZONE o.time_zone)::date + s.validity < '9999-12-31'::date THEN"
	" (($3 AT TIME ZONE o.time_zone)::date + s.validity)::date END, o.time_zone"
	" FROM loyalty_data.card_series s JOIN loyalty_data.org o ON o.org_id = s.org_id"
	" WHERE s.org_id = $1 AND s.series_id = $2",
	INT4OID, INT4OID, TIMESTAMPTZOID);

/* Inserts a series, unless its code or its prefix, suffix and length are taken. */
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

/* Reads what issuing a card needs of a series. */
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

/* Reads the codes of series that every registration issues. */
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

/* Tells whether a status has any label. */
static bool
has_label(int32 org_id, CardStatus status)
{
	return LOYALTY_EXECUTE(&label_known, loyalty_int4(org_id), loyalty_char((char) status)) > 0;
}

/* Inserts a label. The first label of a status is its default one. The org is locked: no two are the first. */
bool
loyalty_card_label_insert(int32 org_id, int32 label_id, const char *label, CardStatus status)
{
	bool is_first = !has_label(org_id, status);

	return LOYALTY_EXECUTE(&label_insert, loyalty_int4(org_id), loyalty_int4(label_id), loyalty_text(label),
						   loyalty_char((char) status), loyalty_bool(is_first)) == 1;
}

/* Returns the id of a label of a status, 0: there is none. */
int32
loyalty_card_label_find(int32 org_id, CardStatus status, const char *label)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&label_by_name, loyalty_int4(org_id), loyalty_char((char) status), loyalty_text(label));

	return rows->count == 0 ? 0 : loyalty_row_int4(rows, 0, 1);
}

/* Returns the id of the default label, 0: the status has no labels. */
int32
loyalty_card_label_default(int32 org_id, CardStatus status)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&label_default, loyalty_int4(org_id), loyalty_char((char) status));

	return rows->count == 0 ? 0 : loyalty_row_int4(rows, 0, 1);
}

/* Moves the mark in two statements: a unique index checks each row as it is written. */
void
loyalty_card_label_set_default(int32 org_id, CardStatus status, int32 label_id)
{
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_char((char) status), loyalty_int4(label_id));

	loyalty_execute(&label_clear_default, &params);
	loyalty_execute(&label_set_default, &params);
}

/*
 * Returns the end of the last local day of validity. The day after begins at the first of two midnights, or without
 * one, as with points; AT TIME ZONE would take the second.
 */
TimestampTz
loyalty_card_validity_end(int32 org_id, int32 series_id, TimestampTz now)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&validity_end, loyalty_int4(org_id), loyalty_int4(series_id), loyalty_time(now));

	if (rows->count == 0 || loyalty_row_isnull(rows, 0, 1))
		return DT_NOEND;
	return loyalty_start_of_day(DatumGetDateADT(loyalty_row_value(rows, 0, 1)) + 1,
								pg_tzset(loyalty_row_text(rows, 0, 2)));
}
