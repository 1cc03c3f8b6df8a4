/*
 * operation.h: what earning, redeeming and billing share beyond the posting: who asks, where, and whether the
 * request was answered before.
 */
#ifndef LOYALTY_OPERATION_H
#define LOYALTY_OPERATION_H

#include "fmgr.h"

#include "common/pg_compat.h"
#include "customer/identifier_resolver.h"
#include "ledger/posting.h"

/* Positions of the arguments that every operation has. */
typedef struct OperationArguments
{
	int till;
	int store; /* -1: the operation has none */
	int source;
	int reason;
	int actor;
	int idempotency_key;
	int card_number;	  /* the card's external id comes next; either stands for the customer. 0: no cards */
	bool card_restricted; /* not every card will do */
} OperationArguments;

typedef struct Operation
{
	FunctionCallInfo fcinfo;
	LoyaltyCall call;
	Posting posting;
	const OperationArguments *arguments;
	const LoyaltyTill *till;			   /* NULL: none */
	int64 customer_id;					   /* as named by the call, or whose the card is */
	const LoyaltyIdentifierResolver *card; /* NULL: the customer is given by its id */
	const char *card_value;
	int32 card_program_id; /* 0: none */
	bool card_is_usable;   /* for bills and redemptions, as far as was seen under no lock */
	Event origin;		   /* of the event to come: source, till, store, request */
	const char *reason;	   /* NULL: none */
	const char *actor;	   /* NULL: none */
} Operation;

/*
 * Opens the call, locks the customer (argument 1, or whose the card is), and looks for an earlier event of the same idempotency key: true,
 * with that event, where the request is a repeat, and the posting's customer is then the one it was written for; LY020
 * where its arguments differ, LY125 for a customer who was merged into another one.
 */
extern bool loyalty_operation_begin(Operation *operation, FunctionCallInfo fcinfo,
									const OperationArguments *arguments, EarlierEvent *earlier);

/* The same in two steps, for a call that locks another customer, with a lower id, in between. */
extern void loyalty_operation_open(Operation *operation, FunctionCallInfo fcinfo,
								   const OperationArguments *arguments);
extern bool loyalty_operation_lock(Operation *operation, EarlierEvent *earlier);

/* The customer whom a call with an id works on: the survivor where merges are followed. Read under no lock. */
extern int64 loyalty_operation_followed(const Operation *operation, int64 customer_id);

/* In between: locks another customer if its id is lower than that of the one whom the call works on; false if it is not. */
extern bool loyalty_operation_lock_lower(Operation *operation, Posting *other, int64 other_id);

/*
 * The second step for a call about two customers: locks both, the lower id first, so that two calls with both of them the
 * other way round never wait for each other both. Merges are followed on either side. LY435 where the two are one, LY125
 * for one who was merged.
 */
extern bool loyalty_operation_lock_pair(Operation *operation, Posting *other, int64 other_id,
										EarlierEvent *earlier);

/* The same inside a call that is open, for a customer whom it has found or made: there is no card. */
extern bool loyalty_operation_begin_known(Operation *operation, FunctionCallInfo fcinfo,
										  const OperationArguments *arguments, const LoyaltyCall *call,
										  int64 customer_id, EarlierEvent *earlier);

/* Reads where the operation takes place, and its notes. */
extern void loyalty_operation_locate(Operation *operation);

/* The program that argument n names, else the card's, else the till's, else the default: the same in every call. */
extern const LoyaltyProgram *loyalty_operation_program(const Operation *operation, int n);

/* The same where all programs may pay: NULL stands for that, as LOYALTY_ALL_PROGRAMS does in the call. */
extern const LoyaltyProgram *loyalty_operation_programs(const Operation *operation, int n);

/*
 * Argument n as the number of a bill of the customer, and the next one as the till of that bill, which may be left out
 * where the number is that of one bill: its id, or 0 where no number is given; LY411, LY420.
 */
extern int64 loyalty_operation_transaction(const Operation *operation, int n);

/* Raises LY411 for a number that is no bill's, LY420 for one of several. */
pg_noreturn extern void loyalty_raise_bill(int64 customer_id, const char *number, int count);

/* Argument n as points of a program: LY401 to LY404. */
extern int64 loyalty_operation_points(const Operation *operation, int n, const LoyaltyProgram *program);
extern int64 loyalty_arg_program_points(FunctionCallInfo fcinfo, int n, const LoyaltyProgram *program);

/* The program that keeps the most decimals. */
extern const LoyaltyProgram *loyalty_org_finest_program(const LoyaltyOrg *org);

/* LY403 for points with more decimals than the program keeps. */
extern void loyalty_operation_check_kept(const LoyaltyProgram *program, int64 points);

/* Writes the accounts and the notes of the operation's event. */
extern void loyalty_operation_end(Operation *operation, int64 event_id);

#endif
