/*
 * balance_api.c: points_balance.
 *
 * The answer is a sum over the accounts of the customer's merge group (balance.c). Without as_of the time is now, but for
 * an account whose last entry takes effect later (a clock that went back, an event within the tolerance) it is that
 * entry's.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/find.h"
#include "ledger/read/balance.h"
#include "ledger/read/read_store.h"

LOYALTY_FUNCTION(loyalty_points_balance);

/* Reads the arguments. LY107 where there is no such customer. */
static void
read_request(FunctionCallInfo fcinfo, BalanceRequest *request)
{
	const char *program = loyalty_arg_text_or_null(fcinfo, 2, "program", LOYALTY_MAX_CODE);

	loyalty_customer_named(&request->call, fcinfo, 5, &request->customer);
	request->customer_id = request->customer.customer_id;
	request->program_id = loyalty_org_read_program(request->call.org, program);
	request->has_as_of = !PG_ARGISNULL(3);
	request->as_of = loyalty_arg_time_or(fcinfo, 3, "as_of", request->call.now);
	request->known_at = loyalty_arg_time_or(fcinfo, 4, "known_at", NEVER);
}

/*
 * Returns one row of balances and counters. What is available, and what expires when, is said of the books as they
 * stand: nulls where later entries are left out.
 */
Datum
loyalty_points_balance(PG_FUNCTION_ARGS)
{
	BalanceRequest request = { 0 };
	Balance sum;
	Datum values[9];
	bool nulls[9] = { false };

	loyalty_call_begin(&request.call, fcinfo);
	read_request(fcinfo, &request);
	loyalty_balance_read(&request, &sum);
	values[0] = loyalty_numeric(sum.current);
	values[1] = loyalty_numeric(sum.promised);
	values[2] = loyalty_numeric(sum.trigger_based);
	values[3] = loyalty_numeric(sum.counters.lifetime);
	values[4] = loyalty_numeric(sum.counters.redeemed);
	values[5] = loyalty_numeric(sum.counters.expired);
	values[6] = loyalty_numeric(sum.counters.returned);
	values[7] = loyalty_numeric(sum.available);
	nulls[7] = nulls[8] = !request.is_latest;
	if (request.is_latest)
		values[8] = loyalty_coming_expiries(request.call.org, request.customer_id, request.program_id,
											request.as_of, &request.come);
	return loyalty_call_result(&request.call, fcinfo, values, nulls);
}
