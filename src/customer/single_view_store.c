/*
 * single_view_store.c: the statement that puts together what is kept of a customer. One statement for all tables:
 * each subquery finds a few rows by the customer's key, and nothing is sent back and forth.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "customer/customer_store.h"
#include "customer/name_store.h"
#include "customer/ndnc_store.h"
#include "customer/single_view_store.h"

/* Rows of a table about the customer. */
#define OF_CUSTOMER(alias) " WHERE " alias ".org_id = $1 AND " alias ".customer_id = $2"

/* The value of a field of some kind and name. */
#define FIELD(kind, name) \
	"(SELECT v.field_value FROM loyalty_data.customer_field v JOIN loyalty_data.field f" \
	" ON f.org_id = v.org_id AND f.field_id = v.field_id" OF_CUSTOMER("v") " AND f.kind = '" kind \
																		   "' AND f.name = " name ")"

/* The values of the custom field that a parameter names, and of a standard one. */
#define CUSTOM_FIELD(parameter) FIELD("custom", parameter)
#define STANDARD_FIELD(name) FIELD("standard", "'" name "'")

/* The fields of one kind as an object of names and values. */
#define FIELDS(kind) \
	"(SELECT COALESCE(jsonb_object_agg(f.name, CASE WHEN v.number_value IS NOT NULL" \
	" THEN to_jsonb(v.number_value) WHEN f.data_type = 'boolean'" \
	" THEN to_jsonb(v.field_value = 'true')" \
	" ELSE to_jsonb(v.field_value::text) END), '{}')" \
	" FROM loyalty_data.customer_field v JOIN loyalty_data.field f ON f.org_id = v.org_id" \
	" AND f.field_id = v.field_id" OF_CUSTOMER("v") " AND f.kind = '" kind "')"

/* Rows as a list of objects; "rest" is the order of the list, and closes it. */
#define LIST(object, rest) "(SELECT COALESCE(jsonb_agg(jsonb_build_object(" object ") ORDER BY " rest

static LoyaltyQuery query =
	LOYALTY_STATEMENT_SEEN("SELECT jsonb_build_object('customer_id', c.customer_id, 'loyalty_type',"
						   " CASE c.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END, 'registered_on', c.registered_on,"
						   " 'source', s.source, 'registered_till', t.till, 'registered_store', r.store, 'base_till', b.till, 'merged_into', c.merged_into,"
						   " 'test_control', CASE c.test_control WHEN 't' THEN 'test' WHEN 'c' THEN 'control' ELSE $3 END,"
						   " 'first_name', " LOYALTY_NAME("first_name") ", 'last_name', " LOYALTY_NAME(
							   "last_name") ","
											" 'gender', COALESCE(" CUSTOM_FIELD("$4") ", " STANDARD_FIELD(
												"gender") "), 'age', " CUSTOM_FIELD("$5") ","
																						  " 'fields', " FIELDS("standard") ", 'extended_fields', " FIELDS("extended") ","
																																									  " 'custom_fields', " FIELDS("custom") ","
																																																			" 'identifiers', " LIST("'type', i.identifier_type, 'value', i.identifier_value, 'held_from', i.held_from, 'verified', i.verified_at IS NOT NULL, 'verified_at', i.verified_at", "i.identifier_type, i.identifier_value), '[]')") " FROM loyalty_data.customer_identifier i" OF_CUSTOMER("i") " AND i.held_until IS NULL),"
																																																																																																																										  " 'profiles', " LIST("'source', q.source, 'account_id', p.account_id, 'first_name', p.first_name,"
																																																																																																																															   " 'last_name', p.last_name, 'mobile', p.mobile, 'email', p.email, 'external_id', p.external_id,"
																																																																																																																															   " 'cuid', p.cuid, 'updated_at', p.updated_at",
																																																																																																																															   "p.source_id, p.account_id), '[]')") " FROM loyalty_data.profile p JOIN loyalty_data.source q ON q.source_id = p.source_id" OF_CUSTOMER("p") "),"
																																																																																																																																																																			" 'channels', " LIST("'channel', h.channel, 'address', h.address, 'verified', h.is_verified,"
																																																																																																																																																																								 " 'verified_at', h.verified_at, 'primary', h.is_primary",
																																																																																																																																																																								 "h.channel, h.address), '[]')") " FROM loyalty_data.channel h" OF_CUSTOMER("h") "),"
																																																																																																																																																																																												 " 'subscriptions', " LIST("'channel', u.channel, 'source', u.source, 'account_id', NULLIF(u.account_id, ''), 'purpose', u.purpose, 'status',"
																																																																																																																																																																																																		   " CASE WHEN u.opted_in THEN 'opt_in' ELSE 'opt_out' END, 'consented_at', u.consented_at,"
																																																																																																																																																																																																		   " 'consent_source', u.consent_source",
																																																																																																																																																																																																		   "u.channel, u.source, u.account_id, u.purpose), '[]')") " FROM (SELECT DISTINCT ON (n.channel, n.source_id, n.account_id, n.purpose) n.*, q.source FROM loyalty_data.subscription n"
																																																																																																																																																																																																																   " LEFT JOIN loyalty_data.source q ON q.source_id = n.source_id" OF_CUSTOMER(
																																																																																																																																																																																																																	   "n") " ORDER BY n.channel, n.source_id, n.account_id, n.purpose, n.consent_no DESC) u),"
																																																																																																																																																																																																																			" 'ndnc', $6, 'ndnc_status', $7)"
																																																																																																																																																																																																																			" FROM loyalty_data.customer c JOIN loyalty_data.source s ON s.source_id = c.registered_source_id"
																																																																																																																																																																																																																			" LEFT JOIN loyalty_data.till t ON t.org_id = c.org_id"
																																																																																																																																																																																																																			" AND t.till_id = c.registered_till_id LEFT JOIN loyalty_data.store r ON r.org_id = c.org_id AND r.store_id = t.store_id"
																																																																																																																																																																																																																			" LEFT JOIN loyalty_data.till b ON b.org_id = c.org_id"
																																																																																																																																																																																																																			" AND b.till_id = c.base_till_id" OF_CUSTOMER(
																																																																																																																																																																																																																				"c"),
						   INT4OID, INT8OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID);

/* A customer in short, for documents that are about something of it: who it is. */
static LoyaltyQuery basics = LOYALTY_STATEMENT_SEEN(
	"SELECT jsonb_build_object('customer_id', c.customer_id, 'first_name', " LOYALTY_NAME(
		"first_name") ","
					  " 'last_name', " LOYALTY_NAME(
						  "last_name") ","
									   " 'external_id', (SELECT i.identifier_value FROM loyalty_data.customer_identifier i" OF_CUSTOMER(
										   "i") " AND i.identifier_type = 'external_id' AND i.held_until IS NULL LIMIT 1),"
												" 'loyalty_type', CASE c.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END,"
												" 'merged_into', c.merged_into) FROM loyalty_data.customer c" OF_CUSTOMER(
													"c"),
	INT4OID, INT8OID);

/* The first letter of a name, whose length stays unknown. */
#define MASKED(column) "left(" LOYALTY_NAME(column) ", 1) || '***'"

/* A customer as a till sees it. */
static LoyaltyQuery brief = LOYALTY_STATEMENT_SEEN(
	"SELECT jsonb_build_object('customer_id', c.customer_id, 'first_name', " MASKED("first_name") ", 'last_name', " MASKED(
		"last_name") ","
					 " 'loyalty_type', CASE c.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END)"
					 " FROM loyalty_data.customer c" OF_CUSTOMER("c"),
	INT4OID, INT8OID);

/* Reads a customer who is there, as loyalty_customer_basics does. */
Datum
loyalty_brief_read(int32 org_id, int64 customer_id)
{
	return loyalty_row_value(LOYALTY_QUERY(&brief, LOYALTY_CUSTOMER(org_id, customer_id)), 0, 1);
}

/* Reads a customer who is there: the caller has read its row under the same snapshot. */
Datum
loyalty_customer_basics(int32 org_id, int64 customer_id)
{
	return loyalty_row_value(LOYALTY_QUERY(&basics, LOYALTY_CUSTOMER(org_id, customer_id)), 0, 1);
}

/*
 * Reads what the do-not-call register says of the mobile that is held; false where it says nothing. The register is keyed
 * by the mobile, so the statement, which goes by the customer, does not read it.
 */
static bool
ndnc_of(int32 org_id, int64 customer_id, LoyaltyNdnc *ndnc)
{
	LoyaltyIdentifiers held;
	const char *mobile;

	loyalty_identifiers_seen(org_id, customer_id, &held);
	mobile = held.values[IDENTIFIER_MOBILE];
	return mobile != NULL && loyalty_ndnc_read(org_id, mobile, true, ndnc);
}

/* Returns the status as member care reads it. */
static const char *
ndnc_words(const LoyaltyNdnc *ndnc)
{
	if (ndnc->status != NULL && strcmp(ndnc->status, NDNC_REGISTERED) == 0)
		return "Registered";
	return ndnc->status != NULL && strcmp(ndnc->status, NDNC_NOT_REGISTERED) == 0 ? "Not Registered"
																				  : NDNC_NOT_AVAILABLE;
}

/* Looks for the mobile first: its status is a parameter, in its word and as staff read it. */
bool
loyalty_single_view_read(int32 org_id, int64 customer_id, const char *group, const char *gender_field,
						 const char *age_field, Datum *view)
{
	bool isnull;
	LoyaltyNdnc ndnc = { .status = NULL };
	bool is_known = ndnc_of(org_id, customer_id, &ndnc);
	LoyaltyRows *rows = LOYALTY_QUERY(&query, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_text(group),
									  loyalty_text(gender_field), loyalty_text(age_field),
									  loyalty_text(is_known ? ndnc.status : NDNC_NOT_AVAILABLE),
									  loyalty_text(ndnc_words(&ndnc)));

	if (rows->count == 0)
		return false;
	*view = loyalty_row_datum(rows, 0, 1, &isnull);
	return true;
}
