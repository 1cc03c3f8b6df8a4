/*
 * erasure_store.c: the statements that erase what customers' tables keep of a person.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/erasure.h"

#define OF_CUSTOMER(alias) " WHERE " alias "org_id = $1 AND " alias "customer_id = $2"

#define DELETE_FROM(table) \
	LOYALTY_STATEMENT("DELETE FROM loyalty_data." table OF_CUSTOMER(""), INT4OID, INT8OID)

/* What the customer was found by or reached at: identifiers, held or not, and whatever may be a mobile. */
static LoyaltyQuery names_of_customer = LOYALTY_STATEMENT(
	"SELECT i.identifier_type::text, i.identifier_value::text FROM loyalty_data.customer_identifier i" OF_CUSTOMER("i.") " UNION SELECT 'mobile', c.address::text FROM loyalty_data.channel c" OF_CUSTOMER(
		"c.") " UNION SELECT 'mobile', p.mobile FROM loyalty_data.profile p" OF_CUSTOMER("p.") " AND p.mobile IS NOT NULL",
	INT4OID, INT8OID);

static LoyaltyQuery key_erase =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.identifier k WHERE k.org_id = $1 AND k.identifier_type = $2"
					  " AND k.identifier_value = $3 AND k.customer_id = ANY ($4)",
					  INT4OID, TEXTOID, TEXTOID, INT8ARRAYOID);

static LoyaltyQuery mobile_held =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.customer_identifier o WHERE o.org_id = $1"
					  " AND o.identifier_type = 'mobile' AND o.identifier_value = $2"
					  " AND o.held_until IS NULL AND o.customer_id <> ALL ($3) LIMIT 1",
					  INT4OID, TEXTOID, INT8ARRAYOID);

static LoyaltyQuery ndnc_erase =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.mobile_ndnc d WHERE d.org_id = $1"
					  " AND d.mobile = $2",
					  INT4OID, TEXTOID);

static LoyaltyQuery erasures[] = {
	DELETE_FROM("customer_identifier"), DELETE_FROM("profile"),		   DELETE_FROM("channel"),
	DELETE_FROM("subscription"),		DELETE_FROM("customer_field"), DELETE_FROM("registration_request"),
};

static LoyaltyQuery customer_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET fraud_status = NULL, erased_at = $3" OF_CUSTOMER(""),
					  INT4OID, INT8OID, TIMESTAMPTZOID);

static void
erase_key(int32 org_id, const LoyaltyCustomer *root, const char *type, const char *value)
{
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, type);
	loyalty_param_text(&params, value);
	loyalty_param_group(&params, root);
	loyalty_execute(&key_erase, &params);
}

/* What the do-not-call register says of a mobile, unless somebody else has it, too. */
static void
erase_ndnc(int32 org_id, const LoyaltyCustomer *root, const char *mobile)
{
	LoyaltyParams others = { 0 };
	LoyaltyParams params = { 0 };

	loyalty_param_int4(&others, org_id);
	loyalty_param_text(&others, mobile);
	loyalty_param_group(&others, root);
	if (loyalty_execute(&mobile_held, &others) > 0)
		return;
	loyalty_param_int4(&params, org_id);
	loyalty_param_text(&params, mobile);
	loyalty_execute(&ndnc_erase, &params);
}

/* Tables that are keyed by what a customer is called: before the names themselves go. */
static void
erase_by_names(int32 org_id, const LoyaltyCustomer *root)
{
	int64 *ids;
	int count = loyalty_customer_group(root, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		LoyaltyParams params = { 0 };
		LoyaltyRows *names;
		uint64 n;

		loyalty_param_customer(&params, org_id, ids[i]);
		names = loyalty_query(&names_of_customer, &params);
		for (n = 0; n < names->count; n++)
		{
			const char *type = loyalty_row_text(names, n, 1);
			const char *value = loyalty_row_text(names, n, 2);

			erase_key(org_id, root, type, value);
			if (strcmp(type, loyalty_identifier_type_names[IDENTIFIER_MOBILE]) == 0)
				erase_ndnc(org_id, root, value);
		}
	}
}

void
loyalty_customer_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int32 org_id = call->org->org_id;
	LoyaltyParams erased_at = { 0 };
	int i;

	erase_by_names(org_id, root);
	for (i = 0; i < lengthof(erasures); i++)
		loyalty_execute_of_group(&erasures[i], org_id, root, NULL);
	loyalty_param_time(&erased_at, call->now);
	loyalty_execute_of_group(&customer_erase, org_id, root, &erased_at);
}
