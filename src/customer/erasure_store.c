/*
 * erasure_store.c: the statements that erase what customers' tables keep of a person.
 *
 * Rows that are keyed by a name (keys, the do-not-call register) go while the names are still there to find them,
 * then the rows under the ids of the group, and last the rows of the customers are marked: they stay, as ids that
 * entries and bills point to. The whole group is erased; its rows are locked by the caller. A table of this
 * capability that comes to hold anything of a person belongs in this list.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/erasure.h"

#define OF_CUSTOMER(alias) " WHERE " alias "org_id = $1 AND " alias "customer_id = $2"

/* Deletes a customer's rows of a table. */
#define DELETE_FROM(table) \
	LOYALTY_STATEMENT("DELETE FROM loyalty_data." table OF_CUSTOMER(""), INT4OID, INT8OID)

/*
 * Names that the customer was found by or reached at: identifiers, held or not, and whatever may be a mobile. An
 * address that is none finds nothing in the register.
 */
static LoyaltyQuery names_of_customer = LOYALTY_STATEMENT(
	"SELECT i.identifier_type::text, i.identifier_value::text FROM loyalty_data.customer_identifier i" OF_CUSTOMER("i.") " UNION SELECT 'mobile', c.address::text FROM loyalty_data.channel c" OF_CUSTOMER(
		"c.") " UNION SELECT 'mobile', p.mobile FROM loyalty_data.profile p" OF_CUSTOMER("p.") " AND p.mobile IS NOT NULL",
	INT4OID, INT8OID);

/* Deletes a key, unless it is somebody's outside the group by now: values that were given up are free for others. */
static LoyaltyQuery key_erase =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.identifier k WHERE k.org_id = $1 AND k.identifier_type = $2"
					  " AND k.identifier_value = $3 AND k.customer_id = ANY ($4)",
					  INT4OID, TEXTOID, TEXTOID, INT8ARRAYOID);

/* Tells by its count whether somebody outside the group holds a mobile. */
static LoyaltyQuery mobile_held =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.customer_identifier o WHERE o.org_id = $1"
					  " AND o.identifier_type = 'mobile' AND o.identifier_value = $2"
					  " AND o.held_until IS NULL AND o.customer_id <> ALL ($3) LIMIT 1",
					  INT4OID, TEXTOID, INT8ARRAYOID);

static LoyaltyQuery ndnc_erase =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.mobile_ndnc d WHERE d.org_id = $1"
					  " AND d.mobile = $2",
					  INT4OID, TEXTOID);

/* Tables whose rows are deleted, each by the customer. */
static LoyaltyQuery erasures[] = {
	DELETE_FROM("customer_identifier"), DELETE_FROM("profile"),		   DELETE_FROM("channel"),
	DELETE_FROM("subscription"),		DELETE_FROM("customer_field"), DELETE_FROM("registration_request"),
};

/* Marks a customer as erased, which no call undoes. The fraud status is a judgement about a person, so it goes. */
static LoyaltyQuery customer_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET fraud_status = NULL, erased_at = $3" OF_CUSTOMER(""),
					  INT4OID, INT8OID, TIMESTAMPTZOID);

/* Deletes the key of one value, if it is the group's. */
static void
erase_key(int32 org_id, const LoyaltyCustomer *root, const char *type, const char *value)
{
	LoyaltyParams params = LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_text(type), loyalty_text(value));

	loyalty_param_group(&params, root);
	loyalty_execute(&key_erase, &params);
}

/*
 * Deletes what the do-not-call register says of a mobile, unless somebody else has it, too: the register is about the
 * number, and its other holder must not be called because this one left.
 */
static void
erase_ndnc(int32 org_id, const LoyaltyCustomer *root, const char *mobile)
{
	LoyaltyParams params = { 0 };
	LoyaltyParams others = LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_text(mobile));

	loyalty_param_group(&others, root);
	if (loyalty_execute(&mobile_held, &others) > 0)
		return;
	loyalty_param(&params, loyalty_int4(org_id));
	loyalty_param(&params, loyalty_text(mobile));
	loyalty_execute(&ndnc_erase, &params);
}

/* Goes over tables that are keyed by what a customer is called, before the names themselves go. */
static void
erase_by_names(int32 org_id, const LoyaltyCustomer *root)
{
	int64 *ids;
	int count = loyalty_customer_group(root, &ids);
	int i;

	for (i = 0; i < count; i++)
	{
		uint64 n;
		LoyaltyRows *names = LOYALTY_QUERY(&names_of_customer, LOYALTY_CUSTOMER(org_id, ids[i]));

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

/* Keeps the order that the head of this file gives. */
void
loyalty_customer_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int32 org_id = call->org->org_id;
	LoyaltyParams erased_at = { 0 };
	int i;

	erase_by_names(org_id, root);
	for (i = 0; i < lengthof(erasures); i++)
		loyalty_execute_of_group(&erasures[i], org_id, root, NULL);
	loyalty_param(&erased_at, loyalty_time(call->now));
	loyalty_execute_of_group(&customer_erase, org_id, root, &erased_at);
}
