/*
 * erasure_store.c: the statements that erase what customers' tables keep of a person.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/erasure.h"

/* Rows of the customer and of everybody merged into it. */
#define OF_GROUP(alias) alias "org_id = $1 AND " alias "customer_id = ANY ($2)"

#define OF_CUSTOMERS(text) LOYALTY_STATEMENT(text, INT4OID, INT8ARRAYOID)

#define DELETE_FROM(table) OF_CUSTOMERS("DELETE FROM loyalty_data." table " WHERE " OF_GROUP(""))

/* clang-format off */
/* In this order: the first two find their rows by what the others delete. */
static LoyaltyQuery erasures[] = {
	/* What the do-not-call register says of a mobile, unless somebody else has it, too. */
	OF_CUSTOMERS("DELETE FROM loyalty_data.mobile_ndnc d WHERE d.org_id = $1"
		" AND d.mobile = ANY (SELECT i.identifier_value::text"
		" FROM loyalty_data.customer_identifier i WHERE " OF_GROUP("i.") " AND i.identifier_type = 'mobile'"
		" UNION SELECT c.address::text FROM loyalty_data.channel c WHERE " OF_GROUP("c.")
		" UNION SELECT p.mobile FROM loyalty_data.profile p WHERE " OF_GROUP("p.") ")"
		" AND NOT EXISTS (SELECT FROM loyalty_data.customer_identifier o WHERE o.org_id = $1"
		" AND o.identifier_type = 'mobile' AND o.identifier_value = d.mobile"
		" AND o.held_until IS NULL AND o.customer_id <> ALL ($2))"),
	OF_CUSTOMERS("DELETE FROM loyalty_data.identifier k USING loyalty_data.customer_identifier i WHERE " OF_GROUP("i.")
		" AND k.org_id = i.org_id AND k.identifier_type = i.identifier_type"
		" AND k.identifier_value = i.identifier_value"
		" AND k.customer_id = ANY ($2)"),
	DELETE_FROM("customer_identifier"),
	DELETE_FROM("profile"),
	DELETE_FROM("channel"),
	DELETE_FROM("subscription"),
	DELETE_FROM("customer_field"),
	DELETE_FROM("registration_request"),
	OF_CUSTOMERS("UPDATE loyalty_data.customer SET fraud_status = NULL, erased_at = loyalty.clock() WHERE " OF_GROUP("")),
};
/* clang-format on */

void
loyalty_customer_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
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
