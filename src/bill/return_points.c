/*
 * return_points.c: taking back the points that a returned bill earned.
 *
 * The lots that the points are in today come by the lots that the bill brought. Rules decide how many points come
 * back of each of these, and share them out over its lots of today (return_rules.c, return_fate_rules.c): that is
 * done root by root. What earlier returns took of a root is what its lots show as returned, what is claimed of it,
 * and what is covered. Posting is done account by account, since an event has one debit for each, and the points of
 * one bill may be in two accounts: promised points, a part of which were converted.
 *
 * The lock of the customer, who is the root of its merge group, is held; nothing of the group changes
 * meanwhile. What was due is expired, but for points that the same event has just put back: those are taken first
 * and expire, if any are left, once it has ended.
 */
#include "postgres.h"

#include "bill/claw_back.h"
#include "bill/return_points.h"
#include "common/compare.h"
#include "ledger/tables/claim_store.h"

/* Adds a lot that the event at hand has put in place of one of those that were found. */
static void
add_put_back_lot(const Posting *posting, const Lot *lot, int found, ReturnedLots *lots)
{
	int i;

	for (i = 0; i < found; i++)
	{
		const ReturnedLot *origin = &lots->items[i];
		ReturnedLot added = {
			.lot = *lot,
			.customer_id = posting->customer.customer_id,
			.root_customer_id = origin->root_customer_id,
			.root_id = origin->root_id,
			.put_back = true,
		};

		if (!origin->closed || origin->lot.lot_id != lot->origin_lot_id ||
			origin->customer_id != lot->origin_customer_id)
			continue;
		LOYALTY_APPEND(*lots, added);
		return;
	}
}

/*
 * Adds lots that the event at hand has put in place of lots that were merged away: their rows are there, but the
 * entry that brought them is not, by which others are found. Those that it put beside one of the customer's own
 * lots are none of the bill's. Lots of the event stand by their ids since they were written.
 */
static void
add_put_back(const Posting *posting, ReturnedLots *lots)
{
	int found = lots->n;
	bool is_new = false;
	int p;

	for (p = 0; p < posting->lots.n; p++)
	{
		const PostedLot *posted = &posting->lots.items[p];

		is_new |= posted->is_new;
		if (p + 1 < posting->lots.n && posted[1].lot.lot_id == posted->lot.lot_id)
			continue;
		if (is_new)
			add_put_back_lot(posting, &posted->lot, found, lots);
		is_new = false;
	}
	if (lots->n > found)
		qsort(lots->items, lots->n, sizeof(ReturnedLot), loyalty_returned_lots_compare);
}

/* A lot that the bill brought, with the lots that it is in today. */
typedef struct ReturnedRoot
{
	ReturnedLot *lots;
	int count;
	int64 claimed; /* what earlier returns were to take, and no lot shows as returned */
} ReturnedRoot;

/* Finds the root among the lots that it is in, and what came back of it by earlier returns, as a part of the bill. */
static ReturnedPart
part_of(const ReturnedRoot *root, int order)
{
	const ReturnedLot *lots = root->lots;
	ReturnedPart part = { .order = order, .before = root->claimed };
	int i;

	for (i = 0; i < root->count; i++)
	{
		part.before += lots[i].lot.returned;
		if (lots[i].lot.lot_id != lots[i].root_id)
			continue;
		part.line_no = lots[i].lot.line_no;
		part.points = lots[i].lot.points;
	}
	part.before = Min(part.before, part.points);
	return part;
}

/*
 * Decides how many points come back of each lot of today. Lots stand by their roots, and parts of the bill are told by
 * the order of these.
 */
static void
share_lots(const BillReturn *state, const ProgramRules *rules, const LotClaims *claims, ReturnedLots *lots)
{
	ReturnedRoot *roots = palloc0(sizeof(ReturnedRoot) * Max(lots->n, 1));
	ReturnedPart *parts = palloc(sizeof(ReturnedPart) * Max(lots->n, 1));
	int count = 0;
	int i;

	for (i = 0; i < lots->n; i++)
	{
		const ReturnedLot *lot = &lots->items[i];

		if (i == 0 || lot->root_id != lots->items[i - 1].root_id)
		{
			const LotClaim *claim = loyalty_claim_find(claims, lot->root_customer_id, lot->root_id);

			roots[count].lots = &lots->items[i];
			roots[count++].claimed = claim != NULL ? claim->open + claim->covered : 0;
		}
		roots[count - 1].count++;
	}
	for (i = 0; i < count; i++)
		parts[i] = part_of(&roots[i], i);
	loyalty_return_parts(state, parts, count, loyalty_program_step(rules), rules->rounding);
	for (i = 0; i < count; i++)
		loyalty_return_fates(roots[parts[i].order].lots, roots[parts[i].order].count, parts[i].now,
							 roots[parts[i].order].claimed);
}

/* Tells whether anything comes back of a lot. */
static bool
is_concerned(const ReturnedLot *returned)
{
	return returned->unspent + returned->spent + returned->given + returned->paid + returned->expired +
			   returned->gone + returned->missing >
		   0;
}

/* Compares two lots by their ids: loyalty_claw_back searches them by halving. */
static int
compare_returned(const void *left, const void *right)
{
	return loyalty_compare_ids(&(*(ReturnedLot *const *) left)->lot.lot_id,
							   &(*(ReturnedLot *const *) right)->lot.lot_id);
}

/*
 * Decides all roots first: the lots of an account come from several of them, and one debit takes all. A lot is
 * in the account of its program and category; lots of merged customers are of accounts with the same two, and
 * the survivor's pays for them.
 */
void
loyalty_return_take_back(Posting *posting, const ReturnedBill *bill, const BillReturn *state,
						 const LoyaltyProgram *program)
{
	ReturnedLots lots = { 0 };
	LotClaims claims = { 0 };
	ReturnedLot **concerned;
	int a;
	int i;

	loyalty_returned_lots(posting->call->org->org_id, &posting->customer, bill, &lots);
	add_put_back(posting, &lots);
	loyalty_claims_of_group(posting->call->org->org_id, &posting->customer, &claims);
	share_lots(state, &program->rules, &claims, &lots);
	concerned = palloc(sizeof(ReturnedLot *) * Max(lots.n, 1));
	for (a = 0; a < posting->account_count; a++)
	{
		PostedAccount *account = &posting->accounts[a];
		int n = 0;

		for (i = 0; i < lots.n; i++)
			if (lots.items[i].lot.program_id == account->account.program_id &&
				lots.items[i].lot.category == account->account.category && is_concerned(&lots.items[i]))
				concerned[n++] = &lots.items[i];
		if (n == 0)
			continue;
		qsort(concerned, n, sizeof(ReturnedLot *), compare_returned);
		loyalty_claw_back(posting, account, concerned, n, program->rules.allow_negative_on_return);
	}
}
