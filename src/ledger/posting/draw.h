/*
 * draw.h: walking the open lots of a customer in the order in which they are spent: drawing points from them,
 * and moving rolling expiries along with the activity.
 */
#ifndef LOYALTY_DRAW_H
#define LOYALTY_DRAW_H

#include "ledger/posting/posting.h"

/* What is to be drawn. */
typedef struct DrawRequest
{
	int32 program_id; /* 0: of all programs */
	Category category;
	int64 points;				 /* up to so many */
	MovementType type;			 /* of the draws */
	AwardType excluded_award;	 /* lots of this kind pay nothing; 0: lots of every kind pay */
	bool ignore_redeemable_from; /* lots pay before they are redeemable, too */
	bool no_rolling;			 /* no activity of the customer: no expiry moves */
	bool to_the_end;			 /* all lots are walked, to know all that is available */
} DrawRequest;

/* What a walk finds out about one account. */
typedef struct WalkedAccount
{
	PostedAccount *account;
	int64 step;			 /* of the points that its program keeps */
	TimestampTz roll_to; /* AT_ONCE where the program's expiry does not roll */
	int64 drawn;
	bool seen_open;			 /* a lot that stays open has been met, so that */
	TimestampTz next_expiry; /* the account's next expiry is known */
} WalkedAccount;

/* A lot that the walk changes. */
typedef struct WalkedLot
{
	WalkedAccount *account;
	Lot lot;
	ItemPointerData tid; /* where its row was read */
	int64 drawn;
	TimestampTz old_expiry;
} WalkedLot;

typedef struct LotWalk
{
	int account_count;
	WalkedAccount *accounts;
	LOYALTY_ARRAY(WalkedLot) lots;
	DrawRequest request;
	bool drawing;	 /* an account is active where it was drawn on; else all are */
	int64 missing;	 /* points that were wanted and not there */
	int64 available; /* what the lots that were walked could pay, at most POINTS_LIMIT - 1 */
} LotWalk;

/*
 * Walks the open lots, drawing up to so many points for the operation at hand. What is due by the effective time takes no part,
 * whether or not its expiry is posted.
 */
extern void loyalty_walk(Posting *posting, const DrawRequest *request, LotWalk *walk);

/* Gives back some of the points that were drawn, to the lots that were drawn on last. */
extern void loyalty_walk_give_back(LotWalk *walk, int64 points);

/* LY405: fewer points are available than are asked for. */
extern bool loyalty_refuse_insufficient(int64 available, int64 asked, LoyaltyRefusal *refusal);

/* Lets what was wanted of one account and not there take it below zero: call it before the draws are posted. */
extern void loyalty_walk_book_arrears(LotWalk *walk);

/* Posts what was drawn to the event under construction: one debit per account, a movement per lot. */
extern void loyalty_walk_post_draws(Posting *posting, LotWalk *walk, HouseAccount house);

/* Posts the new expiries of the accounts that were active: a memo entry each, where any lot moved. */
extern void loyalty_walk_post_rolls(Posting *posting, LotWalk *walk);

/* The two steps of an activity of a program that draws on nothing; there must be an event with an entry. */
extern void loyalty_roll_lots(Posting *posting, const LoyaltyProgram *program);

#endif
