/*
 * erasure_store.c: the statements that erase what customers' tables keep of a person.
 *
 * Rows that are keyed by a name (keys, the do-not-call register) go while the names are still there to find them,
 * then the rows under the ids of the group, and last the rows of the customers are marked: they stay, as ids that
 * entries and bills point to. The whole group is erased; its rows are locked by the caller. A table of this
 * capability that comes to hold anything of a person belongs in this list, which is what export_customer shows, too.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/erasure.h"

#define OF_CUSTOMER(alias) " WHERE " alias "org_id = $1 AND " alias "customer_id = $2"

/* Words for the codes of a customer's row; those of its status are another capability's. */
#define CUSTOMER_WORDS \
	"'loyalty_type', CASE t.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END, 'test_control'," \
	" CASE t.test_control WHEN 't' THEN 'test' WHEN 'c' THEN 'control' END, 'registered_source'," \
	" (SELECT q.source FROM loyalty_data.source q WHERE q.source_id = t.registered_source_id), " SAYS_TILL_OF( \
		"registered_till", "registered_till_id") ", " SAYS_TILL_OF("base_till", "base_till_id")

/* Words for the field of a value. */
#define FIELD_WORD(column) \
	"'" column "', (SELECT q." column \
	" FROM loyalty_data.field q WHERE q.org_id = t.org_id AND q.field_id = t.field_id)"

/*
 * Rows that are held: the customer, whose row stays; what it is called and reached by; and what is found by its names, which
 * goes while the names are still there.
 */
static LoyaltyHolding holdings[] = {
	LOYALTY_HELD("customer", CUSTOMER_WORDS, LOYALTY_KEEPS),
	LOYALTY_HELD("customer_identifier", "", LOYALTY_DELETES("customer_identifier")),
	LOYALTY_HELD("profile", SAYS_SOURCE, LOYALTY_DELETES("profile")),
	LOYALTY_HELD("channel", SAYS_SOURCE, LOYALTY_DELETES("channel")),
	LOYALTY_HELD("subscription", SAYS_SOURCE, LOYALTY_DELETES("subscription")),
	LOYALTY_HELD("customer_field", FIELD_WORD("kind") ", " FIELD_WORD("name"),
				 LOYALTY_DELETES("customer_field")),
	LOYALTY_HELD("registration_request", "", LOYALTY_DELETES("registration_request")),
	LOYALTY_HELD("customer_note", "", LOYALTY_DELETES("customer_note")),
	/* A key, unless it is somebody's outside the group by now: values that were given up are free for others. */
	LOYALTY_HELD_BY_NAME(
		"identifier", "", "t.identifier_type = $2 AND t.identifier_value = $3 AND t.customer_id = ANY ($4)",
		LOYALTY_STATEMENT(
			"DELETE FROM loyalty_data.identifier k WHERE k.org_id = $1 AND k.identifier_type = $2"
			" AND k.identifier_value = $3 AND k.customer_id = ANY ($4)",
			INT4OID, TEXTOID, TEXTOID, INT8ARRAYOID)),
	/* A status of a mobile in the do-not-call register. Another holder must not be called because this one left. */
	LOYALTY_HELD_BY_NAME("mobile_ndnc", "", "$2 = 'mobile' AND t.mobile = $3",
						 LOYALTY_STATEMENT("DELETE FROM loyalty_data.mobile_ndnc d WHERE d.org_id = $1"
										   " AND $2 = 'mobile' AND d.mobile = $3",
										   INT4OID, TEXTOID, TEXTOID, INT8ARRAYOID),
						 .shared = true),
};

const LoyaltyHoldings loyalty_customer_holdings = { holdings, lengthof(holdings) };

/*
 * Names that the customer was found by or reached at: identifiers, held or not, and whatever may be a mobile. An
 * address that is none finds nothing in the register.
 */
static LoyaltyQuery names_of_customer = LOYALTY_STATEMENT(
	"SELECT n.type, n.value, bool_or(n.is_held) FROM (SELECT i.identifier_type::text AS type, i.identifier_value::text"
	" AS value, i.held_until IS NULL AS is_held FROM loyalty_data.customer_identifier i" OF_CUSTOMER("i.") " UNION ALL SELECT 'mobile', c.address::text, false FROM loyalty_data.channel c" OF_CUSTOMER(
		"c.") " UNION ALL SELECT 'mobile', p.mobile, false FROM loyalty_data.profile p" OF_CUSTOMER("p.") " AND p.mobile IS NOT NULL) n GROUP BY n.type, n.value ORDER BY n.type, n.value",
	INT4OID, INT8OID);

/* Tells by its count whether somebody outside the group holds a value. */
static LoyaltyQuery name_of_others =
	LOYALTY_STATEMENT("SELECT FROM loyalty_data.customer_identifier o WHERE o.org_id = $1"
					  " AND o.identifier_type = $2 AND o.identifier_value = $3"
					  " AND o.held_until IS NULL AND o.customer_id <> ALL ($4) LIMIT 1",
					  INT4OID, TEXTOID, TEXTOID, INT8ARRAYOID);

/* Marks a customer as erased, which no call undoes. The fraud status is a judgement about a person, so it goes. */
static LoyaltyQuery customer_erase =
	LOYALTY_STATEMENT("UPDATE loyalty_data.customer SET fraud_status = NULL, erased_at = $3" OF_CUSTOMER(""),
					  INT4OID, INT8OID, TIMESTAMPTZOID);

/* Makes the parameters that statements about a name have. */
static LoyaltyParams
of_name(int32 org_id, const LoyaltyCustomer *root, const LoyaltyName *name)
{
	LoyaltyParams params =
		LOYALTY_PARAMS(loyalty_int4(org_id), loyalty_text(name->type), loyalty_text(name->value));

	loyalty_param_group(&params, root);
	return params;
}

/* Asks for others only who have a mobile: nothing else has rows that are about the name and not about its holder. */
int
loyalty_names_read(int32 org_id, const LoyaltyCustomer *root, int64 customer_id, bool seen,
				   LoyaltyName **names)
{
	LoyaltyParams params = LOYALTY_PARAMS(LOYALTY_CUSTOMER(org_id, customer_id));
	LoyaltyRows *rows =
		seen ? loyalty_query_seen(&names_of_customer, &params) : loyalty_query(&names_of_customer, &params);
	int i;

	*names = palloc0(sizeof(LoyaltyName) * Max(rows->count, 1));
	for (i = 0; i < (int) rows->count; i++)
	{
		LoyaltyName *name = &(*names)[i];
		LoyaltyParams others;

		name->type = loyalty_row_text(rows, i, 1);
		name->value = loyalty_row_text(rows, i, 2);
		name->is_held = loyalty_row_bool(rows, i, 3);
		if (strcmp(name->type, loyalty_identifier_type_names[IDENTIFIER_MOBILE]) != 0)
			continue;
		others = of_name(org_id, root, name);
		name->of_others = (seen ? loyalty_query_seen(&name_of_others, &others)->count
								: loyalty_execute(&name_of_others, &others)) > 0;
	}
	return (int) rows->count;
}

/* Goes over what is found by what a customer is called, before the names themselves go. */
static void
erase_by_names(int32 org_id, const LoyaltyCustomer *root)
{
	int64 *ids;
	int members = loyalty_customer_group(root, &ids);
	int m;
	int n;
	int i;

	for (m = 0; m < members; m++)
	{
		LoyaltyName *names;
		int count = loyalty_names_read(org_id, root, ids[m], false, &names);

		for (n = 0; n < count; n++)
			for (i = 0; i < lengthof(holdings); i++)
			{
				LoyaltyParams params = of_name(org_id, root, &names[n]);

				if (holdings[i].by_name && !(holdings[i].shared && names[n].of_others))
					loyalty_execute(&holdings[i].erased, &params);
			}
	}
}

/* Keeps the order that the head of this file gives. */
void
loyalty_customer_erase(LoyaltyCall *call, const LoyaltyCustomer *root)
{
	int32 org_id = call->org->org_id;
	LoyaltyParams erased_at = { 0 };

	erase_by_names(org_id, root);
	loyalty_holdings_erase(&loyalty_customer_holdings, org_id, root);
	loyalty_param(&erased_at, loyalty_time(call->now));
	loyalty_execute_of_group(&customer_erase, org_id, root, &erased_at);
}
