/*
 * transaction_api.c: add_transaction: one bill of a customer who is named by id or card. What a bill is, and in which
 * order it is judged and written, is in bill.c; a line of a load goes the same way. The frame locks the customer and
 * finds repeats before anything is judged.
 */
#include "postgres.h"

#include "bill/bill.h"
#include "common/pg_compat.h"
#include "common/points.h"

LOYALTY_FUNCTION(loyalty_add_transaction);

/*
 * Records a bill. The customer is locked and a repeat found before the bill is looked at, so that it costs a
 * repeat nothing. The bill's id is that of its event, and stands twice in the result.
 */
Datum
loyalty_add_transaction(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	BillRequest request;
	Operation operation;
	EarlierEvent earlier;
	PostingResult result = { 0 };
	Datum values[5];
	bool nulls[5] = { false };

	loyalty_operation_call(&call, fcinfo, &loyalty_bill_kind, &request.operation);
	if (loyalty_operation_begin(&operation, &call, &request.operation, &earlier))
		loyalty_bill_again(&operation, &earlier, &result);
	else
		(void) loyalty_bill(&operation, &result, LOYALTY_RAISES);
	values[0] = Int64GetDatum(result.event_id);
	values[1] = Int64GetDatum(result.event_id);
	values[2] = loyalty_numeric(result.points);
	values[3] = loyalty_numeric(result.current_points);
	values[4] = loyalty_bill_warnings((Datum) 0, result.no_points);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
