/*
 * export_api.c: export_customer: everything that is held about a person, as one document.
 *
 * The tables are those of the lists that a deletion goes through (erasure.h), those included whose rows a deletion leaves
 * as bare numbers. The person is the customer with all who were merged into it, whichever of them is named. Nothing is
 * locked or written, and all is read under the caller's snapshot.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"

#include "common/pg_compat.h"
#include "customer/erasure.h"
#include "customer/find.h"

LOYALTY_FUNCTION(loyalty_export_customer);

/* Returns the document. It is put together in SPI's memory and made jsonb in the caller's. */
Datum
loyalty_export_customer(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	StringInfoData json;
	char time[MAXDATELEN + 1];
	MemoryContext spi_context;
	Datum document;

	loyalty_call_begin(&call, fcinfo);
	loyalty_customer_named(&call, fcinfo, 2, &customer);
	loyalty_customer_survivor(&call, &customer);
	initStringInfo(&json);
	appendStringInfoString(&json, "{\"org\": ");
	escape_json(&json, call.org->org);
	appendStringInfo(&json, ", \"customer_id\": " INT64_FORMAT ", \"exported_at\": \"%s\", \"tables\": {",
					 customer.customer_id,
					 JsonEncodeDateTime(time, TimestampTzGetDatum(call.now), TIMESTAMPTZOID, NULL));
	loyalty_holdings_show(&json, &call, &customer);
	appendStringInfoString(&json, "}}");
	spi_context = MemoryContextSwitchTo(call.result_context);
	document = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
	MemoryContextSwitchTo(spi_context);
	loyalty_call_end(&call);
	PG_RETURN_DATUM(document);
}
