/*
 * customer_values.c: values of the tags that templates of every topic have. They are texts, and what is not known is left out.
 * Whoever sends holds the customer's lock, or tells of it what is committed.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "customer/occasion_store.h"
#include "message/outbox/customer_values.h"

/* Opens the object. */
void
loyalty_values_begin(StringInfo json)
{
	initStringInfo(json);
	appendStringInfoChar(json, '{');
}

/* Appends a member, if there is one. */
void
loyalty_values_add(StringInfo json, const char *tag, const char *text)
{
	if (text == NULL)
		return;
	appendStringInfo(json, "%s\"%s\": ", json->len > 1 ? ", " : "", tag);
	escape_json(json, text);
}

/* Closes the object. */
Jsonb *
loyalty_values_end(StringInfo json)
{
	appendStringInfoChar(json, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json->data)));
}

/* Reads name and identifiers; the day is the org's. */
void
loyalty_values_add_customer(StringInfo json, const LoyaltyCall *call, const LoyaltyCustomer *customer)
{
	int32 org_id = call->org->org_id;
	LoyaltyIdentifiers held;
	int i;

	loyalty_values_add(json, "date", loyalty_day_text(loyalty_local_date(call->now, call->org->zone)));
	loyalty_values_add(json, "currency", call->org->config[CONFIG_CURRENCY_SYMBOL]);
	loyalty_values_add(json, "first_name", loyalty_name_of_customer(org_id, customer->customer_id, true));
	loyalty_values_add(json, "last_name", loyalty_name_of_customer(org_id, customer->customer_id, false));
	loyalty_identifiers_read(org_id, customer->customer_id, &held);
	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		loyalty_values_add(json, loyalty_identifier_type_names[i], held.values[i]);
}
