/*
 * ndnc_store.c: the statements on the do-not-call register, which is keyed by the mobile: whoever has it.
 *
 * An entry was set by a call (lists come from outside), or learned from a delivery report; the newer one counts. It has no
 * history. Two writers of one mobile wait for each other on its row, and nobody waits for anything else meanwhile.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "common/query.h"
#include "customer/ndnc_store.h"

#define COLUMNS \
	"d.status::text, d.updated_at, d.learned_at, d.learned_customer_id, d.learned_message_id, d.industries"
#define ENTRY "SELECT " COLUMNS " FROM loyalty_data.mobile_ndnc d WHERE d.org_id = $1 AND d.mobile = $2"

static LoyaltyQuery entry_now = LOYALTY_STATEMENT(ENTRY, INT4OID, TEXTOID);
static LoyaltyQuery entry_seen = LOYALTY_STATEMENT_SEEN(ENTRY, INT4OID, TEXTOID);

/* Writes an entry, new or known. What was learned is passed over ($9) where something newer is known. */
static LoyaltyQuery entry_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.mobile_ndnc AS d (org_id, mobile, status, updated_at, learned_at, learned_customer_id,"
	" learned_message_id, industries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
	" ON CONFLICT (org_id, mobile) DO UPDATE SET status = EXCLUDED.status, updated_at = EXCLUDED.updated_at,"
	" learned_at = EXCLUDED.learned_at, learned_customer_id = EXCLUDED.learned_customer_id,"
	" learned_message_id = EXCLUDED.learned_message_id, industries = EXCLUDED.industries"
	" WHERE NOT $9 OR d.updated_at <= EXCLUDED.updated_at",
	INT4OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, INT8OID, INT8OID, TEXTARRAYOID, BOOLOID);

/* Takes the names of messages away that are kept no longer. */
static LoyaltyQuery messages_forget = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.mobile_ndnc SET learned_customer_id = NULL, learned_message_id = NULL WHERE org_id = $1"
	" AND learned_customer_id = $2 AND learned_message_id = ANY ($3)",
	INT4OID, INT8OID, INT8ARRAYOID);

/* Looks the mobile up by its key; merges ask for it as committed, the single view under its snapshot. */
bool
loyalty_ndnc_read(int32 org_id, const char *mobile, bool seen, LoyaltyNdnc *ndnc)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(seen ? &entry_seen : &entry_now, loyalty_int4(org_id), loyalty_text(mobile));
	bool isnull;

	if (rows->count == 0)
		return false;
	*ndnc = (LoyaltyNdnc){
		.status = loyalty_row_text(rows, 0, 1),
		.updated_at = loyalty_row_int8(rows, 0, 2),
		.learned_at = loyalty_row_int8_or(rows, 0, 3, DT_NOBEGIN),
		.learned_customer_id = loyalty_row_int8_or(rows, 0, 4, 0),
		.learned_message_id = loyalty_row_int8_or(rows, 0, 5, 0),
	};
	ndnc->industries = loyalty_row_datum(rows, 0, 6, &isnull);
	return true;
}

/* Runs the statement that writes an entry. */
static void
store(int32 org_id, const char *mobile, const LoyaltyNdnc *ndnc, bool unless_newer)
{
	bool is_learned = ndnc->learned_message_id != 0;

	LOYALTY_EXECUTE(&entry_store, loyalty_int4(org_id), loyalty_text(mobile), loyalty_text(ndnc->status),
					loyalty_time(ndnc->updated_at), loyalty_time(ndnc->learned_at),
					loyalty_datum(Int64GetDatum(ndnc->learned_customer_id), !is_learned),
					loyalty_int8_or_null(ndnc->learned_message_id),
					loyalty_datum(ndnc->industries, ndnc->industries == (Datum) 0),
					loyalty_bool(unless_newer));
}

/* Overwrites: the register has no history. */
void
loyalty_ndnc_store(int32 org_id, const char *mobile, const LoyaltyNdnc *ndnc)
{
	store(org_id, mobile, ndnc, false);
}

/* Tells whether an entry that says "registered" is about the org's industry. */
static bool
is_about(const LoyaltyNdnc *ndnc, const char *industry)
{
	Datum *items;
	int count;
	int i;

	if (ndnc->industries == (Datum) 0 || industry == NULL)
		return true;
	deconstruct_array(DatumGetArrayTypeP(ndnc->industries), TEXTOID, -1, false, TYPALIGN_INT, &items, NULL,
					  &count);
	for (i = 0; i < count; i++)
		if (strcmp(TextDatumGetCString(items[i]), industry) == 0)
			return true;
	return false;
}

/* Asks as committed: whoever takes a message judges what is known by then. */
bool
loyalty_ndnc_blocks(const LoyaltyOrg *org, const char *mobile)
{
	LoyaltyNdnc ndnc;

	return loyalty_ndnc_read(org->org_id, mobile, false, &ndnc) &&
		   strcmp(ndnc.status, NDNC_REGISTERED) == 0 && is_about(&ndnc, org->config[CONFIG_ORG_INDUSTRY]);
}

/*
 * Reads the entry without a lock: whoever changes it meanwhile writes a newer one, which stays, or learns the same. A
 * list of industries that does not explain the report is one that is not true any more.
 */
void
loyalty_ndnc_learn(const LoyaltyOrg *org, const char *mobile, int64 customer_id, int64 message_id,
				   TimestampTz at)
{
	LoyaltyNdnc known;
	LoyaltyNdnc learned = { .status = NDNC_REGISTERED,
							.updated_at = at,
							.learned_at = at,
							.learned_customer_id = customer_id,
							.learned_message_id = message_id };

	if (loyalty_ndnc_read(org->org_id, mobile, false, &known) && strcmp(known.status, NDNC_REGISTERED) == 0 &&
		is_about(&known, org->config[CONFIG_ORG_INDUSTRY]))
		learned.industries = known.industries;
	store(org->org_id, mobile, &learned, true);
}

/* Leaves status and time: what was learned is not unlearned with the message. */
void
loyalty_ndnc_forget_messages(int32 org_id, int64 customer_id, const int64 *message_ids, int n)
{
	LOYALTY_EXECUTE(&messages_forget, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8s(message_ids, n));
}
