/*
 * return_rules.h: what of a bill comes back by a return, and which of its points: shares of amounts and points, and
 * the fates of lots. Pure: amounts, quantities and points are thousandths, and nothing here knows a server.
 */
#ifndef LOYALTY_RETURN_RULES_H
#define LOYALTY_RETURN_RULES_H

#include "ledger/tables/posting_rules.h"
#include "org/program_rules.h"

/* How a return names what comes back. */
typedef enum ReturnKind
{
	RETURN_NONE = 0,
	RETURN_WHOLE = 'w', /* all that is left */
	RETURN_LINES = 'l',
	RETURN_AMOUNT = 'a',
} ReturnKind;

typedef struct ReturnLine
{
	int32_t line_no;
	const char *item_code;
	int64_t quantity;
	int64_t amount;
	int64_t quantity_back; /* by earlier returns, as the next two */
	int64_t amount_back;
	int32_t times_back;
	bool named; /* by this return */
	int64_t quantity_now;
	int64_t amount_now;
} ReturnLine;

/* What a return asks of one line; ALL_LEFT: all that is left of it. */
#define ALL_LEFT (-1)

typedef struct AskedLine
{
	int32_t line_no;
	int64_t quantity;
} AskedLine;

/* A bill with what came back of it before, and comes back now. */
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

/* Decides each form of a return; "line" is the number of the line that a problem is about. */
extern ReturnProblem loyalty_return_whole(BillReturn *bill);
extern ReturnProblem loyalty_return_amount(BillReturn *bill, int64_t amount);
extern ReturnProblem loyalty_return_lines(BillReturn *bill, const AskedLine *asked, int count, int32_t *line);

/* points x part / whole, rounded to whole steps; all of them for the whole. */
extern int64_t loyalty_share(int64_t points, __int128 part, __int128 whole, int64_t step, Rounding rounding);

/*
 * What of the points of a lot a decided return takes back: the share of all that has come back by now less the share
 * of what had come back before, so that any split of a bill takes the same. Line 0: points of the bill as a whole.
 */
extern int64_t loyalty_return_points(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
									 Rounding rounding);

/* What returns before a decided one were to take of it. */
extern int64_t loyalty_returned_before(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
									   Rounding rounding);

/* A lot that a bill's points are in today: the one that the bill brought, or one that this one went on as. */
typedef struct ReturnedLot
{
	Lot lot;
	int64_t customer_id;
	int64_t root_id; /* the lot that the bill brought */
	bool closed;	 /* of a customer who was merged away: nothing is posted to it */
	bool put_back;	 /* by a reversal, in place of its closed origin, which still counts it as redeemed */

	int64_t unspent; /* what comes back by its fate */
	int64_t spent;
	int64_t given;
	int64_t paid;	 /* arrears */
	int64_t expired; /* is brought back first */
	int64_t claimed; /* was spent or given by a closed lot */
} ReturnedLot;

/*
 * Shares out what comes back of a bill's lot over the lots that it is in today: unspent points first, then those that
 * were redeemed, transferred, paid arrears, expired. What is in none of them (points that were adjusted away) stays.
 * "before" is what earlier returns were to take. What was put back in place of a closed lot is no longer spent there.
 */
extern void loyalty_return_fates(ReturnedLot *lots, int count, int64_t points, int64_t before);

#endif
