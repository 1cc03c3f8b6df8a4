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

/* Row of the register. */
typedef struct NdncRow
{
	int32 org_id;
	const char *mobile;
	struct varlena *industries;
	LoyaltyNdnc entry;
} NdncRow;

#define NDNC(name, type, member) LOYALTY_COLUMN(name, type, NdncRow, member)

static const LoyaltyColumn ndnc_columns[] = {
	NDNC("org_id", INT4, org_id),
	NDNC("mobile", TEXT, mobile),
	NDNC("status", TEXT, entry.status),
	NDNC("updated_at", TIME, entry.updated_at),
	NDNC("learned_at", TIME_OR_BEGIN, entry.learned_at),
	NDNC("learned_customer_id", INT8_OR_0, entry.learned_customer_id),
	NDNC("learned_message_id", INT8_OR_0, entry.learned_message_id),
	NDNC("industries", TEXTS_OR_NONE, industries),
};

static const LoyaltyLayout ndnc_layout = LOYALTY_LAYOUT("mobile_ndnc", NdncRow, ndnc_columns);

static LoyaltyQuery entry_now = LOYALTY_FIND(ndnc_layout, "org_id, mobile");
static LoyaltyQuery entry_seen = LOYALTY_FIND_SEEN(ndnc_layout, "org_id, mobile");

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
	NdncRow row = { 0 };

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &ndnc_layout, &row);
	*ndnc = row.entry;
	ndnc->industries = PointerGetDatum(row.industries);
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
