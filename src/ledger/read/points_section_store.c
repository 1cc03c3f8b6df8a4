/*
 * points_section_store.c: the statement behind the points of customer_single_view. The sums are made in C, member by
 * member of the merge group, and handed to the statement as arrays: it turns them into jsonb with the codes of
 * programs.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "common/points.h"
#include "ledger/read/points_section_store.h"
#include "ledger/read/read_store.h"
#include "ledger/tables/group_accounts.h"
#include "ledger/tables/ledger_store.h"
#include "ledger/tables/promised_lots.h"

/* The accounts of the group as the rows of arrays. */
static LoyaltyQuery query =
	LOYALTY_STATEMENT_SEEN("SELECT jsonb_build_object('points', COALESCE(jsonb_agg("
						   "jsonb_build_object('program', p.program, 'category',"
						   " loyalty_data.ledger_word(a.category, 'category'), 'balance', a.balance,"
						   " 'lifetime_points', a.lifetime_points, 'redeemed_points', a.redeemed_points)"
						   " ORDER BY a.program_id, a.category), '[]'))"
						   " FROM ROWS FROM (unnest($2), unnest($3), unnest($4), unnest($5), unnest($6))"
						   " AS a (program_id, category, balance, lifetime_points, redeemed_points)"
						   " JOIN loyalty_data.program p ON p.org_id = $1 AND p.program_id = a.program_id",
						   INT4OID, INT4ARRAYOID, CHARARRAYOID, NUMERICARRAYOID, NUMERICARRAYOID,
						   NUMERICARRAYOID);

/* Moves the promised points that have come to a regular account from the one sum to the other. */
static void
move_come(LoyaltyCall *call, const LoyaltyCustomer *customer, const Account *regular, Account *sums,
		  int sum_count)
{
	ComeLots come = { 0 };
	int i;
	int s;

	loyalty_promised_come(call, customer, customer->customer_id, regular, call->now, true, &come);
	for (s = 0; s < sum_count && come.n > 0; s++)
	{
		if (sums[s].program_id != regular->program_id)
			continue;
		if (sums[s].category == CATEGORY_REGULAR)
			sums[s].balance += loyalty_promised_gain(&come, call->now);
		for (i = 0; i < come.n && sums[s].category == CATEGORY_PROMISED; i++)
			if (!loyalty_lot_is_due(&come.items[i].promised, call->now))
				sums[s].balance -= come.items[i].promised.remaining;
	}
}

/*
 * Subtracts lots that are due, and moves promised ones that have come, whether or not either is posted. All open lots are
 * the customer's own, as a merge moves them.
 */
static void
bring_up(LoyaltyCall *call, const LoyaltyCustomer *customer, Account *sums, int sum_count)
{
	int32 org_id = call->org->org_id;
	int64 customer_id = customer->customer_id;
	Account *own;
	int count = loyalty_accounts_read(org_id, customer_id, 0, true, &own);
	int i;
	int s;

	/* Every account is compared with every sum: an org has few programs, with three categories each. */
	for (i = 0; i < count; i++)
	{
		for (s = 0; s < sum_count; s++)
			if (sums[s].program_id == own[i].program_id && sums[s].category == own[i].category)
				sums[s].balance -= loyalty_unposted_due(org_id, customer_id, &own[i], call->now);
		if (own[i].category == CATEGORY_REGULAR)
			move_come(call, customer, &own[i], sums, sum_count);
	}
}

/* Adds the sums as five arrays, in the order of the statement. */
static void
param_accounts(LoyaltyParams *params, const Account *accounts, int count)
{
	Datum *columns[5];
	int c;
	int i;

	for (c = 0; c < 5; c++)
		columns[c] = palloc(sizeof(Datum) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		columns[0][i] = Int32GetDatum(accounts[i].program_id);
		columns[1][i] = CharGetDatum(accounts[i].category);
		columns[2][i] = loyalty_numeric(accounts[i].balance);
		columns[3][i] = loyalty_numeric(accounts[i].lifetime);
		columns[4][i] = loyalty_numeric(accounts[i].redeemed);
	}
	loyalty_param(params, loyalty_datum(PointerGetDatum(construct_array(columns[0], count, INT4OID, 4, true,
																		TYPALIGN_INT)),
										false));
	loyalty_param(params, loyalty_datum(PointerGetDatum(construct_array(columns[1], count, CHAROID, 1, true,
																		TYPALIGN_CHAR)),
										false));
	for (c = 2; c < 5; c++)
		loyalty_param(params, loyalty_datum(PointerGetDatum(construct_array(columns[c], count, NUMERICOID, -1,
																			false, TYPALIGN_INT)),
											false));
}

/* Tells whether any of the accounts is of a program. */
static bool
has_program(const Account *accounts, int count, int32 program_id)
{
	int i;

	for (i = 0; i < count; i++)
		if (accounts[i].program_id == program_id)
			return true;
	return false;
}

/*
 * Adds the accounts, all zero, of programs that are younger than the customer: they open when they are first touched.
 * A customer who was merged or deleted opens nothing any more.
 */
static int
add_unopened(const LoyaltyOrg *org, const LoyaltyCustomer *customer, Account **accounts, int count)
{
	static const Category categories[] = { CATEGORY_PROMISED, CATEGORY_REGULAR, CATEGORY_TRIGGER_BASED };
	Account *all = palloc0(sizeof(Account) * (count + lengthof(categories) * org->program_count));
	int opened = count;
	int i;
	int c;

	if (!customer->loyalty || customer->erased || customer->merged_into != 0)
		return count;
	if (count > 0)
		memcpy(all, *accounts, sizeof(Account) * count);
	for (i = 0; i < org->program_count; i++)
		for (c = 0; c < lengthof(categories) && !has_program(all, opened, org->programs[i].program_id); c++)
		{
			all[count].program_id = org->programs[i].program_id;
			all[count++].category = categories[c];
		}
	*accounts = all;
	return count;
}

/* Returns the section as the single view puts it in; run inside its call, under its snapshot. */
Datum
loyalty_points_section(LoyaltyCall *call, int64 customer_id)
{
	int32 org_id = call->org->org_id;
	LoyaltyParams params = { 0 };
	LoyaltyCustomer customer = { 0 };
	Account *accounts = NULL;
	LoyaltyRows *rows;
	bool isnull;
	int count = 0;

	if (loyalty_customer_read(org_id, customer_id, &customer))
		count = loyalty_group_accounts(org_id, &customer, true, &accounts);
	if (count > 0)
		bring_up(call, &customer, accounts, count);
	count = add_unopened(call->org, &customer, &accounts, count);
	loyalty_param(&params, loyalty_int4(org_id));
	param_accounts(&params, accounts, count);
	rows = loyalty_query(&query, &params);
	return loyalty_row_datum(rows, 0, 1, &isnull);
}
