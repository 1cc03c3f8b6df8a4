/*
 * card_erasure_store.c: the statements that part cards from a person. Their numbers stay, so that none is made twice;
 * whose they were is known to nobody.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "card/card_hooks.h"

#define OF_GROUP(alias) alias "org_id = $1 AND " alias "customer_id = ANY ($2)"

#define OF_CUSTOMERS(text) LOYALTY_STATEMENT(text, INT4OID, INT8ARRAYOID)

/* clang-format off */
/* In this order: the cards that the last one parts are found by their owner until then. */
static LoyaltyQuery erasures[] = {
	OF_CUSTOMERS("DELETE FROM loyalty_data.card_external_id x USING loyalty_data.card c WHERE " OF_GROUP("c.")
		" AND x.org_id = c.org_id"
		" AND x.card_external_id = c.card_external_id"),
	OF_CUSTOMERS("UPDATE loyalty_data.card_change h SET reason = NULL, actor = NULL FROM loyalty_data.card c WHERE " OF_GROUP("c.")
		" AND h.org_id = c.org_id AND h.card_id = c.card_id"),
	OF_CUSTOMERS("INSERT INTO loyalty_data.card_change (org_id, card_id, change_id, changed_at, change, old_status, new_status)"
		" SELECT c.org_id, c.card_id, loyalty_data.next_id(), loyalty.clock(), 'erased', c.status, 'd' FROM loyalty_data.card c"
		" WHERE " OF_GROUP("c.")),
	OF_CUSTOMERS("UPDATE loyalty_data.card_change SET customer_id = NULL, reason = NULL, actor = NULL WHERE " OF_GROUP("")),
	OF_CUSTOMERS("UPDATE loyalty_data.card SET customer_id = NULL, card_external_id = NULL, status = 'd', label_id = NULL"
		" WHERE " OF_GROUP("")),
};
/* clang-format on */

void
loyalty_cards_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int i;

	for (i = 0; i < lengthof(erasures); i++)
	{
		LoyaltyParams params = { 0 };

		loyalty_param_int4(&params, call->org->org_id);
		loyalty_param_group(&params, root);
		loyalty_execute(&erasures[i], &params);
	}
}
