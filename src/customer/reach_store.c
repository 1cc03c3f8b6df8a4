/* reach_store.c: the statements on how one customer is reached. Nobody is locked for them. */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "customer/reach_store.h"

/* Addresses of a channel, the one to be used first. */
static LoyaltyQuery channel_address = LOYALTY_STATEMENT(
	"SELECT c.address::text, c.is_primary FROM loyalty_data.channel c WHERE c.org_id = $1 AND c.customer_id = $2"
	" AND c.channel = $3 ORDER BY c.is_primary DESC, c.updated_at DESC, c.address LIMIT 1",
	INT4OID, INT8OID, TEXTOID);

static LoyaltyQuery group_by_hand = LOYALTY_STATEMENT(
	"SELECT c.test_control FROM loyalty_data.customer c WHERE c.org_id = $1 AND c.customer_id = $2"
	" AND c.test_control IS NOT NULL",
	INT4OID, INT8OID);

static LoyaltyQuery standard_field = LOYALTY_STATEMENT(
	"SELECT v.field_value::text FROM loyalty_data.customer_field v JOIN loyalty_data.field f ON f.org_id = v.org_id"
	" AND f.field_id = v.field_id WHERE v.org_id = $1 AND v.customer_id = $2 AND f.entity = 'customer'"
	" AND f.kind = 'standard' AND f.name = $3",
	INT4OID, INT8OID, TEXTOID);

/* Takes the one that was written last where none is primary, so that the answer does not change by itself. */
const char *
loyalty_channel_address(int32 org_id, int64 customer_id, const char *channel, bool *is_primary)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&channel_address, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(channel));

	*is_primary = rows->count > 0 && loyalty_row_bool(rows, 0, 2);
	return rows->count > 0 ? loyalty_row_text(rows, 0, 1) : NULL;
}

/* Finds no row where nothing was set. */
char
loyalty_customer_group_by_hand(int32 org_id, int64 customer_id)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&group_by_hand, LOYALTY_CUSTOMER(org_id, customer_id));

	return rows->count > 0 ? loyalty_row_char(rows, 0, 1) : 0;
}

/* Finds the field by its name, which an org cannot change. */
const char *
loyalty_standard_field(int32 org_id, int64 customer_id, const char *name)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&standard_field, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(name));

	return rows->count > 0 ? loyalty_row_text(rows, 0, 1) : NULL;
}
