/*
 * ledger_merge.c: points, bills and everything else of the ledger, in merges.
 *
 * Rows stay where they are: bills, returns and entries belong to the survivor because its group has the victim.
 * Points move by entries (ledger/move/merge_posting.c), counters do not move at all: a survivor's are the sums over
 * its group.
 *
 * The preview reads the accounts of both groups and the open lots by expiry, and takes off what is due by the time of
 * the merge, since the posting expires that first; so its sums are those after it. The check reads the same of the
 * joined group and compares: every figure; the points of each expiry, of which no more may be there than before; and
 * what is missing, which must be what arrears went down by. The victim must have no open lot left.
 *
 * Both groups are locked. Late expiries are taken in: those that are due and not posted are counted as expired at the
 * preview and posted by the merge. Points are thousandths. A non_loyalty victim has no accounts, so nothing is
 * posted.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "common/compare.h"
#include "common/errors.h"
#include "common/points.h"
#include "common/points_limit.h"
#include "ledger/move/merge_posting.h"
#include "ledger/move/move_store.h"
#include "ledger/tables/group_accounts.h"
#include "ledger/tables/promised_lots.h"
#include "merge/participants.h"

#define PARTICIPANT "ledger"

#define SIDES 2 /* survivor and victim */

/* Accounts of both sides in one program and category. */
typedef struct AccountFacts
{
	int32 program_id;
	char category;
	Account sides[SIDES]; /* zero where a side has no such account */
} AccountFacts;

/* Books of both sides, before or after. */
typedef struct LedgerState
{
	LOYALTY_ARRAY(AccountFacts) accounts;
	int expiring_count[SIDES];
	ExpiringPoints *expiring[SIDES]; /* open points by expiry, without what is due */
	int64 arrears;					 /* of all accounts of both sides, not negative */
} LedgerState;

/*
 * Returns the pair of accounts of a program and category, and adds it where it is new. The pointer is good until the
 * next one is added. The search is linear: an org has a few programs and three categories.
 */
static AccountFacts *
facts_of(LedgerState *state, int32 program_id, char category)
{
	AccountFacts facts = { .program_id = program_id, .category = category };
	int i;

	for (i = 0; i < state->accounts.n; i++)
		if (state->accounts.items[i].program_id == program_id &&
			state->accounts.items[i].category == category)
			return &state->accounts.items[i];
	LOYALTY_APPEND(state->accounts, facts);
	return &state->accounts.items[state->accounts.n - 1];
}

/*
 * Reads the accounts of one side's group into their pairs, and returns when a merge takes effect by its own ones: not
 * before their last entries, and not after it is recorded (ledger/posting/posting.c).
 */
static TimestampTz
read_accounts(const LoyaltyMerge *merge, LedgerState *state, const LoyaltyCustomer *customer, int side)
{
	TimestampTz last = DT_NOBEGIN;
	TimestampTz recorded_at = merge->call->now;
	Account *accounts;
	int count = loyalty_group_accounts(merge->pair.org_id, customer, merge->preview, &accounts);
	int i;

	for (i = 0; i < count; i++)
	{
		facts_of(state, accounts[i].program_id, accounts[i].category)->sides[side] = accounts[i];
		last = Max(last, accounts[i].last_effective_at);
		recorded_at = Max(recorded_at, accounts[i].last_recorded_at);
	}
	return Max(last, Min(merge->event_time, recorded_at));
}

/* Adds open points of an expiry to a list; they may be less than none. */
static void
add_expiring(LedgerState *state, int side, const Lot *lot, int64 points)
{
	ExpiringPoints more = {
		.program_id = lot->program_id,
		.category = (char) lot->category,
		.expires_at = lot->expires_at,
		.points = points,
	};
	ExpiringPoints *all = palloc(sizeof(ExpiringPoints) * (state->expiring_count[side] + 1));
	int i;

	for (i = 0; i < state->expiring_count[side]; i++)
	{
		ExpiringPoints *one = &state->expiring[side][i];

		all[i] = *one;
		if (one->program_id == more.program_id && one->category == more.category &&
			one->expires_at == more.expires_at)
		{
			one->points += points;
			return;
		}
	}
	all[i] = more;
	state->expiring[side] = all;
	state->expiring_count[side]++;
}

/* Moves the promised points of one side that have come by the time of the merge, as the posting converts them first. */
static void
convert_come(const LoyaltyMerge *merge, LedgerState *state, const LoyaltyCustomer *customer, int side,
			 TimestampTz effective_at)
{
	int a;
	int i;

	for (a = 0; a < state->accounts.n; a++)
	{
		Account *regular = &state->accounts.items[a].sides[side];
		Account *promised;
		ComeLots come = { 0 };

		/* A side that has no such account has zeroes for one. */
		if (regular->category != CATEGORY_REGULAR)
			continue;
		loyalty_promised_come(merge->call, customer, customer->customer_id, regular, effective_at,
							  merge->preview, &come);
		promised = &facts_of(state, regular->program_id, CATEGORY_PROMISED)->sides[side];
		for (i = 0; i < come.n; i++)
		{
			const ComeLot *lot = &come.items[i];

			regular->balance += lot->promised.remaining;
			promised->balance -= lot->promised.remaining;
			add_expiring(state, side, &lot->promised, -lot->promised.remaining);
			add_expiring(state, side, &lot->regular, lot->regular.remaining);
		}
	}
}

/*
 * Reads the open points of one side by expiry. Points that are due by the time of the merge are booked as expired in
 * the facts, as the posting does it; the rest is kept. Only the customer's own id has open lots: a victim's are
 * closed by its merge.
 */
static void
read_expiring(const LoyaltyMerge *merge, LedgerState *state, const LoyaltyCustomer *customer, int side,
			  TimestampTz effective_at)
{
	ExpiringPoints *expiring;
	int count;
	int kept = 0;
	int i;

	state->expiring_count[side] = loyalty_expiring_points(merge->pair.org_id, customer->customer_id,
														  merge->preview, &state->expiring[side]);
	convert_come(merge, state, customer, side, effective_at);
	expiring = state->expiring[side];
	count = state->expiring_count[side];
	for (i = 0; i < count; i++)
	{
		Account *account = &facts_of(state, expiring[i].program_id, expiring[i].category)->sides[side];

		if (expiring[i].points == 0)
			continue;
		if (expiring[i].expires_at > effective_at)
			expiring[kept++] = expiring[i];
		else
		{
			account->balance -= expiring[i].points;
			account->expired += expiring[i].points;
		}
	}
	state->expiring[side] = expiring;
	state->expiring_count[side] = kept;
}

/*
 * Reads the books before a merge. The effective time is one over both sides, as the posting has one for both events:
 * so the same lots are due here and there.
 */
static LedgerState *
read_state(const LoyaltyMerge *merge)
{
	LedgerState *state = palloc0(sizeof(LedgerState));
	TimestampTz survivor_at = read_accounts(merge, state, &merge->survivor, 0);
	TimestampTz victim_at = read_accounts(merge, state, &merge->victim, 1);
	TimestampTz effective_at = Max(survivor_at, victim_at);
	int side;
	int i;

	read_expiring(merge, state, &merge->survivor, 0, effective_at);
	read_expiring(merge, state, &merge->victim, 1, effective_at);
	for (i = 0; i < state->accounts.n; i++)
		for (side = 0; side < SIDES; side++)
			state->arrears += Max(-state->accounts.items[i].sides[side].balance, 0);
	return state;
}

/* Figures of an account that are lines of their own. */
static const struct
{
	const char *name;
	size_t offset;
} figures[] = {
	{ "balance", offsetof(Account, balance) },			{ "lifetime_points", offsetof(Account, lifetime) },
	{ "redeemed_points", offsetof(Account, redeemed) }, { "expired_points", offsetof(Account, expired) },
	{ "returned_points", offsetof(Account, returned) },
};

/* Returns a figure by its number. All are int64 members of an account. */
static int64
figure(const Account *account, int n)
{
	return *(const int64 *) ((const char *) account + figures[n].offset);
}

/* Returns the name of a line: program, category and figure. */
static const char *
item_name(const LoyaltyMerge *merge, const AccountFacts *facts, int n)
{
	return psprintf("%s %s %s", loyalty_org_program_by_id(merge->call->org, facts->program_id)->program,
					loyalty_code_word("category", facts->category), figures[n].name);
}

/*
 * Adds the lines of a pair of accounts. A sum that would leave the range of points refuses the merge, also in a
 * preview. A figure that is zero on both sides gets no line.
 */
static void
add_lines(LoyaltyMerge *merge, const AccountFacts *facts)
{
	int n;

	for (n = 0; n < lengthof(figures); n++)
	{
		int64 survivor = figure(&facts->sides[0], n);
		int64 victim = figure(&facts->sides[1], n);
		int64 sum;

		if (!loyalty_merge_sum(survivor, victim, &sum))
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_POINTS_OVERFLOW),
							errmsg("a balance or counter of the survivor would be too large"),
							errdetail(POINTS_LIMIT_DETAIL)));
		if (survivor != 0 || victim != 0)
			loyalty_merge_line(merge, PARTICIPANT, item_name(merge, facts, n), loyalty_points_text(survivor),
							   loyalty_points_text(victim), loyalty_points_text(sum), MERGE_RULE_SUM);
	}
}

/*
 * Returns the ids under which bills, returns and entries of one or two customers stand, ascending. As a line it shows
 * that the whole history is the survivor's, without reading it.
 */
static const char *
group_text(const LoyaltyCustomer *one, const LoyaltyCustomer *other)
{
	int64 *ids[SIDES] = { NULL };
	int count = loyalty_customer_group(one, &ids[0]);
	int others = other ? loyalty_customer_group(other, &ids[1]) : 0;
	int64 *all = palloc(sizeof(int64) * (count + others));
	StringInfoData text;
	int i;

	memcpy(all, ids[0], sizeof(int64) * count);
	if (others > 0)
		memcpy(all + count, ids[1], sizeof(int64) * others);
	qsort(all, count + others, sizeof(int64), loyalty_compare_ids);
	initStringInfo(&text);
	for (i = 0; i < count + others; i++)
		appendStringInfo(&text, "%s" INT64_FORMAT, i > 0 ? ", " : "", all[i]);
	return text.data;
}

/* Adds a line for the history, and those of the accounts where the victim has any. */
static void *
preview(LoyaltyMerge *merge)
{
	LedgerState *state = read_state(merge);
	int i;

	loyalty_merge_line(merge, PARTICIPANT, "transactions and returns", group_text(&merge->survivor, NULL),
					   group_text(&merge->victim, NULL), group_text(&merge->survivor, &merge->victim),
					   MERGE_RULE_ALL);
	for (i = 0; i < state->accounts.n && merge->victim.loyalty; i++)
		add_lines(merge, &state->accounts.items[i]);
	return state;
}

/*
 * Posts the two events of the merge. Their time is the merge's; the posting moves it where an account has a later
 * entry.
 */
static void
apply(LoyaltyMerge *merge, const void *facts)
{
	MergeEvent event = { .merge_id = merge->merge_id,
						 .event_time = merge->event_time,
						 .till_id = merge->till ? merge->till->till_id : 0,
						 .store_id = merge->till ? merge->till->store_id : 0 };

	if (merge->victim.loyalty)
		loyalty_merge_post(merge->call, merge->pair.survivor_id, merge->pair.victim_id, &event);
}

/* Returns the points of both sides that expired together with these: same program, category and time. */
static int64
expiring_before(const LedgerState *state, const ExpiringPoints *of)
{
	int64 points = 0;
	int side;
	int i;

	for (side = 0; side < SIDES; side++)
		for (i = 0; i < state->expiring_count[side]; i++)
		{
			const ExpiringPoints *have = &state->expiring[side][i];

			if (have->program_id == of->program_id && have->category == of->category &&
				have->expires_at == of->expires_at)
				points += have->points;
		}
	return points;
}

/* Returns the points of all lots that are open, whatever their expiry. */
static int64
total_expiring(const ExpiringPoints *expiring, int count)
{
	int64 points = 0;
	int i;

	for (i = 0; i < count; i++)
		points += expiring[i].points;
	return points;
}

/*
 * Holds the open points of the survivor against those of both sides. None may have come to any expiry; points that
 * are missing have paid arrears, and only as many as arrears have become less. Without arrears none may be missing.
 */
static void
check_expiring(const LoyaltyMerge *merge, const LedgerState *before, LedgerState *after)
{
	int64 missing = total_expiring(before->expiring[0], before->expiring_count[0]) +
					total_expiring(before->expiring[1], before->expiring_count[1]) -
					total_expiring(after->expiring[0], after->expiring_count[0]);
	int i;

	for (i = 0; i < after->expiring_count[0]; i++)
		if (after->expiring[0][i].points > expiring_before(before, &after->expiring[0][i]))
			loyalty_merge_raise_lost(merge, PARTICIPANT, "expiry schedule");
	if (missing != before->arrears - after->arrears || (before->arrears == 0 && missing != 0))
		loyalty_merge_raise_lost(merge, PARTICIPANT, "open lots");
}

/*
 * Reads the survivor's row anew, whose group is the joined one by now, and everything by that group. Due points have
 * been posted, so nothing is taken off (AT_ONCE). A figure that is zero is compared only where it has a line.
 */
static void
conserve(const LoyaltyMerge *merge, void *facts)
{
	LedgerState *before = facts;
	LedgerState after = { 0 };
	LoyaltyCustomer survivor;
	int n;
	int i;

	if (!loyalty_customer_read_now(merge->pair.org_id, merge->pair.survivor_id, &survivor))
		elog(ERROR, "the survivor has vanished");
	loyalty_merge_expect(merge, PARTICIPANT, "transactions and returns", group_text(&survivor, NULL));
	read_accounts(merge, &after, &survivor, 0);
	if (merge->victim.loyalty)
	{
		read_expiring(merge, &after, &merge->survivor, 0, AT_ONCE);
		for (i = 0; i < after.accounts.n; i++)
			after.arrears += Max(-after.accounts.items[i].sides[0].balance, 0);
		check_expiring(merge, before, &after);
		if (loyalty_ledger_is_open(merge->pair.org_id, merge->pair.victim_id))
			loyalty_merge_raise_lost(merge, PARTICIPANT, "the victim's accounts");
	}
	for (i = 0; i < after.accounts.n; i++)
		for (n = 0; n < lengthof(figures) && merge->victim.loyalty; n++)
		{
			int64 value = figure(&after.accounts.items[i].sides[0], n);
			const char *item = item_name(merge, &after.accounts.items[i], n);

			if (value != 0 || loyalty_merge_has_line(merge, PARTICIPANT, item))
				loyalty_merge_expect(merge, PARTICIPANT, item, loyalty_points_text(value));
		}
}

const LoyaltyMergeParticipant loyalty_ledger_participant = {
	.preview = preview,
	.apply = apply,
	.conserve = conserve,
};
