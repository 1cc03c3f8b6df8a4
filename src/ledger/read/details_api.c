/*
 * details_api.c: ledger_event_details: an event with its entries, and what each did to lots. Nothing is locked or
 * written.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/srf.h"
#include "customer/find.h"
#include "ledger/read/details_store.h"

LOYALTY_FUNCTION(loyalty_ledger_event_details);

/*
 * Returns a row per entry and lot of an event of the customer, or, where they are included, of one who was merged into
 * it: the first member that has rows of the event is the one, as event ids belong to one customer. An unknown event has
 * no rows.
 */
Datum
loyalty_ledger_event_details(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	int64 event_id;
	int64 *group;
	int count;
	LoyaltyRows *rows = NULL;
	int i;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	event_id = loyalty_arg_int8(fcinfo, 2, "event_id");
	count = loyalty_arg_bool(fcinfo, 3, "include_merged") ? INT_MAX : 1;
	loyalty_customer_named(&call, fcinfo, 4, &customer);
	count = Min(count, loyalty_customer_group(&customer, &group));
	for (i = 0; i < count && (rows == NULL || rows->count == 0); i++)
		rows = loyalty_read_details(call.org, group[i], event_id);
	loyalty_set_add_rows(fcinfo, rows);
	loyalty_call_end(&call);
	return (Datum) 0;
}
