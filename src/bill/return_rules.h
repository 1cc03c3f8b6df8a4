/*
 * return_rules.h: what of a bill comes back by a return, and which of its points: shares of amounts and points.
 * Pure: amounts and points are thousandths, quantities millionths, and nothing here knows a server.
 *
 * Three forms exclude each other in part: a bill comes back as a whole (all that is left), by lines, or by an
 * amount. All that is left can always come back, whatever came before.
 */
#ifndef LOYALTY_RETURN_RULES_H
#define LOYALTY_RETURN_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/points_limit.h"
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
	RETURN_MOVED = 'm', /* the whole, to another customer: the bill is not found any more */
} ReturnKind;

/*
 * A line of a bill with what came back of it before, and comes back now. Its place among the lines is by its
 * number. A line below zero, in amount or quantity, takes off the price of the others: it comes back with the last of
 * them.
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
	RETURN_LINE_TAKES_OFF, /* a line of no goods: it takes off the price */
} ReturnProblem;

/*
 * Decide each form of a return: what comes back now, of the bill and of its lines. "line" becomes the number of
 * the line that a problem is about, 0 where it is about none. After a problem the bill is half decided and of
 * no use.
 */
/* Tells whether nothing was left of a bill before this return. */
extern bool loyalty_return_was_complete(const BillReturn *bill);

extern ReturnProblem loyalty_return_whole(BillReturn *bill);
extern ReturnProblem loyalty_return_amount(BillReturn *bill, int64_t amount);
extern ReturnProblem loyalty_return_lines(BillReturn *bill, const AskedLine *asked, int count, int32_t *line);

/*
 * Returns points x part / whole, rounded to whole steps by a program's rule; all of them for the whole, none of
 * nothing. No share is more than the points.
 */
extern int64_t loyalty_share(int64_t points, __int128 part, __int128 whole, int64_t step, Rounding rounding);

/*
 * Returns how many points of one sum a decided return takes back: the share of all that has come back by now less
 * the share of what had come back before, so that any split of a bill takes the same. Line 0 stands for points
 * of the bill as a whole; "step" is the program's smallest part of a point, in thousandths.
 */
extern int64_t loyalty_return_points(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
									 Rounding rounding);

/* Returns how many points of the sum the returns before a decided one were to take. */
extern int64_t loyalty_returned_before(const BillReturn *bill, int32_t line_no, int64_t points, int64_t step,
									   Rounding rounding);

/*
 * A part of a sum of points that come back together: a lot as a bill brought it, or a redemption that paid for the
 * bill. Parts are given and returned in an order of their own: by line, then as they are numbered.
 */
typedef struct ReturnedPart
{
	int32_t line_no; /* 0: of the bill as a whole */
	int order;		 /* within the line */
	int64_t points;	 /* that may come back in all */
	int64_t before;	 /* that came back, or were to, by earlier returns */
	int64_t now;	 /* decided: that come back by this one */
	/* The rest of the division, while points are split: not one number, which would ask for more alignment than palloc gives. */
	uint64_t rest_high;
	uint64_t rest_low;
} ReturnedPart;

/*
 * Splits points that come back over what is left of each part, in whole steps, by largest remainder; of equal ones
 * the lower line comes first. No part gets more than is left of it. Returns what no part could take.
 */
extern int64_t loyalty_return_split(ReturnedPart *parts, int count, int64_t points, int64_t step);

/*
 * Decides what comes back of each lot of a bill. Lots of one line are one sum, those of the bill as a whole another;
 * where amounts of the bill came back, all of them are one. What came back of a sum so far is rounded once, and what
 * is more than before is split over its lots.
 */
extern void loyalty_return_parts(const BillReturn *bill, ReturnedPart *parts, int count, int64_t step,
								 Rounding rounding);

#endif
