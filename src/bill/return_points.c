/*
 * return_points.c: taking back the points that a returned bill earned.
 *
 * The lots that the points are in today come by the lots that the bill brought. Of each of these the rules
 * decide how many points come back and share them out over its lots of today (return_rules.c): that is done
 * root by root. Posting is done account by account, since an event has one debit for each, and the points of
 * one bill may be in two accounts: promised points, a part of which were converted.
 *
 * The lock of the customer, who is the root of its merge group, is held; nothing of the group changes
 * meanwhile. Nothing is late here: what was due is expired, so points that come back are open or expired as of
 * the return.
 */
#include "postgres.h"

#include "bill/claw_back.h"
#include "bill/return_points.h"
#include "common/compare.h"

/*
 * Shares out what comes back of one lot of the bill over the lots that it is in today. The root among them says
 * the line and how many points were awarded.
 */
static void
share_lot(const BillReturn *state, const ProgramRules *rules, ReturnedLot *lots, int count)
{
	const ReturnedLot *root = lots;
	int64 step = loyalty_program_step(rules);
	int64 points;
	int i;

	for (i = 0; i < count; i++)
		if (lots[i].lot.lot_id == lots[i].root_id)
			root = &lots[i];
	points = loyalty_return_points(state, root->lot.line_no, root->lot.points, step, rules->rounding);
	loyalty_return_fates(lots, count, points,
						 loyalty_returned_before(state, root->lot.line_no, root->lot.points, step,
												 rules->rounding));
}

/* Tells whether anything comes back of a lot. */
static bool
is_concerned(const ReturnedLot *returned)
{
	return returned->unspent + returned->spent + returned->given + returned->paid + returned->expired +
			   returned->claimed >
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
	ReturnedLot *lots;
	ReturnedLot **concerned;
	int count = loyalty_returned_lots(posting->call->org->org_id, &posting->customer, bill, &lots);
	int first;
	int next;
	int a;
	int i;

	for (first = 0; first < count; first = next)
	{
		for (next = first + 1; next < count && lots[next].root_id == lots[first].root_id;)
			next++;
		share_lot(state, &program->rules, &lots[first], next - first);
	}
	concerned = palloc(sizeof(ReturnedLot *) * Max(count, 1));
	for (a = 0; a < posting->account_count; a++)
	{
		PostedAccount *account = &posting->accounts[a];
		int n = 0;

		for (i = 0; i < count; i++)
			if (lots[i].lot.program_id == account->account.program_id &&
				lots[i].lot.category == account->account.category && is_concerned(&lots[i]))
				concerned[n++] = &lots[i];
		if (n == 0)
			continue;
		qsort(concerned, n, sizeof(ReturnedLot *), compare_returned);
		loyalty_claw_back(posting, account, concerned, n, program->rules.allow_negative_on_return);
	}
}
