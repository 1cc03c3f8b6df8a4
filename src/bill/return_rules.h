/*
 * return_rules.h: what of a bill comes back by a return, and which of its points: shares of amounts and points,
 * and the fates of lots. Pure: amounts, quantities and points are thousandths, and nothing here knows a server.
 *
 * Three forms exclude each other in part: a bill comes back as a whole (all that is left), by lines, or by an
 * amount. All that is left can always come back, whatever came before.
 */
#ifndef LOYALTY_RETURN_RULES_H
#define LOYALTY_RETURN_RULES_H

#include "ledger/tables/posting_rules.h"
#include "org/program_rules.h"

/*
 * Forms in which a return names what comes back; the codes stand in the return's row. The order counts: of several returns
 * of a bill, the largest code says how it came back, and 'w' means that nothing is left.
 */
typedef enum ReturnKind
{
	RETURN_NONE = 0,
	RETURN_WHOLE = 'w', /* all that is left */
	RETURN_LINES = 'l',
	RETURN_AMOUNT = 'a',
} ReturnKind;

/*
 * A line of a bill with what came back of it before, and comes back now. Its place among the lines is by its
 * number.
 */
typedef struct ReturnLine
{
	int32_t line_no;
	const char *item_code;
	int64_t quantity;
	int64_t amount;
	int64_t quantity_back; /* by earlier returns, as the next two */
	int64_t amount_back;
	int32_t times_back;	  /* how many returns named it: a line of quantity 0 is back with the first */
	bool named;			  /* by this return */
	int64_t quantity_now; /* decided: by this return, as the next */
	int64_t amount_now;
} ReturnLine;

/* The quantity of a returned line that names none: all that is left of it. */
#define ALL_LEFT (-1)

/* A line as the return names it. */
typedef struct AskedLine
{
	int32_t line_no;
	int64_t quantity;
} AskedLine;

/*
 * A bill with what came back of it before, and comes back now. The caller fills the first part from tables,
 * under the customer's lock; one of the three functions below decides the second.
 */
typedef struct BillReturn
{
	int64_t amount;
	int64_t amount_back;
	ReturnKind kind_back; /* RETURN_NONE: nothing came back before */
	int line_count;
	ReturnLine *lines; /* by their numbers */

	ReturnKind kind;
	int64_t amount_now;
	bool complete; /* nothing is left afterwards */
} BillReturn;

/* Reasons that refuse a return; RETURN_FINE is none. */
typedef enum ReturnProblem
{
	RETURN_FINE,
	RETURN_NOTHING_LEFT,
	RETURN_MIXED,		   /* by line and by amount exclude each other */
	RETURN_TOO_MUCH,	   /* more than is left */
	RETURN_LINE_UNKNOWN,   /* the bill has no such line */
	RETURN_LINE_TWICE,	   /* the return names it twice */
	RETURN_LINE_NOT_LEFT,  /* nothing of the line is left */
	RETURN_LINE_TOO_MANY,  /* more than is left of it */
	RETURN_LINE_NO_PIECES, /* a quantity of zero */
} ReturnProblem;

/*
 * Decide each form of a return: what comes back now, of the bill and of its lines. "line" becomes the number of
 * the line that a problem is about, 0 where it is about none. After a problem the bill is half decided and of
 * no use.
 */
extern ReturnProblem loyalty_return_whole(BillReturn *bill);
extern ReturnProblem loyalty_return_amount(BillReturn *bill, int64_t amount);
extern ReturnProblem loyalty_return_lines(BillReturn *bill, const AskedLine *asked, int count, int32_t *line);

/*
 * Returns points x part / whole, rounded to whole steps by a program's rule; all of them for the whole, none of
 * nothing. No share is more than the points.
 */
extern int64_t loyalty_share(int64_t points, __int128 part, __int128 whole, int64_t step, Rounding rounding);

/*
 * Returns how many points of a lot a decided return takes back: the share of all that has come back by now less
 * the share of what had come back before, so that any split of a bill takes the same. Line 0 stands for points
 * of the bill as a whole. "points" are those that the lot was awarded with, "step" the program's smallest part
 * of a point, in thousandths.
 */
extern int64_t loyalty_return_points(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
									 Rounding rounding);

/*
 * Returns how many points of the lot the returns before a decided one were to take. What they did take may be
 * less, where nothing was left to pay.
 */
extern int64_t loyalty_returned_before(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
									   Rounding rounding);

/*
 * A lot that a bill's points are in today: the one that the bill brought, or one that this one went on as by
 * conversion, merge or reversal. Its fates are zero until loyalty_return_fates has decided them.
 */
typedef struct ReturnedLot
{
	Lot lot;
	int64_t customer_id;
	int64_t root_id; /* the lot that the bill brought */
	bool closed;	 /* of a customer who was merged away: nothing is posted to it */
	bool put_back;	 /* by a reversal, in place of its closed origin, which still counts it as redeemed */

	int64_t unspent; /* points that come back, by their fate: still there */
	int64_t spent;	 /* redeemed */
	int64_t given;	 /* transferred */
	int64_t paid;	 /* used up by arrears */
	int64_t expired; /* is brought back first */
	int64_t claimed; /* spent, given or paid by a closed lot */
} ReturnedLot;

/*
 * Shares out what comes back of a bill's lot ("points") over the lots that it is in today ("lots", all of one
 * root): unspent points first, then those that were redeemed, transferred, used up by arrears, expired. Points
 * that are in none of these columns were adjusted away: they stay where they are, and less comes back. "before"
 * is what earlier returns were to take. The lots' columns of closed lots are changed on the way: of those
 * nothing is written.
 */
extern void loyalty_return_fates(ReturnedLot *lots, int count, int64_t points, int64_t before);

#endif
