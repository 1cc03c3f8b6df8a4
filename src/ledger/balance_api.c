/*
 * balance_api.c: points_balance.
 */
#include "postgres.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/points.h"
#include "customer/customer_store.h"
#include "ledger/read_store.h"

LOYALTY_FUNCTION(loyalty_points_balance);

typedef struct Balance
{
	int64 current;
	int64 promised;
	int64 trigger_based;
	Counters counters;
} Balance;

static int64 *
balance_of(Balance *sum, Category category)
{
	switch (category)
	{
		case CATEGORY_REGULAR:
			return &sum->current;
		case CATEGORY_PROMISED:
			return &sum->promised;
		case CATEGORY_TRIGGER_BASED:
			return &sum->trigger_based;
	}
	elog(ERROR, "unknown category %d", category);
}

/* Adds an account as it was at a time: what was posted by then, less what was due and is not posted yet. */
static void
add_account(Balance *sum, int32 org_id, int64 customer_id, const Account *account, TimestampTz at)
{
	int32 entry_no = loyalty_last_entry_by(org_id, customer_id, account, at);
	int64 balance = loyalty_balance_after_entry(org_id, customer_id, account, entry_no);
	Counters later = loyalty_counters_after(org_id, customer_id, account, entry_no);
	int64 due = loyalty_unposted_due(org_id, customer_id, account, at);

	loyalty_add_points(balance_of(sum, account->category), balance - due);
	loyalty_add_points(&sum->counters.lifetime, account->lifetime - later.lifetime);
	loyalty_add_points(&sum->counters.redeemed, account->redeemed - later.redeemed);
	loyalty_add_points(&sum->counters.expired, account->expired - later.expired + due);
	loyalty_add_points(&sum->counters.returned, account->returned - later.returned);
}

static Balance
read_balance(const LoyaltyCall *call, const LoyaltyCustomer *customer, int32 program_id, bool has_as_of,
			 TimestampTz as_of)
{
	int32 org_id = call->org->org_id;
	Balance sum = { 0 };
	Account *accounts;
	int64 *group;
	int members = loyalty_customer_group(customer, &group);
	int count;
	int m;
	int i;

	for (m = 0; m < members; m++)
	{
		count = loyalty_read_accounts(org_id, group[m], program_id, &accounts);
		for (i = 0; i < count; i++)
			add_account(&sum, org_id, group[m], &accounts[i],
						has_as_of ? as_of : Max(call->now, accounts[i].last_effective_at));
	}
	return sum;
}

Datum
loyalty_points_balance(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	LoyaltyCustomer customer;
	const char *program;
	int64 customer_id;
	int32 program_id = 0;
	Balance sum;
	Datum values[7];
	bool nulls[7] = { false };

	loyalty_call_begin(&call, fcinfo);
	customer_id = loyalty_arg_int8(fcinfo, 1, "customer_id");
	program = loyalty_arg_text_or_null(fcinfo, 2, "program", LOYALTY_MAX_CODE);
	if (!loyalty_customer_read(call.org->org_id, customer_id, &customer))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_CUSTOMER_UNKNOWN),
						errmsg("customer " INT64_FORMAT " does not exist in this org", customer_id)));
	if (program)
		program_id = loyalty_org_program(call.org, program)->program_id;
	sum = read_balance(&call, &customer, program_id, !PG_ARGISNULL(3),
					   loyalty_arg_time_or(fcinfo, 3, "as_of", 0));
	values[0] = loyalty_numeric(sum.current);
	values[1] = loyalty_numeric(sum.promised);
	values[2] = loyalty_numeric(sum.trigger_based);
	values[3] = loyalty_numeric(sum.counters.lifetime);
	values[4] = loyalty_numeric(sum.counters.redeemed);
	values[5] = loyalty_numeric(sum.counters.expired);
	values[6] = loyalty_numeric(sum.counters.returned);
	return loyalty_call_answer(&call, fcinfo, values, nulls);
}
