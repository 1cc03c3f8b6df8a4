/*
 * earn_api.c: earn_points. The frame (operation.c) reads the common arguments, locks the customer and finds repeats;
 * earn.c judges and posts, as it does for an item of a batch. Nothing is read here but the arguments of the call, and
 * nothing is late.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/earn/earn.h"

LOYALTY_FUNCTION(loyalty_earn_points);

/* Awards points outside a bill. A repeat of a request gets the first result; anything refused is raised. */
Datum
loyalty_earn_points(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	EarnRequest request;
	Operation operation;
	EarlierEvent earlier;
	PostingResult result = { 0 };
	Datum values[EARN_COLUMNS];
	bool nulls[EARN_COLUMNS];

	loyalty_operation_call(&call, fcinfo, &loyalty_earn_kind, &request.operation);
	if (loyalty_operation_begin(&operation, &call, &request.operation, &earlier))
		loyalty_earn_again(&call, &request.operation, &earlier, &result);
	else
		(void) loyalty_earn(&operation, &result, LOYALTY_RAISES);
	loyalty_earn_values(&call, &result, values, nulls);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
