/*
 * bill.h: recording a bill with everything that it earns, in whatever form its customer is named, by a call or
 * from the line of a load. Whoever records a bill fills a BillRequest; what follows is the same for all.
 */
#ifndef LOYALTY_BILL_H
#define LOYALTY_BILL_H

#include "bill/transaction_store.h"
#include "ledger/earn/award.h"
#include "ledger/posting/operation.h"

/*
 * Arguments that every form of add_transaction has, as they were given: not read yet, NULLs replaced by their
 * defaults. Its first member makes it an OperationRequest to the frame of operations.
 */
typedef struct BillRequest
{
	OperationRequest operation;
	NullableDatum transaction_number;
	NullableDatum amount; /* paid, in the org's currency */
	NullableDatum discount;
	NullableDatum transaction_type;
	NullableDatum points;	  /* of the bill as a whole; NULL: from its lines or amount */
	NullableDatum line_items; /* jsonb */
	NullableDatum bill_promotion_points;
	NullableDatum customer_promotion_points;
	NullableDatum category; /* of all points that it earns */
	NullableDatum redeemable_from;
	NullableDatum outlier_status;
} BillRequest;

/* The kind that fills a BillRequest from the arguments of add_transaction, by their names. */
extern const RequestKind loyalty_bill_kind;

/*
 * A bill and its lines as the request says them: all that can be read before a customer is looked at. Its texts
 * and lines live in the memory context that they were read in; amounts, quantities and points are thousandths.
 */
typedef struct BillText
{
	Transaction transaction; /* without customer, id and times */
	TransactionLine *lines;	 /* NULL: none */
	int line_count;
} BillText;

/*
 * Reads the bill of a request: LY001, LY003, LY402, LY404, LY413, LY414. Place and source of the operation are
 * known (loyalty_operation_locate). Nothing is locked and no customer is needed.
 */
extern bool loyalty_bill_read(const Operation *operation, BillText *bill, LoyaltyRefusal *refusal);

/*
 * Checks what a bill that earns nothing says of points: the program must exist and points must be numbers of 0
 * or more, though none are posted. A mistake of the till is told in the same way whoever the customer is.
 */
extern bool loyalty_bill_check_unused(const Operation *operation, LoyaltyRefusal *refusal);

/*
 * Claims the number of a bill in its till, or in the org where it names no till: LY410 where it is taken. Waits
 * for a transaction that claimed the same number and is still open.
 */
extern bool loyalty_bill_claim(int32 org_id, const Transaction *transaction, LoyaltyRefusal *refusal);

/*
 * Records the bill of an operation whose customer is locked and which is no repeat. Judges all of it first:
 * where it returns false nothing was written, so an item of a batch needs no subtransaction.
 */
extern bool loyalty_bill(Operation *operation, PostingResult *result, LoyaltyRefusal *refusal);

/* A bill that was booked before, and is to be booked for another customer. */
typedef struct RebookedBill
{
	BillText text;				   /* as it was booked; it names that booking as its parent */
	const LoyaltyProgram *program; /* of the points that it brought; NULL: none */
	Category category;			   /* of its points, as the next two */
	TimestampTz redeemable_from;
	const AwardPart *parts; /* lots that it brought */
	int part_count;
	bool earns_anew; /* it brought none since its customer could not earn: the program's rate says how many */
} RebookedBill;

/*
 * Books a bill for the customer of an operation, who is locked, at its own time and place, which the operation's origin
 * has; its number goes over from the earlier booking. Raises LY407 for a customer who was registered later, and what
 * the status forbids; what is refused else leaves the bill without points, as ever.
 */
extern void loyalty_bill_rebook(Operation *operation, const RebookedBill *moved, PostingResult *result);

/*
 * Returns the first result of a repeated request, of an operation that has begun. The event of the first call
 * is "earlier"; the balance is that after its event, whatever was posted since.
 */
extern void loyalty_bill_again(Operation *operation, const EarlierEvent *earlier, PostingResult *result);

/*
 * Returns the warnings of a bill's answer as a text[]: those that there are already ((Datum) 0: none), and the reason
 * for which it earned nothing.
 */
extern Datum loyalty_bill_warnings(Datum warnings, char no_points);

#endif
