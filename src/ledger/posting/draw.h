/*
 * draw.h: walking the open lots of a customer in the order in which they are spent: drawing points from them,
 * and moving rolling expiries along with the activity.
 *
 * A walk is made once, judged, and posted as it is. It points into the accounts of its posting, so no account
 * may be loaded between the walk and its posting.
 */
#ifndef LOYALTY_DRAW_H
#define LOYALTY_DRAW_H

#include "ledger/posting/posting.h"
#include "ledger/tables/promised_lots.h"

/* A draw to be made. Zero points: nothing is drawn, the walk only rolls expiries. */
typedef struct DrawRequest
{
	int32 program_id; /* 0: of all programs */
	Category category;
	int64 points;				 /* up to so many */
	MovementType type;			 /* type of the draws */
	AwardType excluded_award;	 /* lots of this kind pay nothing; 0: lots of every kind pay */
	bool ignore_redeemable_from; /* lots pay before they are redeemable, too */
	bool no_rolling;			 /* no activity of the customer: no expiry moves */
	bool to_the_end;			 /* all lots are walked, to know all that is available */
	bool asks_participation;	 /* accounts whose customer may not spend in the program pay nothing */
} DrawRequest;

/* Findings of a walk about one account. */
typedef struct WalkedAccount
{
	PostedAccount *account;
	int64 step;			 /* the smallest number of points that its program keeps */
	TimestampTz roll_to; /* expiry that its rolling lots move to; AT_ONCE: they do not roll */
	int64 drawn;
	bool seen_open;			 /* a lot that stays open has been met: "next_expiry" is final but for rolling */
	TimestampTz next_expiry; /* the earliest of the lots met that stay open; NEVER */
} WalkedAccount;

/* A lot that the walk changes, as it leaves it. */
typedef struct WalkedLot
{
	WalkedAccount *account;
	Lot lot;
	ItemPointerData tid; /* place where its row was read */
	int64 drawn;
	TimestampTz old_expiry; /* before it rolled */
} WalkedLot;

/* A walk that was made: in memory, until its draws and rolls are posted. */
typedef struct LotWalk
{
	int account_count;
	const LoyaltyProgram *barred; /* the first program in which the customer may not spend; NULL: none */
	WalkedAccount *accounts;
	LOYALTY_ARRAY(WalkedLot) lots;
	DrawRequest request;
	bool drawing;  /* an account is active where it was drawn on; else all are */
	ComeLots come; /* promised points that were walked as the regular ones that they are; not to be posted */
	int64 missing; /* points that were wanted and not there */
	int64 available; /* points that the lots met could pay, at most POINTS_LIMIT - 1 */
} LotWalk;

/*
 * Walks the open lots, drawing up to so many points for the operation at hand. What is due by the effective
 * time takes no part, whether or not its expiry is posted; promised points that have come by then do, whether or not they
 * are converted. Where there are such ("come"), the walk judges; whoever posts converts them first, and walks again. The
 * accounts that pay take part in the posting, whose time is fixed.
 */
extern void loyalty_walk(Posting *posting, const DrawRequest *request, LotWalk *walk);

/*
 * Gives back some of the points that were drawn, to the lots that were drawn on last; no more than were drawn.
 */
extern void loyalty_walk_give_back(LotWalk *walk, int64 points);

/* Refuses with LY405: fewer points are available than are asked for. */
extern bool loyalty_refuse_insufficient(int64 available, int64 asked, LoyaltyRefusal *refusal);

/*
 * Lets what was wanted of one account and not there take it below zero: call it before the draws are posted,
 * for a walk of a single account.
 */
extern void loyalty_walk_book_arrears(LotWalk *walk);

/* Posts what was drawn to the event under construction: one debit per account, a movement per lot. */
extern void loyalty_walk_post_draws(Posting *posting, LotWalk *walk, HouseAccount house);

/*
 * Posts the new expiries of the accounts that were active, behind the draws of the same event: a memo entry
 * each, where any lot moved.
 */
extern void loyalty_walk_post_rolls(Posting *posting, LotWalk *walk);

/*
 * Walks and posts rolls for an activity of a program that draws on nothing; the event under construction has
 * an entry. Sets the account's next expiry by the lots in the table: new lots of the event are the caller's to
 * count in.
 */
extern void loyalty_roll_lots(Posting *posting, const LoyaltyProgram *program);

#endif
