/*
 * delivery_store.c: the statements on reports of providers.
 *
 * The row of a provider's id is where a report and an acknowledgement meet that cross: both write it first, so the later one
 * waits for the other's transaction and then sees what it wrote. Whoever finds the id known locks the message and leaves
 * that row alone, and whoever lets a report wait locks no message: nobody holds the one and waits for the other.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "message/delivery/delivery_store.h"

/* Lines of the catalogue that the org ($1) has none of its own for, and its own. */
static LoyaltyQuery catalogue = LOYALTY_STATEMENT(
	"SELECT d.bsp::text, d.provider_status::text, d.error_code::text, d.delivery_status, d.cause::text"
	" FROM loyalty_data.delivery_code d WHERE NOT EXISTS (SELECT FROM loyalty_data.org_delivery_code i"
	" WHERE i.org_id = $1 AND i.bsp = d.bsp AND i.provider_status = d.provider_status AND i.error_code = d.error_code)"
	" UNION ALL SELECT o.bsp::text, o.provider_status::text, o.error_code::text, o.delivery_status, o.cause::text"
	" FROM loyalty_data.org_delivery_code o WHERE o.org_id = $1 ORDER BY 1, 2, 3",
	INT4OID);

static LoyaltyQuery code_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.org_delivery_code (org_id, bsp, provider_status, error_code, delivery_status, cause)"
	" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, bsp, provider_status, error_code) DO UPDATE"
	" SET delivery_status = EXCLUDED.delivery_status, cause = EXCLUDED.cause",
	INT4OID, TEXTOID, TEXTOID, TEXTOID, CHAROID, TEXTOID);

static LoyaltyQuery code_clear =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.org_delivery_code WHERE org_id = $1 AND bsp = $2"
					  " AND provider_status = $3 AND error_code = $4",
					  INT4OID, TEXTOID, TEXTOID, TEXTOID);

#define OF_PROVIDER " p.org_id = $1 AND p.bsp_account_id = $2 AND p.provider_message_id = $3"

static LoyaltyQuery id_find = LOYALTY_STATEMENT(
	"SELECT p.customer_id, p.message_id FROM loyalty_data.provider_message p WHERE" OF_PROVIDER
	" AND p.message_id IS NOT NULL",
	INT4OID, INT4OID, TEXTOID);

/* Makes the document of a report that waits, and that of what makes two of them the same. */
static LoyaltyQuery early_document = LOYALTY_STATEMENT(
	"SELECT jsonb_build_array(jsonb_build_object('delivery_status', $1::text, 'provider_status', $2, 'error_code', $3,"
	" 'cause', $4, 'occurred_at', $5, 'recorded_at', $6)),"
	" jsonb_build_array(jsonb_build_object('provider_status', $2, 'error_code', $3))",
	CHAROID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID);

/* Adds a report ($4) to those that wait, of which there are 20 at most, unless one is the same ($5). No row: the message is known. */
static LoyaltyQuery early_keep = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.provider_message AS p (org_id, bsp_account_id, provider_message_id, early_reports,"
	" waiting_since) VALUES ($1, $2, $3, $4, $6)"
	" ON CONFLICT (org_id, bsp_account_id, provider_message_id) DO UPDATE SET early_reports = CASE"
	" WHEN jsonb_array_length(p.early_reports) >= 20 OR p.early_reports @> $5 THEN p.early_reports"
	" ELSE p.early_reports || EXCLUDED.early_reports END WHERE p.message_id IS NULL"
	" RETURNING p.early_reports @> $5",
	INT4OID, INT4OID, TEXTOID, JSONBOID, JSONBOID, TIMESTAMPTZOID);

static LoyaltyQuery id_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.provider_message (org_id, bsp_account_id, provider_message_id, customer_id,"
	" message_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
	INT4OID, INT4OID, TEXTOID, INT8OID, INT8OID);

/* Locks the row of an id whose message is not known. */
static LoyaltyQuery early_lock =
	LOYALTY_STATEMENT("SELECT p.early_reports FROM loyalty_data.provider_message p WHERE" OF_PROVIDER
					  " AND p.message_id IS NULL FOR NO KEY UPDATE",
					  INT4OID, INT4OID, TEXTOID);

static LoyaltyQuery early_read = LOYALTY_STATEMENT(
	"SELECT r.delivery_status, r.provider_status, r.error_code, r.cause, r.occurred_at, r.recorded_at"
	" FROM jsonb_to_recordset($1) AS r (delivery_status \"char\", provider_status text, error_code text, cause text,"
	" occurred_at timestamptz, recorded_at timestamptz)",
	JSONBOID);

static LoyaltyQuery id_claim = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.provider_message p SET customer_id = $4, message_id = $5, early_reports = NULL,"
	" waiting_since = NULL WHERE" OF_PROVIDER,
	INT4OID, INT4OID, TEXTOID, INT8OID, INT8OID);

#define OF_MESSAGE(alias) \
	" " alias ".org_id = $1 AND " alias ".customer_id = $2 AND " alias ".message_id = $3"

static LoyaltyQuery message_lock = LOYALTY_STATEMENT(
	"SELECT m.delivery_status, m.channel::text FROM loyalty_data.message m WHERE" OF_MESSAGE(
		"m") " FOR NO KEY UPDATE",
	INT4OID, INT8OID, INT8OID);

/* Numbers a report after the last one, unless one says the same: a provider that repeats itself adds nothing. */
static LoyaltyQuery report_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.message_status (org_id, customer_id, message_id, status_no, delivery_status,"
	" provider_status, error_code, cause, occurred_at, recorded_at)"
	" SELECT $1, $2, $3, COALESCE(max(s.status_no), 0) + 1, $4, $5, $6, $7, $8, $9"
	" FROM loyalty_data.message_status s WHERE" OF_MESSAGE(
		"s") " HAVING NOT COALESCE(bool_or(s.provider_status = $5 AND s.error_code IS NOT DISTINCT FROM $6), false)",
	INT4OID, INT8OID, INT8OID, CHAROID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID);

static LoyaltyQuery message_update =
	LOYALTY_STATEMENT("UPDATE loyalty_data.message m SET delivery_status = $4 WHERE" OF_MESSAGE("m"), INT4OID,
					  INT8OID, INT8OID, CHAROID);

/* Holds the row: an erasure of it waits, and finds what was learned. */
static LoyaltyQuery address_hold =
	LOYALTY_STATEMENT("SELECT b.address FROM loyalty_data.message_body b WHERE" OF_MESSAGE("b") " FOR SHARE",
					  INT4OID, INT8OID, INT8OID);

/* Adds what names the row of an id. */
static LoyaltyParams
of_provider(const ProviderMessage *message)
{
	return LOYALTY_PARAMS(loyalty_int4(message->org_id), loyalty_int4(message->bsp_account_id),
						  loyalty_text(message->provider_message_id));
}

/* Adds what a report says. */
static void
param_report(LoyaltyParams *params, const DeliveryReport *report)
{
	loyalty_param(params, loyalty_char(report->verdict.delivery_status));
	loyalty_param(params, loyalty_text(report->verdict.provider_status));
	loyalty_param(params, loyalty_text(report->verdict.error_code));
	loyalty_param(params, loyalty_text(report->verdict.cause));
	loyalty_param(params, loyalty_time(report->occurred_at));
	loyalty_param(params, loyalty_time(report->recorded_at));
}

/* Reads it all: a catalogue is small, and words are compared by rules. */
int
loyalty_delivery_codes(int32 org_id, DeliveryCode **codes)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&catalogue, loyalty_int4(org_id));
	uint64 i;

	*codes = palloc(sizeof(DeliveryCode) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*codes)[i] = (DeliveryCode){
			.bsp = loyalty_row_text(rows, i, 1),
			.provider_status = loyalty_row_text(rows, i, 2),
			.error_code = loyalty_row_text(rows, i, 3),
			.delivery_status = loyalty_row_isnull(rows, i, 4) ? '\0' : loyalty_row_char(rows, i, 4),
			.cause = loyalty_row_text_or_null(rows, i, 5),
		};
	return (int) rows->count;
}

/* Writes over the org's line of the same key. */
void
loyalty_delivery_code_store(int32 org_id, const DeliveryCode *code)
{
	LOYALTY_EXECUTE(&code_store, loyalty_int4(org_id), loyalty_text(code->bsp),
					loyalty_text(code->provider_status), loyalty_text(code->error_code),
					loyalty_datum(CharGetDatum(code->delivery_status), code->delivery_status == '\0'),
					loyalty_text(code->cause));
}

/* Leaves the catalogue's, if it has one. */
void
loyalty_delivery_code_clear(int32 org_id, const DeliveryCode *code)
{
	LOYALTY_EXECUTE(&code_clear, loyalty_int4(org_id), loyalty_text(code->bsp),
					loyalty_text(code->provider_status), loyalty_text(code->error_code));
}

/* Asks for what is committed, without a lock: the message of an id never changes. */
bool
loyalty_provider_message_find(ProviderMessage *message)
{
	LoyaltyParams params = of_provider(message);
	LoyaltyRows *rows = loyalty_query(&id_find, &params);

	if (rows->count == 0)
		return false;
	message->customer_id = loyalty_row_int8(rows, 0, 1);
	message->message_id = loyalty_row_int8(rows, 0, 2);
	return true;
}

/* Tells by whether the report is among those that wait what became of it. */
EarlyReport
loyalty_early_report_keep(const ProviderMessage *message, const DeliveryReport *report)
{
	LoyaltyParams says = { 0 };
	LoyaltyParams params = of_provider(message);
	LoyaltyRows *document;
	LoyaltyRows *rows;

	param_report(&says, report);
	document = loyalty_query(&early_document, &says);
	loyalty_param(&params, loyalty_datum(loyalty_row_value(document, 0, 1), false));
	loyalty_param(&params, loyalty_datum(loyalty_row_value(document, 0, 2), false));
	loyalty_param(&params, loyalty_time(report->recorded_at));
	rows = loyalty_query(&early_keep, &params);
	if (rows->count == 0)
		return EARLY_LATE;
	return loyalty_row_bool(rows, 0, 1) ? EARLY_KEPT : EARLY_DROPPED;
}

/* Takes the reports out of the document in which they wait. */
static int
read_early(Datum document, DeliveryReport **early)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&early_read, loyalty_datum(document, false));
	uint64 i;

	*early = palloc(sizeof(DeliveryReport) * Max(rows->count, 1));
	for (i = 0; i < rows->count; i++)
		(*early)[i] = (DeliveryReport){
			.verdict = { .delivery_status = loyalty_row_char(rows, i, 1),
						 .provider_status = loyalty_row_text(rows, i, 2),
						 .error_code = loyalty_row_text_or_null(rows, i, 3),
						 .cause = loyalty_row_text_or_null(rows, i, 4) },
			.occurred_at = loyalty_row_int8(rows, i, 5),
			.recorded_at = loyalty_row_int8(rows, i, 6),
		};
	return (int) rows->count;
}

/* Takes over an id whose reports wait: its row is locked before it is read. False: there is none, or another message has it. */
static bool
claim_early(LoyaltyParams *id, LoyaltyParams *claim, DeliveryReport **early, int *count)
{
	LoyaltyRows *rows = loyalty_query(&early_lock, id);

	if (rows->count == 0)
		return false;
	*count = read_early(loyalty_row_value(rows, 0, 1), early);
	loyalty_execute(&id_claim, claim);
	return true;
}

/* Inserts first: most often nobody has told of the id. It does again where the reports that waited were given up meanwhile. */
int
loyalty_provider_message_claim(const ProviderMessage *message, DeliveryReport **early)
{
	LoyaltyParams id = of_provider(message);
	LoyaltyParams claim = id;
	int count = 0;

	loyalty_param(&claim, loyalty_int8(message->customer_id));
	loyalty_param(&claim, loyalty_int8(message->message_id));
	if (loyalty_execute(&id_insert, &claim) == 0 && !claim_early(&id, &claim, early, &count))
		loyalty_execute(&id_insert, &claim);
	return count;
}

/* Locks by a statement of its own: what the lock guards is read by later ones. */
bool
loyalty_delivered_lock(int32 org_id, int64 customer_id, int64 message_id, DeliveredMessage *message)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&message_lock, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));

	if (rows->count == 0)
		return false;
	message->delivery_status = loyalty_row_isnull(rows, 0, 1) ? '\0' : loyalty_row_char(rows, 0, 1);
	message->channel = loyalty_row_text(rows, 0, 2);
	return true;
}

/* Tells by its count whether the report is a new one. */
bool
loyalty_report_insert(int32 org_id, int64 customer_id, int64 message_id, const DeliveryReport *report)
{
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));

	param_report(&params, report);
	return loyalty_execute(&report_insert, &params) > 0;
}

/* Leaves changed_at alone, which is of the state. */
void
loyalty_delivered_update(int32 org_id, int64 customer_id, int64 message_id, char delivery_status)
{
	LOYALTY_EXECUTE(&message_update, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id),
					loyalty_char(delivery_status));
}

/* Finds no row where the text was wiped or erased. */
const char *
loyalty_delivered_address(int32 org_id, int64 customer_id, int64 message_id)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&address_hold, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));

	return rows->count > 0 ? loyalty_row_text_or_null(rows, 0, 1) : NULL;
}
