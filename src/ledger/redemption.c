/*
 * redemption.c: drawing points for a redemption and judging it.
 *
 * Where one program is to pay, its conditions are those of the points asked for. Where all pay, each is judged by its own
 * conditions for its part.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "common/points.h"
#include "ledger/ledger_store.h"
#include "ledger/read_store.h"
#include "ledger/recent_store.h"
#include "ledger/redemption.h"
#include "ledger/writer.h"

#define REDEMPTION_ID_LENGTH 6

/* What the customer redeemed in the periods that the program caps. */
static void
read_redeemed(const Posting *posting, const LoyaltyProgram *program, bool snapshot, RedemptionFacts *facts)
{
	const LoyaltyCall *call = posting->call;
	DateADT today = loyalty_local_date(posting->effective_at, call->org->zone);
	TimestampTz since[REDEMPTION_PERIODS];
	TimestampTz first = NEVER;
	RecentEntries entries = { 0 };
	int i;

	for (i = 0; i < REDEMPTION_PERIODS; i++)
	{
		since[i] = loyalty_start_of_day(loyalty_period_start(i, today), call->org->zone);
		if (program->redemption.caps[i] != 0)
			first = Min(first, since[i]);
	}
	if (first == NEVER)
		return;
	loyalty_writer_flush_customer(posting->writer, posting->customer.customer_id);
	loyalty_recent_entries(call->org->org_id, &posting->customer, program->program_id, HOUSE_REDEEMED, first,
						   snapshot, &entries);
	for (i = 0; i < REDEMPTION_PERIODS; i++)
		facts->redeemed[i] = loyalty_recent_points(entries.items, entries.n, EVENT_REDEMPTION, since[i]);
}

/*
 * All points that the customer, and those who were merged into it, were ever awarded in the program, of whatever
 * category: what points_balance shows as its lifetime points.
 */
static int64
read_lifetime(const Posting *posting, const LoyaltyProgram *program, bool snapshot)
{
	int64 lifetime = 0;
	int64 *group;
	int members = loyalty_customer_group(&posting->customer, &group);
	int m;

	for (m = 0; m < members; m++)
	{
		Account *accounts;
		int count = loyalty_accounts_read(posting->call->org->org_id, group[m], program->program_id, snapshot,
										  &accounts);
		int i;

		for (i = 0; i < count; i++)
			loyalty_add_points(&lifetime, accounts[i].lifetime);
	}
	return lifetime;
}

static void
read_facts(const Posting *posting, const LoyaltyProgram *program, const WalkedAccount *walked,
		   const RedemptionWish *wish, RedemptionFacts *facts)
{
	const Account *account = &walked->account->account;

	facts->balance = account->balance;
	facts->available = walked->drawn;
	if (wish->unposted)
		facts->balance -= loyalty_posting_due(posting, account);
	if (program->redemption.lifetime != 0)
		facts->lifetime = read_lifetime(posting, program, wish->snapshot);
	read_redeemed(posting, program, wish->snapshot, facts);
}

static void
draw(Posting *posting, const RedemptionWish *wish, int64 points, LotWalk *walk)
{
	loyalty_walk_lots(posting, wish->program ? wish->program->program_id : 0, points, MOVEMENT_REDEEMED,
					  walk);
}

/* One program pays all. */
static int64
draw_on_one(Posting *posting, const RedemptionWish *wish, LotWalk *walk, RedemptionJudgement *judgement)
{
	const RedemptionRules *rules = &wish->program->redemption;
	RedemptionFacts facts = { .points = wish->points };
	int64 most;

	draw(posting, wish, wish->points, walk);
	judgement->program = wish->program;
	/* A dry run opens no account: one that is not there yet has nothing. */
	if (walk->account_count > 0)
		read_facts(posting, wish->program, &walk->accounts[0], wish, &facts);
	if (wish->up_to && facts.available == 0)
	{
		judgement->verdict = (RedemptionVerdict){ CONDITION_AVAILABLE, wish->points, 0 };
		return wish->points;
	}
	most = wish->up_to ? loyalty_redemption_most(rules, &facts, loyalty_program_step(&wish->program->rules))
					   : facts.points;
	if (most < facts.points)
	{
		facts.points = most;
		draw(posting, wish, most, walk);
	}
	judgement->verdict = loyalty_redemption_judge(rules, &facts);
	return facts.points;
}

/* All programs pay, in the order of their lots. */
static int64
draw_on_all(Posting *posting, const RedemptionWish *wish, LotWalk *walk, RedemptionJudgement *judgement)
{
	int64 points = wish->points;
	int i;

	draw(posting, wish, points, walk);
	if (walk->missing > 0 && wish->up_to && walk->missing < points)
	{
		points -= walk->missing;
		walk->missing = 0;
	}
	if (walk->missing > 0)
	{
		judgement->verdict = (RedemptionVerdict){ CONDITION_AVAILABLE, points, points - walk->missing };
		return points;
	}
	for (i = 0; i < walk->account_count && judgement->verdict.condition == CONDITION_NONE; i++)
	{
		const WalkedAccount *walked = &walk->accounts[i];
		const LoyaltyProgram *program =
			loyalty_org_program_by_id(posting->call->org, walked->account->account.program_id);
		RedemptionFacts facts = { .points = walked->drawn };

		if (walked->drawn == 0)
			continue;
		read_facts(posting, program, walked, wish, &facts);
		judgement->program = program;
		judgement->verdict = loyalty_redemption_judge(&program->redemption, &facts);
	}
	return points;
}

int64
loyalty_redemption_draw(Posting *posting, const RedemptionWish *wish, LotWalk *walk,
						RedemptionJudgement *judgement)
{
	memset(judgement, 0, sizeof(RedemptionJudgement));
	if (wish->program)
		return draw_on_one(posting, wish, walk, judgement);
	return draw_on_all(posting, wish, walk, judgement);
}

bool
loyalty_redemption_fits(const Posting *posting, const LotWalk *walk)
{
	int i;

	for (i = 0; i < posting->account_count; i++)
		if (!loyalty_posting_fits(posting, &posting->accounts[i].account, 0))
			return false;
	for (i = 0; i < walk->account_count; i++)
		if (!loyalty_account_redeems(&walk->accounts[i].account->account, walk->accounts[i].drawn))
			return false;
	return true;
}

char *
loyalty_new_redemption_id(int32 org_id, int64 customer_id)
{
	char *redemption_id;

	do
		redemption_id = loyalty_random_code(REDEMPTION_ID_LENGTH);
	while (loyalty_redemption_exists(org_id, customer_id, redemption_id));
	return redemption_id;
}
