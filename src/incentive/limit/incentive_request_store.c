/*
 * incentive_request_store.c: the statements on calls that came with an idempotency key, on notes, and on what is held of a person
 * in the tables of limits.
 *
 * A key is looked for under each member of the merge group, who is a customer of its own to the tables.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "common/request.h"
#include "incentive/limit/incentive_request.h"

/* A row of incentive_request. */
typedef struct IncentiveRequestRow
{
	IncentiveRequest request;
	int32 org_id;
} IncentiveRequestRow;

#define REQUEST_COLUMN(name, type) LOYALTY_COLUMN(#name, type, IncentiveRequestRow, request.name)

static const LoyaltyColumn request_columns[] = {
	REQUEST_COLUMN(customer_id, INT8),		  REQUEST_COLUMN(result_id, INT8),
	REQUEST_COLUMN(request_digest, INT8),	  LOYALTY_COLUMN("org_id", INT4, IncentiveRequestRow, org_id),
	REQUEST_COLUMN(idempotency_digest, UUID), REQUEST_COLUMN(answer, JSON_OR_NONE),
};

static const LoyaltyLayout request_layout =
	LOYALTY_LAYOUT("incentive_request", IncentiveRequestRow, request_columns);

static LoyaltyQuery request_of_key =
	LOYALTY_FIND_TO_WRITE(request_layout, "org_id, customer_id, idempotency_digest");
static LoyaltyQuery request_insert = LOYALTY_INSERT(request_layout);

/* Claims a key of nobody: a call with the same one that is under way is waited for. */
static LoyaltyQuery request_claim = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.incentive_request (org_id, customer_id, result_id, request_digest,"
	" idempotency_digest, answer) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	INT4OID, INT8OID, INT8OID, INT8OID, UUIDOID, JSONBOID);

static LoyaltyQuery note_insert =
	LOYALTY_STATEMENT("INSERT INTO loyalty_data.incentive_note (org_id, customer_id, note_id, reason, actor)"
					  " VALUES ($1, $2, $3, $4, $5)",
					  INT4OID, INT8OID, INT8OID, TEXTOID, TEXTOID);

/* Rows that are held: counts stay under the bare id, as the rows do that they count; what people wrote goes. */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("customer_use", "", LOYALTY_KEEPS),
	LOYALTY_HELD("incentive_note", "", LOYALTY_DELETES("incentive_note")),
	LOYALTY_HELD("incentive_request", "", LOYALTY_KEEPS),
};

const LoyaltyHoldings loyalty_limit_holdings = { holdings, lengthof(holdings) };

/* Looks under one id. */
static bool
find_under(int32 org_id, int64 customer_id, const pg_uuid_t *digest, IncentiveRequest *request)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&request_of_key, LOYALTY_CUSTOMER(org_id, customer_id),
									  loyalty_datum(UUIDPGetDatum(digest), false));
	IncentiveRequestRow row;

	if (rows->count == 0)
		return false;
	loyalty_row_read(rows, 0, &request_layout, &row);
	*request = row.request;
	return true;
}

/* Looks under each id of the group, that of the survivor for one who was merged; a refusal is an answer, too: false. */
bool
loyalty_incentive_request_find(int32 org_id, const LoyaltyCustomer *customer,
							   const pg_uuid_t *idempotency_digest, int64 request_digest,
							   IncentiveRequest *request, LoyaltyRefusal *refusal)
{
	int64 nobody = 0;
	int64 *ids = &nobody;
	LoyaltyCustomer survivor;
	int count = 1;
	int i;

	if (customer != NULL && customer->merged_into != 0 &&
		loyalty_customer_read_now(org_id, customer->merged_into, &survivor))
		customer = &survivor;
	if (customer != NULL)
		count = loyalty_customer_group(customer, &ids);
	for (i = 0; i < count; i++)
		if (find_under(org_id, ids[i], idempotency_digest, request))
		{
			if (request->request_digest != request_digest)
				return loyalty_refuse_idempotency_mismatch(refusal);
			return true;
		}
	return false;
}

/* Under a customer the lock has kept others out; under nobody the unique index does. */
bool
loyalty_incentive_request_write(int32 org_id, const IncentiveRequest *request)
{
	IncentiveRequestRow row = { .request = *request, .org_id = org_id };

	if (request->customer_id != 0)
		return loyalty_write(&request_insert, &row, 1) == 1;
	return LOYALTY_EXECUTE(&request_claim, LOYALTY_CUSTOMER(org_id, request->customer_id),
						   loyalty_int8(request->result_id), loyalty_int8(request->request_digest),
						   loyalty_datum(UUIDPGetDatum(&request->idempotency_digest), false),
						   loyalty_varlena(request->answer)) == 1;
}

/* Writes no row where nothing was said. */
void
loyalty_incentive_note_write(int32 org_id, int64 customer_id, int64 note_id, const char *reason,
							 const char *actor)
{
	if (reason == NULL && actor == NULL)
		return;
	LOYALTY_EXECUTE(&note_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(note_id),
					loyalty_text(reason), loyalty_text(actor));
}
