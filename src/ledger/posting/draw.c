/*
 * draw.c: walking open lots. One pass serves a redemption, which draws, and an award, which only rolls.
 *
 * Lots come in the order in which they are spent: by expiry, then award, then id, over all accounts that pay.
 * Each that is neither due nor held back gives what it has towards the points that are wanted, in whole steps
 * of its program's decimals. A rolling lot that stays open gets the expiry of points that are awarded at the
 * event's time, if that is later. The walk ends early where nothing can change any more: nothing is wanted, no
 * account rolls, and each account that was drawn on has met the lot that is its next expiry. Most redemptions
 * need one or two lots.
 *
 * Nothing is written by the walk; it is judged first. Posting makes one debit per account that paid with a
 * movement per lot, then one memo per account whose lots rolled. An account rolls where it was active: where
 * it was drawn on, or, in a walk that draws nothing, in any case. Whoever may owe lets the missing points
 * become arrears before that.
 *
 * The customer is locked, or nothing will be posted (a dry run). May be late: expiries that are due and not
 * posted; the walk passes over such lots, and they are posted before its draws.
 */
#include "postgres.h"

#include "common/points.h"
#include "ledger/posting/draw.h"
#include "ledger/posting/event.h"
#include "ledger/posting/promised.h"
#include "ledger/tables/lot_dates.h"

/* Tells whether the participation of the customer keeps an account from paying. */
static bool
bars(const DrawRequest *request, const LoyaltyProgram *program, const Account *account)
{
	return request->asks_participation && program->asks_participation &&
		   !loyalty_participation_spends((Participation) account->participation);
}

/*
 * Chooses the accounts of the category that pay, and says what rolling lots of each roll to: the expiry of an
 * award at the event's own time, so that a late event does not roll further than a timely one would have.
 * Other categories than the regular one never roll.
 */
static void
begin_walk(Posting *posting, const DrawRequest *request, LotWalk *walk)
{
	int i;

	memset(walk, 0, sizeof(LotWalk));
	walk->request = *request;
	walk->drawing = request->points > 0;
	walk->accounts = palloc0(sizeof(WalkedAccount) * posting->account_count);
	for (i = 0; i < posting->account_count; i++)
	{
		PostedAccount *account = &posting->accounts[i];
		WalkedAccount *walked = &walk->accounts[walk->account_count];
		const LoyaltyProgram *program;

		if (account->account.category != request->category ||
			(request->program_id != 0 && account->account.program_id != request->program_id))
			continue;
		program = loyalty_org_program_by_id(posting->call->org, account->account.program_id);
		if (bars(request, program, &account->account))
		{
			walk->barred = walk->barred ? walk->barred : program;
			continue;
		}
		walked->account = account;
		walked->step = loyalty_program_step(&program->rules);
		walked->roll_to = AT_ONCE;
		if (program->rules.expiry_type == EXPIRY_TYPE_ROLLING && request->category == CATEGORY_REGULAR &&
			!request->no_rolling)
			walked->roll_to = loyalty_program_expiry(posting->call, program, posting->event_time);
		walked->next_expiry = NEVER;
		walk->account_count++;
	}
}

/*
 * Finds the account of a lot. It must take part, or its lots would be written and its balance not; NULL where it is barred
 * from paying.
 */
static WalkedAccount *
walked_account(LotWalk *walk, int32 program_id)
{
	int i;

	for (i = 0; i < walk->account_count; i++)
		if (walk->accounts[i].account->account.program_id == program_id)
			return &walk->accounts[i];
	if (walk->barred != NULL)
		return NULL;
	elog(ERROR, "a lot of program %d has no account", program_id);
}

/*
 * Tells whether a lot pays for the operation at hand. Where points may be taken before they are redeemable,
 * due lots are out already (loyalty_walk).
 */
static bool
gives(const Posting *posting, const DrawRequest *request, const Lot *lot)
{
	if (lot->award_type == request->excluded_award)
		return false;
	return request->ignore_redeemable_from || loyalty_lot_pays(lot, posting->effective_at);
}

/*
 * Notes a lot that stays open: it rolls if its account does, whether that turns out active or not, and counts
 * for the next expiry. Rolls of inactive accounts are never posted.
 */
static void
leave_open(WalkedAccount *account, Lot *lot)
{
	if (loyalty_lot_rolls(lot, account->roll_to))
		lot->expires_at = account->roll_to;
	account->seen_open = true;
	account->next_expiry = Min(account->next_expiry, lot->expires_at);
}

/*
 * Takes what one lot can give towards "wanted" and notes where its expiry goes; returns how much it gave. Lots
 * that neither paid nor rolled are forgotten. What is available is kept below the limit of points: it is a
 * number to be shown, and may be a sum over programs.
 */
static int64
visit(Posting *posting, LotWalk *walk, WalkedLot *visited, int64 wanted)
{
	WalkedAccount *account = visited->account;
	Lot *lot = &visited->lot;

	visited->old_expiry = lot->expires_at;
	visited->drawn = 0;
	if (gives(posting, &walk->request, lot))
	{
		walk->available = Min(walk->available + lot->remaining, POINTS_LIMIT - 1);
		visited->drawn = loyalty_lot_move(lot, wanted - wanted % account->step, walk->request.type);
	}
	account->drawn += visited->drawn;
	if (lot->remaining > 0)
		leave_open(account, lot);
	if (visited->drawn > 0 || lot->expires_at != visited->old_expiry)
		LOYALTY_APPEND(walk->lots, *visited);
	return visited->drawn;
}

/*
 * Tells whether no further lot can change anything: nothing is wanted any more, no expiry rolls, and every
 * account that was drawn on knows its next expiry, as lots come by expiry.
 */
static bool
is_done(const LotWalk *walk, int64 wanted)
{
	int i;

	if (wanted > 0 || walk->request.to_the_end)
		return false;
	for (i = 0; i < walk->account_count; i++)
	{
		const WalkedAccount *account = &walk->accounts[i];

		if (account->roll_to != AT_ONCE || (account->drawn > 0 && !account->seen_open))
			return false;
	}
	return true;
}

/* Compares lots that have come by the order in which lots are spent. */
static int
compare_come(const void *left, const void *right)
{
	const Lot *a = &((const ComeLot *) left)->regular;
	const Lot *b = &((const ComeLot *) right)->regular;

	if (a->expires_at != b->expires_at)
		return a->expires_at < b->expires_at ? -1 : 1;
	if (a->awarded_at != b->awarded_at)
		return a->awarded_at < b->awarded_at ? -1 : 1;
	return a->lot_id < b->lot_id ? -1 : a->lot_id > b->lot_id;
}

/* Finds the promised points that have come to the accounts that pay: they are regular ones for this walk. */
static void
find_come(const Posting *posting, LotWalk *walk)
{
	int i;

	for (i = 0; i < walk->account_count && walk->request.category == CATEGORY_REGULAR; i++)
	{
		const Account *account = &walk->accounts[i].account->account;

		if (account->next_conversion_at <= posting->effective_at)
			loyalty_posting_come(posting, account, &walk->come);
	}
	if (walk->come.n > 1)
		qsort(walk->come.items, walk->come.n, sizeof(ComeLot), compare_come);
}

/* A stream of lots with those that have come put between them. */
typedef struct MergedLots
{
	LotStream *stream;
	const ComeLots *come;
	int next_come;
	ComeLot ahead; /* of the stream, where has_ahead says that there is one; as "regular" */
	ItemPointerData tid;
	bool has_ahead;
} MergedLots;

/* Reads the stream's next lot ahead, with the place of its row. */
static void
read_ahead(MergedLots *lots)
{
	lots->has_ahead = loyalty_next_lot(lots->stream, &lots->ahead.regular);
	if (lots->has_ahead)
		lots->tid = loyalty_lot_tid(lots->stream);
}

/* Takes the lot that is spent next; the stream alone is asked where nothing has come. */
static bool
next_merged(MergedLots *lots, WalkedLot *visited)
{
	bool has_come = lots->next_come < lots->come->n;

	if (!has_come && !lots->has_ahead)
		return false;
	if (has_come && (!lots->has_ahead || compare_come(&lots->come->items[lots->next_come], &lots->ahead) < 0))
	{
		visited->lot = lots->come->items[lots->next_come++].regular;
		ItemPointerSetInvalid(&visited->tid);
		return true;
	}
	visited->lot = lots->ahead.regular;
	visited->tid = lots->tid;
	read_ahead(lots);
	return true;
}

/* Takes the next lot: without one that has come, the stream's, which is not read ahead of what is needed. */
static bool
next_lot(MergedLots *lots, WalkedLot *visited)
{
	if (lots->come->n > 0)
		return next_merged(lots, visited);
	if (!loyalty_next_lot(lots->stream, &visited->lot))
		return false;
	visited->tid = loyalty_lot_tid(lots->stream);
	return true;
}

/*
 * Sees lots as they stand in the table, rows that a batch keeps back of the customer included: they go out
 * first. Due lots are passed over here, so that no rule below has to think of them.
 */
void
loyalty_walk(Posting *posting, const DrawRequest *request, LotWalk *walk)
{
	int64 wanted = request->points;
	MergedLots lots = { .come = &walk->come };
	WalkedLot visited;

	begin_walk(posting, request, walk);
	find_come(posting, walk);
	lots.stream = loyalty_open_lots(posting->writer, posting->call->org->org_id,
									posting->customer.customer_id, request->category, request->program_id);
	if (walk->come.n > 0)
		read_ahead(&lots);
	while (!is_done(walk, wanted) && next_lot(&lots, &visited))
	{
		/* Lots that have come and paid arrears with all their points are not open. */
		if (visited.lot.remaining == 0 || loyalty_lot_is_due(&visited.lot, posting->effective_at))
			continue;
		visited.account = walked_account(walk, visited.lot.program_id);
		if (visited.account == NULL)
			continue;
		wanted -= visit(posting, walk, &visited, wanted);
	}
	loyalty_close_lots(lots.stream);
	walk->missing = wanted;
}

/*
 * Goes backwards, so that the first expiring points stay spent. A lot that was emptied stays open now: it
 * rolls and counts for the next expiry as if the draw had been smaller from the start.
 */
void
loyalty_walk_give_back(LotWalk *walk, int64 points)
{
	int i;

	for (i = walk->lots.n - 1; i >= 0 && points > 0; i--)
	{
		WalkedLot *walked = &walk->lots.items[i];
		int64 back = Min(points, walked->drawn);

		if (back == 0)
			continue;
		loyalty_lot_move_back(&walked->lot, back, walk->request.type);
		walked->drawn -= back;
		walked->account->drawn -= back;
		leave_open(walked->account, &walked->lot);
		points -= back;
	}
}

/* Serves redemptions, transfers and corrections, so that all refuse with the same words. */
bool
loyalty_refuse_insufficient(int64 available, int64 asked, LoyaltyRefusal *refusal)
{
	LOYALTY_REFUSE(refusal, ERRCODE_LOYALTY_POINTS_INSUFFICIENT, errmsg("not enough points are available"),
				   errdetail("Available are %s points, asked for are %s.", loyalty_points_text(available),
							 loyalty_points_text(asked)));
}

/*
 * The account is debited for all that was asked: what lots paid, and what it owes from here on. No lot moves
 * for the second part.
 */
void
loyalty_walk_book_arrears(LotWalk *walk)
{
	loyalty_account_book_arrears(&walk->accounts[0].account->account, walk->missing);
	walk->accounts[0].drawn += walk->missing;
}

/*
 * Goes over all lots once for each account that paid: quadratic, but few accounts pay for one redemption. The
 * next expiry comes from the walk, which passed over due lots and knows the rolls.
 */
void
loyalty_walk_post_draws(Posting *posting, LotWalk *walk, HouseAccount house)
{
	int a;
	int i;

	for (a = 0; a < walk->account_count; a++)
	{
		WalkedAccount *account = &walk->accounts[a];

		if (account->drawn == 0)
			continue;
		loyalty_event_post(posting, account->account, ENTRY_DEBIT, house, account->drawn);
		account->account->account.next_expiry_at = account->next_expiry;
		for (i = 0; i < walk->lots.n; i++)
		{
			const WalkedLot *walked = &walk->lots.items[i];

			if (walked->account != account || walked->drawn == 0)
				continue;
			loyalty_event_add_drawn_lot(posting, &walked->lot, walked->tid);
			loyalty_event_add_movement(posting, walked->lot.lot_id, walk->request.type, walked->drawn);
		}
	}
}

/*
 * Posts one lot's new expiry, with the account's memo before the first. Lots that were drawn on as well are
 * written with their draw already, in the same event.
 */
static void
post_roll(Posting *posting, WalkedAccount *account, const WalkedLot *walked, bool *memo_posted)
{
	if (!*memo_posted)
		loyalty_event_post(posting, account->account, ENTRY_MEMO, HOUSE_ADJUSTED, 0);
	*memo_posted = true;
	if (walked->drawn == 0)
		loyalty_event_add_drawn_lot(posting, &walked->lot, walked->tid);
	loyalty_event_add_expiry_change(posting, walked->lot.lot_id, walked->old_expiry, walked->lot.expires_at);
}

/*
 * The next expiry is set even where no lot moved: an award that rolls has walked all open lots, and knows it
 * anew.
 */
void
loyalty_walk_post_rolls(Posting *posting, LotWalk *walk)
{
	int a;
	int i;

	for (a = 0; a < walk->account_count; a++)
	{
		WalkedAccount *account = &walk->accounts[a];
		bool memo_posted = false;

		if (account->roll_to == AT_ONCE || (walk->drawing && account->drawn == 0))
			continue;
		for (i = 0; i < walk->lots.n; i++)
			if (walk->lots.items[i].account == account &&
				walk->lots.items[i].lot.expires_at != walk->lots.items[i].old_expiry)
				post_roll(posting, account, &walk->lots.items[i], &memo_posted);
		account->account->account.next_expiry_at = account->next_expiry;
	}
}

/*
 * A draw of no points: the walk meets all open lots of the program, and gives none away. Programs that do not
 * roll cost nothing here.
 */
void
loyalty_roll_lots(Posting *posting, const LoyaltyProgram *program)
{
	const DrawRequest nothing = {
		.program_id = program->program_id,
		.category = CATEGORY_REGULAR,
		.type = MOVEMENT_REDEEMED,
	};
	LotWalk walk;

	if (program->rules.expiry_type != EXPIRY_TYPE_ROLLING)
		return;
	loyalty_walk(posting, &nothing, &walk);
	loyalty_walk_post_rolls(posting, &walk);
}
