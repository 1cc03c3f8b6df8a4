/*
 * merge_store.c: the statements on the records of merges.
 *
 * A record stands under the victim's id, since a victim is merged once: so its key needs no index of its own, and a
 * repeated request is found by the victim. Records are written once, after the merge was checked, and only an erasure
 * changes them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "merge/merge_store.h"
#include "merge/participants.h"

static LoyaltyQuery record_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.merge_record (org_id, customer_id, merge_id, survivor_id, event_time, recorded_at,"
	" till_id, origin, request_digest, idempotency_digest, warnings, reason, actor)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
	INT4OID, INT8OID, INT8OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, CHAROID, INT8OID, UUIDOID,
	TEXTARRAYOID, TEXTOID, TEXTOID);

/* Row of a line. */
typedef struct MergeLineRow
{
	int32 org_id;
	int64 customer_id;
	int32 line_no; /* from 1, in the order of the preview */
	LoyaltyMergeLine line;
	const char *rule; /* the name of the line's rule */
} MergeLineRow;

#define COLUMN(name, type, member) LOYALTY_COLUMN(name, type, MergeLineRow, member)

static const LoyaltyColumn line_columns[] = {
	COLUMN("org_id", INT4, org_id),
	COLUMN("customer_id", INT8, customer_id),
	COLUMN("line_no", INT4, line_no),
	COLUMN("participant", TEXT, line.participant),
	COLUMN("item", TEXT, line.item),
	COLUMN("survivor_value", TEXT, line.survivor_value),
	COLUMN("victim_value", TEXT, line.victim_value),
	COLUMN("final_value", TEXT, line.final_value),
	COLUMN("rule", TEXT, rule),
	COLUMN("warning", TEXT, line.warning),
};

static const LoyaltyLayout line_layout = LOYALTY_LAYOUT("merge_line", MergeLineRow, line_columns);

static LoyaltyQuery lines_insert = LOYALTY_INSERT(line_layout);

static LoyaltyQuery record_read =
	LOYALTY_STATEMENT("SELECT m.merge_id, m.survivor_id, m.request_digest, m.idempotency_digest, m.warnings"
					  " FROM loyalty_data.merge_record m WHERE m.org_id = $1"
					  " AND m.customer_id = $2",
					  INT4OID, INT8OID);

/* Asks by org, so that each look is one probe of the customers' primary key. */
static LoyaltyQuery org_of_customer = LOYALTY_STATEMENT(
	"SELECT c.org_id FROM loyalty_data.org o JOIN loyalty_data.customer c ON c.org_id = o.org_id"
	" AND c.customer_id = $1",
	INT8OID);

/*
 * Rows that are held: merges, under the victim. Lines about identity and contact are deleted; those of other
 * participants hold counts, points and labels.
 */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD(
		"merge_record",
		SAYS_TILL
		", 'origin', CASE t.origin WHEN 'c' THEN 'merge_customers' WHEN 'q' THEN 'change_request' ELSE 'registration' END",
		LOYALTY_BLANKS("merge_record", "reason = NULL, actor = NULL")),
	LOYALTY_HELD(
		"merge_line", "",
		LOYALTY_STATEMENT("DELETE FROM loyalty_data.merge_line WHERE org_id = $1"
						  " AND customer_id = $2 AND participant = ANY ('{identity,contact}'::text[])",
						  INT4OID, INT8OID)),
};

const LoyaltyHoldings loyalty_merge_holdings = { holdings, lengthof(holdings) };

/* Writes all lines together. The layout is a table's row, so no statement is made for each. */
static void
insert_lines(const LoyaltyMerge *merge)
{
	MergeLineRow *rows = palloc(sizeof(MergeLineRow) * Max(merge->lines.n, 1));
	int i;

	for (i = 0; i < merge->lines.n; i++)
		rows[i] = (MergeLineRow){
			.org_id = merge->pair.org_id,
			.customer_id = merge->victim.customer_id,
			.line_no = i + 1,
			.line = merge->lines.items[i],
			.rule = loyalty_merge_rule_name(merge->lines.items[i].rule),
		};
	loyalty_write(&lines_insert, rows, merge->lines.n);
}

/* Writes NULL digests where there was no key: a merge without a key cannot be repeated, only refused. */
void
loyalty_merge_record_insert(const LoyaltyMerge *merge, const MergeRecord *record)
{
	LOYALTY_EXECUTE(&record_insert, LOYALTY_CUSTOMER(merge->pair.org_id, merge->victim.customer_id),
					loyalty_int8(record->merge_id), loyalty_int8(record->survivor_id),
					loyalty_time(merge->event_time), loyalty_time(merge->call->now),
					loyalty_int4_or_null(merge->till ? merge->till->till_id : 0),
					loyalty_char(record->origin),
					loyalty_datum(Int64GetDatum(record->request_digest), !record->has_key),
					loyalty_datum(UUIDPGetDatum(&record->idempotency_digest), !record->has_key),
					loyalty_datum(record->warnings, false), loyalty_text(record->reason),
					loyalty_text(record->actor));
	insert_lines(merge);
}

/* Fills what a repeated request needs, and nothing else of the record. */
bool
loyalty_merge_record_read(int32 org_id, int64 victim_id, MergeRecord *record)
{
	bool isnull;
	Datum digest;
	LoyaltyRows *rows = LOYALTY_QUERY(&record_read, LOYALTY_CUSTOMER(org_id, victim_id));

	if (rows->count == 0)
		return false;
	memset(record, 0, sizeof(*record));
	record->merge_id = loyalty_row_int8(rows, 0, 1);
	record->survivor_id = loyalty_row_int8(rows, 0, 2);
	record->request_digest = loyalty_row_int8_or(rows, 0, 3, 0);
	digest = loyalty_row_datum(rows, 0, 4, &isnull);
	record->has_key = !isnull;
	if (record->has_key)
		record->idempotency_digest = *DatumGetUUIDP(digest);
	record->warnings = loyalty_row_value(rows, 0, 5);
	return true;
}

/* Looks beyond the caller's org; the caller judges who may learn of it. */
int32
loyalty_org_of_customer(int64 customer_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&org_of_customer, loyalty_int8(customer_id));

	return rows->count == 0 ? 0 : loyalty_row_int4(rows, 0, 1);
}
