/*
 * redemption.c: drawing points for a redemption, judging and posting it.
 *
 * The draw is made once, on lots as they are, and judged; it is posted when nothing refuses it, behind the
 * expiry of what is due, which took no part in it. So a refusal has written nothing, and is_redeemable runs
 * the same code up to there.
 *
 * Where one program is to pay, its conditions are those of the points asked for. Where all pay, each is judged
 * by its own conditions for its part. "up_to" takes fewer points: with one program the draw is cut down to
 * what the conditions let through; with all, what was drawn is what is asked for.
 *
 * The customer is locked by the call or the batch. A dry run holds no lock; what it reads for caps and
 * lifetime points is of the caller's snapshot. May be late: expiries that are due and not posted, which
 * balance and draw are judged without.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/points.h"
#include "ledger/posting/due.h"
#include "ledger/posting/event.h"
#include "ledger/posting/participation.h"
#include "ledger/posting/promised.h"
#include "ledger/spend/recent_store.h"
#include "ledger/spend/redemption.h"
#include "ledger/tables/bill_hooks.h"
#include "ledger/tables/ledger_store.h"
#include "ledger/tables/writer.h"
#include "status/status_guard.h"

#define REDEMPTION_ID_LENGTH 6

static const LoyaltyRequestField redeem_fields[] = {
	OPERATION_FIELDS,
	{ "points", offsetof(RedeemRequest, points) },
	{ "transaction_number", offsetof(RedeemRequest, transaction_number) },
	{ "transaction_till", offsetof(RedeemRequest, transaction_till) },
	{ "up_to", offsetof(RedeemRequest, up_to) },
	{ "verification", offsetof(RedeemRequest, verification) },
};

const RequestKind loyalty_redeem_kind = { "redeem_points", lengthof(redeem_fields), redeem_fields, true };

/*
 * Reads how many points the customer redeemed in the periods that the program caps, from the start of the
 * longest one that has a cap; nothing where no period has. Periods are those of the org's calendar at the
 * effective time. Items of a batch before this one count: their rows go out first.
 */
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
 * Returns all points that the customer, and those who were merged into it, were ever awarded in the program,
 * of whatever category: what points_balance shows as its lifetime points.
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

/* Returns what promised points that have come add to the balance of an account. */
static int64
gain_of(const Posting *posting, const ComeLots *come, const Account *account)
{
	ComeLots of_account = { 0 };
	int i;

	for (i = 0; i < come->n; i++)
		if (come->items[i].regular.program_id == account->program_id)
			LOYALTY_APPEND(of_account, come->items[i]);
	return loyalty_promised_gain(&of_account, posting->effective_at);
}

/*
 * Reads what the conditions ask. What is due is not posted yet, and counts no more. Lifetime and caps take
 * statements of their own, so they are read only where the program has such rules.
 */
static void
read_facts(const Posting *posting, const LoyaltyProgram *program, const WalkedAccount *walked,
		   const ComeLots *come, bool snapshot, RedemptionFacts *facts)
{
	const Account *account = &walked->account->account;

	facts->balance =
		account->balance - loyalty_posting_due(posting, account) + gain_of(posting, come, account);
	facts->available = walked->drawn;
	if (program->redemption.lifetime != 0)
		facts->lifetime = read_lifetime(posting, program, snapshot);
	read_redeemed(posting, program, snapshot, facts);
}

/* Draws from regular lots. A dry run goes to the end, to tell all that is available. */
static void
draw(Posting *posting, Redemption *redemption)
{
	DrawRequest request = {
		.program_id = redemption->program ? redemption->program->program_id : 0,
		.category = CATEGORY_REGULAR,
		.points = redemption->points,
		.type = MOVEMENT_REDEEMED,
		.to_the_end = redemption->is_dry,
		.asks_participation = true,
	};

	loyalty_walk(posting, &request, &redemption->walk);
}

/*
 * Weighs what one program is to pay. Where nothing is there, that is the verdict, with "up_to" as well. With
 * "up_to" the conditions say first how many points they let through, and the draw gives back the rest; then
 * they judge what is left. Without it a draw that falls short fails as unavailable.
 */
static void
weigh_one(const Posting *posting, Redemption *redemption)
{
	const RedemptionRules *rules = &redemption->program->redemption;
	RedemptionJudgement *judgement = &redemption->judgement;
	LotWalk *walk = &redemption->walk;
	RedemptionFacts facts = { .points = redemption->points };

	judgement->program = redemption->program;
	/* Accounts that are not open yet have nothing. */
	if (walk->account_count > 0)
		read_facts(posting, redemption->program, &walk->accounts[0], &walk->come, redemption->is_dry, &facts);
	if (redemption->up_to && facts.available == 0)
	{
		judgement->verdict = (RedemptionVerdict){ CONDITION_AVAILABLE, facts.points, 0 };
		return;
	}
	if (redemption->up_to)
		facts.points =
			loyalty_redemption_most(rules, &facts, loyalty_program_step(&redemption->program->rules));
	if (facts.available > facts.points)
		loyalty_walk_give_back(walk, facts.available - facts.points);
	redemption->points = facts.points;
	judgement->verdict = loyalty_redemption_judge(rules, &facts);
}

/*
 * Weighs what all programs pay, in the order of their lots. Each that pays is judged for its part; the first
 * that refuses is told.
 */
static void
weigh_all(const Posting *posting, Redemption *redemption)
{
	RedemptionJudgement *judgement = &redemption->judgement;
	LotWalk *walk = &redemption->walk;
	int64 drawn = redemption->points - walk->missing;
	int i;

	if (redemption->up_to && drawn > 0)
		redemption->points = drawn;
	if (drawn < redemption->points)
	{
		judgement->verdict = (RedemptionVerdict){ CONDITION_AVAILABLE, redemption->points, drawn };
		return;
	}
	for (i = 0; i < walk->account_count && judgement->verdict.condition == CONDITION_NONE; i++)
	{
		const WalkedAccount *walked = &walk->accounts[i];
		const LoyaltyProgram *program =
			loyalty_org_program_by_id(posting->call->org, walked->account->account.program_id);
		RedemptionFacts facts = { .points = walked->drawn };

		if (walked->drawn == 0)
			continue;
		read_facts(posting, program, walked, &walk->come, redemption->is_dry, &facts);
		judgement->program = program;
		judgement->verdict = loyalty_redemption_judge(&program->redemption, &facts);
	}
}

/*
 * Reads points by the decimals of the program, or where all may pay of the finest one: the draw takes whole
 * steps of each.
 */
bool
loyalty_redemption_read(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal)
{
	const RedeemRequest *request = (const RedeemRequest *) operation->request;
	const LoyaltyProgram *finest;

	if (!loyalty_operation_locate(operation, refusal) ||
		!loyalty_operation_programs(operation, &redemption->program, refusal))
		return false;
	finest = redemption->program;
	return (finest != NULL || loyalty_org_finest_program(operation->call->org, &finest, refusal)) &&
		   loyalty_read_program_points(&request->points, finest, &redemption->points, refusal) &&
		   loyalty_read_bool(&request->up_to, "up_to", &redemption->up_to, refusal);
}

/*
 * Lets a redemption that nobody gave a time be no older than its bill, whose till's clock may go fast. What was
 * judged stands: the effective time is not moved, which is that of the clock or later. Where it would move (the clock
 * was set back), the time stays that of the clock.
 */
static void
follow_bill(Operation *operation)
{
	Posting *posting = &operation->posting;
	TimestampTz bill_time;

	if (operation->origin.transaction_id == 0 || !operation->request->event_time.isnull)
		return;
	bill_time = loyalty_bill_hooks.time(operation->call->org->org_id, &posting->customer,
										operation->origin.transaction_id);
	if (Min(bill_time, posting->recorded_at) <= posting->effective_at)
		posting->event_time = Max(posting->event_time, bill_time);
}

/*
 * Stands apart from the rest of the reading: it reads a table, and redeem_points comes to it when the
 * conditions are met.
 */
bool
loyalty_redemption_bill(Operation *operation, LoyaltyRefusal *refusal)
{
	const RedeemRequest *request = (const RedeemRequest *) operation->request;

	return loyalty_operation_transaction(operation, &request->transaction_number, &request->transaction_till,
										 &operation->origin.transaction_id, refusal);
}

/*
 * Tells whether the participation of the customer stands in the way of the whole redemption: in the program that is to pay,
 * or, where all may, in each that could.
 */
static bool
is_barred(const Posting *posting, Redemption *redemption)
{
	RedemptionJudgement *judgement = &redemption->judgement;

	judgement->program = redemption->program;
	if (redemption->program == NULL && redemption->walk.account_count == 0)
		judgement->program = redemption->walk.barred;
	if (judgement->program == NULL ||
		loyalty_participation_spends(loyalty_posting_participation(posting, judgement->program)))
		return false;
	judgement->verdict.condition = CONDITION_PARTICIPATION;
	return true;
}

/* Opens no account: a program that is not open yet has nothing to pay with, which is told as too few points. */
bool
loyalty_redemption_weigh(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal)
{
	Posting *posting = &operation->posting;

	loyalty_posting_load(posting, (AccountChoice){ .program = redemption->program, .opens_none = true });
	if (!loyalty_operation_time(operation, refusal))
		return false;
	draw(posting, redemption);
	if (is_barred(posting, redemption))
		return true;
	if (redemption->program)
		weigh_one(posting, redemption);
	else
		weigh_all(posting, redemption);
	return true;
}

/*
 * Makes an error of the judgement. Not enough points is an error of its own: it is what callers ask about
 * most.
 */
static bool
judge_conditions(const Posting *posting, const RedemptionJudgement *judgement, LoyaltyRefusal *refusal)
{
	const RedemptionVerdict *verdict = &judgement->verdict;

	if (verdict->condition == CONDITION_NONE)
		return true;
	if (verdict->condition == CONDITION_PARTICIPATION)
		return loyalty_posting_judge_spending(posting, judgement->program, refusal);
	if (verdict->condition == CONDITION_AVAILABLE)
		return loyalty_refuse_insufficient(verdict->actual, verdict->required, refusal);
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_NOT_REDEEMABLE,
				   errmsg("the redemption does not meet a condition of program \"%s\"",
						  judgement->program->program),
				   errdetail("Condition %s: %s points; here it is %s.",
							 loyalty_condition_names[verdict->condition],
							 loyalty_points_text(verdict->required), loyalty_points_text(verdict->actual)));
}

/*
 * Judges the counters, which no condition of a program does: balances go down, but what was redeemed and
 * expired ever goes up.
 */
bool
loyalty_redemption_fits(const Operation *operation, const Redemption *redemption, LoyaltyRefusal *refusal)
{
	const Posting *posting = &operation->posting;
	const LotWalk *walk = &redemption->walk;
	int i;

	for (i = 0; i < posting->account_count; i++)
		if (!loyalty_posting_takes(posting, &posting->accounts[i].account, 0, 0))
			return loyalty_refuse_overflow(refusal);
	for (i = 0; i < walk->account_count; i++)
		if (!loyalty_account_redeems(&walk->accounts[i].account->account, walk->accounts[i].drawn))
			return loyalty_refuse_overflow(refusal);
	return true;
}

/* Judges the proof of the points that are taken, which may be fewer than those asked for. */
static bool
judge_proof(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal)
{
	const RedeemRequest *request = (const RedeemRequest *) operation->request;

	redemption->proof = (LoyaltyProofUse){ .purpose = "points_redemption",
										   .attempt = loyalty_proof_given(&request->verification),
										   .customer_id = operation->posting.customer.customer_id,
										   .has_amount = true,
										   .amount = redemption->points };
	if (redemption->program != NULL)
		redemption->proof.program_id = redemption->program->program_id;
	return loyalty_proof_judge(operation->call, &redemption->proof, refusal);
}

/*
 * Judges in the order in which a caller meets the refusals: status, request, enrolment, conditions, bill,
 * counters, proof.
 */
static bool
judge(Operation *operation, Redemption *redemption, LoyaltyRefusal *refusal)
{
	StatusVerdict verdict;

	return loyalty_status_permits(operation->call, &operation->posting.customer, GUARD_REDEEM, &verdict,
								  refusal) &&
		   loyalty_redemption_read(operation, redemption, refusal) &&
		   loyalty_posting_judge_loyalty(&operation->posting, refusal) &&
		   loyalty_redemption_weigh(operation, redemption, refusal) &&
		   judge_conditions(&operation->posting, &redemption->judgement, refusal) &&
		   loyalty_redemption_bill(operation, refusal) &&
		   loyalty_redemption_fits(operation, redemption, refusal) &&
		   judge_proof(operation, redemption, refusal);
}

/*
 * Draws a redemption id that the customer, who is locked, does not have yet. Rows that a batch keeps back of
 * the customer went out with the draw, so those of its items before are seen.
 */
static char *
new_redemption_id(int32 org_id, int64 customer_id)
{
	char *redemption_id;

	do
		redemption_id = loyalty_random_code(REDEMPTION_ID_LENGTH);
	while (loyalty_redemption_exists(org_id, customer_id, redemption_id));
	return redemption_id;
}

/*
 * Converts the promised points that have come, and draws again: the first walk judged them as what they are now, so the
 * same points are there, in lots that have rows. So do those of a program that may not pay, which no walk has seen: the balance that is
 * answered has them.
 */
static void
convert_come(Posting *posting, Redemption *redemption)
{
	if (redemption->walk.come.n == 0 && redemption->walk.barred == NULL)
		return;
	loyalty_posting_convert_due(posting);
	draw(posting, redemption);
	if (redemption->walk.missing > 0)
		(void) loyalty_refuse_insufficient(redemption->points - redemption->walk.missing, redemption->points,
										   LOYALTY_RAISES);
}

/*
 * Posts the redemption: what has come and what is due first, then draws and rolls in one event. The walk points into the
 * posting's accounts, so no account is loaded in between.
 */
static void
post(Operation *operation, Redemption *redemption, PostingResult *result)
{
	Posting *posting = &operation->posting;
	Event *origin = &operation->origin;

	follow_bill(operation);
	convert_come(posting, redemption);
	(void) loyalty_posting_expire_due(posting);
	result->redemption_id = new_redemption_id(operation->call->org->org_id, posting->customer.customer_id);
	strlcpy(origin->redemption_id, result->redemption_id, sizeof(origin->redemption_id));
	loyalty_event_begin(posting, EVENT_REDEMPTION, posting->event_time, origin);
	loyalty_walk_post_draws(posting, &redemption->walk, HOUSE_REDEEMED);
	loyalty_walk_post_rolls(posting, &redemption->walk);
	loyalty_event_end(posting);
	result->event_id = posting->event.event_id;
	result->points = redemption->points;
	redemption->proof.used_for = result->event_id;
	loyalty_proof_use_up(operation->call, &redemption->proof);
	loyalty_operation_end(operation, result->event_id);
	result->current_points = loyalty_posting_current_points(posting);
}

/* Judges, then posts: once the judgement is through, only a failure of the server can stop the redemption. */
bool
loyalty_redeem(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal)
{
	Redemption redemption = { 0 };

	if (!judge(operation, &redemption, refusal))
		return false;
	post(operation, &redemption, result);
	return true;
}

/* The event knows the program that paid; where all could pay, the balance is that of all. */
void
loyalty_redeem_again(const LoyaltyCall *call, const OperationRequest *request, const EarlierEvent *earlier,
					 PostingResult *result)
{
	int32 org_id = call->org->org_id;
	int64 customer_id = earlier->customer_id;
	int64 event_id = earlier->event_id;

	*result = (PostingResult){
		.event_id = event_id,
		.points = -earlier->net_points,
		.redemption_id = earlier->redemption_id,
		.current_points = loyalty_request_all_programs(request)
							  ? loyalty_balance_after_event(org_id, customer_id, 0, event_id)
							  : loyalty_balance_of_event(org_id, customer_id, 0, event_id),
	};
}

/* Fills four columns, none of which is ever NULL; nothing in them is a matter of the call's org. */
void
loyalty_redeem_values(const LoyaltyCall *call, const PostingResult *result, Datum *values, bool *nulls)
{
	values[0] = Int64GetDatum(result->event_id);
	values[1] = CStringGetTextDatum(result->redemption_id);
	values[2] = loyalty_numeric(result->points);
	values[3] = loyalty_numeric(result->current_points);
	memset(nulls, false, sizeof(bool) * REDEEM_COLUMNS);
}
