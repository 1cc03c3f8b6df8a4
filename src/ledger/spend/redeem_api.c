/*
 * redeem_api.c: redeem_points. The frame (operation.c) reads the common arguments, locks the customer and finds
 * repeats; redemption.c judges and posts, as it does for an item of a batch. Nothing is read here but the arguments of
 * the call, and nothing is late.
 */
#include "postgres.h"

#include "common/pg_compat.h"
#include "ledger/spend/redemption.h"

LOYALTY_FUNCTION(loyalty_redeem_points);

/*
 * Redeems points, first expiring first. A repeat of a request gets the first result; anything refused is
 * raised.
 */
Datum
loyalty_redeem_points(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	RedeemRequest request;
	Operation operation;
	EarlierEvent earlier;
	PostingResult result = { 0 };
	Datum values[REDEEM_COLUMNS];
	bool nulls[REDEEM_COLUMNS];

	loyalty_operation_call(&call, fcinfo, &loyalty_redeem_kind, &request.operation);
	if (loyalty_operation_begin(&operation, &call, &request.operation, &earlier))
		loyalty_redeem_again(&call, &request.operation, &earlier, &result);
	else
		(void) loyalty_redeem(&operation, &result, LOYALTY_RAISES);
	loyalty_redeem_values(&call, &result, values, nulls);
	return loyalty_call_result(&call, fcinfo, values, nulls);
}
