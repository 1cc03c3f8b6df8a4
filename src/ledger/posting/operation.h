/*
 * operation.h: what earning, redeeming and billing share beyond the posting: who asks, where, and whether the
 * request was answered before.
 */
#ifndef LOYALTY_OPERATION_H
#define LOYALTY_OPERATION_H

#include "common/pg_compat.h"
#include "customer/identifier_resolver.h"
#include "ledger/posting/operation_request.h"
#include "ledger/posting/posting.h"

/* Whom a request is about, and what it is known by if it comes again. */
typedef struct OperationSubject
{
	int64 customer_id;					   /* as named by the request, or whose the card is */
	const LoyaltyIdentifierResolver *card; /* NULL: the customer is given by its id */
	const char *card_value;
	int32 card_program_id; /* 0: none */
	bool card_is_usable;   /* for bills and redemptions, as far as was seen under no lock */
	bool has_key;
	pg_uuid_t key; /* the digest of the idempotency key */
} OperationSubject;

typedef struct Operation
{
	LoyaltyCall *call;
	const OperationRequest *request; /* the beginning of a request of its kind */
	OperationSubject subject;
	Posting posting;
	const LoyaltyTill *till; /* NULL: none */
	Event origin;			 /* of the event to come */
	const char *reason;		 /* NULL: none */
	const char *actor;		 /* NULL: none */
} Operation;

/*
 * Finds whom a request is about: LY001, LY003, and what a card has against it. Nobody is locked. A repeat of a request with
 * a card is about whom the first one was about, whatever has become of the card.
 */
extern bool loyalty_operation_name(LoyaltyCall *call, const OperationRequest *request,
								   OperationSubject *subject, LoyaltyRefusal *refusal);

/* Reads the idempotency key of a request. */
extern bool loyalty_operation_key(const OperationRequest *request, OperationSubject *subject,
								  LoyaltyRefusal *refusal);

/* The customer, who is locked, can be asked for it: LY125 for one who was merged; a card is held. */
extern bool loyalty_operation_hold(LoyaltyCall *call, const OperationRequest *request,
								   const OperationSubject *subject, const LoyaltyCustomer *customer,
								   LoyaltyRefusal *refusal);

/* Begins an operation about a customer who is locked, and held. */
extern void loyalty_operation_enter(Operation *operation, LoyaltyCall *call, const OperationRequest *request,
									const OperationSubject *subject);

/*
 * All of it for a call of one operation: locks the customer and looks for an earlier event of the same idempotency key:
 * true, with that event, where the request is a repeat, and the posting's customer is then the one it was written for;
 * LY020 where its arguments differ, LY125 for a customer who was merged into another one.
 */
extern bool loyalty_operation_begin(Operation *operation, LoyaltyCall *call, const OperationRequest *request,
									EarlierEvent *earlier);

/* The same in two steps, for a call that locks another customer, with a lower id, in between. */
extern void loyalty_operation_open(Operation *operation, LoyaltyCall *call, const OperationRequest *request);
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

/* The first form for a customer whom the call has found or made: there is no card. */
extern bool loyalty_operation_begin_known(Operation *operation, LoyaltyCall *call,
										  const OperationRequest *request, int64 customer_id,
										  EarlierEvent *earlier);

/* ---- what a request says, read in the order of this page; each refuses with the codes of its arguments */

/* Where the operation takes place, and its notes. Who names no actor is the batch's. */
extern bool loyalty_operation_locate(Operation *operation, LoyaltyRefusal *refusal);

/* The program that is named, else the card's, else the till's, else the default: the same in every operation. */
extern bool loyalty_operation_program(const Operation *operation, const LoyaltyProgram **program,
									  LoyaltyRefusal *refusal);

/* The same where all programs may pay: NULL stands for that, as LOYALTY_ALL_PROGRAMS does in the request. */
extern bool loyalty_operation_programs(const Operation *operation, const LoyaltyProgram **program,
									   LoyaltyRefusal *refusal);

/* Whether it names all of them. */
extern bool loyalty_request_all_programs(const OperationRequest *request);

/* The time of the event, or now; and the operation's, judged (LY408, LY407) and fixed: nothing is posted. */
extern bool loyalty_operation_event_time(const Operation *operation, TimestampTz *event_time,
										 LoyaltyRefusal *refusal);
extern bool loyalty_operation_time(Operation *operation, LoyaltyRefusal *refusal);

/* The same for a call that posts right away: with the steps of loyalty_posting_at. */
extern void loyalty_operation_at(Operation *operation, int steps);

/* Points of a program: LY401 to LY404. */
extern bool loyalty_read_program_points(const NullableDatum *given, const LoyaltyProgram *program,
										int64 *points, LoyaltyRefusal *refusal);

/* LY403 for points with more decimals than the program keeps. */
extern bool loyalty_program_judge_kept(const LoyaltyProgram *program, int64 points, LoyaltyRefusal *refusal);

/* The program that keeps the most decimals: where all may pay, it says how fine points may be. */
extern bool loyalty_org_finest_program(const LoyaltyOrg *org, const LoyaltyProgram **finest,
									   LoyaltyRefusal *refusal);

/*
 * The bill of the customer that a number means, with its till where the number is that of several: its id, or 0 where no
 * number is given; LY411, LY420.
 */
extern bool loyalty_operation_transaction(const Operation *operation, const NullableDatum *number,
										  const NullableDatum *till, int64 *transaction_id,
										  LoyaltyRefusal *refusal);

/* LY411 for a number that is no bill's, LY420 for one of several. */
extern bool loyalty_refuse_bill(int64 customer_id, const char *number, int count, LoyaltyRefusal *refusal);

/* The balance of the program of an earlier event, as it stood after it; of the request's program where it has none. */
extern int64 loyalty_operation_balance_then(Operation *operation, const EarlierEvent *earlier);

/* Opens the accounts of a program that is younger than the customer, once nothing refuses the operation any more. */
extern void loyalty_operation_open_accounts(Operation *operation, const LoyaltyProgram *program,
											Category category);

/* Ends the operation: writes the accounts and the notes of its event. */
extern void loyalty_operation_end(Operation *operation, int64 event_id);

/* Returns with the event, its points and the balance, as corrections and imports do. */
extern Datum loyalty_operation_result(const Operation *operation, FunctionCallInfo fcinfo,
									  const PostingResult *result);

#endif
