/*
 * merge_store.c: the statements on the records of merges.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "merge/merge_store.h"

typedef enum MergeQueryId
{
	Q_RECORD_INSERT,
	Q_LINES_INSERT,
	Q_RECORD_READ,
	Q_ORG_OF_CUSTOMER,
	Q_ERASE_LINES,
	Q_ERASE_RECORDS,
	Q_COUNT
} MergeQueryId;

static const LoyaltyQuery queries[] = {
	[Q_RECORD_INSERT] = {
		.sql = "INSERT INTO loyalty_data.merge_record (org_id, customer_id, merge_id, survivor_id, event_time, recorded_at,"
		" till_id, origin, request_digest, idempotency_digest, warnings, reason, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		.nargs = 13, .argtypes = { INT4OID, INT8OID, INT8OID, INT8OID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT4OID, CHAROID,
								   INT8OID, UUIDOID, TEXTARRAYOID, TEXTOID, TEXTOID },
		.expect = SPI_OK_INSERT,
	},
	[Q_LINES_INSERT] = {
		.sql = "INSERT INTO loyalty_data.merge_line (org_id, customer_id, line_no, participant, item,"
		" survivor_value, victim_value, final_value, rule, warning) SELECT r.org_id, r.customer_id,"
		" r.line_no, r.participant, r.item, r.survivor_value, r.victim_value, r.final_value, r.rule,"
		" r.warning FROM unnest($1) r",
		.nargs = 1, .argtypes = { LOYALTY_ROWS_OID }, .row_table = "merge_line", .expect = SPI_OK_INSERT,
	},
	[Q_RECORD_READ] = {
		.sql = "SELECT m.merge_id, m.survivor_id, m.request_digest, m.idempotency_digest, m.warnings"
		" FROM loyalty_data.merge_record m WHERE m.org_id = $1"
		" AND m.customer_id = $2",
		.nargs = 2, .argtypes = { INT4OID, INT8OID }, .expect = SPI_OK_SELECT,
	},
	[Q_ORG_OF_CUSTOMER] = {
		.sql = "SELECT c.org_id FROM loyalty_data.org o JOIN loyalty_data.customer c ON c.org_id = o.org_id"
		" AND c.customer_id = $1",
		.nargs = 1, .argtypes = { INT8OID }, .expect = SPI_OK_SELECT,
	},
	/* Lines of others hold counts, points and labels. */
	[Q_ERASE_LINES] = {
		.sql = "DELETE FROM loyalty_data.merge_line WHERE org_id = $1"
		" AND customer_id = ANY ($2) AND participant = 'identity'",
		.nargs = 2, .argtypes = { INT4OID, INT8ARRAYOID }, .expect = SPI_OK_DELETE,
	},
	[Q_ERASE_RECORDS] = {
		.sql = "UPDATE loyalty_data.merge_record SET reason = NULL, actor = NULL"
		" WHERE org_id = $1 AND customer_id = ANY ($2)",
		.nargs = 2, .argtypes = { INT4OID, INT8ARRAYOID }, .expect = SPI_OK_UPDATE,
	},
};
StaticAssertDecl(lengthof(queries) == Q_COUNT, "queries[] is out of step with MergeQueryId");

static LoyaltyPlan plans[Q_COUNT];

static uint64
run(MergeQueryId id, LoyaltyParams *params)
{
	return loyalty_query(&queries[id], &plans[id], params);
}

/* All lines in one statement. */
static void
insert_lines(const LoyaltyMerge *merge)
{
	LoyaltyParams *rows = palloc0(sizeof(LoyaltyParams) * Max(merge->lines.n, 1));
	int i;

	for (i = 0; i < merge->lines.n; i++)
	{
		const LoyaltyMergeLine *line = &merge->lines.items[i];

		loyalty_param_int4(&rows[i], merge->pair.org_id);
		loyalty_param_int8(&rows[i], merge->victim.customer_id);
		loyalty_param_int4(&rows[i], i + 1);
		loyalty_param_text(&rows[i], line->participant);
		loyalty_param_text(&rows[i], line->item);
		loyalty_param_text(&rows[i], line->survivor_value);
		loyalty_param_text(&rows[i], line->victim_value);
		loyalty_param_text(&rows[i], line->final_value);
		loyalty_param_text(&rows[i], loyalty_merge_rule_name(line->rule));
		loyalty_param_text(&rows[i], line->warning);
	}
	loyalty_query_rows(&queries[Q_LINES_INSERT], &plans[Q_LINES_INSERT], rows, merge->lines.n);
}

void
loyalty_merge_record_insert(const LoyaltyMerge *merge, const MergeRecord *record)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, merge->pair.org_id);
	loyalty_param_int8(&params, merge->victim.customer_id);
	loyalty_param_int8(&params, record->merge_id);
	loyalty_param_int8(&params, record->survivor_id);
	loyalty_param_time(&params, merge->event_time);
	loyalty_param_time(&params, merge->call->now);
	loyalty_param_int4_or_null(&params, merge->till ? merge->till->till_id : 0);
	loyalty_param_char(&params, record->origin);
	loyalty_param(&params, Int64GetDatum(record->request_digest), !record->has_key);
	loyalty_param(&params, UUIDPGetDatum(&record->idempotency_digest), !record->has_key);
	loyalty_param(&params, record->warnings, false);
	loyalty_param_text(&params, record->reason);
	loyalty_param_text(&params, record->actor);
	run(Q_RECORD_INSERT, &params);
	insert_lines(merge);
}

bool
loyalty_merge_record_read(int32 org_id, int64 victim_id, MergeRecord *record)
{
	LoyaltyParams params = { 0 };
	bool isnull;
	Datum digest;

	loyalty_param_int4(&params, org_id);
	loyalty_param_int8(&params, victim_id);
	if (run(Q_RECORD_READ, &params) == 0)
		return false;
	memset(record, 0, sizeof(*record));
	record->merge_id = loyalty_row_int8(0, 1);
	record->survivor_id = loyalty_row_int8(0, 2);
	record->request_digest = loyalty_row_int8_or(0, 3, 0);
	digest = loyalty_row_datum(0, 4, &isnull);
	record->has_key = !isnull;
	if (record->has_key)
		record->idempotency_digest = *DatumGetUUIDP(digest);
	record->warnings = loyalty_row_datum(0, 5, &isnull);
	return true;
}

int32
loyalty_org_of_customer(int64 customer_id)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int8(&params, customer_id);
	return run(Q_ORG_OF_CUSTOMER, &params) == 0 ? 0 : loyalty_row_int4(0, 1);
}

void
loyalty_merge_records_erase(int32 org_id, const LoyaltyCustomer *root)
{
	static const MergeQueryId parts[] = { Q_ERASE_LINES, Q_ERASE_RECORDS };
	int i;

	for (i = 0; i < lengthof(parts); i++)
	{
		LoyaltyParams params = { 0 };

		loyalty_param_int4(&params, org_id);
		loyalty_param_group(&params, root);
		run(parts[i], &params);
	}
}
