/* standin_store.c: stands in for the outbox until it is there. */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/ids.h"
#include "common/query.h"
#include "message/outbox/outbox.h"

static LoyaltyQuery standin = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.message (org_id, customer_id, message_id, created_at, not_before, changed_at, attempts, purpose, state,"
	" channel, campaign) VALUES ($1, $2, $3, $4, $4, $4, 0, $5, 's', 'mobile', $6)",
	INT4OID, INT8OID, INT8OID, TIMESTAMPTZOID, CHAROID, TEXTOID);
static LoyaltyQuery standin_body = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.message_body (org_id, customer_id, message_id, key_id, variables)"
	" VALUES ($1, $2, $3, 0, $4)",
	INT4OID, INT8OID, INT8OID, JSONBOID);

/* Sends nothing, and gives way to the outbox. */
__attribute__((weak)) void
loyalty_message_send(LoyaltyCall *call, const LoyaltyMessageRequest *request, LoyaltyMessageAnswer *answer)
{
	answer->message_id = loyalty_next_id();
	LOYALTY_EXECUTE(&standin, LOYALTY_CUSTOMER(call->org->org_id, request->customer->customer_id),
					loyalty_int8(answer->message_id), loyalty_time(call->now), loyalty_char(request->purpose),
					loyalty_text(request->campaign));
	LOYALTY_EXECUTE(&standin_body, LOYALTY_CUSTOMER(call->org->org_id, request->customer->customer_id),
					loyalty_int8(answer->message_id),
					loyalty_datum(JsonbPGetDatum(request->variables), request->variables == NULL));
}
