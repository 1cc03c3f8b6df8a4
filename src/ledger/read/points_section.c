/*
 * points_section.c: the points of customer_single_view, and the loop over programs that other documents have, too.
 *
 * Each program is read as points_balance reads it, now: what is due counts as expired, and promised points that have
 * come as regular, whether or not either is posted. The text of the section is put together here and made jsonb at the
 * end. A program costs a statement where not all points can be spent yet, and one where some expire.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "common/points.h"
#include "ledger/read/points_section.h"
#include "ledger/read/read_store.h"

/* Tells whether programs that are younger than the customer will open accounts: not for who was merged or deleted. */
static bool
may_open_accounts(const LoyaltyCustomer *customer)
{
	return customer->loyalty && !customer->erased && customer->merged_into == 0;
}

/* Goes through the programs of the org, in the order of their age. */
Datum
loyalty_points_of_programs(LoyaltyCall *call, int64 customer_id, PutPoints put)
{
	BalanceRequest request = { .call = *call, .as_of = call->now, .known_at = NEVER };
	StringInfoData json;
	const char *separator = "";
	Balance balance;
	int i;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"points\": [");
	if (!loyalty_customer_read(call->org->org_id, customer_id, &request.customer))
		elog(ERROR, "customer " INT64_FORMAT " has vanished", customer_id);
	for (i = 0; i < call->org->program_count; i++)
	{
		const LoyaltyProgram *program = &call->org->programs[i];

		request.program_id = program->program_id;
		loyalty_balance_read(&request, &balance);
		if (request.account_count == 0 && !may_open_accounts(&request.customer))
			continue;
		appendStringInfo(&json, "%s{\"program\": ", separator);
		escape_json(&json, program->program);
		put(&json, &request, program, &balance);
		appendStringInfoChar(&json, '}');
		separator = ", ";
	}
	appendStringInfoString(&json, "]}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

/* Writes thousandths as the numbers of all answers are written. */
void
loyalty_put_points(StringInfo json, const char *key, int64 points)
{
	appendStringInfo(json, ", \"%s\": %s", key,
					 DatumGetCString(DirectFunctionCall1(numeric_out, loyalty_numeric(points))));
}

/* Takes the first of the coming expiries, which are asked for only where there are points to expire. */
void
loyalty_put_next_expiry(StringInfo json, const BalanceRequest *request, const Balance *balance)
{
	Jsonb *coming;
	JsonbValue *first = NULL;
	Datum next;

	if (balance->current > 0)
	{
		coming = DatumGetJsonbP(loyalty_coming_expiries(request->call.org, request->customer_id,
														request->program_id, request->as_of, &request->come));
		first = getIthJsonbValueFromContainer(&coming->root, 0);
	}
	if (first == NULL)
	{
		appendStringInfoString(json, ", \"next_expiry\": null");
		return;
	}
	next = DirectFunctionCall2(jsonb_delete, JsonbPGetDatum(JsonbValueToJsonb(first)),
							   CStringGetTextDatum("program"));
	appendStringInfo(json, ", \"next_expiry\": %s", DatumGetCString(DirectFunctionCall1(jsonb_out, next)));
}

/* Appends what the single view shows of a program. */
static void
put_all(StringInfo json, BalanceRequest *request, const LoyaltyProgram *program, const Balance *balance)
{
	loyalty_put_points(json, "balance", balance->current);
	loyalty_put_points(json, "available_points", balance->available);
	loyalty_put_points(json, "lifetime_points", balance->counters.lifetime);
	loyalty_put_points(json, "redeemed_points", balance->counters.redeemed);
	loyalty_put_points(json, "expired_points", balance->counters.expired);
	loyalty_put_points(json, "returned_points", balance->counters.returned);
	loyalty_put_points(json, "promised_points", balance->promised);
	loyalty_put_points(json, "trigger_based_points", balance->trigger_based);
	loyalty_put_next_expiry(json, request, balance);
}

/* Runs inside the call of the single view, under its snapshot. */
Datum
loyalty_points_section(LoyaltyCall *call, int64 customer_id)
{
	return loyalty_points_of_programs(call, customer_id, put_all);
}
